import Type, { type Static } from 'typebox';
import { clearable, Flag, Id, NAME_MAX, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, flag, id, nullable, optionalFields, position, text } from '../http/schema.js';
import { MasterDataParameters, SortMasterData } from '../master-data/read-master-data.js';
import { TextOrNone } from '../queries/list-fields.js';

class PartyBody {
  @Text(NAME_MAX) name!: string;
  @Text(NAME_MAX, clearable) email?: string | null;
  @Text(NAME_MAX, clearable) phone?: string | null;
  @Text(NOTES_MAX, clearable) address?: string | null;
}

export class SupplierBody extends PartyBody {
  @Id() supplier_id!: string;
}

export class CustomerBody extends PartyBody {
  @Id() customer_id!: string;
}

export class PartyChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Text(NAME_MAX, clearable) email?: string | null;
  @Text(NAME_MAX, clearable) phone?: string | null;
  @Text(NOTES_MAX, clearable) address?: string | null;
  @Flag(optional) active?: boolean;
}

const contact = optionalFields({ email: nullable(text), phone: nullable(text), address: nullable(text) });

export const Supplier = component(
  'Supplier',
  Type.Object({ supplier_id: id, name: text, active: flag, position, ...contact }),
);
export type Supplier = Static<typeof Supplier>;

export const Customer = component(
  'Customer',
  Type.Object({ customer_id: id, name: text, active: flag, position, ...contact }),
);
export type Customer = Static<typeof Customer>;

export class SuppliersParameters extends MasterDataParameters {
  @TextOrNone() email?: string;
  @TextOrNone() phone?: string;
  @SortMasterData('supplier') sort?: string;
}

export class CustomersParameters extends MasterDataParameters {
  @TextOrNone() email?: string;
  @TextOrNone() phone?: string;
  @SortMasterData('customer') sort?: string;
}

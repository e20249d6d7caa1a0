import { clearable, Flag, Id, NAME_MAX, NOTES_MAX, optional, Text } from '../http/fields.js';

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

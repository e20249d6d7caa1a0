import Type, { type Static } from 'typebox';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import { clearable, Flag, Id, NAME_MAX, OneOf, optional, Text, Whole } from '../http/fields.js';
import { component, flag, id, nullable, optionalFields, pieces, position, text, words } from '../http/schema.js';
import { MasterDataParameters, SortMasterData } from '../master-data/read-master-data.js';
import { TextOrNone, WholeOrNone } from '../queries/list-fields.js';

const ITEM_KINDS = ['preform', 'bottle', 'other'];
const SIZE_ML_MAX = 1_000_000;

export class ItemBody {
  @Id() item_id!: string;
  @Text(NAME_MAX) name!: string;
  @OneOf(ITEM_KINDS) kind!: string;
  @Whole(1, SIZE_ML_MAX, clearable) size_ml?: number | null;
  @Text(NAME_MAX, clearable) grade?: string | null;
  @Text(NAME_MAX, clearable) unit?: string | null;
  @Whole(0, QUANTITY_MAX, clearable) reorder_level?: number | null;
}

export class ItemChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @OneOf(ITEM_KINDS, optional) kind?: string;
  @Whole(1, SIZE_ML_MAX, clearable) size_ml?: number | null;
  @Text(NAME_MAX, clearable) grade?: string | null;
  @Text(NAME_MAX, clearable) unit?: string | null;
  @Whole(0, QUANTITY_MAX, clearable) reorder_level?: number | null;
  @Flag(optional) active?: boolean;
}

export const Item = component(
  'Item',
  Type.Object({
    item_id: id,
    name: text,
    kind: words('preform', 'bottle', 'other'),
    active: flag,
    position,
    ...optionalFields({
      size_ml: nullable(pieces),
      grade: nullable(text),
      unit: nullable(text),
      reorder_level: nullable(pieces),
    }),
  }),
);
export type Item = Static<typeof Item>;

export class ItemsParameters extends MasterDataParameters {
  @OneOf(ITEM_KINDS, optional) kind?: string;
  @WholeOrNone() size_ml?: string;
  @TextOrNone() grade?: string;
  @TextOrNone() unit?: string;
  @WholeOrNone() reorder_level?: string;
  @SortMasterData('item') sort?: string;
}

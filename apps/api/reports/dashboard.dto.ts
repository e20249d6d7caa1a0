import Type, { type Static } from 'typebox';
import type { DocumentView } from '../../../libs/documents/documents.js';
import { KINDS } from '../../../libs/ledger/document-kinds.js';
import { schemaNameOf } from '../documents/schema-names.js';
import { component, day, id, money, oneOf, pieces, position, reference, text } from '../http/schema.js';
import { profit_figures } from './reports.dto.js';

const AnyDocument = oneOf(...KINDS.map((kind) => reference<DocumentView>(schemaNameOf(kind))));

export const Dashboard = component(
  'Dashboard',
  Type.Object({
    day,
    stock: Type.Object({ items: pieces, pieces, reserved: pieces, value: money }),
    low_stock: Type.Array(Type.Object({ item_id: id, name: text, available: pieces, reorder_level: pieces })),
    today: Type.Object(profit_figures),
    owed: Type.Object({ to_us: money, by_us: money }),
    last_documents: Type.Array(AnyDocument),
    position,
  }),
);
export type Dashboard = Static<typeof Dashboard>;

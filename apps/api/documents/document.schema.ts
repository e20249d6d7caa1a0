import Type, { type TProperties, type TSchema } from 'typebox';
import { PAYMENT_STATUSES } from '../../../libs/ledger/bill.js';
import { type DocumentKind, KINDS } from '../../../libs/ledger/document-kinds.js';
import {
  base,
  component,
  count,
  described,
  flag,
  id,
  instant,
  money,
  next_cursor,
  nullable,
  optionalFields,
  pieces,
  position,
  prev_cursor,
  price,
  text,
  words,
} from '../http/schema.js';

export const QuantityLine = Type.Object({ item_id: id, quantity: pieces });
const adjusted_money = component(
  'AdjustedMoney',
  described(money, 'as backdated events have changed it since; absent where none has'),
);
export const adjusted_cost = optionalFields({ adjusted_cost: adjusted_money });
export const adjusted_value = optionalFields({ adjusted_value: adjusted_money });
export const adjusted_profit = optionalFields({ adjusted_profit: adjusted_money });
export const CostLine = component(
  'CostLine',
  Type.Object({ item_id: id, quantity: pieces, cost: money, ...adjusted_cost }),
);
export const priced_line = { item_id: id, quantity: pieces, unit_price: price, total_price: money };

component('DocumentKind', words(...KINDS));
export const PaymentStatus = component('PaymentStatus', words(...PAYMENT_STATUSES));
export const settlement = {
  payment_status: PaymentStatus,
  paid_amount: money,
  returned_amount: money,
  open_amount: money,
  written_off_amount: money,
  payments: Type.Array(id),
  returns: Type.Array(id),
  write_offs: Type.Array(id),
};
base('Settlement', Type.Object(settlement));

const recorded = { created_by: text, effective_at: instant, recorded_at: instant, position };

export function documentSchema<K extends DocumentKind, S extends string, F extends TProperties>(
  kind: K,
  statuses: readonly S[],
  fields: F,
) {
  return Type.Object({
    kind: words(kind),
    number: id,
    status: words(...statuses),
    ...fields,
    ...recorded,
  });
}

const adjusted_by = component(
  'AdjustedBy',
  described(Type.Array(id), 'the documents that have changed its costs, the first twenty'),
);
/** Of a document that moves stock: totals as adjusted since, and who did it. */
export function adjusted<F extends string>(...totals: F[]) {
  const fields = Object.fromEntries(totals.map((total) => [total, adjusted_money])) as Record<F, typeof adjusted_money>;
  return optionalFields({
    ...fields,
    adjusted_by,
  });
}
const adjusts = component(
  'Adjusts',
  described(
    Type.Object({ documents: count, amount: money, cost_of_sales: money }),
    'of a backdated command: how many earlier documents cost something else now, by how much regardless of sign, and what that does to the cost of sales',
  ),
);
const decided = optionalFields({ approval_id: id, requested_by: text, approved_by: text, adjusts });
const voided = optionalFields({ voided_by: text, voided_at: instant, void_reason: text });
const POSTING_STATUSES = ['confirmed', 'void'] as const;
base(
  'PostedDocument',
  Type.Object({ number: id, status: words(...POSTING_STATUSES), ...decided, ...voided, ...recorded }),
);

export function postingSchema<K extends DocumentKind, F extends TProperties>(kind: K, fields: F) {
  return documentSchema(kind, POSTING_STATUSES, { ...fields, ...decided, ...voided });
}

const totals = component(
  'ListTotals',
  described(
    Type.Object({
      count: described(count, 'of all pages'),
      complete: described(
        flag,
        'false: there are more than 100,000 to look at, and what is told is the least that there can be',
      ),
      ...optionalFields({ total_price: money, total_cost: money, amount: money, open_amount: money }),
    }),
    'with totals=true: of the fields that the list has',
  ),
);
const of_page = { next_cursor, prev_cursor, ...optionalFields({ totals }), position };
base('DocumentPage', Type.Object(of_page));
export function documentPage<T extends TSchema>(row: T) {
  return Type.Object({ data: Type.Array(row), ...of_page });
}

export const event_fields = {
  position,
  type: text,
  number: nullable(id),
  effective_at: instant,
  recorded_at: instant,
  actor: text,
};
export const cause = described(
  nullable(id),
  'of a row of type CostsAdjusted: the document that changed the cost of `number`',
);
export const href = described(nullable(text), 'of the document');

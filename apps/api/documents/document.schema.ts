import Type, { type TProperties } from 'typebox';
import { PAYMENT_STATUSES } from '../../../libs/ledger/bill.js';
import type { DocumentKind } from '../../../libs/ledger/document-kinds.js';
import {
  described,
  id,
  instant,
  money,
  nullable,
  optionalFields,
  pieces,
  position,
  price,
  text,
  words,
} from '../http/schema.js';

export const QuantityLine = Type.Object({ item_id: id, quantity: pieces });
export const CostLine = Type.Object({ item_id: id, quantity: pieces, cost: money });
export const priced_line = { item_id: id, quantity: pieces, unit_price: price, total_price: money };

export const settlement = {
  payment_status: words(...PAYMENT_STATUSES),
  paid_amount: money,
  returned_amount: money,
  open_amount: money,
  written_off_amount: money,
  payments: Type.Array(id),
  returns: Type.Array(id),
  write_offs: Type.Array(id),
};

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
    created_by: text,
    effective_at: instant,
    recorded_at: instant,
    position,
  });
}

export function postingSchema<K extends DocumentKind, F extends TProperties>(kind: K, fields: F) {
  return documentSchema(kind, ['confirmed', 'void'], {
    ...fields,
    ...optionalFields({ approval_id: id, requested_by: text, approved_by: text }),
    ...optionalFields({ voided_by: text, voided_at: instant, void_reason: text }),
  });
}

export const event_fields = {
  position,
  type: text,
  number: nullable(id),
  effective_at: instant,
  recorded_at: instant,
  actor: text,
};
export const href = described(nullable(text), 'of the document');

/** What the events of a stream hold. */
import Type from 'typebox';
import type { DocumentView } from '../../../libs/documents/documents.js';
import type { StockAtPlace } from '../../../projections/read-models/stock.js';
import { anything, described, flag, instant, optionalFields, position, reference, text } from '../http/schema.js';

function rowsOf<Row>(component: string) {
  return Type.Object({
    position,
    complete: Type.Optional(described(flag, 'true in the last part of a state; absent in a change')),
    data: Type.Array(reference<Row>(component)),
  });
}

export const StockMessage = rowsOf<StockAtPlace>('StockAtPlace');
export const OrderMessage = rowsOf<DocumentView>('Order');
/** Of a state the position alone, then events. */
export const EventMessage = Type.Object({
  position,
  ...optionalFields({
    type: described(text, 'absent in a state, as all but the position'),
    actor: text,
    recorded_at: instant,
    effective_at: instant,
    data: anything,
    metadata: anything,
  }),
});

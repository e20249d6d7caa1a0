import Type, { type Static } from 'typebox';
import { adjusted, adjusted_value, postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Count, Id, Instant, Lines, NOTES_MAX, Text, UnitPrice, Whole } from '../http/fields.js';
import { component, described, id, instant, money, pieces, position, text } from '../http/schema.js';

export class CountLineBody {
  @Id() item_id!: string;
  @Count() counted_quantity!: number;
  @UnitPrice({ optional: true, description: 'of pieces found where nothing is on hand' }) unit_cost?: number;
}

export class StockCountBody {
  @Id(LOCATION) location_id?: string;
  @Lines(() => CountLineBody) counts!: CountLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Whole(0, Number.MAX_SAFE_INTEGER, {
    optional: true,
    description:
      'ledger position that the shelf was counted at, instead of effective_at; what moved after it is no difference',
  })
  counted_at_position?: number;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const StockCount = component(
  'StockCount',
  postingSchema('stock_count', {
    location_id: id,
    counts: Type.Array(
      Type.Object({
        item_id: id,
        counted_quantity: pieces,
        expected_quantity: pieces,
        difference: pieces,
        value: money,
        ...adjusted_value,
      }),
    ),
    reason: text,
    ...adjusted(),
    counted_at_position: position,
    adjustments: Type.Optional(
      described(
        Type.Array(
          Type.Object({
            cause: id,
            counts: Type.Array(Type.Object({ item_id: id, quantity: pieces, value: money })),
            recorded_at: instant,
          }),
        ),
        'what was dated before the count and recorded after it has taken back of its differences',
      ),
    ),
  }),
);
export type StockCount = Static<typeof StockCount>;

export class StockCountsParameters extends documentsListedBy('stock_count', {
  item_id: 'item_id',
  location_id: 'location_id',
}) {}

import Type, { type Static } from 'typebox';
import { adjusted, CostLine, postingSchema } from '../documents/document.schema.js';
import { EFFECTIVE } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Id, Instant, Lines, NOTES_MAX, optional, Text } from '../http/fields.js';
import { component, id, optionalFields, text } from '../http/schema.js';

export class StockTransferBody {
  @Id() from_location_id!: string;
  @Id() to_location_id!: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

export const StockTransfer = component(
  'StockTransfer',
  postingSchema('stock_transfer', {
    from_location_id: id,
    to_location_id: id,
    line_items: Type.Array(CostLine),
    ...adjusted(),
    ...optionalFields({ notes: text }),
  }),
);
export type StockTransfer = Static<typeof StockTransfer>;

export class StockTransfersParameters extends documentsListedBy('stock_transfer', {
  item_id: 'item_id',
  location_id: 'location_id',
}) {}

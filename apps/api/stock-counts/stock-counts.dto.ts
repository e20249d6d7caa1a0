import { EFFECTIVE, LOCATION } from '../documents/document-fields.js';
import { Count, Id, Instant, Lines, NOTES_MAX, Text, UnitPrice, Whole } from '../http/fields.js';

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

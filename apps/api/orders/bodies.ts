/** What the bodies of commands hold. */
import { ACCOUNT_TYPES } from '../../../libs/ledger/events.js';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import {
  Amount,
  Cost,
  Count,
  Day,
  Flag,
  Id,
  Instant,
  Lines,
  NAME_MAX,
  NOTES_MAX,
  OneOf,
  Quantity,
  Text,
  UnitPrice,
  Whole,
} from '../http/fields.js';

const optional = { optional: true };
const clearable = { optional: true, nullable: true };
const LOCATION = { optional: true, description: 'default: main' };
const EFFECTIVE = {
  optional: true,
  description:
    "when it happened in the factory; default: now. A day is its last moment in the ledger's time zone, and now when it is today",
};

// ── Lines ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export class QuantityLineBody {
  @Id() item_id!: string;
  @Quantity() quantity!: number;
}
export class PricedLineBody extends QuantityLineBody {
  @UnitPrice() unit_price!: number;
}
export class CheckOutLineBody {
  @Id() item_id!: string;
  @Quantity({ optional: true, description: 'default: the whole of the item; what is not taken is released' })
  quantity?: number;
  @UnitPrice() unit_price!: number;
}
export class CountLineBody {
  @Id() item_id!: string;
  @Count() counted_quantity!: number;
  @UnitPrice({ optional: true, description: 'of pieces found where nothing is on hand' }) unit_cost?: number;
}

// ── Facts ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export class PurchaseBody {
  @Id() supplier_id!: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => PricedLineBody) line_items!: PricedLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class BlowBody {
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) inputs!: QuantityLineBody[];
  @Lines(() => QuantityLineBody, { least: 0, description: 'none where all inputs were rejected' })
  outputs!: QuantityLineBody[];
  @Count({ optional: true, description: 'pieces of the inputs that were spoilt; default: 0' })
  rejected_quantity?: number;
  @Cost({ optional: true, description: 'what the blowing added to the value; default: 0' }) conversion_cost?: number;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class SaleBody {
  @Id() customer_id!: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => PricedLineBody) line_items!: PricedLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class WasteBody {
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class StockTransferBody {
  @Id() from_location_id!: string;
  @Id() to_location_id!: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX, optional) notes?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class TransferBody {
  @Id() from_account_id!: string;
  @Id() to_account_id!: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) reference?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class PaymentBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Id({ optional: true, description: 'default: cash' }) account_id?: string;
  @Amount() amount!: number;
  @Text(NAME_MAX, optional) method?: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class WriteOffBody {
  @Id({ description: 'number of a sale or a purchase' }) bill_number!: string;
  @Amount({ optional: true, description: 'default: all that is open' }) amount?: number;
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
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
export class ReturnBody {
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}

// ── What becomes of them ────────────────────────────────────────────────────────────────────────────────────────────────────────

export class VoidBody {
  @Text(NOTES_MAX) reason!: string;
  @Instant(EFFECTIVE) effective_at?: string;
}
export class ReasonBody {
  @Text(NOTES_MAX) reason!: string;
}
export class ThresholdBody {
  @Cost({ description: 'what is worth more waits for a second pair of eyes' }) approval_threshold!: number;
  @Text(NOTES_MAX) reason!: string;
}
const TTL_SECONDS_MAX = 30 * 24 * 3600;
export class ReservationBody {
  @Id(optional) customer_id?: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Whole(1, TTL_SECONDS_MAX, { optional: true, description: 'default: 600' }) ttl_seconds?: number;
}
export class CheckOutBody {
  @Id({ optional: true, description: 'default: the one that the reservation names' }) customer_id?: string;
  @Lines(() => CheckOutLineBody) line_items!: CheckOutLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
}

// ── Master data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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
export class LocationBody {
  @Id() location_id!: string;
  @Text(NAME_MAX) name!: string;
}
export class LocationChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Flag(optional) active?: boolean;
}
export class AccountBody {
  @Id() account_id!: string;
  @Text(NAME_MAX) name!: string;
  @OneOf(ACCOUNT_TYPES) type!: string;
  @Flag({ optional: true, description: 'default: not for an asset, else yes' }) may_go_negative?: boolean;
}
export class AccountChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Flag(optional) may_go_negative?: boolean;
  @Flag(optional) active?: boolean;
}

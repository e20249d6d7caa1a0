/**
 * Stored as plain JSON: ISO instants, minor units as decimal-integer strings. Events never change; the codec lifts old
 * ones.
 */
import type { Decimal, Minor } from './money.js';

/** Into (+) or out of (−) one place. */
export interface StockPosting {
  item_id: string;
  location_id: string;
  quantity: number;
  value: Minor;
}
/** Debit positive. An event's lines sum to zero. */
export interface JournalPosting {
  account_id: string;
  amount: Minor;
}
/** Reserved (+) or released (−). */
export interface HoldPosting {
  item_id: string;
  location_id: string;
  quantity: number;
}
/** Changes of what remains of a flash sale, of what orders hold, and of what is sold. */
export interface AllotmentPosting {
  flash_sale_id: string;
  /** Absent where the sale opens or closes. */
  customer_id?: string;
  remaining: number;
  held: number;
  sold: number;
}
/** Sold (+) or returned (−), for profit reports. */
export interface SalesPosting {
  item_id: string;
  /** Absent where a cost belongs to no sale: what a late cost adds for pieces that are gone. */
  customer_id?: string;
  quantity: number;
  revenue: Minor;
  cost: Minor;
}
/**
 * Changes of one kind. `moves` holds three numbers for each: effective time in milliseconds and position of the adjusted event, each less that of
 * the change before, and the amount in minor units; written as base64 VLQ, as in source maps. One append can so hold a hundred thousand.
 */
export interface AdjustedGroup {
  item_id?: string;
  /** The value of the stock there changes by the amount, and so does the account `inventory`. */
  location_id?: string;
  /** Changes by the amount with the other sign. Without it the value goes on to other stock, such as from a blow's inputs to its outputs. */
  account_id?: string;
  /** Of changes of `cogs`: profit changes for the customer, too. */
  customer_id?: string;
  /** Index of the adjusted event's stock posting. */
  line: number;
  moves: string;
}
export interface Postings {
  stock?: StockPosting[];
  journal?: JournalPosting[];
  holds?: HoldPosting[];
  sales?: SalesPosting[];
  allotments?: AllotmentPosting[];
  /**
   * Of a backdated event that moves stock: what it changes of the costs of later movements, each at that movement's own moment; empty where it
   * changes nothing. Absent in events of versions that costed backdated events by the moment of recording.
   */
  adjusted?: AdjustedGroup[];
}

export const MASTER_KINDS = ['item', 'supplier', 'customer', 'location', 'account'] as const;
export type MasterKind = (typeof MASTER_KINDS)[number];
export const NOUNS = {
  item: 'Item',
  supplier: 'Supplier',
  customer: 'Customer',
  location: 'Location',
  account: 'Account',
} as const satisfies Record<MasterKind, string>;
export const ACCOUNT_TYPES = ['asset', 'liability', 'equity', 'income', 'expense'] as const;
export type AccountType = (typeof ACCOUNT_TYPES)[number];

export interface Attributes {
  item: {
    name: string;
    kind: 'preform' | 'bottle' | 'other';
    size_ml?: number | null;
    grade?: string | null;
    unit?: string | null;
    reorder_level?: number | null;
  };
  supplier: { name: string; email?: string | null; phone?: string | null; address?: string | null };
  customer: { name: string; email?: string | null; phone?: string | null; address?: string | null };
  location: { name: string };
  account: { name: string; type: AccountType; may_go_negative: boolean };
}

type AttributeValue = string | number | boolean | null;

/** `attributes`: after the event; `changes`: with the values before. */
export type MasterDataEvent = {
  [K in MasterKind]:
    | { type: `${(typeof NOUNS)[K]}Registered`; data: { kind: K; id: string; attributes: Attributes[K] } }
    | {
        type: `${(typeof NOUNS)[K]}Changed`;
        data: {
          kind: K;
          id: string;
          active: boolean;
          attributes: Attributes[K];
          changes: { field: string; old: AttributeValue; new: AttributeValue }[];
        };
      };
}[MasterKind];
export const MASTER_EVENT_TYPES: readonly MasterDataEvent['type'][] = MASTER_KINDS.flatMap((kind) => [
  `${NOUNS[kind]}Registered` as const,
  `${NOUNS[kind]}Changed` as const,
]);

export interface QuantityLine {
  item_id: string;
  quantity: number;
}
export interface PurchaseLine extends QuantityLine {
  unit_price: Decimal;
  total_price: Minor;
}
export interface SaleLine extends PurchaseLine {
  cost: Minor;
  profit: Minor;
}
export interface CostLine extends QuantityLine {
  cost: Minor;
}
export interface CountLine {
  item_id: string;
  counted_quantity: number;
  expected_quantity: number;
  difference: number;
  value: Minor;
}

export interface JournalEntryLine {
  account_id: string;
  side: 'debit' | 'credit';
  /** More than zero. */
  amount: Minor;
}

/** With the approval and requester of what was above the threshold, or the order that it comes from and who placed that. */
interface Posted extends Postings {
  approval_id?: string;
  requested_by?: string;
  order_id?: string;
  ordered_by?: string;
}

/** Those who come before the start are numbered by a draw. The hash is told at once, the seed at the start: libs/waiting-queue/draw.ts. */
export interface QueueDraw {
  /** By which the seed is found again. */
  draw_id: string;
  /** SHA-256, hex. */
  seed_hash: string;
}
/** How buyers are let in to a flash sale. */
export interface QueueSettings {
  /** So many at most. */
  per_minute: number;
  /** For which a pass is good. */
  pass_seconds: number;
  /** That are out at a time; absent: no limit but that of the pieces. */
  passes_max?: number;
  /** Out at a time, for each piece that remains. */
  passes_per_piece: number;
  draw: QueueDraw;
}
/** A pass of a waiting queue that an order was placed with. */
export interface UsedPass {
  flash_sale_id: string;
  /** Of the ticket. */
  number: number;
  expires_at: string;
}

/** Of an order: pieces of one flash sale. */
export interface OrderLine extends PurchaseLine {
  flash_sale_id: string;
}
/**
 * `expired`: no charge was begun in time; `declined` by the gateway; `unpaid`: the gateway knew of no charge in time; `refused`: charged, but
 * no sale could be made of it, so that the money goes back.
 */
export const RELEASE_REASONS = ['cancelled', 'expired', 'declined', 'unpaid', 'refused'] as const;
export type ReleaseReason = (typeof RELEASE_REASONS)[number];

export const COST_BASES = ['value', 'quantity'] as const;
export type CostBasis = (typeof COST_BASES)[number];
/** The part of a line of the purchase. */
export interface LateCostLine extends QuantityLine {
  amount: Minor;
  /** What pieces still there are worth more; the rest is cost of sales. */
  capitalised: Minor;
  expensed: Minor;
}

export type DocumentEvent =
  | {
      type: 'PurchaseRecorded';
      data: Posted & {
        number: string;
        supplier_id: string;
        location_id: string;
        line_items: PurchaseLine[];
        total_price: Minor;
        due_date?: string;
        notes?: string;
      };
    }
  /** Freight, duty, a corrected invoice of a purchase (`bill_number`): owed to a supplier, negative where one gives something back. */
  | {
      type: 'LateCostRecorded';
      data: Posted & {
        number: string;
        bill_number: string;
        supplier_id: string;
        location_id: string;
        basis: CostBasis;
        amount: Minor;
        line_items: LateCostLine[];
        capitalised: Minor;
        expensed: Minor;
        reason: string;
        due_date?: string;
      };
    }
  | {
      type: 'BlowRecorded';
      data: Posted & {
        number: string;
        location_id: string;
        inputs: CostLine[];
        outputs: CostLine[];
        rejected_quantity: number;
        rejected_cost: Minor;
        conversion_cost: Minor;
        notes?: string;
      };
    }
  | {
      type: 'SaleRecorded';
      data: Posted & {
        number: string;
        customer_id: string;
        location_id: string;
        line_items: SaleLine[];
        total_price: Minor;
        total_cost: Minor;
        total_profit: Minor;
        due_date?: string;
        notes?: string;
        reservation_id?: string;
      };
    }
  | {
      type: 'WasteRecorded';
      data: Posted & {
        number: string;
        location_id: string;
        line_items: CostLine[];
        total_cost: Minor;
        reason: string;
        notes?: string;
      };
    }
  | {
      type: 'StockTransferred';
      data: Posted & {
        number: string;
        from_location_id: string;
        to_location_id: string;
        line_items: CostLine[];
        notes?: string;
      };
    }
  | {
      type: 'MoneyTransferred';
      data: Posted & {
        number: string;
        from_account_id: string;
        to_account_id: string;
        amount: Minor;
        reference?: string;
      };
    }
  /** `amount`: the sum of its debits. */
  | {
      type: 'JournalEntryRecorded';
      data: Posted & {
        number: string;
        description: string;
        reference?: string;
        lines: JournalEntryLine[];
        amount: Minor;
      };
    }
  /** `received`: from a customer, or back from a supplier; `made`: to a supplier, or back to a customer. */
  | {
      type: 'PaymentReceived' | 'PaymentMade';
      data: Posted & {
        number: string;
        bill_number: string;
        party_id: string;
        account_id: string;
        amount: Minor;
        method?: string;
        /** + settles the bill, − pays back an excess. */
        settles: Minor;
      };
    }
  | {
      type: 'BillWrittenOff';
      data: Posted & {
        number: string;
        bill_number: string;
        party_id: string;
        amount: Minor;
        reason: string;
        settles: Minor;
      };
    }
  | {
      type: 'StockCounted';
      data: Posted & {
        number: string;
        location_id: string;
        counts: CountLine[];
        reason: string;
        counted_at_position: number;
      };
    }
  /** Takes back part of a later count's difference. `number`: the count's; `cause`: the entry's. */
  | {
      type: 'CountAdjusted';
      data: Postings & {
        number: string;
        cause: string;
        location_id: string;
        counts: { item_id: string; quantity: number; value: Minor }[];
      };
    }
  | {
      type: 'SaleReturned' | 'PurchaseReturned';
      data: Posted & {
        number: string;
        bill_number: string;
        party_id: string;
        location_id: string;
        /** `line`: index in the bill. An item on two lines may need two. */
        line_items: (CostLine & { line: number; unit_price: Decimal; total_price: Minor })[];
        total_price: Minor;
        total_cost: Minor;
        reason: string;
      };
    }
  /** `number`: the document's. */
  | {
      type: 'DocumentVoided';
      data: Posted & {
        number: string;
        reason: string;
        /** Of a voided payment or write-off: its bill, and what is open again. */
        bill_number?: string;
        settles?: Minor;
      };
    };

export type LifecycleEvent =
  | {
      type: 'ApprovalRequested';
      data: Postings & {
        approval_id: string;
        command: { type: string; [field: string]: unknown };
        amount: Minor;
        threshold: Minor;
        /** Absent in older versions, which never expire. */
        expires_at?: string;
        reservation_id?: string;
      };
    }
  /** `number`: of the document in the same append. */
  | {
      type: 'ApprovalGranted';
      data: Postings & { approval_id: string; requested_by: string; number: string };
    }
  | {
      type: 'ApprovalRejected';
      data: Postings & { approval_id: string; requested_by: string; reason: string };
    }
  | {
      type: 'ApprovalWithdrawn' | 'ApprovalExpired';
      data: Postings & { approval_id: string; requested_by: string };
    }
  | { type: 'ApprovalThresholdChanged'; data: { old: Minor; new: Minor; reason: string } }
  | {
      type: 'StockReserved';
      data: Postings & {
        reservation_id: string;
        customer_id?: string;
        location_id: string;
        line_items: QuantityLine[];
        expires_at: string;
      };
    }
  /** `number`: the sale's, or the approval's it waits for. Lines not taken are released. */
  | {
      type: 'ReservationCheckedOut';
      data: Postings & { reservation_id: string; number: string; released: QuantityLine[] };
    }
  | { type: 'ReservationReleased'; data: Postings & { reservation_id: string } }
  | { type: 'ReservationExpired'; data: Postings & { reservation_id: string } }
  /** `quantity` pieces are set aside for it, at one price. `account_id`: where payments go. `queue`: absent where all may order at once. */
  | {
      type: 'FlashSaleOpened';
      data: Postings & {
        flash_sale_id: string;
        item_id: string;
        location_id: string;
        quantity: number;
        unit_price: Decimal;
        per_customer_max: number;
        hold_seconds: number;
        starts_at: string;
        ends_at: string;
        account_id: string;
        queue?: QueueSettings;
      };
    }
  /** `queue`: as it is from now on; absent where it was lifted. */
  | {
      type: 'FlashSaleQueueChanged';
      data: Postings & { flash_sale_id: string; queue?: QueueSettings; reason?: string };
    }
  /** What remains goes back; orders that are open stay so. `reason`: absent where it has ended by time. */
  | { type: 'FlashSaleClosed'; data: Postings & { flash_sale_id: string; remaining: number; reason?: string } }
  /** Holds pieces of flash sales, until it is paid or `pay_by` has passed. */
  | {
      type: 'FlashOrderPlaced';
      data: Postings & {
        order_id: string;
        customer_id: string;
        location_id: string;
        line_items: OrderLine[];
        total_price: Minor;
        account_id: string;
        pay_by: string;
        payment_reference?: string;
        passes?: UsedPass[];
      };
    }
  /** From here on it does not expire: whether it is paid is for the gateway to say. */
  | { type: 'FlashOrderChargeStarted'; data: Postings & { order_id: string } }
  /** `number`: of the sale that it has become; `payment_number`: of the payment. Both are in the same append. */
  | {
      type: 'FlashOrderConfirmed';
      data: Postings & { order_id: string; number: string; payment_number: string; charge_id: string };
    }
  | {
      type: 'FlashOrderReleased';
      data: Postings & { order_id: string; reason: ReleaseReason; detail?: string };
    }
  /** The gateway has the money of an order that was released: it is owed back. */
  | { type: 'FlashOrderChargedLate'; data: Postings & { order_id: string; charge_id: string; amount: Minor } }
  | { type: 'FlashOrderRefunded'; data: Postings & { order_id: string; refund_id: string; amount: Minor } }
  | {
      type: 'PeriodClosed';
      data: { month: string; trial_balance: JournalPosting[]; stock_value: Minor };
    }
  | { type: 'PeriodReopened'; data: { month: string; reason: string } }
  | {
      type: 'LedgerOpened';
      data: { ledger_id: string; currency: string; digits: number; time_zone: string; approval_threshold: Minor };
    };

export type EventBody = MasterDataEvent | DocumentEvent | LifecycleEvent;
export type LedgerEventType = EventBody['type'];

export interface Metadata {
  actor: string;
  /** ISO 8601 UTC; never earlier than the event before. */
  recorded_at: string;
  /** Never later than `recorded_at`. */
  effective_at: string;
  idempotency_key: string;
  /** So that the key cannot serve another request. Absent where the server made the key. */
  request_hash?: string;
  /** How many events of the same command follow, none of which means anything without the others. Absent for 0, and in older versions. */
  remaining?: number;
  /** As EventStoreDB names them: trace and span (W3C) of the command, where they are recorded (docs/decisions/tracing.md). */
  $correlationId?: string;
  $causationId?: string;
  /**
   * Previous position of each document in `documentsNamed`, so that no proof can omit an event. Absent in older
   * versions.
   */
  previous_positions?: number[];
  /** `hash` covers all else (docs/decisions/hash-chain.md). */
  previous_hash?: string;
  hash?: string;
}

export type LedgerEvent = EventBody & { metadata: Metadata };
/** `position`: revision in the ledger's stream. */
export type RecordedEvent = LedgerEvent & { position: number };

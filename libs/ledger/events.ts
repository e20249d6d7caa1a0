/**
 * The facts of a ledger, as they stand in the stream `ledger-<id>`. Data is what JSON can hold: ISO instants, decimal-integer strings
 * for money (minor units), safe integers for pieces. An event never changes; a new shape is a new version read through the codec.
 */
import type { Decimal, Minor } from './money.js';

// ── Postings: what a fact moved. Projections read these and need not know the fact. ─────────────────────────────────────────────

/** Pieces and value that came to (+) or left (−) one place. */
export interface StockPosting {
  item_id: string;
  location_id: string;
  quantity: number;
  value: Minor;
}
/** One line of the journal: debit positive, credit negative. The lines of an event sum to zero. */
export interface JournalPosting {
  account_id: string;
  amount: Minor;
}
/** Pieces set aside (+) or let go (−), by a reservation or by a sale that awaits approval. */
export interface HoldPosting {
  item_id: string;
  location_id: string;
  quantity: number;
}
/** What was sold (+) or came back (−): the source of every profit report. */
export interface SalesPosting {
  item_id: string;
  customer_id: string;
  quantity: number;
  revenue: Minor;
  cost: Minor;
}
export interface Postings {
  stock?: StockPosting[];
  journal?: JournalPosting[];
  holds?: HoldPosting[];
  sales?: SalesPosting[];
}

// ── Master data ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export const MASTER_KINDS = ['item', 'supplier', 'customer', 'location', 'account'] as const;
export type MasterKind = (typeof MASTER_KINDS)[number];
/** Event types are called after them: ItemRegistered, ItemChanged. */
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

/** `attributes` are all of them, after the event; `changes` say what was before. */
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

// ── Documents ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

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

/** What an event moved; where it was above the threshold, the approval under which it was carried out, and who had asked for it. */
interface Posted extends Postings {
  approval_id?: string;
  requested_by?: string;
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
  /** `received`: from a customer for a sale, or back from a supplier; `made`: to a supplier for a purchase, or back to a customer. */
  | {
      type: 'PaymentReceived' | 'PaymentMade';
      data: Posted & {
        number: string;
        bill_number: string;
        party_id: string;
        account_id: string;
        amount: Minor;
        method?: string;
        /** What the payment did to the bill's open amount: + settles it, − pays back what was settled too much. */
        settles: Minor;
      };
    }
  /** What is open of a bill and will never be paid; `settles` as of a payment. */
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
  /** What is dated before a count and recorded after it takes back of the count's difference. `number` is the count's, `cause` the other's. */
  | {
      type: 'CountAdjusted';
      data: Postings & {
        number: string;
        cause: string;
        location_id: string;
        /** By how much the differences become larger, in pieces and in value. */
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
        /** `line` is the index of the bill's line; a return of an item on two lines of the bill becomes two lines. */
        line_items: (CostLine & { line: number; unit_price: Decimal; total_price: Minor })[];
        total_price: Minor;
        total_cost: Minor;
        reason: string;
      };
    }
  /** Any document taken back whole; the number is that of the document. */
  | {
      type: 'DocumentVoided';
      data: Posted & {
        number: string;
        reason: string;
        /** Of a voided payment or write-off: the bill that is open again, and by how much. */
        bill_number?: string;
        settles?: Minor;
      };
    };

// ── Approvals, reservations, periods, the ledger itself ─────────────────────────────────────────────────────────────────────────

export type LifecycleEvent =
  | {
      type: 'ApprovalRequested';
      data: Postings & {
        approval_id: string;
        /** The whole command, decided again when it is approved. */
        command: { type: string; [field: string]: unknown };
        amount: Minor;
        threshold: Minor;
        /** Absent on requests of older versions, which wait for ever. */
        expires_at?: string;
        /** Of a check-out: the reservation that the sale came from. */
        reservation_id?: string;
      };
    }
  /** `number` is that of the fact that follows in the same append. */
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
  /** Holds for what is asked for from now on. */
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
  /** `number` is the sale's, or the approval's when the sale waits for one; the lines not taken are released with it. */
  | {
      type: 'ReservationCheckedOut';
      data: Postings & { reservation_id: string; number: string; released: QuantityLine[] };
    }
  | { type: 'ReservationReleased'; data: Postings & { reservation_id: string } }
  | { type: 'ReservationExpired'; data: Postings & { reservation_id: string } }
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

/** Who, when and why it cannot happen twice; the event's metadata. */
export interface Metadata {
  actor: string;
  /** When the ledger decided, ISO 8601 UTC with milliseconds; never runs backwards within a ledger. */
  recorded_at: string;
  /** When it happened in the factory; never later than `recorded_at`. */
  effective_at: string;
  idempotency_key: string;
  /** Of the request, so that the key cannot be used for another one. Absent on keys that the server made. */
  request_hash?: string;
  /**
   * For each document that the event adds to, in the order of `documentsNamed`: where the document's event before stands, so that nobody
   * can leave one out of a proof. Absent on events that add to none, and on those of older versions.
   */
  previous_positions?: number[];
  /** The hash chain: `hash` covers type, data, the other metadata and the hash of the event before (docs/decisions/hash-chain.md). */
  previous_hash?: string;
  hash?: string;
}

export type LedgerEvent = EventBody & { metadata: Metadata };
/** An event with its revision in the ledger's stream, which is the ledger's `position`. */
export type RecordedEvent = LedgerEvent & { position: number };

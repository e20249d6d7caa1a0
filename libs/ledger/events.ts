/**
 * The events of a ledger, as stored in the stream `ledger-<id>`. Data is plain JSON: ISO instants, decimal-integer strings for money (minor
 * units), safe integers for pieces. Events never change; a new shape is a new version, lifted by the codec.
 */
import type { Decimal, Minor } from './money.js';

// ── Postings: what an event moved. Projections need nothing else of most events. ────────────────────────────────────────────────

/** Pieces and value that came into (+) or left (−) one place. */
export interface StockPosting {
  item_id: string;
  location_id: string;
  quantity: number;
  value: Minor;
}
/** One line of the journal: debit positive, credit negative. An event's lines sum to zero. */
export interface JournalPosting {
  account_id: string;
  amount: Minor;
}
/** Pieces reserved (+) or released (−), by a reservation or by a request for approval. */
export interface HoldPosting {
  item_id: string;
  location_id: string;
  quantity: number;
}
/** Sold (+) or returned (−): the source of profit reports. */
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

/** `attributes` after the event; `changes` with the values before. */
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

export interface JournalEntryLine {
  account_id: string;
  side: 'debit' | 'credit';
  /** More than zero. */
  amount: Minor;
}

/** Postings, and the approval and requester where the event was above the threshold. */
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
  /** A manual entry; `amount` is the sum of its debits, which is that of its credits. */
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
        /** Change of the bill's open amount: + settles it, − pays back an excess. */
        settles: Minor;
      };
    }
  /** Gives up an open amount; `settles` as of a payment. */
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
  /** A backdated entry takes back part of a later count's difference. `number` is the count's, `cause` the entry's. */
  | {
      type: 'CountAdjusted';
      data: Postings & {
        number: string;
        cause: string;
        location_id: string;
        /** Change of the differences, in pieces and value. */
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
        /** `line` is the index of the bill's line. An item on two lines of the bill may need two lines. */
        line_items: (CostLine & { line: number; unit_price: Decimal; total_price: Minor })[];
        total_price: Minor;
        total_cost: Minor;
        reason: string;
      };
    }
  /** Reverses any document; `number` is the document's. */
  | {
      type: 'DocumentVoided';
      data: Posted & {
        number: string;
        reason: string;
        /** Of a voided payment or write-off: its bill, and the amount that is open again. */
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
        command: { type: string; [field: string]: unknown };
        amount: Minor;
        threshold: Minor;
        /** Absent on requests of older versions, which never expire. */
        expires_at?: string;
        /** The reservation, where the sale is a check-out. */
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
  /** `number`: of the sale, or of the approval where the sale waits for one. Lines not taken are released. */
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

export interface Metadata {
  actor: string;
  /** When the ledger decided, ISO 8601 UTC with milliseconds; never earlier than the event before. */
  recorded_at: string;
  /** When it happened in the factory; never later than `recorded_at`. */
  effective_at: string;
  idempotency_key: string;
  /** Hash of the request, so that the key cannot be used for another one. Absent where the server made the key. */
  request_hash?: string;
  /**
   * For each document that the event adds to, in the order of `documentsNamed`: position of its previous event, so that none can be left
   * out of a proof. Absent where it adds to none, and in older versions.
   */
  previous_positions?: number[];
  /** Hash chain: `hash` covers type, data, the other metadata and `previous_hash` (docs/decisions/hash-chain.md). */
  previous_hash?: string;
  hash?: string;
}

export type LedgerEvent = EventBody & { metadata: Metadata };
/** `position`: revision in the ledger's stream. */
export type RecordedEvent = LedgerEvent & { position: number };

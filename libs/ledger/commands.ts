/** HTTP checks their shape. Amounts are decimal text; instants are ISO 8601 UTC, or days of the ledger. */
import type { Attributes, CostBasis, MasterKind, QuantityLine, QueueDraw, UsedPass } from './events.js';
import type { Decimal } from './money.js';

export interface PricedLine extends QuantityLine {
  unit_price: Decimal;
}

interface Effective {
  effective_at?: string;
}

export interface OpenLedger {
  type: 'open_ledger';
  ledger_id: string;
  currency: string;
  digits: number;
  time_zone: string;
  approval_threshold: Decimal;
}
export type RegisterMasterData = {
  [K in MasterKind]: { type: 'register'; kind: K; id: string; attributes: Attributes[K] };
}[MasterKind];
/** `active: false` deactivates. */
export type ChangeMasterData = {
  [K in MasterKind]: {
    type: 'change';
    kind: K;
    id: string;
    changes: Partial<Attributes[K]> & { active?: boolean };
    /** Refused unless its last change is at one of these positions. */
    if_positions?: readonly number[];
  };
}[MasterKind];
export interface RecordPurchase extends Effective {
  type: 'record_purchase';
  supplier_id: string;
  location_id?: string;
  line_items: PricedLine[];
  due_date?: string;
  notes?: string;
}
export interface RecordLateCost extends Effective {
  type: 'record_late_cost';
  /** The purchase. */
  bill_number: string;
  /** May be negative. */
  amount: Decimal;
  basis: CostBasis;
  /** Default: that of the purchase. */
  supplier_id?: string;
  reason: string;
  due_date?: string;
}
export interface RecordBlow extends Effective {
  type: 'record_blow';
  location_id?: string;
  inputs: QuantityLine[];
  outputs: QuantityLine[];
  rejected_quantity?: number;
  conversion_cost?: Decimal;
  notes?: string;
}
export interface RecordSale extends Effective {
  type: 'record_sale';
  customer_id: string;
  location_id?: string;
  line_items: PricedLine[];
  due_date?: string;
  notes?: string;
}
export interface RecordWaste extends Effective {
  type: 'record_waste';
  location_id?: string;
  line_items: QuantityLine[];
  reason: string;
  notes?: string;
}
export interface TransferStock extends Effective {
  type: 'transfer_stock';
  from_location_id: string;
  to_location_id: string;
  line_items: QuantityLine[];
  notes?: string;
}
export interface TransferMoney extends Effective {
  type: 'transfer_money';
  from_account_id: string;
  to_account_id: string;
  amount: Decimal;
  reference?: string;
}
export interface RecordJournalEntry extends Effective {
  type: 'record_journal_entry';
  lines: { account_id: string; side: 'debit' | 'credit'; amount: Decimal }[];
  description: string;
  reference?: string;
}
export interface RecordPayment extends Effective {
  type: 'record_payment';
  bill_number: string;
  account_id?: string;
  amount: Decimal;
  method?: string;
}
export interface WriteOff extends Effective {
  type: 'write_off';
  bill_number: string;
  /** Default: all that is open. */
  amount?: Decimal;
  reason: string;
}
export interface CountStock extends Effective {
  type: 'count_stock';
  location_id?: string;
  counts: { item_id: string; counted_quantity: number; unit_cost?: Decimal }[];
  reason: string;
  /** When the stock was counted, instead of a date; later movements are no difference. */
  counted_at_position?: number;
  /** When that was recorded; the writer fills it in. */
  counted_at?: string;
}
export interface ReturnBill extends Effective {
  type: 'return_bill';
  bill_number: string;
  line_items: QuantityLine[];
  reason: string;
}
export interface VoidDocument extends Effective {
  type: 'void_document';
  number: string;
  reason: string;
}
export interface Approve {
  type: 'approve';
  approval_id: string;
}
export interface Reject {
  type: 'reject';
  approval_id: string;
  reason: string;
}
export interface Withdraw {
  type: 'withdraw';
  approval_id: string;
}
export interface ChangeThreshold {
  type: 'change_threshold';
  approval_threshold: Decimal;
  reason: string;
}
export interface ReserveStock {
  type: 'reserve_stock';
  customer_id?: string;
  location_id?: string;
  line_items: QuantityLine[];
  ttl_seconds: number;
}
export interface CheckOutReservation {
  type: 'check_out';
  reservation_id: string;
  customer_id?: string;
  /** Without `quantity` all of the item; what is not taken is released. */
  line_items: { item_id: string; quantity?: number; unit_price: Decimal }[];
  due_date?: string;
  notes?: string;
}
export interface ReleaseReservation {
  type: 'release_reservation';
  reservation_id: string;
}
export interface OpenFlashSale {
  type: 'open_flash_sale';
  item_id: string;
  location_id?: string;
  quantity: number;
  unit_price: Decimal;
  per_customer_max: number;
  hold_seconds: number;
  /** Default: now. A day is its beginning. */
  starts_at?: string;
  /** A day is its end. */
  ends_at: string;
  account_id?: string;
  /** Buyers wait in a queue. */
  queue?: QueueChanges;
  draw?: QueueDraw;
}
/** null: no limit. */
export interface QueueChanges {
  per_minute?: number;
  pass_seconds?: number;
  passes_max?: number | null;
  passes_per_piece?: number;
}
/** Begins one where there is none. */
export interface ChangeQueue {
  type: 'change_queue';
  flash_sale_id: string;
  changes: QueueChanges;
  /** For a queue that begins; whoever submits the command makes it, since the rules know no chance. */
  draw?: QueueDraw;
}
export interface LiftQueue {
  type: 'lift_queue';
  flash_sale_id: string;
  reason: string;
}
export interface CloseFlashSale {
  type: 'close_flash_sale';
  flash_sale_id: string;
  reason: string;
}
export interface PlaceOrder {
  type: 'place_order';
  customer_id: string;
  line_items: {
    flash_sale_id: string;
    quantity: number;
    /** Whoever submits the command reads it; what is still text is not signed by us. */
    pass?: Pass | string;
  }[];
  /** What the gateway knows the buyer's means of payment by. */
  payment_reference?: string;
}
/** Of a waiting queue: for one customer, once. */
export interface Pass extends UsedPass {
  ledger_id: string;
  customer_id: string;
}
export interface CancelOrder {
  type: 'cancel_order';
  order_id: string;
}
/** This and the next ones are given by the payment process alone. */
export interface StartCharge {
  type: 'start_charge';
  order_id: string;
}
export interface ConfirmOrder {
  type: 'confirm_order';
  order_id: string;
  charge_id: string;
}
export interface ReleaseOrder {
  type: 'release_order';
  order_id: string;
  reason: 'declined' | 'unpaid' | 'refused';
  detail?: string;
}
/** Of an order that was released. */
export interface RecordLateCharge {
  type: 'record_late_charge';
  order_id: string;
  charge_id: string;
}
export interface RecordRefund {
  type: 'record_refund';
  order_id: string;
  refund_id: string;
}
export interface ClosePeriod {
  type: 'close_period';
  month: string;
}
export interface ReopenPeriod {
  type: 'reopen_period';
  month: string;
  reason: string;
}

export type PostingCommand =
  | RecordPurchase
  | RecordLateCost
  | RecordBlow
  | RecordSale
  | RecordWaste
  | TransferStock
  | TransferMoney
  | RecordJournalEntry
  | RecordPayment
  | WriteOff
  | CountStock
  | ReturnBill
  | VoidDocument;

export type Command =
  | OpenLedger
  | RegisterMasterData
  | ChangeMasterData
  | PostingCommand
  | Approve
  | Reject
  | Withdraw
  | ChangeThreshold
  | ReserveStock
  | CheckOutReservation
  | ReleaseReservation
  | OpenFlashSale
  | CloseFlashSale
  | ChangeQueue
  | LiftQueue
  | PlaceOrder
  | CancelOrder
  | StartCharge
  | ConfirmOrder
  | ReleaseOrder
  | RecordLateCharge
  | RecordRefund
  | ClosePeriod
  | ReopenPeriod;

export const ROLES = ['admin', 'manager', 'staff', 'auditor', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** Roles to which the documents of others are unknown, and balances too. */
const OWN_ONLY: readonly Role[] = ['staff'];
export function seesOnlyOwn(role: Role): boolean {
  return OWN_ONLY.includes(role);
}

export interface Envelope {
  actor: string;
  role: Role;
  /** '': when it arrives, by the clock of the instance that decides. */
  now: string;
  idempotency_key: string;
  /** Absent: the server made the key, and no client can repeat it. */
  request_hash?: string;
  /** Of the span that it comes from, where that is recorded (libs/tracing). */
  trace?: { trace_id: string; span_id: string };
}

/** To load before deciding. `requests`: pending ones, since an approved command is decided again. */
export function documentsNeeded(command: Command, requests: ReadonlyMap<string, { needs: string[] }>): string[] {
  switch (command.type) {
    case 'record_payment':
    case 'write_off':
    case 'return_bill':
    case 'record_late_cost':
      return [command.bill_number];
    case 'void_document':
      return [command.number];
    case 'approve':
      return [command.approval_id, ...(requests.get(command.approval_id)?.needs ?? [])];
    case 'reject':
    case 'withdraw':
      return [command.approval_id];
    case 'check_out':
    case 'release_reservation':
      return [command.reservation_id];
    case 'close_flash_sale':
    case 'change_queue':
    case 'lift_queue':
      return [command.flash_sale_id];
    case 'cancel_order':
    case 'start_charge':
    case 'confirm_order':
    case 'release_order':
    case 'record_late_charge':
    case 'record_refund':
      return [command.order_id];
    default:
      return [];
  }
}

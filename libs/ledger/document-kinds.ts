/** One descriptor a kind, from which the rest follows; docs/adding-a-document.md is the recipe. */
import type { Command } from './commands.js';
import type { LedgerEvent, LedgerEventType } from './events.js';

type NumberField = 'number' | 'approval_id' | 'reservation_id' | 'bill_number' | 'flash_sale_id' | 'order_id';

export interface DocumentKindDescriptor {
  /** Two letters, "SO" of "SO-251223-0026"; never reused, for old documents keep them. */
  prefix: string;
  path: string;
  /** That makes one. None for approvals: any posting may end in one. */
  command?: Command['type'];
  /** Moves stock or money; above the threshold, by staff, an approval first. */
  is_posting: boolean;
  id: Exclude<NumberField, 'bill_number'>;
  begun_by: readonly LedgerEventType[];
  /** Events that add to one, with the field that names it. An event may name two documents. */
  added_to_by: readonly (readonly [type: LedgerEventType, field: NumberField])[];
  /** `reverse` posts the opposite, `reverse_and_reopen_bill` also reopens its bill, `refuse` answers `not_voidable`. */
  void: 'reverse' | 'reverse_and_reopen_bill' | 'refuse';
  /** Rows of the stock movement report; events that move no pieces are absent. */
  movements: Partial<Record<LedgerEventType, string>>;
}

const ADDED_TO_BILLS = [
  ['PaymentReceived', 'bill_number'],
  ['PaymentMade', 'bill_number'],
  ['BillWrittenOff', 'bill_number'],
  ['DocumentVoided', 'number'],
  ['DocumentVoided', 'bill_number'],
] as const;
const VOIDED = [['DocumentVoided', 'number']] as const;

export const DOCUMENT_KINDS = {
  purchase: {
    prefix: 'PO',
    path: 'purchases',
    command: 'record_purchase',
    is_posting: true,
    id: 'number',
    begun_by: ['PurchaseRecorded'],
    added_to_by: [...ADDED_TO_BILLS, ['PurchaseReturned', 'bill_number'], ['LateCostRecorded', 'bill_number']],
    void: 'reverse',
    movements: { PurchaseRecorded: 'purchase' },
  },
  /** Of a purchase; made under its path. */
  late_cost: {
    prefix: 'LC',
    path: 'late-costs',
    command: 'record_late_cost',
    is_posting: true,
    id: 'number',
    begun_by: ['LateCostRecorded'],
    added_to_by: ADDED_TO_BILLS,
    void: 'reverse',
    movements: { LateCostRecorded: 'late_cost' },
  },
  blow: {
    prefix: 'BL',
    path: 'blows',
    command: 'record_blow',
    is_posting: true,
    id: 'number',
    begun_by: ['BlowRecorded'],
    added_to_by: VOIDED,
    void: 'reverse',
    movements: { BlowRecorded: 'blow' },
  },
  sale: {
    prefix: 'SO',
    path: 'sales',
    command: 'record_sale',
    is_posting: true,
    id: 'number',
    begun_by: ['SaleRecorded'],
    added_to_by: [...ADDED_TO_BILLS, ['SaleReturned', 'bill_number']],
    void: 'reverse',
    movements: { SaleRecorded: 'sale' },
  },
  waste: {
    prefix: 'WS',
    path: 'wastes',
    command: 'record_waste',
    is_posting: true,
    id: 'number',
    begun_by: ['WasteRecorded'],
    added_to_by: VOIDED,
    void: 'reverse',
    movements: { WasteRecorded: 'waste' },
  },
  stock_transfer: {
    prefix: 'ST',
    path: 'stock-transfers',
    command: 'transfer_stock',
    is_posting: true,
    id: 'number',
    begun_by: ['StockTransferred'],
    added_to_by: VOIDED,
    void: 'reverse',
    movements: { StockTransferred: 'stock_transfer' },
  },
  /** Of money; the route is /transfers. */
  transfer: {
    prefix: 'MT',
    path: 'transfers',
    command: 'transfer_money',
    is_posting: true,
    id: 'number',
    begun_by: ['MoneyTransferred'],
    added_to_by: VOIDED,
    void: 'reverse',
    movements: {},
  },
  journal_entry: {
    prefix: 'JE',
    path: 'journal-entries',
    command: 'record_journal_entry',
    is_posting: true,
    id: 'number',
    begun_by: ['JournalEntryRecorded'],
    added_to_by: VOIDED,
    void: 'reverse',
    movements: {},
  },
  payment: {
    prefix: 'PY',
    path: 'payments',
    command: 'record_payment',
    is_posting: true,
    id: 'number',
    begun_by: ['PaymentReceived', 'PaymentMade'],
    added_to_by: VOIDED,
    void: 'reverse_and_reopen_bill',
    movements: {},
  },
  write_off: {
    prefix: 'WO',
    path: 'write-offs',
    command: 'write_off',
    is_posting: true,
    id: 'number',
    begun_by: ['BillWrittenOff'],
    added_to_by: VOIDED,
    void: 'reverse_and_reopen_bill',
    movements: {},
  },
  stock_count: {
    prefix: 'SC',
    path: 'stock-counts',
    command: 'count_stock',
    is_posting: true,
    id: 'number',
    begun_by: ['StockCounted'],
    added_to_by: [...VOIDED, ['CountAdjusted', 'number']],
    void: 'reverse',
    movements: { StockCounted: 'stock_count', CountAdjusted: 'count_adjustment' },
  },
  return: {
    prefix: 'RT',
    path: 'returns',
    command: 'return_bill',
    is_posting: true,
    id: 'number',
    begun_by: ['SaleReturned', 'PurchaseReturned'],
    added_to_by: VOIDED,
    void: 'reverse_and_reopen_bill',
    movements: { SaleReturned: 'sale_return', PurchaseReturned: 'purchase_return' },
  },
  approval: {
    prefix: 'AP',
    path: 'approvals',
    is_posting: false,
    id: 'approval_id',
    begun_by: ['ApprovalRequested'],
    added_to_by: [
      ['ApprovalGranted', 'approval_id'],
      ['ApprovalRejected', 'approval_id'],
      ['ApprovalWithdrawn', 'approval_id'],
      ['ApprovalExpired', 'approval_id'],
    ],
    void: 'refuse',
    movements: {},
  },
  reservation: {
    prefix: 'RV',
    path: 'reservations',
    command: 'reserve_stock',
    is_posting: false,
    id: 'reservation_id',
    begun_by: ['StockReserved'],
    added_to_by: [
      ['ReservationCheckedOut', 'reservation_id'],
      ['ReservationReleased', 'reservation_id'],
      ['ReservationExpired', 'reservation_id'],
    ],
    void: 'refuse',
    movements: {},
  },
  /** Its orders do not add to it: there may be many thousands. */
  flash_sale: {
    prefix: 'FS',
    path: 'flash-sales',
    command: 'open_flash_sale',
    is_posting: false,
    id: 'flash_sale_id',
    begun_by: ['FlashSaleOpened'],
    added_to_by: [
      ['FlashSaleQueueChanged', 'flash_sale_id'],
      ['FlashSaleClosed', 'flash_sale_id'],
    ],
    void: 'refuse',
    movements: {},
  },
  /** Of flash sales; made by POST /flash-buy. */
  order: {
    prefix: 'OR',
    path: 'orders',
    command: 'place_order',
    is_posting: false,
    id: 'order_id',
    begun_by: ['FlashOrderPlaced'],
    added_to_by: [
      ['FlashOrderChargeStarted', 'order_id'],
      ['FlashOrderConfirmed', 'order_id'],
      ['FlashOrderReleased', 'order_id'],
      ['FlashOrderChargedLate', 'order_id'],
      ['FlashOrderRefunded', 'order_id'],
    ],
    void: 'refuse',
    movements: {},
  },
} as const satisfies Record<string, DocumentKindDescriptor>;

export type DocumentKind = keyof typeof DOCUMENT_KINDS;
export const KINDS = Object.keys(DOCUMENT_KINDS) as DocumentKind[];
const DESCRIPTORS: Readonly<Record<DocumentKind, DocumentKindDescriptor>> = DOCUMENT_KINDS;

type Descriptor = (typeof DOCUMENT_KINDS)[DocumentKind];
/** All but `void_document` make a document. */
export type PostingType = Extract<Descriptor, { is_posting: true }>['command'] | 'void_document';
export type DocumentEventType = Descriptor['begun_by'][number] | Descriptor['added_to_by'][number][0];
export const DOCUMENT_EVENT_TYPES = [
  ...new Set(
    Object.values(DESCRIPTORS).flatMap(({ begun_by, added_to_by }) => [
      ...begun_by,
      ...added_to_by.map(([type]) => type),
    ]),
  ),
] as DocumentEventType[];

const BY_PREFIX = new Map(KINDS.map((kind) => [DESCRIPTORS[kind].prefix, kind]));
export function kindOf(number: string): DocumentKind | undefined {
  return BY_PREFIX.get(number.slice(0, 2));
}

/** Voids of all kinds are one row. */
export type MovementKind = MovementsOf<Descriptor['movements']> | 'void';
type MovementsOf<M> = M extends unknown ? M[keyof M] : never;
export const MOVEMENT_KIND_OF: Readonly<Partial<Record<LedgerEventType, MovementKind>>> = Object.assign(
  {},
  ...Object.values(DESCRIPTORS).map(({ movements }) => movements),
  { DocumentVoided: 'void' },
);

interface Named {
  first: NumberField | undefined;
  more: readonly NumberField[];
}
const NUMBER_FIELDS: readonly NumberField[] = [
  'number',
  'approval_id',
  'reservation_id',
  'bill_number',
  'flash_sale_id',
  'order_id',
];
const NAMED: Readonly<Partial<Record<LedgerEventType, Named>>> = Object.fromEntries(
  DOCUMENT_EVENT_TYPES.map((type): [LedgerEventType, Named] => [
    type,
    { first: firstField(type), more: moreFields(type) },
  ]),
);
function firstField(type: LedgerEventType): NumberField | undefined {
  return Object.values(DESCRIPTORS).find(({ begun_by }) => begun_by.includes(type))?.id;
}
/** In NUMBER_FIELDS' order, as the hash chain covers `previous_positions`. */
function moreFields(type: LedgerEventType): NumberField[] {
  const fields = Object.values(DESCRIPTORS).flatMap(({ added_to_by }) =>
    added_to_by.flatMap(([each, field]) => (each === type ? [field] : [])),
  );
  return NUMBER_FIELDS.filter((field) => fields.includes(field));
}

/** Who made the document that the event begins: whoever asked for it, where another user approved, or ordered what was paid. */
export function madeBy({ data, metadata }: LedgerEvent): string {
  const { requested_by, ordered_by } = data as { requested_by?: string; ordered_by?: string };
  return requested_by ?? ordered_by ?? metadata.actor;
}

export function documentsNamed(event: LedgerEvent): { first?: string; more: string[] } {
  const named = NAMED[event.type];
  if (named === undefined) return { more: [] };
  const data = event.data as { [field in NumberField]?: string };
  const more: string[] = [];
  for (const field of named.more) {
    const number = data[field];
    if (number !== undefined) more.push(number);
  }
  return named.first === undefined ? { more } : { first: data[named.first]!, more };
}

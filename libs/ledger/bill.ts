import type { DocumentEvent, RecordedEvent } from './events.js';

export interface BillLine {
  item_id: string;
  quantity: number;
  unit_price: string;
  total_price: bigint;
  returned: number;
  returned_price: bigint;
}
export interface Bill {
  kind: 'sale' | 'purchase';
  number: string;
  party_id: string;
  location_id: string;
  effective_at: string;
  lines: BillLine[];
  total: bigint;
  paid: bigint;
  returned: bigint;
  /** + of what was owed, − of an excess. */
  written_off: bigint;
  payments: string[];
  returns: string[];
  write_offs: string[];
  /** Of a purchase. */
  late_costs: string[];
  void: boolean;
}

type PartType = 'PaymentReceived' | 'PaymentMade' | 'BillWrittenOff' | 'SaleReturned' | 'PurchaseReturned';
type Part = Extract<DocumentEvent, { type: PartType }>;
type Returned = Extract<DocumentEvent, { type: 'SaleReturned' | 'PurchaseReturned' }>;

/** Of a document's events, oldest first. Undefined where it is no bill: no sale, purchase or late cost. */
export function billOf(history: readonly RecordedEvent[]): Bill | undefined {
  const fold = billFold(history[0]);
  for (const event of history.slice(1)) fold?.add(event);
  return fold?.bill;
}

export function mostOpenSince(history: readonly RecordedEvent[], instant: string): bigint {
  const fold = billFold(history[0])!;
  let most: bigint | undefined;
  for (const event of history.slice(1).toSorted(byEffectiveTime)) {
    if (event.metadata.effective_at > instant) most = larger(most, openAmount(fold.bill));
    fold.add(event);
  }
  return larger(most, openAmount(fold.bill));
}
/** Of the same moment, the order stays. */
export function byEffectiveTime({ metadata: one }: RecordedEvent, { metadata: other }: RecordedEvent): number {
  return one.effective_at < other.effective_at ? -1 : Number(one.effective_at > other.effective_at);
}
function larger(one: bigint | undefined, other: bigint): bigint {
  return one === undefined || other > one ? other : one;
}

function billFold(first: RecordedEvent | undefined): { bill: Bill; add(event: RecordedEvent): void } | undefined {
  if (first?.type !== 'SaleRecorded' && first?.type !== 'PurchaseRecorded' && first?.type !== 'LateCostRecorded')
    return undefined;
  const { number, location_id } = first.data;
  const lines = first.type === 'LateCostRecorded' ? [] : first.data.line_items;
  const bill: Bill = {
    kind: first.type === 'SaleRecorded' ? 'sale' : 'purchase',
    number,
    party_id: first.type === 'SaleRecorded' ? first.data.customer_id : first.data.supplier_id,
    location_id,
    effective_at: first.metadata.effective_at,
    lines: lines.map((line) => ({
      item_id: line.item_id,
      quantity: line.quantity,
      unit_price: line.unit_price,
      total_price: BigInt(line.total_price),
      returned: 0,
      returned_price: 0n,
    })),
    total: BigInt(first.type === 'LateCostRecorded' ? first.data.amount : first.data.total_price),
    paid: 0n,
    returned: 0n,
    written_off: 0n,
    payments: [],
    returns: [],
    write_offs: [],
    late_costs: [],
    void: false,
  };
  const parts = new Map<string, Part>();
  return {
    bill,
    add(event) {
      switch (event.type) {
        case 'PaymentReceived':
        case 'PaymentMade':
        case 'BillWrittenOff':
        case 'SaleReturned':
        case 'PurchaseReturned':
          parts.set(event.data.number, event);
          apply(bill, event, 1);
          break;
        case 'LateCostRecorded':
          bill.late_costs.push(event.data.number);
          break;
        case 'DocumentVoided': {
          const part = parts.get(event.data.number);
          bill.late_costs = bill.late_costs.filter((late_cost) => late_cost !== event.data.number);
          if (event.data.number === number) bill.void = true;
          if (part !== undefined) apply(bill, part, -1);
          break;
        }
      }
    },
  };
}

function apply(bill: Bill, part: Part, sign: 1 | -1): void {
  switch (part.type) {
    case 'PaymentReceived':
    case 'PaymentMade':
      bill.paid += BigInt(part.data.settles) * BigInt(sign);
      list(bill.payments, part.data.number, sign);
      break;
    case 'BillWrittenOff':
      bill.written_off += BigInt(part.data.settles) * BigInt(sign);
      list(bill.write_offs, part.data.number, sign);
      break;
    case 'SaleReturned':
    case 'PurchaseReturned':
      applyReturn(bill, part, sign);
      list(bill.returns, part.data.number, sign);
      break;
    default:
      part satisfies never;
  }
}
function list(numbers: string[], number: string, sign: 1 | -1): void {
  if (sign === 1) numbers.push(number);
  else numbers.splice(numbers.indexOf(number), 1);
}

function applyReturn(bill: Bill, { data }: Returned, sign: 1 | -1): void {
  bill.returned += BigInt(data.total_price) * BigInt(sign);
  for (const { line, quantity, total_price } of data.line_items) {
    const of_bill = bill.lines[line]!;
    of_bill.returned += quantity * sign;
    of_bill.returned_price += BigInt(total_price) * BigInt(sign);
  }
}

/** Minor units owed by (sale) or to the party; negative where more was settled than it is worth. */
export function openAmount({ void: gone, total, returned, paid, written_off }: Bill): bigint {
  return gone ? 0n : total - returned - paid - written_off;
}

export const PAYMENT_STATUSES = ['pending', 'partial', 'paid', 'refund_due', 'nothing_due', 'void'] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];
/** A bill returned whole or worth nothing has nothing due, and is not paid. */
export function paymentStatus(bill: Bill): PaymentStatus {
  if (bill.void) return 'void';
  const open = openAmount(bill);
  if (open < 0n) return 'refund_due';
  if (open === 0n) return bill.paid === 0n ? 'nothing_due' : 'paid';
  return bill.paid === 0n ? 'pending' : 'partial';
}

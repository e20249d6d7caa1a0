/** A bill as its events tell it: what was agreed, what came back, what was paid. The events are those that name its number. */
import type { DocumentEvent, RecordedEvent } from './events.js';

export interface BillLine {
  item_id: string;
  quantity: number;
  unit_price: string;
  total_price: bigint;
  cost: bigint;
  returned: number;
  returned_price: bigint;
  returned_cost: bigint;
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
  /** Numbers of payments and returns that are not void. */
  payments: string[];
  returns: string[];
  void: boolean;
}

type Returned = Extract<DocumentEvent, { type: 'SaleReturned' | 'PurchaseReturned' }>;

/** undefined when the history is not that of a sale or a purchase. */
export function billOf(history: readonly RecordedEvent[]): Bill | undefined {
  const first = history[0];
  if (first?.type !== 'SaleRecorded' && first?.type !== 'PurchaseRecorded') return undefined;
  const { number, location_id, total_price } = first.data;
  const bill: Bill = {
    kind: first.type === 'SaleRecorded' ? 'sale' : 'purchase',
    number,
    party_id: first.type === 'SaleRecorded' ? first.data.customer_id : first.data.supplier_id,
    location_id,
    effective_at: first.metadata.effective_at,
    lines: first.data.line_items.map((line) => ({
      item_id: line.item_id,
      quantity: line.quantity,
      unit_price: line.unit_price,
      total_price: BigInt(line.total_price),
      cost: BigInt('cost' in line ? (line.cost as string) : line.total_price),
      returned: 0,
      returned_price: 0n,
      returned_cost: 0n,
    })),
    total: BigInt(total_price),
    paid: 0n,
    returned: 0n,
    payments: [],
    returns: [],
    void: false,
  };
  const returns = new Map<string, Returned>();
  for (const event of history.slice(1)) {
    switch (event.type) {
      case 'PaymentReceived':
      case 'PaymentMade':
        bill.paid += BigInt(event.data.settles);
        bill.payments.push(event.data.number);
        break;
      case 'SaleReturned':
      case 'PurchaseReturned':
        returns.set(event.data.number, event);
        bill.returns.push(event.data.number);
        applyReturn(bill, event, 1);
        break;
      case 'BillVoided': {
        const { number: voided } = event.data;
        if (voided === number) bill.void = true;
        bill.paid -= BigInt(event.data.settles ?? 0);
        bill.payments = bill.payments.filter((each) => each !== voided);
        bill.returns = bill.returns.filter((each) => each !== voided);
        const undone = returns.get(voided);
        if (undone !== undefined) applyReturn(bill, undone, -1);
        break;
      }
    }
  }
  return bill;
}

function applyReturn(bill: Bill, { data }: Returned, sign: 1 | -1): void {
  bill.returned += BigInt(data.total_price) * BigInt(sign);
  for (const { line, quantity, total_price, cost } of data.line_items) {
    const of_bill = bill.lines[line]!;
    of_bill.returned += quantity * sign;
    of_bill.returned_price += BigInt(total_price) * BigInt(sign);
    of_bill.returned_cost += BigInt(cost) * BigInt(sign);
  }
}

/** What is still owed: positive by the party (sale) or to it (purchase), negative when more was settled than the bill is now worth. */
export function openAmount({ void: gone, total, returned, paid }: Bill): bigint {
  return gone ? 0n : total - returned - paid;
}

export type PaymentStatus = 'pending' | 'partial' | 'paid' | 'refund_due' | 'void';
export function paymentStatus(bill: Bill): PaymentStatus {
  if (bill.void) return 'void';
  const open = openAmount(bill);
  if (open < 0n) return 'refund_due';
  if (open === 0n) return 'paid';
  return bill.paid === 0n && bill.returned === 0n ? 'pending' : 'partial';
}

import type { Command } from '../../libs/ledger/commands.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';

/** Told what came of each before the next that builds on it. */
export interface History {
  next(n: number): Command;
  told(events: readonly Pick<RecordedEvent, 'type' | 'data'>[]): void;
}

const ITEMS = Array.from({ length: 100 }, (_, index) => `bottle-${index}`);
const CUSTOMERS = Array.from({ length: 1000 }, (_, index) => `CUST-${index}`);

export function* masterData(): Generator<Command> {
  yield { type: 'register', kind: 'supplier', id: 'SUP-1', attributes: { name: 'Preforms Ltd' } };
  for (const id of CUSTOMERS) yield { type: 'register', kind: 'customer', id, attributes: { name: id } };
  for (const id of ITEMS) yield { type: 'register', kind: 'item', id, attributes: { name: id, kind: 'bottle' } };
  for (const item_id of ITEMS)
    yield {
      type: 'record_purchase',
      supplier_id: 'SUP-1',
      line_items: [{ item_id, quantity: 10_000_000, unit_price: '0.0375' }],
    };
}

function saleOf(n: number): Command {
  const line = (item: number) => ({ item_id: ITEMS[item % ITEMS.length]!, quantity: 1 + (n % 50), unit_price: '0.11' });
  return { type: 'record_sale', customer_id: CUSTOMERS[n % CUSTOMERS.length]!, line_items: [line(n), line(n + 33)] };
}

export function salesAlone(): History {
  return { next: saleOf, told: () => {} };
}

/** Bills not settled yet, and how many to choose from: today's payment is of a sale weeks ago. */
const OPEN_MIN = 200;
const OPEN_MAX = 20_000;

/** Of twenty commands fourteen are sales, one a purchase, three payments, one a return and one a void. */
export function mixed(): History {
  const open: string[] = [];
  const returned = new Map<string, string>();
  const taken = (n: number) => open.splice((n * 7919) % open.length, 1)[0]!;
  const reason = 'as it was';
  return {
    next(n) {
      const kind = n % 20;
      if (kind === 14)
        return {
          type: 'record_purchase',
          supplier_id: 'SUP-1',
          line_items: [{ item_id: ITEMS[n % ITEMS.length]!, quantity: 100, unit_price: '0.0375' }],
        };
      if (kind < 15 || open.length < OPEN_MIN) return saleOf(n);
      if (kind < 18) return { type: 'record_payment', bill_number: taken(n), amount: '0.01' };
      if (kind === 18) return { type: 'void_document', number: taken(n), reason };
      const number = taken(n);
      return {
        type: 'return_bill',
        bill_number: number,
        line_items: [{ item_id: returned.get(number)!, quantity: 1 }],
        reason,
      };
    },
    told(events) {
      for (const { type, data } of events) {
        if (type !== 'SaleRecorded') continue;
        const { number, line_items } = data as { number: string; line_items: { item_id: string }[] };
        open.push(number);
        returned.set(number, line_items[0]!.item_id);
      }
      if (open.length > OPEN_MAX) for (const number of open.splice(0, OPEN_MAX / 2)) returned.delete(number);
    },
  };
}

import type { Command } from '../../libs/ledger/commands.js';
import { LedgerHistory } from './ledger-history.js';
import type { Chance } from './random.js';

const ITEMS = ['preform', 'bottle', 'cap'];
const PLACES = ['main', 'yard'];
const CUSTOMERS = ['CUST-1', 'CUST-2'];
const SUPPLIERS = ['SUPP-1', 'SUPP-2'];
/** Registered some day, perhaps; events may be dated before it. */
const NEWCOMERS = { item: 'lid', customer: 'CUST-3', account: 'safe' } as const;

export interface RandomOptions {
  ledger?: string;
  time_zone?: string;
  backdated_percent?: number;
  minutes_between?: number;
}

/** What the rules refuse leaves no event. */
export function randomHistory(chance: Chance, commands: number, options: RandomOptions = {}): LedgerHistory {
  const { ledger = 'main', time_zone = 'UTC', backdated_percent = 30, minutes_between = 300 } = options;
  const history = new LedgerHistory(ledger, '2025-11-28T09:13:00.000Z', time_zone);
  const start_ms = Date.parse(history.now);
  history.give({ type: 'register', kind: 'location', id: 'yard', attributes: { name: 'Yard' } });
  for (const id of ITEMS) history.give({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'other' } });
  for (const id of CUSTOMERS) history.give({ type: 'register', kind: 'customer', id, attributes: { name: id } });
  for (const id of SUPPLIERS) history.give({ type: 'register', kind: 'supplier', id, attributes: { name: id } });
  for (let tries = 0; tries < commands; tries += 1) {
    const now_ms = Date.parse(history.now);
    history.now = new Date(now_ms + chance.whole(0, 2 * minutes_between * 60_000)).toISOString();
    const late = chance.percent(backdated_percent);
    const span_ms = Math.min(now_ms - start_ms, chance.pick([3_600_000, 86_400_000, 40 * 86_400_000]));
    const dated = late ? { effective_at: new Date(now_ms - chance.whole(0, span_ms)).toISOString() } : {};
    const role = chance.pick(['staff', 'manager', 'admin'] as const);
    history.try(anyCommand(chance, history, dated), { actor: chance.pick(['ann', 'bob', 'eve']), role });
  }
  return history;
}

function anyCommand(chance: Chance, history: LedgerHistory, dated: { effective_at?: string }): Command {
  const { item, account } = history.state.master;
  const lines = (most: number) =>
    Array.from({ length: chance.whole(1, 3) }, () => ({
      item_id: chance.pick([...item.keys()]),
      quantity: chance.whole(1, most),
    }));
  const price = () => `${chance.whole(0, 20)}.${String(chance.whole(0, 9999)).padStart(4, '0')}`;
  const priced = (most: number) => lines(most).map((line) => ({ ...line, unit_price: price() }));
  const location_id = chance.pick(PLACES);
  const reason = 'so it was';
  const numbers = [...history.state.series].flatMap(([series, count]) =>
    Array.from({ length: count }, (_, index) => `${series}-${String(index + 1).padStart(4, '0')}`),
  );
  const number = (prefix: string) =>
    chance.pick([...numbers.filter((each) => each.startsWith(prefix)), `${prefix}-none`]);
  const bill = () => number(chance.pick(['SO', 'PO']));
  const customer = () => chance.pick([...history.state.master.customer.keys()]);
  const purchase = () =>
    ({
      type: 'record_purchase',
      supplier_id: chance.pick(SUPPLIERS),
      location_id,
      line_items: priced(200),
      ...dated,
    }) as const;
  const placeOrder = (): Command => ({
    type: 'place_order',
    customer_id: customer(),
    line_items: [{ flash_sale_id: number('FS'), quantity: chance.whole(1, 8) }],
  });
  const choices: (() => Command)[] = [
    purchase,
    purchase,
    () => ({ ...purchase(), due_date: '2026-01-31' }),
    () => ({ type: 'record_sale', customer_id: customer(), location_id, line_items: priced(40), ...dated }),
    () => ({ type: 'record_sale', customer_id: customer(), location_id, line_items: priced(400), ...dated }),
    () => ({
      type: 'record_blow',
      location_id,
      inputs: lines(30),
      outputs: lines(30),
      rejected_quantity: chance.whole(0, 3),
      conversion_cost: '12.34',
      ...dated,
    }),
    () => ({ type: 'record_waste', location_id, line_items: lines(10), reason, ...dated }),
    () => ({
      type: 'transfer_stock',
      from_location_id: 'main',
      to_location_id: 'yard',
      line_items: lines(50),
      ...dated,
    }),
    () => ({
      type: 'transfer_money',
      from_account_id: chance.pick(['equity', 'cash', 'bank']),
      to_account_id: chance.pick(['cash', 'bank', 'waste', ...(account.has('safe') ? ['safe', 'safe'] : [])]),
      amount: `${chance.whole(1, 6000)}.50`,
      ...dated,
    }),
    () => ({ type: 'record_payment', bill_number: bill(), amount: `${chance.whole(1, 300)}.25`, ...dated }),
    () => ({
      type: 'record_late_cost',
      bill_number: number('PO'),
      amount: `${chance.pick(['', '-'])}${chance.whole(1, 300)}.25`,
      basis: chance.pick(['value', 'quantity']),
      reason,
      ...(chance.percent(50) ? dated : {}),
    }),
    () => ({ type: 'return_bill', bill_number: bill(), line_items: lines(10), reason, ...dated }),
    () => ({ type: 'void_document', number: chance.pick([...numbers, 'SO-none']), reason, ...dated }),
    () => ({
      type: 'count_stock',
      location_id,
      counts: [{ item_id: chance.pick(ITEMS), counted_quantity: chance.whole(0, 300), unit_cost: '1.01' }],
      reason,
      ...dated,
    }),
    () => ({ type: 'approve', approval_id: number('AP') }),
    () => ({ type: 'reject', approval_id: number('AP'), reason }),
    () => ({ type: 'reserve_stock', location_id, line_items: lines(20), ttl_seconds: chance.whole(60, 100_000) }),
    () => ({
      type: 'check_out',
      reservation_id: number('RV'),
      customer_id: customer(),
      line_items: [{ item_id: chance.pick(ITEMS), unit_price: price() }],
    }),
    () => ({ type: 'release_reservation', reservation_id: number('RV') }),
    () => ({
      type: 'open_flash_sale',
      item_id: chance.pick([...item.keys()]),
      location_id,
      quantity: chance.whole(1, 60),
      unit_price: '2.50',
      per_customer_max: 20,
      hold_seconds: chance.whole(60, 200_000),
      ends_at: new Date(Date.parse(history.now) + chance.whole(1, 40) * 86_400_000).toISOString(),
    }),
    placeOrder,
    placeOrder,
    () => ({ type: 'cancel_order', order_id: number('OR') }),
    () => ({ type: 'start_charge', order_id: number('OR') }),
    () => ({ type: 'confirm_order', order_id: number('OR'), charge_id: 'ch_1' }),
    () => ({ type: 'release_order', order_id: number('OR'), reason: chance.pick(['declined', 'unpaid']) }),
    () => ({ type: 'record_late_charge', order_id: number('OR'), charge_id: 'ch_1' }),
    () => ({ type: 'record_refund', order_id: number('OR'), refund_id: 're_1' }),
    () => ({ type: 'change', kind: 'item', id: chance.pick(ITEMS), changes: { reorder_level: chance.whole(0, 100) } }),
    () => masterChange(chance, history),
  ];
  // Rarely, and the one before last, so that backdated events have somewhere to go.
  if (chance.percent(1)) {
    const month = new Date(Date.parse(history.now) - 62 * 86_400_000).toISOString().slice(0, 7);
    return { type: 'close_period', month };
  }
  return chance.pick(choices)();
}

function masterChange(chance: Chance, history: LedgerHistory): Command {
  const name = `name ${history.events.length}`;
  const kind = chance.pick(['item', 'customer', 'account'] as const);
  const id = NEWCOMERS[kind];
  if (!history.state.master[kind].has(id) && chance.percent(50)) {
    if (kind === 'item') return { type: 'register', kind, id, attributes: { name, kind: 'other' } };
    if (kind === 'customer') return { type: 'register', kind, id, attributes: { name } };
    return { type: 'register', kind, id, attributes: { name, type: 'liability', may_go_negative: true } };
  }
  const changed = chance.pick([...history.state.master[kind].keys()]);
  const changes = chance.pick([{ name }, { name }, { active: false }, { active: true }, { active: true }]);
  return { type: 'change', kind, id: changed, changes };
}

/** Most are sensible, some sent twice, with jumping clocks. The generator sees only events, as a client would. */
import { billOf, openAmount } from '../../libs/ledger/bill.js';
import type { Command, Envelope, Pass, Role } from '../../libs/ledger/commands.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { formatDecimal, parseDecimal } from '../../libs/ledger/money.js';
import { type LedgerState } from '../../libs/ledger/state/state.js';
import type { CommandGroup, Submission } from '../../libs/ledger-writer/batch.js';
import type { Chance } from './random.js';

function often(by: Chance, share: number): boolean {
  return by.real() < share;
}
function weighted<K extends string>(by: Chance, { names, up_to }: Weighted<K>): K {
  const at = by.real() * up_to.at(-1)!;
  return names[up_to.findIndex((weight) => at < weight)]!;
}
type Weighted<K> = { names: K[]; up_to: number[] };
function weightedBy<K extends string>(weights: Record<K, number>): Weighted<K> {
  let total = 0;
  const up_to = Object.values<number>(weights).map((weight) => (total += weight));
  return { names: Object.keys(weights) as K[], up_to };
}

export const PEOPLE: readonly { actor: string; role: Role }[] = [
  { actor: 'sam', role: 'staff' },
  { actor: 'tom', role: 'staff' },
  { actor: 'mia', role: 'manager' },
  { actor: 'ada', role: 'admin' },
];
const ITEMS = ['preform', 'bottle', 'jar'];
const PLACES = ['main', 'store'];
const PARTIES = ['P-1', 'P-2'];
const MONEY_ACCOUNTS = ['cash', 'bank', 'equity', 'loan'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York'];
const HOUR_MS = 3_600_000;
const DRAW = { draw_id: 'a draw', seed_hash: 'the hash of its seed' };

interface Seen {
  sales: string[];
  purchases: string[];
  approvals: string[];
  reservations: string[];
  flash_sales: string[];
  orders: string[];
  all: string[];
  recorded_at: string[];
}

export interface RandomFactory {
  opening(): CommandGroup[];
  group(state: LedgerState): CommandGroup;
  saw(events: readonly RecordedEvent[]): void;
}

export function randomFactory(by: Chance): RandomFactory {
  const seen: Seen = {
    ...{ sales: [], purchases: [], approvals: [], reservations: [], flash_sales: [], orders: [] },
    ...{ all: [], recorded_at: [] },
  };
  const sent: Submission[] = [];
  let clock_ms = Date.parse('2026-01-28T06:00:00.000Z');
  let keys = 0;

  const instant = (ms: number) => new Date(ms).toISOString();
  function submission(command: Command): Submission {
    clock_ms += by.whole(0, often(by, 0.1) ? 60 : 5) * HOUR_MS * by.real();
    // Holidays: no request is decided on.
    if (often(by, 0.01)) clock_ms += by.whole(1, 20) * 24 * HOUR_MS;
    // Some clocks are behind.
    const now = instant(often(by, 0.1) ? clock_ms - by.whole(0, HOUR_MS) : clock_ms);
    keys += 1;
    const envelope: Envelope = { ...by.pick(PEOPLE), now, idempotency_key: `key-${keys}` };
    if (often(by, 0.9)) envelope.request_hash = `hash of ${keys}`;
    return { command, envelope };
  }
  function again(): Submission {
    const { command, envelope } = by.pick(sent);
    const later = { ...envelope, now: instant(clock_ms) };
    return { command, envelope: often(by, 0.6) ? later : { ...later, request_hash: 'hash of something else' } };
  }
  function next(state: LedgerState): Submission {
    if (sent.length > 0 && often(by, 0.05)) return again();
    const fresh = submission(randomCommand(by, state, seen, clock_ms));
    const asked = 'approval_id' in fresh.command ? state.documents.get(fresh.command.approval_id)?.[0] : undefined;
    const staff = PEOPLE.find(({ actor }) => actor === asked?.metadata.actor);
    // A promoted user still cannot approve their own.
    if (fresh.command.type === 'withdraw' && staff !== undefined && often(by, 0.7))
      Object.assign(fresh.envelope, staff);
    else if (asked?.metadata.actor === 'sam' && often(by, 0.2))
      Object.assign(fresh.envelope, { actor: 'sam', role: 'admin' });
    if (OF_PAYMENT.has(fresh.command.type)) Object.assign(fresh.envelope, { actor: 'payments', role: 'manager' });
    if (fresh.envelope.request_hash !== undefined) sent.push(fresh);
    return fresh;
  }

  return {
    opening: () =>
      openingCommands(by).map((command): CommandGroup => {
        const { envelope } = submission(command);
        return { mode: 'one', submissions: [{ command, envelope: { ...envelope, actor: 'ada', role: 'admin' } }] };
      }),
    group(state) {
      if (often(by, 0.05)) return { mode: 'dry', submissions: [next(state)] };
      if (often(by, 0.05))
        return { mode: 'all', submissions: Array.from({ length: by.whole(1, 4) }, () => next(state)) };
      return { mode: 'one', submissions: [next(state)] };
    },
    saw(events) {
      for (const event of events) {
        seen.recorded_at.push(event.metadata.recorded_at);
        const { first } = documentsNamed(event);
        if (first === undefined) continue;
        seen.all.push(first);
        if (event.type === 'SaleRecorded') seen.sales.push(first);
        if (event.type === 'PurchaseRecorded') seen.purchases.push(first);
        if (event.type === 'LateCostRecorded' && often(by, 0.5)) seen.purchases.push(first);
        if (event.type === 'ApprovalRequested') seen.approvals.push(first);
        if (event.type === 'StockReserved') seen.reservations.push(first);
        if (event.type === 'FlashSaleOpened') seen.flash_sales.push(first);
        if (event.type === 'FlashOrderPlaced') seen.orders.push(first);
      }
    },
  };
}

function openingCommands(by: Chance): Command[] {
  return [
    {
      type: 'open_ledger',
      ledger_id: 'random',
      currency: 'USD',
      digits: 2,
      time_zone: by.pick(ZONES),
      approval_threshold: by.pick(['40', '60', '100.50']),
    },
    ...ITEMS.map((id): Command => ({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'bottle' } })),
    { type: 'register', kind: 'location', id: 'store', attributes: { name: 'Store' } },
    ...PARTIES.flatMap((id): Command[] => [
      { type: 'register', kind: 'supplier', id, attributes: { name: id } },
      { type: 'register', kind: 'customer', id, attributes: { name: id } },
    ]),
    {
      type: 'register',
      kind: 'account',
      id: 'loan',
      attributes: { name: 'Loan', type: 'liability', may_go_negative: false },
    },
    { type: 'transfer_money', from_account_id: 'equity', to_account_id: 'cash', amount: '150' },
    {
      type: 'record_purchase',
      supplier_id: 'P-1',
      line_items: ITEMS.map((item_id) => ({ item_id, quantity: 40, unit_price: '1.111111' })),
    },
  ];
}

export const WEIGHTS: Record<Command['type'], number> = {
  open_ledger: 0.2,
  register: 1,
  change: 1,
  record_purchase: 14,
  record_blow: 8,
  record_sale: 16,
  record_waste: 4,
  transfer_stock: 5,
  transfer_money: 5,
  record_journal_entry: 4,
  record_payment: 11,
  write_off: 3,
  count_stock: 5,
  record_late_cost: 6,
  return_bill: 9,
  void_document: 10,
  approve: 6,
  reject: 2,
  withdraw: 2,
  change_threshold: 0.7,
  reserve_stock: 7,
  check_out: 6,
  release_reservation: 2,
  open_flash_sale: 4,
  close_flash_sale: 0.5,
  change_queue: 2,
  lift_queue: 0.7,
  place_order: 11,
  cancel_order: 1.5,
  start_charge: 6,
  confirm_order: 4,
  release_order: 2,
  record_late_charge: 3,
  record_refund: 3,
  close_period: 1.5,
  reopen_period: 0.7,
};

const TYPES = weightedBy(WEIGHTS);
const PRICES = weightedBy({ fine: 30, round: 30, free: 2, huge: 1, malformed: 1 });

/** Only the payment process gives them. */
const OF_PAYMENT = new Set<Command['type']>([
  'start_charge',
  'confirm_order',
  'release_order',
  'record_late_charge',
  'record_refund',
]);

function randomCommand(by: Chance, state: LedgerState, seen: Seen, clock_ms: number): Command {
  const known = <T>(list: readonly T[], unknown: T): T => (often(by, 0.015) ? unknown : by.pick(list));
  const item_id = () => known(ITEMS, 'cap');
  const place = () => (often(by, 0.5) ? {} : { location_id: known(PLACES, 'attic') });
  const quantity = () => (often(by, 0.03) ? 1_000_000_000_000 : by.whole(1, often(by, 0.2) ? 40 : 8));
  const price = () => {
    const how = weighted(by, PRICES);
    if (how === 'malformed') return by.pick(['-1', '1.1234567', 'x']);
    if (how === 'huge') return '9999999.999999';
    if (how === 'free') return '0';
    return formatDecimal(BigInt(by.whole(1, how === 'fine' ? 6_000_000 : 600) * (how === 'fine' ? 1 : 10_000)), 6);
  };
  const amount = () =>
    often(by, 0.03) ? by.pick(['0', '0.001', '99999999999999']) : formatDecimal(BigInt(by.whole(1, 6000)), 2);
  const lines = () => Array.from({ length: by.whole(1, 3) }, () => ({ item_id: item_id(), quantity: quantity() }));
  const priced = () => lines().map((line) => ({ ...line, unit_price: price() }));
  const effective = () => {
    if (often(by, 0.7)) return {};
    const ms = often(by, 0.06) ? clock_ms + HOUR_MS : clock_ms - by.whole(0, often(by, 0.5) ? 48 : 1000) * HOUR_MS;
    // Dated to the day: many share a moment.
    const instant = new Date(often(by, 0.5) ? ms - (ms % (24 * HOUR_MS)) : ms).toISOString();
    return { effective_at: often(by, 0.2) ? instant.slice(0, 10) : instant };
  };
  const due = () => (often(by, 0.3) ? { due_date: '2026-06-30' } : {});
  const month = (back: number) => new Date(clock_ms - back * 30 * 24 * HOUR_MS).toISOString().slice(0, 7);
  const number = (list: readonly string[]) =>
    list.length === 0 || often(by, 0.03)
      ? 'SO-990101-0001'
      : often(by, 0.7)
        ? list.at(-by.whole(1, Math.min(6, list.length)))!
        : by.pick(list);
  const pass = (of: { flash_sale_id: string; customer_id: string }): Pass | string => {
    if (often(by, 0.02)) return 'forged';
    const expires_at = new Date(clock_ms + by.whole(0, 40) * HOUR_MS).toISOString();
    const good = { ledger_id: 'random', ...of, number: by.whole(1, 1000), expires_at };
    return often(by, 0.04) ? { ...good, ...by.pick([{ customer_id: 'P-9' }, { ledger_id: 'main' }]) } : good;
  };
  const type = weighted(by, TYPES);
  switch (type) {
    case 'open_ledger':
      return openingCommands(by)[0]!;
    case 'register':
      return often(by, 0.5)
        ? {
            type,
            kind: 'item',
            id: by.pick([...ITEMS, `new-${seen.all.length}`]),
            attributes: { name: 'x', kind: 'jar' as 'other' },
          }
        : {
            type,
            kind: 'account',
            id: by.pick(['cash', 'payable:P-1', `a-${seen.all.length}`]),
            attributes: { name: 'x', type: 'asset', may_go_negative: true },
          };
    case 'change':
      return randomChange(by, state);
    case 'record_purchase':
      return { type, supplier_id: known(PARTIES, 'P-9'), ...place(), line_items: priced(), ...due(), ...effective() };
    case 'record_blow': {
      const inputs = lines();
      const put_in = inputs.reduce((pieces, { quantity }) => pieces + quantity, 0);
      const all_rejected = often(by, 0.1);
      return {
        type,
        ...place(),
        inputs,
        outputs: all_rejected ? [] : lines(),
        ...(all_rejected ? { rejected_quantity: put_in } : often(by, 0.5) && { rejected_quantity: by.whole(0, 4) }),
        ...(often(by, 0.5) && { conversion_cost: amount() }),
        ...effective(),
      };
    }
    case 'record_sale':
      return { type, customer_id: known(PARTIES, 'P-9'), ...place(), line_items: priced(), ...due(), ...effective() };
    case 'record_waste':
      return { type, ...place(), line_items: lines(), reason: 'broken', ...effective() };
    case 'transfer_stock': {
      const from_location_id = by.pick(PLACES);
      const elsewhere = PLACES.find((place_id) => place_id !== from_location_id)!;
      const to_location_id = often(by, 0.9) ? elsewhere : known(PLACES, 'attic');
      return { type, from_location_id, to_location_id, line_items: lines(), ...effective() };
    }
    case 'transfer_money':
      return {
        type,
        from_account_id: known(MONEY_ACCOUNTS, 'inventory'),
        to_account_id: known(MONEY_ACCOUNTS, 'nowhere'),
        amount: amount(),
        ...effective(),
      };
    case 'record_journal_entry': {
      const [first, second, third] = [amount(), amount(), amount()];
      const even = /^\d+\.\d\d$/.test(first) && /^\d+\.\d\d$/.test(second) && often(by, 0.9);
      const sum = even ? formatDecimal(parseDecimal(first, 2)! + parseDecimal(second, 2)!, 2) : third;
      return {
        type,
        description: 'by hand',
        lines: [
          { account_id: known(MONEY_ACCOUNTS, 'nowhere'), side: 'debit', amount: first },
          { account_id: known(MONEY_ACCOUNTS, 'inventory'), side: 'debit', amount: second },
          { account_id: known(MONEY_ACCOUNTS, 'revenue'), side: 'credit', amount: sum },
        ],
        ...effective(),
      };
    }
    case 'record_payment': {
      const bill_number = number(often(by, 0.05) ? seen.all : often(by, 0.6) ? seen.sales : seen.purchases);
      const bill = billOf(state.documents.get(bill_number) ?? []);
      const open = bill === undefined ? 0n : openAmount(bill);
      const exact = open !== 0n && often(by, 0.5) ? formatDecimal(open < 0n ? -open : open, 2) : amount();
      return {
        type,
        bill_number,
        amount: exact,
        ...(often(by, 0.4) && { account_id: known(MONEY_ACCOUNTS, 'inventory') }),
        ...effective(),
      };
    }
    case 'write_off':
      return {
        type,
        bill_number: number(often(by, 0.05) ? seen.all : often(by, 0.6) ? seen.sales : seen.purchases),
        ...(often(by, 0.5) && { amount: amount() }),
        reason: 'never paid',
        ...effective(),
      };
    case 'count_stock': {
      const counted_at_position = Math.max(0, state.position + (often(by, 0.05) ? 1 : -by.whole(0, 12)));
      return {
        type,
        ...place(),
        counts: ITEMS.slice(0, by.whole(1, 3)).map((id) => ({
          item_id: often(by, 0.05) ? item_id() : id,
          counted_quantity: by.whole(0, 60),
          ...(often(by, 0.7) && { unit_cost: price() }),
        })),
        reason: 'counted',
        ...(often(by, 0.4)
          ? { counted_at_position, counted_at: seen.recorded_at[counted_at_position] ?? state.recorded_at }
          : effective()),
      };
    }
    case 'record_late_cost': {
      const value = amount();
      return {
        type,
        bill_number: number(often(by, 0.05) ? seen.all : seen.purchases),
        amount: often(by, 0.3) && value !== '0' ? `-${value}` : value,
        basis: by.pick(['value', 'quantity']),
        ...(often(by, 0.2) && { supplier_id: known(PARTIES, 'P-9') }),
        reason: 'freight',
        ...(often(by, 0.3) ? effective() : {}),
      };
    }
    case 'return_bill': {
      const bill_number = number(often(by, 0.05) ? seen.all : often(by, 0.6) ? seen.sales : seen.purchases);
      const bill = billOf(state.documents.get(bill_number) ?? []);
      const line = bill === undefined ? undefined : by.pick(bill.lines);
      const left = line === undefined ? 1 : line.quantity - line.returned;
      const whole = often(by, 0.4) ? Math.max(1, left) : by.whole(1, 6);
      const back = line === undefined || often(by, 0.15) ? lines() : [{ item_id: line.item_id, quantity: whole }];
      return { type, bill_number, line_items: back, reason: 'faulty', ...effective() };
    }
    case 'void_document':
      return { type, number: number(seen.all), reason: 'wrong', ...effective() };
    case 'approve':
      return { type, approval_id: number(seen.approvals) };
    case 'reject':
      return { type, approval_id: number(seen.approvals), reason: 'too dear' };
    case 'withdraw':
      return { type, approval_id: number(seen.approvals) };
    case 'change_threshold':
      return { type, approval_threshold: by.pick(['40', '60', '100.50', '0', '0.001']), reason: 'as agreed' };
    case 'reserve_stock':
      return {
        type,
        ...place(),
        line_items: lines(),
        ttl_seconds: by.whole(1, often(by, 0.3) ? 20_000 : 400_000),
        ...(often(by, 0.7) && { customer_id: by.pick(PARTIES) }),
      };
    case 'check_out': {
      const reservation_id = number(seen.reservations);
      const reserved = state.documents.get(reservation_id)?.[0];
      const wanted = reserved?.type === 'StockReserved' && often(by, 0.8) ? reserved.data.line_items : lines();
      return {
        type,
        reservation_id,
        line_items: wanted.slice(0, by.whole(1, 3)).map(({ item_id, quantity }) => ({
          item_id,
          ...(often(by, 0.6) && { quantity: by.whole(1, quantity) }),
          unit_price: price(),
        })),
        ...(often(by, 0.7) && { customer_id: known(PARTIES, 'P-9') }),
      };
    }
    case 'release_reservation':
      return { type, reservation_id: number(seen.reservations) };
    case 'open_flash_sale':
      return {
        type,
        item_id: item_id(),
        ...place(),
        quantity: by.whole(1, 12),
        unit_price: often(by, 0.9) ? price() : '0.001',
        per_customer_max: by.whole(1, 5),
        hold_seconds: by.whole(1, 200_000),
        ...(often(by, 0.2) && { starts_at: new Date(clock_ms + by.whole(-5, 20) * HOUR_MS).toISOString() }),
        ends_at: new Date(clock_ms + by.whole(often(by, 0.1) ? -5 : 1, 300) * HOUR_MS).toISOString(),
        ...(often(by, 0.3) && { account_id: known(MONEY_ACCOUNTS, by.pick(['inventory', 'nowhere'])) }),
        ...(often(by, 0.3) && { queue: {}, draw: DRAW }),
      };
    case 'change_queue':
      return {
        type,
        flash_sale_id: number(seen.flash_sales),
        changes: { per_minute: by.whole(1, 100), ...(often(by, 0.5) && { passes_max: by.pick([null, 5]) }) },
        draw: DRAW,
      };
    case 'lift_queue':
      return { type, flash_sale_id: number(seen.flash_sales), reason: 'few buyers' };
    case 'close_flash_sale':
      return { type, flash_sale_id: number(seen.flash_sales), reason: 'faulty' };
    case 'place_order': {
      const customer_id = known(PARTIES, 'P-9');
      return {
        type,
        customer_id,
        line_items: Array.from({ length: often(by, 0.8) ? 1 : 2 }, () => {
          const flash_sale_id = number(seen.flash_sales);
          return {
            flash_sale_id,
            quantity: by.whole(1, often(by, 0.9) ? 3 : 15),
            ...(often(by, 0.7) && { pass: pass({ flash_sale_id, customer_id }) }),
          };
        }),
        ...(often(by, 0.3) && { payment_reference: 'tok_1' }),
      };
    }
    case 'cancel_order':
    case 'start_charge':
      return { type, order_id: number(seen.orders) };
    case 'confirm_order':
    case 'record_late_charge':
      return { type, order_id: number(seen.orders), charge_id: 'ch_1' };
    case 'release_order':
      return { type, order_id: number(seen.orders), reason: by.pick(['declined', 'unpaid', 'refused']) };
    case 'record_refund':
      return { type, order_id: number(seen.orders), refund_id: 're_1' };
    case 'close_period':
      return { type, month: month(by.whole(0, 2)) };
    case 'reopen_period':
      return {
        type,
        month: often(by, 0.8) && state.closed_through !== '' ? state.closed_through : month(1),
        reason: 'late invoice',
      };
    default:
      return type satisfies never;
  }
}

/** Lest nothing can be done any more. */
function randomChange(by: Chance, state: LedgerState): Command {
  const inactive = (['item', 'customer', 'supplier', 'location', 'account'] as const).flatMap((kind) =>
    [...state.master[kind]].filter(([, { active }]) => !active).map(([id]) => ({ kind, id })),
  );
  const type = 'change';
  if (inactive.length > 0) return { type, ...by.pick(inactive), changes: { active: true } };
  if (often(by, 0.2))
    return {
      type,
      kind: 'account',
      id: by.pick(['cash', 'loan', 'bank']),
      changes: { may_go_negative: often(by, 0.3) },
    };
  if (often(by, 0.5))
    return { type, kind: 'item', id: by.pick([...ITEMS, 'cap']), changes: { name: by.pick(['a', 'b']) } };
  const [kind, id] = by.pick([
    ['item', 'jar'],
    ['customer', 'P-2'],
    ['supplier', 'P-2'],
    ['location', 'store'],
    ['account', 'bank'],
    ['account', 'loan'],
  ] as const);
  return { type, kind, id, changes: { active: false } };
}

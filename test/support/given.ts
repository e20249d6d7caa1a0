/** Amounts as people write them, "-350.00"; a posting is "-100 bottle-500ml-a at main, -350.00". */
import { type Answer, answerOf } from '../../libs/documents/answers.js';
import type { Command, Envelope, Pass, PricedLine, QueueChanges, Role } from '../../libs/ledger/commands.js';
import { type Decided, decide, decideExpiries } from '../../libs/ledger/decide.js';
import type {
  AccountType,
  EventBody,
  LedgerEvent,
  Postings,
  QuantityLine,
  QueueDraw,
  RecordedEvent,
} from '../../libs/ledger/events.js';
import type { RefusalCode } from '../../libs/ledger/refusals.js';
import { applyEvent, emptyState, type LedgerState, placeKey, stockAt } from '../../libs/ledger/state/state.js';

export const MONDAY = '2026-03-02T08:00:00.000Z';

export interface By {
  actor?: string;
  role?: Role;
  now?: string;
  key?: string;
  request_hash?: string;
}
export const STAFF: By = { actor: 'sam', role: 'staff' };
export const MANAGER: By = { actor: 'mia', role: 'manager' };
export const ADMIN: By = { actor: 'ada', role: 'admin' };

export type Step = Command | readonly [Command, By];
export function at(now: string, ...commands: Command[]): Step[] {
  return commands.map((command) => [command, { now }] as const);
}
export function later(seconds: number): string {
  return new Date(Date.parse(MONDAY) + seconds * 1000).toISOString();
}

function envelopeOf({ actor = 'mia', role = 'manager', now = MONDAY, key, request_hash }: By): Envelope {
  if (key === undefined) return { actor, role, now, idempotency_key: 'made by the server' };
  return { actor, role, now, idempotency_key: key, request_hash: request_hash ?? 'the request' };
}

export type Priced = readonly [item_id: string, quantity: number, unit_price: string];
export type Counted = readonly [item_id: string, quantity: number];

export function priced(lines: readonly Priced[]): PricedLine[] {
  return lines.map(([item_id, quantity, unit_price]) => ({ item_id, quantity, unit_price }));
}
export function pieces(lines: readonly Counted[]): QuantityLine[] {
  return lines.map(([item_id, quantity]) => ({ item_id, quantity }));
}
type More<T extends Command['type']> = Partial<Extract<Command, { type: T }>>;

export function openLedger(more: More<'open_ledger'> = {}): Command {
  return {
    type: 'open_ledger',
    ledger_id: 'main',
    currency: 'USD',
    digits: 2,
    time_zone: 'UTC',
    approval_threshold: '5000.00',
    ...more,
  };
}
export function item(id: string, kind: 'preform' | 'bottle' | 'other' = 'bottle'): Command {
  return { type: 'register', kind: 'item', id, attributes: { name: id, kind } };
}
export function party(kind: 'supplier' | 'customer' | 'location', id: string): Command {
  return { type: 'register', kind, id, attributes: { name: id } };
}
export function account(id: string, type: AccountType, may_go_negative = type !== 'asset'): Command {
  return { type: 'register', kind: 'account', id, attributes: { name: id, type, may_go_negative } };
}
export function deactivate(kind: 'item' | 'supplier' | 'customer' | 'location' | 'account', id: string): Command {
  return { type: 'change', kind, id, changes: { active: false } };
}
export function purchase(lines: readonly Priced[], more: More<'record_purchase'> = {}): Command {
  return { type: 'record_purchase', supplier_id: 'SUP-001', line_items: priced(lines), ...more };
}
export function blow(inputs: readonly Counted[], outputs: readonly Counted[], more: More<'record_blow'> = {}): Command {
  return { type: 'record_blow', inputs: pieces(inputs), outputs: pieces(outputs), ...more };
}
export function sale(lines: readonly Priced[], more: More<'record_sale'> = {}): Command {
  return { type: 'record_sale', customer_id: 'CUST-001', line_items: priced(lines), ...more };
}
export function waste(lines: readonly Counted[], more: More<'record_waste'> = {}): Command {
  return { type: 'record_waste', line_items: pieces(lines), reason: 'broken', ...more };
}
export function stockTransfer(lines: readonly Counted[], more: More<'transfer_stock'> = {}): Command {
  return {
    type: 'transfer_stock',
    from_location_id: 'main',
    to_location_id: 'store',
    line_items: pieces(lines),
    ...more,
  };
}
export function transfer(from: string, to: string, amount: string, more: More<'transfer_money'> = {}): Command {
  return { type: 'transfer_money', from_account_id: from, to_account_id: to, amount, ...more };
}
export function journalEntry(
  debits: Record<string, string>,
  credits: Record<string, string>,
  more: More<'record_journal_entry'> = {},
): Command {
  const lines = [
    ...Object.entries(debits).map(([account_id, amount]) => ({ account_id, side: 'debit' as const, amount })),
    ...Object.entries(credits).map(([account_id, amount]) => ({ account_id, side: 'credit' as const, amount })),
  ];
  return { type: 'record_journal_entry', lines, description: 'rent of March', ...more };
}
export function payment(bill_number: string, amount: string, more: More<'record_payment'> = {}): Command {
  return { type: 'record_payment', bill_number, amount, ...more };
}
/** Without an amount: all that is open. */
/** Of a purchase, by value. */
export function lateCost(bill_number: string, amount: string, more: More<'record_late_cost'> = {}): Command {
  return { type: 'record_late_cost', bill_number, amount, basis: 'value', reason: 'freight', ...more };
}
export function writeOff(bill_number: string, more: More<'write_off'> = {}): Command {
  return { type: 'write_off', bill_number, reason: 'bankrupt', ...more };
}
export function giveBack(bill_number: string, lines: readonly Counted[], more: More<'return_bill'> = {}): Command {
  return { type: 'return_bill', bill_number, line_items: pieces(lines), reason: 'faulty', ...more };
}
export function voiding(number: string, more: More<'void_document'> = {}): Command {
  return { type: 'void_document', number, reason: 'typed wrong', ...more };
}
export function count(
  counts: readonly (readonly [item_id: string, counted_quantity: number, unit_cost?: string])[],
  more: More<'count_stock'> = {},
): Command {
  return {
    type: 'count_stock',
    counts: counts.map(([item_id, counted_quantity, unit_cost]) => ({
      item_id,
      counted_quantity,
      ...(unit_cost !== undefined && { unit_cost }),
    })),
    reason: 'stock-taking',
    ...more,
  };
}
export function approve(approval_id: string): Command {
  return { type: 'approve', approval_id };
}
export function reject(approval_id: string): Command {
  return { type: 'reject', approval_id, reason: 'too dear' };
}
export function withdraw(approval_id: string): Command {
  return { type: 'withdraw', approval_id };
}
export function changeThreshold(approval_threshold: string): Command {
  return { type: 'change_threshold', approval_threshold, reason: 'the board says so' };
}
export function reserve(lines: readonly Counted[], more: More<'reserve_stock'> = {}): Command {
  return { type: 'reserve_stock', line_items: pieces(lines), ttl_seconds: 600, ...more };
}
/** Without a quantity: all that is left of the item. */
export function checkOut(
  reservation_id: string,
  lines: readonly (readonly [item_id: string, quantity: number | 'all', unit_price: string])[],
  more: More<'check_out'> = {},
): Command {
  return {
    type: 'check_out',
    reservation_id,
    customer_id: 'CUST-001',
    line_items: lines.map(([item_id, quantity, unit_price]) => ({
      item_id,
      ...(quantity !== 'all' && { quantity }),
      unit_price,
    })),
    ...more,
  };
}
export function release(reservation_id: string): Command {
  return { type: 'release_reservation', reservation_id };
}
/** Of 2.50 a piece, two to a customer, from now for an hour; an order holds its pieces for ten minutes. */
export function flashSale(item_id: string, quantity: number, more: More<'open_flash_sale'> = {}): Command {
  return {
    type: 'open_flash_sale',
    item_id,
    quantity,
    unit_price: '2.50',
    per_customer_max: 2,
    hold_seconds: 600,
    ends_at: later(3600),
    ...more,
  };
}
export function closeFlashSale(flash_sale_id: string): Command {
  return { type: 'close_flash_sale', flash_sale_id, reason: 'faulty' };
}
export const DRAW: QueueDraw = { draw_id: 'a draw', seed_hash: 'the hash of its seed' };
export function changeQueue(flash_sale_id: string, changes: QueueChanges = {}, draw = DRAW): Command {
  return { type: 'change_queue', flash_sale_id, changes, draw };
}
export function liftQueue(flash_sale_id: string): Command {
  return { type: 'lift_queue', flash_sale_id, reason: 'few buyers' };
}
export function pass(flash_sale_id: string, seconds: number, more: Partial<Pass> = {}): Pass {
  return { ledger_id: 'main', flash_sale_id, customer_id: 'CUST-001', number: 1, expires_at: later(seconds), ...more };
}
export function order(
  lines: readonly (readonly [flash_sale_id: string, quantity: number])[],
  more: More<'place_order'> = {},
): Command {
  const line_items = lines.map(([flash_sale_id, quantity]) => ({ flash_sale_id, quantity }));
  return { type: 'place_order', customer_id: 'CUST-001', line_items, ...more };
}
export function cancelOrder(order_id: string): Command {
  return { type: 'cancel_order', order_id };
}
export function startCharge(order_id: string): Command {
  return { type: 'start_charge', order_id };
}
export function confirmOrder(order_id: string): Command {
  return { type: 'confirm_order', order_id, charge_id: 'ch_1' };
}
export function releaseOrder(order_id: string, more: More<'release_order'> = {}): Command {
  return { type: 'release_order', order_id, reason: 'declined', ...more };
}
export function lateCharge(order_id: string): Command {
  return { type: 'record_late_charge', order_id, charge_id: 'ch_1' };
}
export function refund(order_id: string): Command {
  return { type: 'record_refund', order_id, refund_id: 're_1' };
}
export function close(month: string): Command {
  return { type: 'close_period', month };
}
export function reopen(month: string): Command {
  return { type: 'reopen_period', month, reason: 'an invoice turned up' };
}

/** With a preform, two bottles, a supplier, a customer and a second place. */
export const A_FACTORY: readonly Step[] = [
  openLedger(),
  item('preform', 'preform'),
  item('bottle-500ml-a'),
  item('bottle-1500ml-a'),
  party('supplier', 'SUP-001'),
  party('customer', 'CUST-001'),
  party('location', 'store'),
];

/** Absent fields are not compared. */
export interface Moved {
  stock?: string[];
  /** Debit positive. */
  journal?: Record<string, string>;
  /** "+5 bottle-500ml-a at main" */
  holds?: string[];
}
export interface Books {
  readonly state: LedgerState;
  readonly events: readonly RecordedEvent[];
  and(...steps: readonly Step[]): Books;
  /** An event of the log, as another version may have written it. */
  apply(event: LedgerEvent): Books;
  when(command: Command, by?: By): When;
  /** "400 worth 1400.00, 30 of them set aside" */
  stock(item_id: string, location_id?: string): string;
  balance(account_id: string): string;
  trialBalance(): Record<string, string>;
}
export interface When {
  readonly decided: Decided;
  readonly events: readonly RecordedEvent[];
  answer(): Answer;
  thenRecorded(...events: { type: EventBody['type']; data?: object; metadata?: object }[]): Books;
  thenMoved(moved: Moved): Books;
  thenRefused(code: RefusalCode, details?: Record<string, unknown>): Books;
  thenReplayed(position: number, count: number): Books;
  thenNothing(): Books;
}

export function given(...steps: readonly Step[]): Books {
  return booksOf(emptyState(), []).and(...steps);
}
export function givenAFactory(...steps: readonly Step[]): Books {
  return given(...A_FACTORY, ...steps);
}

function booksOf(state: LedgerState, events: RecordedEvent[]): Books {
  const digits = () => state.config?.digits ?? 2;
  const record = (event: LedgerEvent): RecordedEvent => {
    const recorded = applyEvent(state, event);
    events.push(recorded);
    return recorded;
  };
  /** The writer fills it in. */
  const countedAt = (command: Command): Command => {
    if (command.type !== 'count_stock' || command.counted_at_position === undefined) return command;
    const { recorded_at } = events[Math.min(command.counted_at_position, events.length - 1)]!.metadata;
    return { ...command, counted_at: recorded_at };
  };
  const carryOut = (command: Command, by: By) => {
    const envelope = envelopeOf(by);
    for (const event of decideExpiries(state, envelope.now, 1000)) record(event);
    const decided = decide(state, countedAt(command), envelope);
    return { decided, events: decided.outcome === 'decided' ? decided.events.map(record) : [] };
  };
  const books: Books = {
    state,
    events,
    and(...steps) {
      for (const step of steps) {
        const [command, by] = 'type' in step ? [step, {}] : step;
        const { decided } = carryOut(command, by);
        if (decided.outcome === 'refused')
          throw new Error(
            `given ${command.type}, but it was refused: ${decided.refusal.code} ${JSON.stringify(decided.refusal.details)}`,
          );
      }
      return books;
    },
    apply({ type, data, metadata }: LedgerEvent) {
      record({ type, data, metadata } as LedgerEvent);
      return books;
    },
    when(command, by = {}) {
      const { decided, events } = carryOut(command, by);
      return whenOf(books, decided, events, digits());
    },
    stock(item_id, location_id = 'main') {
      const { on_hand, value, reserved } = stockAt(state, placeKey(item_id, location_id));
      const worth = `${on_hand} worth ${money(value, digits())}`;
      return reserved === 0 ? worth : `${worth}, ${reserved} of them set aside`;
    },
    balance: (account_id) => money(state.balances.get(account_id) ?? 0n, digits()),
    trialBalance: () =>
      Object.fromEntries(
        [...state.balances].filter(([, amount]) => amount !== 0n).map(([id, amount]) => [id, money(amount, digits())]),
      ),
  };
  return books;
}

function whenOf(books: Books, decided: Decided, events: readonly RecordedEvent[], digits: number): When {
  const outcome = () =>
    decided.outcome === 'decided'
      ? { recorded: events.map(({ type }) => type) }
      : decided.outcome === 'refused'
        ? { refused: decided.refusal.code, details: decided.refusal.details }
        : decided;
  return {
    decided,
    events,
    answer: () => answerOf(events, (number) => books.state.documents.get(number) ?? [], digits),
    thenRecorded(...expected) {
      expect(outcome()).toEqual({ recorded: expected.map(({ type }) => type) });
      for (const [index, event] of expected.entries()) expect(events[index]).toMatchObject(event);
      return books;
    },
    thenMoved(expected) {
      expect(decided.outcome === 'decided' ? 'recorded' : outcome()).toBe('recorded');
      const moved = movedBy(events.at(-1)!, digits);
      for (const field of ['stock', 'journal', 'holds'] as const)
        if (field in expected) expect({ [field]: moved[field] }).toEqual({ [field]: expected[field] });
      return books;
    },
    thenRefused(code, details = {}) {
      expect(outcome()).toMatchObject({ refused: code, details });
      return books;
    },
    thenReplayed(position, count) {
      expect(outcome()).toEqual({ outcome: 'replayed', position, count });
      return books;
    },
    thenNothing() {
      expect(outcome()).toEqual({ recorded: [] });
      return books;
    },
  };
}

export function movedBy({ data }: EventBody, digits = 2): Required<Moved> {
  const { stock = [], journal = [], holds = [] } = data as Postings;
  return {
    stock: stock.map(
      ({ item_id, location_id, quantity, value }) =>
        `${signed(quantity)} ${item_id} at ${location_id}, ${money(BigInt(value), digits)}`,
    ),
    journal: Object.fromEntries(journal.map(({ account_id, amount }) => [account_id, money(BigInt(amount), digits)])),
    holds: holds.map(({ item_id, location_id, quantity }) => `${signed(quantity)} ${item_id} at ${location_id}`),
  };
}
function signed(quantity: number): string {
  return quantity > 0 ? `+${quantity}` : `${quantity}`;
}
/** 175000n is "1750.00". */
export function money(minor: bigint, digits = 2): string {
  const text = (minor < 0n ? -minor : minor).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${minor < 0n ? '-' : ''}${whole}${digits === 0 ? '' : `.${text.slice(-digits)}`}`;
}

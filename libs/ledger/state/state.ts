/**
 * What a ledger needs to decide the next command. A mutable structure, for speed: functions that change it say so. It grows with the
 * factory (items, open reservations) and by some bytes an event; what documents say is read from the log when a command names them
 * (`documentsNeeded`).
 */
import { isControlAccount } from '../accounts.js';
import { movesOf } from '../adjustments.js';
import { calendarMonth, monthBefore, monthsOf } from '../calendar.js';
import { type Command, documentsNeeded } from '../commands.js';
import { documentsNamed, kindOf } from '../document-kinds.js';
import { seriesOf } from '../document-numbers.js';
import type {
  AdjustedGroup,
  AllotmentPosting,
  Attributes,
  DocumentEvent,
  HoldPosting,
  JournalPosting,
  LedgerEvent,
  MasterKind,
  OrderLine,
  Postings,
  QueueSettings,
  RecordedEvent,
  StockPosting,
} from '../events.js';
import { beginChange, type UndoSteps } from './change.js';
import { type Counts, withAdjustment, withCount, withoutCount } from './counts.js';
import {
  DOCUMENTS_PER_INDEX,
  type DocumentIndex,
  emptyDocumentIndex,
  positionsIn,
  withDocument,
  withLaterEvent,
} from './document-index.js';
import { addKey, emptyKeyIndex, type KeyIndex } from './key-index.js';
import { addBlowChange, codeOf, linkOf, MOVED, type Moved, movedBy } from './movement-kinds.js';
import {
  entriesOf,
  entryAt,
  firstOfPage,
  type PositionIndex,
  packedEntries,
  pageOf,
  withEntry,
} from './position-index.js';
import {
  emptyStockTimeline,
  emptyTimeline,
  type StockMovement,
  type Timeline,
  type ValueChanges,
  withMovement,
  withValues,
} from './timeline.js';

/** One place: pieces, their value in minor units, and how many of them are reserved. */
export interface Stock {
  on_hand: number;
  value: bigint;
  reserved: number;
}
export interface Master<K extends MasterKind = MasterKind> {
  active: boolean;
  attributes: Attributes[K];
  /** Of its last change. */
  position: number;
}
export interface Hold {
  holds: HoldPosting[];
  expires_at: string;
}
/** One that is open. Its pieces are set aside: `remaining`, and what orders hold. */
export interface FlashSale {
  item_id: string;
  location_id: string;
  unit_price: string;
  remaining: number;
  per_customer_max: number;
  hold_seconds: number;
  starts_at: string;
  /** When it ends. */
  expires_at: string;
  account_id: string;
  /** Absent: all may order at once. */
  queue?: QueueSettings;
}
/** One that holds pieces. */
export interface OpenOrder {
  customer_id: string;
  location_id: string;
  account_id: string;
  line_items: OrderLine[];
  ordered_by: string;
  /** '' while a charge is under way: it does not expire then. */
  expires_at: string;
}
export interface Request {
  holds: HoldPosting[];
  /** '' in requests of older versions, which never expire. */
  expires_at: string;
  requested_by: string;
  needs: string[];
}
export interface KeyRecord {
  position: number;
  count: number;
  request_hash: string;
}
export interface LedgerConfig {
  ledger_id: string;
  currency: string;
  digits: number;
  time_zone: string;
  /** Minor units. */
  approval_threshold: bigint;
}

export interface LedgerState {
  config: LedgerConfig | undefined;
  position: number;
  recorded_at: string;
  /** Hash of the last event, '' before the first. */
  head_hash: string;
  master: { [K in MasterKind]: Map<string, Master<K>> };
  stock: Map<string, Stock>;
  movements: Map<string, Timeline>;
  /** Of blows, stock transfers, returns, voids and count adjustments: which movements their values come from (movement-kinds.ts). */
  links: PositionIndex;
  /** Changes of costs since they were recorded, by the position of the event: index of the stock posting and change of its value, in turn. */
  cost_changes: PositionIndex;
  /** Customers in the order of their registration: movements refer to them by number. */
  customers: Map<string, number>;
  counts: Map<string, Counts>;
  /** Postings to each account that holds money, in minor units, debit positive. */
  money: Map<string, Timeline>;
  /** Debit positive. */
  balances: Map<string, bigint>;
  /** What each month added to each account, by effective date in the ledger's time zone; closed months included, for they may be reopened. */
  months: Map<string, Map<string, bigint>>;
  closed_through: string;
  /** Numbers used in each series, such as "SO-251223". */
  series: Map<string, number>;
  document_index: Map<string, DocumentIndex>;
  /** A cache of loaded documents: all events that name the number, oldest first. */
  documents: Map<string, RecordedEvent[]>;
  reservations: Map<string, Hold>;
  requests: Map<string, Request>;
  flash_sales: Map<string, FlashSale>;
  /** Pieces of an open flash sale that a customer holds or has bought, by "sale customer". */
  taken: Map<string, number>;
  /** When the last pass expires that a customer has used in an open flash sale, by "sale customer". Each later one expires later. */
  passes_used: Map<string, string>;
  orders: Map<string, OpenOrder>;
  /** A lower bound: nothing that expires does so earlier; '' when there is none. Most batches need look no further. */
  next_expiry: string;
  /** A cache of idempotency keys: the latest, and those that current commands repeat. `key_index` finds the others. */
  keys: Map<string, KeyRecord>;
  key_index: KeyIndex;
  /** Of the open change; only `beginChange` sets it. */
  undo: UndoSteps | undefined;
}

export function emptyState(): LedgerState {
  return {
    config: undefined,
    position: -1,
    recorded_at: '',
    head_hash: '',
    master: { item: new Map(), supplier: new Map(), customer: new Map(), location: new Map(), account: new Map() },
    stock: new Map(),
    movements: new Map(),
    links: new Map(),
    cost_changes: new Map(),
    customers: new Map(),
    counts: new Map(),
    money: new Map(),
    balances: new Map(),
    months: new Map(),
    closed_through: '',
    series: new Map(),
    document_index: new Map(),
    documents: new Map(),
    reservations: new Map(),
    requests: new Map(),
    flash_sales: new Map(),
    taken: new Map(),
    passes_used: new Map(),
    orders: new Map(),
    next_expiry: '',
    keys: new Map(),
    key_index: emptyKeyIndex(),
    undo: undefined,
  };
}

const EMPTY: Stock = { on_hand: 0, value: 0n, reserved: 0 };

export function placeKey(item_id: string, location_id: string): string {
  return `${item_id} ${location_id}`;
}
export function placeOf(key: string): { item_id: string; location_id: string } {
  const [item_id, location_id] = key.split(' ') as [string, string];
  return { item_id, location_id };
}
export function stockAt(state: LedgerState, key: string): Stock {
  return state.stock.get(key) ?? EMPTY;
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────

function put<K, V>(state: LedgerState, map: Map<K, V>, key: K, value: V): void {
  if (state.undo !== undefined) {
    const old = map.get(key);
    state.undo.push(() => (old === undefined ? map.delete(key) : map.set(key, old)));
  }
  map.set(key, value);
}
function drop<K, V>(state: LedgerState, map: Map<K, V>, key: K): void {
  const old = map.get(key);
  if (old === undefined) return;
  state.undo?.push(() => map.set(key, old));
  map.delete(key);
}

/** Changes the state in place, until the open change is rolled back: the next event will not be the next one to be decided. */
export function skipPosition(state: LedgerState): void {
  const { position } = state;
  state.undo?.push(() => {
    state.position = position;
  });
  state.position += 1;
}

export function tentatively<R>(state: LedgerState, attempt: () => R): R {
  const change = beginChange(state);
  try {
    return attempt();
  } finally {
    change.rollback();
  }
}

// ── Applying events ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Changes the state in place by the next event of the stream, and returns the event with its position. Throws where an invariant would
 * break, which means a bug or a damaged log; the state is then as before.
 */
export function applyEvent(state: LedgerState, event: LedgerEvent | RecordedEvent): RecordedEvent {
  const recorded = atPosition(event, state.position + 1);
  const change = beginChange(state);
  try {
    apply(state, recorded);
  } catch (error) {
    change.rollback();
    throw error;
  }
  change.commit();
  return recorded;
}
function atPosition(event: LedgerEvent | RecordedEvent, position: number): RecordedEvent {
  if (!('position' in event)) return { ...event, position };
  if (event.position !== position) throw new Error(`event ${event.position} cannot follow ${position - 1}`);
  return event;
}

function apply(state: LedgerState, event: RecordedEvent): void {
  const { config, position, recorded_at, head_hash, closed_through, next_expiry } = state;
  state.undo?.push(() =>
    Object.assign(state, { config, position, recorded_at, head_hash, closed_through, next_expiry }),
  );
  const { metadata, data } = event;
  if (metadata.recorded_at < recorded_at)
    throw new Error(`event ${event.position} was recorded before the one ahead of it`);
  state.position = event.position;
  state.recorded_at = metadata.recorded_at;
  state.head_hash = metadata.hash ?? head_hash;
  applyBody(state, event);
  if ('holds' in data) for (const posting of data.holds ?? []) hold(state, posting);
  if ('allotments' in data) for (const posting of data.allotments ?? []) allot(state, posting);
  const moved = 'stock' in data ? moveStock(state, event, data.stock ?? []) : 0n;
  const posted = 'journal' in data ? post(state, data.journal ?? [], metadata.effective_at) : 0n;
  if (moved !== posted)
    throw new Error(`event ${event.position} moves stock worth ${moved} and posts ${posted} to inventory`);
  if ('adjusted' in data && data.adjusted !== undefined) adjustCosts(state, data);
  rememberDocument(state, event);
  rememberKey(state, event);
}

function applyBody(state: LedgerState, event: RecordedEvent): void {
  switch (event.type) {
    case 'LedgerOpened': {
      const { approval_threshold, ...rest } = event.data;
      state.config = { ...rest, approval_threshold: BigInt(approval_threshold) };
      return;
    }
    case 'ItemRegistered':
    case 'SupplierRegistered':
    case 'CustomerRegistered':
    case 'LocationRegistered':
    case 'AccountRegistered':
      if (event.type === 'CustomerRegistered') put(state, state.customers, event.data.id, state.customers.size);
      put(state, masterOf(state, event.data.kind), event.data.id, {
        active: true,
        attributes: event.data.attributes,
        position: event.position,
      });
      return;
    case 'ItemChanged':
    case 'SupplierChanged':
    case 'CustomerChanged':
    case 'LocationChanged':
    case 'AccountChanged': {
      const { kind, id, active, attributes } = event.data;
      put(state, masterOf(state, kind), id, { active, attributes, position: event.position });
      return;
    }
    case 'StockReserved': {
      const { reservation_id, expires_at, holds = [] } = event.data;
      lowerNextExpiry(state, expires_at);
      put(state, state.reservations, reservation_id, { holds, expires_at });
      return;
    }
    case 'ReservationCheckedOut':
    case 'ReservationReleased':
    case 'ReservationExpired':
      drop(state, state.reservations, event.data.reservation_id);
      return;
    case 'FlashSaleOpened': {
      const { flash_sale_id, quantity: _, ends_at, holds: _h, allotments: _a, ...sale } = event.data;
      lowerNextExpiry(state, ends_at);
      put(state, state.flash_sales, flash_sale_id, { ...sale, remaining: 0, expires_at: ends_at });
      return;
    }
    case 'FlashSaleQueueChanged': {
      const { flash_sale_id, queue } = event.data;
      const { queue: _, ...sale } = state.flash_sales.get(flash_sale_id)!;
      put(state, state.flash_sales, flash_sale_id, queue === undefined ? sale : { ...sale, queue });
      return;
    }
    case 'FlashSaleClosed':
      closeFlashSale(state, event.data);
      return;
    case 'FlashOrderPlaced': {
      const { order_id, customer_id, location_id, account_id, line_items, pay_by, passes = [] } = event.data;
      lowerNextExpiry(state, pay_by);
      for (const { flash_sale_id, expires_at } of passes)
        usePass(state, takenKey(flash_sale_id, customer_id), expires_at);
      const ordered_by = event.metadata.actor;
      const order = { customer_id, location_id, account_id, line_items, ordered_by, expires_at: pay_by };
      put(state, state.orders, order_id, order);
      return;
    }
    case 'FlashOrderChargeStarted': {
      const { order_id } = event.data;
      put(state, state.orders, order_id, { ...state.orders.get(order_id)!, expires_at: '' });
      return;
    }
    case 'FlashOrderConfirmed':
    case 'FlashOrderReleased':
      drop(state, state.orders, event.data.order_id);
      return;
    case 'FlashOrderChargedLate':
    case 'FlashOrderRefunded':
      return;
    case 'PeriodClosed':
      state.closed_through = event.data.month;
      return;
    case 'PeriodReopened':
      state.closed_through = monthBefore(event.data.month);
      return;
    case 'ApprovalRequested': {
      const { approval_id, expires_at = '', holds = [], command } = event.data;
      lowerNextExpiry(state, expires_at);
      const needs = documentsNeeded(command as unknown as Command, state.requests);
      put(state, state.requests, approval_id, { holds, expires_at, requested_by: event.metadata.actor, needs });
      return;
    }
    case 'ApprovalGranted':
    case 'ApprovalRejected':
    case 'ApprovalWithdrawn':
    case 'ApprovalExpired':
      drop(state, state.requests, event.data.approval_id);
      return;
    case 'ApprovalThresholdChanged':
      state.config = { ...state.config!, approval_threshold: BigInt(event.data.new) };
      return;
    case 'StockCounted':
      rememberCount(state, event);
      return;
    case 'CountAdjusted':
      for (const { item_id, quantity, value } of event.data.counts) {
        const key = placeKey(item_id, event.data.location_id);
        put(state, state.counts, key, withAdjustment(state.counts.get(key), event.data.number, quantity, value));
      }
      return;
    case 'DocumentVoided':
      if (kindOf(event.data.number) === 'stock_count') forgetCount(state, event.data.number);
      return;
    default:
      event satisfies DocumentEvent;
  }
}

function rememberCount(state: LedgerState, { data, metadata }: Extract<RecordedEvent, { type: 'StockCounted' }>): void {
  const { number, location_id, counts } = data;
  for (const { item_id, difference, value } of counts) {
    const key = placeKey(item_id, location_id);
    const counted = { number, counted_at: metadata.effective_at, difference, value };
    put(state, state.counts, key, withCount(state.counts.get(key), counted));
  }
}
function forgetCount(state: LedgerState, number: string): void {
  for (const [key, counts] of [...state.counts])
    if (counts.list.some((counted) => counted.number === number))
      put(state, state.counts, key, withoutCount(counts, number));
}

function closeFlashSale(
  state: LedgerState,
  { flash_sale_id, remaining }: { flash_sale_id: string; remaining: number },
): void {
  const sale = state.flash_sales.get(flash_sale_id);
  if (sale?.remaining !== remaining)
    throw new Error(`event ${state.position} closes ${flash_sale_id} with ${remaining}, not ${sale?.remaining}`);
  drop(state, state.flash_sales, flash_sale_id);
  for (const of_customers of [state.taken, state.passes_used] as Map<string, unknown>[])
    for (const name of [...of_customers.keys()])
      if (name.startsWith(`${flash_sale_id} `)) drop(state, of_customers, name);
}
function usePass(state: LedgerState, name: string, expires_at: string): void {
  if (expires_at <= (state.passes_used.get(name) ?? ''))
    throw new Error(`event ${state.position} uses a pass of ${name} a second time`);
  put(state, state.passes_used, name, expires_at);
}
export function takenKey(flash_sale_id: string, customer_id: string): string {
  return `${flash_sale_id} ${customer_id}`;
}

function lowerNextExpiry(state: LedgerState, expires_at: string): void {
  if (expires_at === '') return;
  if (state.next_expiry === '' || expires_at < state.next_expiry) state.next_expiry = expires_at;
}

function masterOf(state: LedgerState, kind: MasterKind): Map<string, Master> {
  return state.master[kind] as Map<string, Master>;
}

function hold(state: LedgerState, posting: HoldPosting): void {
  const key = placeKey(posting.item_id, posting.location_id);
  const stock = stockAt(state, key);
  const reserved = stock.reserved + posting.quantity;
  if (reserved < 0 || reserved > stock.on_hand)
    throw new Error(`event ${state.position} reserves ${reserved} of ${stock.on_hand} at ${key}`);
  put(state, state.stock, key, { ...stock, reserved });
}

/** Of a sale that is closed nothing is counted. */
function allot(state: LedgerState, { flash_sale_id, customer_id, held, sold, ...posting }: AllotmentPosting): void {
  const sale = state.flash_sales.get(flash_sale_id);
  if (sale === undefined) return;
  const remaining = sale.remaining + posting.remaining;
  if (remaining < 0) throw new Error(`event ${state.position} leaves ${remaining} in ${flash_sale_id}`);
  put(state, state.flash_sales, flash_sale_id, { ...sale, remaining });
  if (customer_id === undefined) return;
  const key = takenKey(flash_sale_id, customer_id);
  const taken = (state.taken.get(key) ?? 0) + held + sold;
  if (taken < 0 || taken > sale.per_customer_max)
    throw new Error(`event ${state.position} gives ${taken} of ${flash_sale_id} to ${customer_id}`);
  if (taken === 0) drop(state, state.taken, key);
  else put(state, state.taken, key, taken);
}

/** Returns the change of the value of all stock, in minor units. */
function moveStock(state: LedgerState, event: RecordedEvent, postings: StockPosting[]): bigint {
  if (postings.length === 0) return 0n;
  let moved = 0n;
  const { effective_at, recorded_at } = event.metadata;
  const effective_ms = Date.parse(effective_at);
  const { adjusted } = event.data as Postings;
  const is_unadjusted = effective_at < recorded_at && adjusted === undefined;
  for (let line = 0; line < postings.length; line += 1) {
    const posting = postings[line]!;
    const key = placeKey(posting.item_id, posting.location_id);
    const stock = stockAt(state, key);
    const on_hand = stock.on_hand + posting.quantity;
    const change = BigInt(posting.value);
    const value = stock.value + change;
    moved += change;
    // Of a backdated event the value is right only when later costs have been adjusted.
    if (on_hand < stock.reserved || (adjusted === undefined && isWrong(on_hand, value)))
      throw new Error(
        `event ${state.position} leaves ${on_hand} pieces worth ${value} at ${key}, ${stock.reserved} reserved`,
      );
    put(state, state.stock, key, { ...stock, on_hand, value });
    const movement = movementOf(state, event, posting, line, effective_ms);
    const before = state.movements.get(key) ?? emptyStockTimeline(state.movements.size);
    const timeline = withMovement(before, movement);
    put(state, state.movements, key, is_unadjusted ? { ...timeline, valued_ms: timeline.last_ms } : timeline);
  }
  const link = linkIn(state, event);
  if (link === undefined) return moved;
  const page = pageOf(event.position);
  put(state, state.links, page, withEntry(state.links.get(page), event.position, link));
  return moved;
}
function isWrong(on_hand: number, value: bigint): boolean {
  return value < 0n || (on_hand === 0 && value !== 0n);
}

/** A stock posting of an event as the timeline of its place holds it. */
export function movementOf(
  { customers }: LedgerState,
  event: RecordedEvent,
  posting: StockPosting,
  line: number,
  effective_ms: number,
): StockMovement {
  const { quantity, value } = posting;
  const kind = movedBy(event, posting, line);
  const ref = refOf(customers, event, value, kind);
  return { effective_ms, position: event.position, quantity, value: Number(value), code: codeOf(kind, line), ref };
}

/** Of a sale, its return and its void: the customer's number, −1 where there is none. Of a count and its adjustments: the value that was recorded. */
function refOf(customers: Map<string, number>, { type, data }: RecordedEvent, value: string, kind: Moved): number {
  switch (type) {
    case 'SaleRecorded':
      return customers.get(data.customer_id) ?? 0;
    case 'SaleReturned':
      return customers.get(data.party_id) ?? 0;
    case 'DocumentVoided':
      return customers.get(data.sales?.[0]?.customer_id ?? '') ?? -1;
    default:
      if (kind === MOVED.late_cost) return -1;
      return kind === MOVED.counted || kind === MOVED.count_adjusted ? Number(value) : 0;
  }
}

/** What the values of an event's movements come from, as `links` holds it; undefined where that is nothing else. */
export function linkIn(state: LedgerState, event: RecordedEvent): number[] | undefined {
  // Most events are sales; what follows would make three functions for each.
  if (event.type === 'SaleRecorded') return undefined;
  return linkOf(
    event,
    (item_id, location_id) => state.movements.get(placeKey(item_id, location_id))?.id ?? -1,
    (number) => state.documents.get(number)?.[0]?.position ?? documentPositions(state, number)?.[0],
    (position) => entryAt(state.links, position),
  );
}

// ── Costs of earlier events that the event adjusts ──────────────────────────────────────────────────────────────────────────

/** What one event changes, of one kind: there may be a hundred thousand, so they stay numbers. */
type Changes = Omit<AdjustedGroup, 'moves'> & ValueChanges;

function adjustCosts(state: LedgerState, { adjusted = [], stock = [] }: Postings): void {
  const all: Changes[] = adjusted.map((group) => ({ ...group, moves: movesOf(group) }));
  postChanges(state, all);
  const of_stock = all.filter(({ location_id }) => location_id !== undefined);
  const places = Map.groupBy(of_stock, ({ item_id = '', location_id = '' }) => placeKey(item_id, location_id));
  for (const { item_id, location_id } of stock) {
    const key = placeKey(item_id, location_id);
    if (!places.has(key)) places.set(key, []);
  }
  for (const [key, of_place] of places) revalue(state, key, of_place);
  rememberChanges(state, of_stock);
}

/** Month by month. What is changed of one event sums to zero. */
function postChanges(state: LedgerState, all: readonly Changes[]): void {
  const months = new Map<string, { effective_ms: number; accounts: Map<string, number> }>();
  const monthOf = monthsOf(state.config!.time_zone);
  const rests = new Map<number, number>();
  for (const { moves, location_id, account_id } of all) {
    const post = (month: string, effective_ms: number, sum: number) => {
      const { accounts } = months.get(month) ?? { accounts: new Map<string, number>() };
      if (location_id !== undefined) accounts.set('inventory', (accounts.get('inventory') ?? 0) + sum);
      if (account_id !== undefined) accounts.set(account_id, (accounts.get(account_id) ?? 0) - sum);
      months.set(month, { effective_ms, accounts });
    };
    const sign = Number(location_id !== undefined) - Number(account_id !== undefined);
    let [month, effective_ms, sum] = ['', 0, 0];
    for (let index = 0; index < moves.length; index += 3) {
      const of_month = monthOf(moves[index]!);
      if (of_month !== month && month !== '') {
        post(month, effective_ms, sum);
        sum = 0;
      }
      month = of_month;
      effective_ms = moves[index]!;
      sum += moves[index + 2]!;
      if (sign === 0) continue;
      const position = moves[index + 1]!;
      rests.set(position, (rests.get(position) ?? 0) + sign * moves[index + 2]!);
    }
    if (month !== '') post(month, effective_ms, sum);
  }
  for (const [position, rest] of rests)
    if (rest !== 0) throw new Error(`event ${state.position} adjusts ${position} by ${rest} more than it posts`);
  for (const { effective_ms, accounts } of months.values()) {
    const postings = [...accounts].map(([account_id, amount]) => ({ account_id, amount: amount.toString() }));
    post(state, postings, new Date(effective_ms).toISOString());
  }
}

function revalue(state: LedgerState, key: string, all: readonly Changes[]): void {
  const stock = stockAt(state, key);
  let value = stock.value;
  for (const { moves } of all) {
    let sum = 0;
    for (let index = 2; index < moves.length; index += 3) sum += moves[index]!;
    value += BigInt(sum);
  }
  if (isWrong(stock.on_hand, value))
    throw new Error(`event ${state.position} adjusts ${stock.on_hand} pieces to ${value} at ${key}`);
  const timeline = state.movements.get(key);
  if (all.length === 0 || timeline === undefined) return;
  put(state, state.stock, key, { ...stock, value });
  put(state, state.movements, key, withValues(timeline, all));
}

function rememberChanges(state: LedgerState, all: readonly Changes[]): void {
  const pages = new Map<string, number[]>();
  for (const { line, moves } of all) {
    let [first, of_page]: [number, number[]] = [Number.NaN, []];
    for (let index = 0; index < moves.length; index += 3) {
      const position = moves[index + 1]!;
      if (firstOfPage(position) !== first) {
        first = firstOfPage(position);
        const page = pageOf(position);
        of_page = pages.get(page) ?? [];
        pages.set(page, of_page);
      }
      of_page.push(position, line, moves[index + 2]!);
    }
  }
  for (const [page, of_page] of pages) {
    const [changes, links] = [entriesOf(state.cost_changes, page), entriesOf(state.links, page)];
    let is_of_blow = false;
    for (let index = 0; index < of_page.length; index += 3) {
      const position = of_page[index]!;
      const line = of_page[index + 1]!;
      const value = of_page[index + 2]!;
      const of_event = changes.get(position);
      if (of_event === undefined) changes.set(position, [line, value]);
      else addChange(of_event, line, value);
      const link = links.get(position);
      if (link?.[0] !== MOVED.blow_input) continue;
      addBlowChange(link, line, value);
      is_of_blow = true;
    }
    put(state, state.cost_changes, page, packedEntries(changes));
    if (is_of_blow) put(state, state.links, page, packedEntries(links));
  }
}
/** Changes the list. */
function addChange(changes: number[], line: number, value: number): void {
  let at = 0;
  while (at < changes.length && changes[at] !== line) at += 2;
  if (at === changes.length) changes.push(line, value);
  else changes[at + 1]! += value;
}

/** By how much the value of an event's stock postings was changed since, by index, in minor units. */
export function costChanges(state: LedgerState, position: number): Map<number, bigint> {
  const numbers = state.cost_changes.size === 0 ? [] : (entryAt(state.cost_changes, position) ?? []);
  const changes = new Map<number, bigint>();
  for (let at = 0; at < numbers.length; at += 2)
    if (numbers[at + 1] !== 0) changes.set(numbers[at]!, BigInt(numbers[at + 1]!));
  return changes;
}

/** Returns the change of the account `inventory`, in minor units. */
function post(state: LedgerState, postings: JournalPosting[], effective_at: string): bigint {
  if (postings.length === 0) return 0n;
  const month = calendarMonth(effective_at, state.config!.time_zone);
  if (month <= state.closed_through) throw new Error(`event ${state.position} posts to ${month}, which is closed`);
  let in_month = state.months.get(month);
  if (in_month === undefined) {
    in_month = new Map();
    put(state, state.months, month, in_month);
  }
  let sum = 0n;
  let inventory = 0n;
  for (const { account_id, amount } of postings) {
    const units = BigInt(amount);
    sum += units;
    if (account_id === 'inventory') inventory += units;
    put(state, state.balances, account_id, (state.balances.get(account_id) ?? 0n) + units);
    put(state, in_month, account_id, (in_month.get(account_id) ?? 0n) + units);
    if (isControlAccount(account_id)) continue;
    const movement = { effective_ms: Date.parse(effective_at), position: state.position, quantity: Number(units) };
    put(state, state.money, account_id, withMovement(state.money.get(account_id) ?? emptyTimeline(), movement));
  }
  if (sum !== 0n) throw new Error(`event ${state.position}: its journal sums to ${sum}, not to zero`);
  return inventory;
}

/** For each document that the event adds to: position of the document's last event; −1 for an unknown number. */
export function previousPositions(state: LedgerState, event: LedgerEvent): number[] {
  return documentsNamed(event).more.map(
    (number) => state.documents.get(number)?.at(-1)?.position ?? documentPositions(state, number)?.at(-1) ?? -1,
  );
}

/** As the cache of documents holds an event: what it changed in others' costs may be long, and no rule reads it. */
export function asRemembered(event: RecordedEvent): RecordedEvent {
  if (!('adjusted' in event.data) || event.data.adjusted === undefined) return event;
  const { adjusted: _, ...data } = event.data;
  return { ...event, data } as RecordedEvent;
}

function rememberDocument(state: LedgerState, recorded: RecordedEvent): void {
  const event = asRemembered(recorded);
  const { position } = event;
  const { first, more } = documentsNamed(event);
  if (first !== undefined) {
    const { series, sequence } = seriesOf(first);
    const next = (state.series.get(series) ?? 0) + 1;
    if (sequence !== next) throw new Error(`event ${position} has number ${first}; ${next} is next`);
    put(state, state.series, series, next);
    const key = documentIndexKey(series, sequence);
    put(
      state,
      state.document_index,
      key,
      withDocument(state.document_index.get(key) ?? emptyDocumentIndex(), position),
    );
    put(state, state.documents, first, [event]);
  }
  for (const number of more) {
    const { series, sequence } = seriesOf(number);
    if (!isNumbered(state, series, sequence))
      throw new Error(`event ${position} names ${number}, which is no document`);
    const key = documentIndexKey(series, sequence);
    put(state, state.document_index, key, withLaterEvent(state.document_index.get(key)!, indexOf(sequence), position));
    const history = state.documents.get(number);
    if (history !== undefined) put(state, state.documents, number, [...history, event]);
  }
}
function isNumbered(state: LedgerState, series: string, sequence: number): boolean {
  return sequence > 0 && sequence <= (state.series.get(series) ?? 0);
}
function documentIndexKey(series: string, sequence: number): string {
  return `${series}/${Math.floor((sequence - 1) / DOCUMENTS_PER_INDEX)}`;
}
function indexOf(sequence: number): number {
  return (sequence - 1) % DOCUMENTS_PER_INDEX;
}

function rememberKey(state: LedgerState, event: LedgerEvent): void {
  const { idempotency_key, request_hash, recorded_at } = event.metadata;
  if (request_hash === undefined) return;
  const known = state.keys.get(idempotency_key);
  if (known !== undefined && known.position + known.count === state.position) {
    put(state, state.keys, idempotency_key, { ...known, count: known.count + 1 });
    return;
  }
  put(state, state.keys, idempotency_key, { position: state.position, count: 1, request_hash });
  addKey(state.key_index, idempotency_key, state.position, recorded_at, state.undo);
}

// ── Caches and expiry ──────────────────────────────────────────────────────────────────────────────────────

/** Positions of a document's events, oldest first; undefined for an unknown number. */
export function documentPositions(state: LedgerState, number: string): number[] | undefined {
  const { series, sequence } = seriesOf(number);
  if (!isNumbered(state, series, sequence)) return undefined;
  return positionsIn(state.document_index.get(documentIndexKey(series, sequence))!, indexOf(sequence));
}

/**
 * Changes the state in place: drops the oldest cached documents and keys beyond the limits, when there are an eighth more. Only between batches.
 */
export function trim(state: LedgerState, documents_max: number, keys_max: number): void {
  dropOldest(state.documents, documents_max);
  dropOldest(state.keys, keys_max);
}
function dropOldest<K>(map: Map<K, unknown>, size_max: number): void {
  // Many at once: the way to the oldest leads past all that were dropped before.
  if (map.size <= size_max + Math.floor(size_max / 8)) return;
  for (const key of map.keys()) {
    if (map.size <= size_max) return;
    map.delete(key);
  }
}

/** Ids of reservations, requests, orders and flash sales that have expired at `now`, at most `max`, the earliest first. */
export function dueAt(state: LedgerState, now: string, max: number): string[] {
  if (state.next_expiry === '' || now < state.next_expiry) return [];
  return expiries(state)
    .filter(([, { expires_at }]) => expires_at <= now)
    .sort(([id_a, a], [id_b, b]) => compare(a.expires_at, b.expires_at) || compare(id_a, id_b))
    .slice(0, max)
    .map(([id]) => id);
}

/** Changes the state in place: raises the lower bound `next_expiry` after `dueAt` has found nothing. */
export function raiseNextExpiry(state: LedgerState): void {
  state.next_expiry = expiries(state).reduce(
    (first, [, { expires_at }]) => (first === '' || expires_at < first ? expires_at : first),
    '',
  );
}
function expiries({
  reservations,
  requests,
  orders,
  flash_sales,
}: LedgerState): [id: string, { expires_at: string }][] {
  return [...reservations, ...requests, ...orders, ...flash_sales].filter(([, { expires_at }]) => expires_at !== '');
}
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

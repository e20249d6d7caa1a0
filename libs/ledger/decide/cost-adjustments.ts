/**
 * What a backdated event changes of the costs of later movements (docs/decisions/costs.md). The moving weighted average of each place that it
 * touches is computed anew from its moment on, in the order in which things happened. A changed value goes on to wherever it went: through
 * stock transfers and blows to other places, and by returns and voids back again. Effects only run forward, so one pass suffices.
 */
import { addMove, closeGroup, type OpenGroup, openGroup } from '../adjustments.js';
import type { AdjustedGroup, Postings, RecordedEvent } from '../events.js';
import { AMOUNT_MAX, magnitude, toMajor } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import {
  adjustedCount,
  blowLink,
  kindIn,
  lateCostLine,
  lineIn,
  MOVED,
  type Moved,
  returnedLine,
  returnedSale,
  transferredLines,
  transferredTo,
  type VoidLink,
  voidLink,
} from '../state/movement-kinds.js';
import { entriesOf, pageOf } from '../state/position-index.js';
import { type LedgerState, linkIn, movementOf, placeKey, placeOf, stockAt } from '../state/state.js';
import {
  bitOf,
  emptyTimeline,
  FIELD,
  FIELDS,
  firstOfEvent,
  type LaterRows,
  lastOfKinds,
  laterRows,
  type MovementRows,
  movementName,
  movementsSince,
  nextRows,
  type StockMovement,
  sumsFrom,
  visitBack,
} from '../state/timeline.js';
import { blowCosts, capitalisedOf, countValue, type LineOut, portion, takeBack } from './costing.js';

/**
 * `movements`: that one command may look at. `read`: behind the moment in all its places together, whether their cost can change or not; each takes
 * fifty bytes while the command is decided. `chars`: of its adjustments in the event, which leaves room for all else in an append.
 */
export const ADJUSTMENT_LIMITS = { movements: 100_000, read: 1_000_000, chars: 720_000 };
type Limits = typeof ADJUSTMENT_LIMITS;

/**
 * For the event that will stand at `event.position`, before it is applied. Refuses with `backdated_beyond_history` where a place is not known far
 * enough back, and with `too_many_adjustments`.
 */
export function costAdjustments(
  state: LedgerState,
  event: RecordedEvent,
  limits = ADJUSTMENT_LIMITS,
): AdjustedGroup[] | Refusal {
  const pass = passOver(state, event, limits);
  if (pass.refusal !== undefined) return pass.refusal;
  if (isTooMuch(pass)) return tooMany(pass, event, limits);
  const beyond = accountBeyond(pass);
  if (beyond !== undefined) return outOfBounds(state, beyond);
  const groups = [...pass.groups.values()].map(closeGroup);
  const chars = groups.reduce((sum, { moves }) => sum + moves.length, 100 * groups.length);
  if (chars <= limits.chars) return groups;
  return tooMany(pass, event, { ...limits, movements: Math.floor((pass.rows * limits.chars) / chars) });
}

/**
 * At an earlier moment a place may have cost more a piece than ever since, and what a count brought there be worth more than the books hold. All sums
 * of changes stay exact in a double.
 */
function accountBeyond({ state, event, groups }: Pass): string | undefined {
  const changes = new Map<string, number>();
  const change = (account_id: string, sum: number) => changes.set(account_id, (changes.get(account_id) ?? 0) + sum);
  for (const { group, sum, gross } of groups.values()) {
    const { location_id, account_id = INVENTORY } = group;
    if (gross > Number.MAX_SAFE_INTEGER) return account_id;
    if (location_id !== undefined) change(INVENTORY, sum);
    if (account_id !== INVENTORY) change(account_id, -sum);
  }
  const own = Map.groupBy((event.data as Postings).journal ?? [], ({ account_id }) => account_id);
  for (const account_id of new Set([...changes.keys(), ...own.keys()])) {
    const booked = (own.get(account_id) ?? []).reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    const balance = (state.balances.get(account_id) ?? 0n) + booked + BigInt(changes.get(account_id) ?? 0);
    if (magnitude(balance) > AMOUNT_MAX) return account_id;
  }
  return undefined;
}
const INVENTORY = 'inventory';
const VALUE_MAX = Number(AMOUNT_MAX);
function outOfBounds({ config }: LedgerState, account_id: string): Refusal {
  return refuse('amount_out_of_bounds', { account_id, at_most: toMajor(AMOUNT_MAX, config!.digits) });
}
function heed(pass: Pass, { value }: Place): void {
  if (Math.abs(value) > VALUE_MAX) pass.refusal ??= outOfBounds(pass.state, INVENTORY);
}

/** Says from when on the event would touch few enough. */
function tooMany({ state, places }: Pass, event: RecordedEvent, limits: Limits): Refusal {
  const movements_max = limits.movements;
  const { effective_at } = event.metadata;
  let accepted_from = effective_at;
  let touched = places;
  for (let tries = 0; tries < 5; tries += 1) {
    accepted_from = momentWith(state, [...touched.keys()], accepted_from, movements_max);
    const dated = { ...event, metadata: { ...event.metadata, effective_at: accepted_from } };
    const pass = passOver(state, dated, limits);
    if (!isTooMuch(pass)) break;
    touched = pass.places;
  }
  return refuse('too_many_adjustments', { movements_max, effective_at, accepted_from });
}
/** The first moment behind which the places have at most so many movements. */
function momentWith(state: LedgerState, keys: readonly string[], since: string, movements_max: number): string {
  const since_ms = Date.parse(since);
  const moments: number[] = [];
  for (const key of keys)
    visitBack(state.movements.get(key) ?? emptyTimeline(), (effective_ms) => {
      if (effective_ms < since_ms) return false;
      moments.push(effective_ms);
      return true;
    });
  const first =
    Float64Array.from(moments)
      .sort()
      .at(-1 - movements_max) ?? since_ms;
  return new Date(Math.max(first, since_ms)).toISOString();
}

// ── One pass ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Pass {
  state: LedgerState;
  event: RecordedEvent;
  /** Of the event itself, which the state does not know yet. */
  link: number[] | undefined;
  places: Map<string, Place>;
  /** The places that have a next movement and are not settled, the one whose next movement is the first last. */
  queue: Place[];
  limits: Limits;
  /** Movements looked at so far, and read. */
  rows: number;
  read: number;
  /** What changes, by kind. */
  groups: Map<string, OpenGroup>;
  /** Changes of value by event and stock posting (`movementName`), of those that later events may refer to. */
  changes: Map<number, number>;
  /** The same of counts, each with its adjustments, by count and place; and of blows, all postings together. */
  count_changes: Map<string, number>;
  blow_changes: Map<number, number>;
  /** Pieces and value that adjustments have brought (+) ahead of a count, by count and place. */
  counted: Map<string, { quantity: number; value: number }>;
  link_pages: Map<string, Map<number, number[]>>;
  keys: string[];
  customers: string[];
  refusal: Refusal | undefined;
}

/** A place whose average is computed anew. */
interface Place {
  key: string;
  item_id: string;
  location_id: string;
  /** Of `pass.places`. */
  index: number;
  /** What is dated from the event on, and a moment before. The next movement that has no new value yet begins in its rows at `next`. */
  later: LaterRows;
  next: number;
  /** How many numbers of `later` are dated from the event on. */
  size: number;
  on_hand: number;
  /** Minor units, as it should be and as it is booked. */
  value: number;
  booked_on_hand: number;
  booked: number;
  /** Nothing differs from what is booked: it need not be looked at until a changed value comes in. */
  is_settled: boolean;
  /** The event's own movements, which stand ahead of those. */
  own: readonly StockMovement[];
  /** Where the last row begins that brings back what left before, or takes back what came; or that of a count whose adjustment has changed. */
  last_linked: number;
  /** Lines of sales of which pieces came back here, by bill and line; known once they are needed. */
  outs: Map<number, Tracked> | undefined;
  /** Of `pass.groups`, those of `groupOf`. */
  groups: Map<number, OpenGroup>;
}
interface Tracked {
  out: LineOut | undefined;
  /** What each return brought back, by `movementName`. */
  parts: Map<number, { quantity: number; cost: bigint }>;
}

const BACK = [MOVED.came_back, MOVED.void_out, MOVED.void_in];
const COMES_BACK = BACK.reduce((kinds, kind) => kinds + bitOf(kind), 0);
/** Their values have to do with those of other movements, as the event's link says. */
const HAS_LINK: ReadonlySet<Moved> = new Set([
  ...BACK,
  ...[
    MOVED.transferred_out,
    MOVED.transferred_in,
    MOVED.blow_input,
    MOVED.blow_output,
    MOVED.count_adjusted,
    MOVED.late_cost,
  ],
]);

/** Their values depend on the average of their place alone. Most movements are of these. */
const PLAIN: ReadonlySet<Moved> = new Set([MOVED.bought, MOVED.sold, MOVED.wasted, MOVED.sent_back]);
/** The same is true of these, as long as what leaves costs what it did. */
const PASSED_ON: ReadonlySet<Moved> = new Set([
  MOVED.transferred_out,
  MOVED.transferred_in,
  MOVED.blow_input,
  MOVED.blow_output,
]);

function passOver(state: LedgerState, event: RecordedEvent, limits: Limits): Pass {
  const pass: Pass = {
    ...{ state, event, link: linkIn(state, event), places: new Map(), queue: [], limits, rows: 0, read: 0 },
    ...{ groups: new Map(), refusal: undefined },
    ...{
      changes: new Map(),
      count_changes: new Map(),
      blow_changes: new Map(),
      counted: new Map(),
      link_pages: new Map(),
    },
    ...{ keys: [...state.movements.keys()], customers: [...state.customers.keys()] },
  };
  const since_ms = Date.parse(event.metadata.effective_at);
  const { stock = [] } = event.data as Postings;
  const own = Map.groupBy(
    stock.map((posting, line) => ({ posting, movement: movementOf(state, event, posting, line, since_ms) })),
    ({ posting }) => placeKey(posting.item_id, posting.location_id),
  );
  for (const [key, postings] of own) {
    if (isTooMuch(pass)) break;
    const movements = postings.map(({ movement }) => movement);
    const place = openPlace(pass, key, since_ms, event.position, movements);
    for (const { quantity, value } of movements) {
      place.on_hand += quantity;
      place.value += value;
    }
    heed(pass, place);
    enqueue(pass, place);
  }
  while (pass.refusal === undefined && !isTooMuch(pass) && step(pass));
  return pass;
}
function isTooMuch({ rows, read, limits }: Pass): boolean {
  return rows > limits.movements || read > limits.read;
}

/** Unless nothing is left to do there. */
function enqueue({ queue }: Pass, place: Place): void {
  if (place.is_settled || !hasNext(place)) return;
  let [low, high] = [0, queue.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comesFirst(place, queue[middle]!)) low = middle + 1;
    else high = middle;
  }
  queue.splice(low, 0, place);
}
/** Of two movements of one event that of the place which was opened first. */
function comesFirst(one: Place, other: Place): boolean {
  const [mine, its] = [headOf(one), headOf(other)];
  return isBefore(mine, its) || (mine.position === its.position && one.index < other.index);
}
function hasNext(place: Place): boolean {
  if (place.next < place.later.rows.length) return true;
  place.next = 0;
  const has_next = nextRows(place.later);
  if (!has_next) place.next = place.later.rows.length;
  return has_next;
}
/** Of a place that has one. */
function headOf({ later, next }: Place): At {
  return { effective_ms: later.rows[next]!, position: later.rows[next + FIELD.position]! };
}
function isSettled(place: Place): boolean {
  const { on_hand, booked_on_hand, value, booked } = place;
  return on_hand === booked_on_hand && value === booked && !hasLinked(place, place.next);
}
/** Whether a value from `next` on may have to do with one ahead of it. */
function hasLinked({ later, last_linked }: Place, next: number): boolean {
  return later.ahead + next <= last_linked;
}

/** Looks at the place from (`since_ms`, `position`) on. */
function openPlace(
  pass: Pass,
  key: string,
  since_ms: number,
  position: number,
  own: readonly StockMovement[] = [],
): Place {
  const { state } = pass;
  const timeline = state.movements.get(key);
  const from_ms = Math.max(timeline?.floor_ms ?? 0, timeline?.valued_ms ?? 0);
  const { item_id, location_id } = placeOf(key);
  if (since_ms < from_ms) {
    const checked_from = new Date(from_ms).toISOString();
    pass.refusal ??= refuse('backdated_beyond_history', { item_id, location_id, checked_from });
  }
  // Adjustments of a count stand a millisecond ahead of it.
  const later = laterRows(timeline ?? emptyTimeline(), since_ms - 1);
  const since = sumsFrom(timeline ?? emptyTimeline(), since_ms, position);
  const stock = stockAt(state, key);
  const [on_hand, value] = [stock.on_hand - since.quantity, Number(stock.value) - since.value];
  const place: Place = {
    ...{ key, item_id, location_id, index: pass.places.size, later, next: 0, size: later.end, on_hand, value },
    ...{ booked_on_hand: on_hand, booked: value, is_settled: false, own, outs: undefined, groups: new Map() },
    last_linked: lastOfKinds(later, COMES_BACK),
  };
  pass.places.set(key, place);
  for (; hasNext(place) && isBefore(headOf(place), { effective_ms: since_ms, position }); place.next += FIELDS) {
    noteCountAdjusted(pass, place, rowAt(later.rows, place.next));
    place.size -= FIELDS;
  }
  pass.read += place.size / FIELDS;
  for (const row of own) noteCountAdjusted(pass, place, row);
  return place;
}
function rowAt(rows: MovementRows, at: number): StockMovement {
  return {
    effective_ms: rows[at]!,
    position: rows[at + FIELD.position]!,
    quantity: rows[at + FIELD.quantity]!,
    value: rows[at + FIELD.value]!,
    code: rows[at + FIELD.code]!,
    ref: rows[at + FIELD.ref]!,
  };
}
type At = Pick<StockMovement, 'effective_ms' | 'position'>;
function isBefore(one: At, other: At): boolean {
  return (
    one.effective_ms < other.effective_ms || (one.effective_ms === other.effective_ms && one.position < other.position)
  );
}

/** The next movements that concern their place alone, or else the next event that moved anything in the places. false after the last. */
function step(pass: Pass): boolean {
  const first = pass.queue.pop();
  if (first === undefined) return false;
  const has_run = settleRun(pass, first, pass.queue.at(-1));
  enqueue(pass, first);
  if (!has_run) settleEvent(pass, first);
  return true;
}
/** Whether the place's next movement has to do with no other place's. `until`: the next position of another place. */
function isAlone(place: Place, until: number): boolean {
  const { rows } = place.later;
  const { next } = place;
  const kind = kindIn(rows[next + FIELD.code]!);
  if (PLAIN.has(kind)) return true;
  if (!PASSED_ON.has(kind) || rows[next + FIELD.position] === until) return false;
  const quantity = rows[next + FIELD.quantity]!;
  return quantity >= 0 || -costOfOut(place, -quantity) === rows[next + FIELD.value];
}

/**
 * Movements that are alone, one after the other, up to the next one of another place: as numbers, since there may be a hundred thousand. false where the
 * next one is not.
 */
function settleRun(pass: Pass, place: Place, other: Place | undefined): boolean {
  const { later, outs } = place;
  const until = other === undefined ? undefined : headOf(other);
  const [until_ms, until_position] = [until?.effective_ms ?? Number.POSITIVE_INFINITY, until?.position ?? -1];
  if (!isAlone(place, until_position)) return false;
  let { rows } = later;
  let at = place.next;
  do {
    const position = rows[at + FIELD.position]!;
    const quantity = rows[at + FIELD.quantity]!;
    const booked = rows[at + FIELD.value]!;
    const code = rows[at + FIELD.code]!;
    const worth = quantity >= 0 ? booked : -costOfOut(place, -quantity);
    place.booked += booked;
    place.booked_on_hand += quantity;
    place.value += worth;
    place.on_hand += quantity;
    heed(pass, place);
    if (outs !== undefined) noteOut(pass, outs, { position, quantity, value: worth, code });
    place.next = at + FIELDS;
    if (worth !== booked) {
      if (hasLinked(place, place.next)) pass.changes.set(movementName(position, lineIn(code)), worth - booked);
      addMove(groupOf(pass, place, code, rows[at + FIELD.ref]!), rows[at]!, position, worth - booked);
    }
    place.is_settled = isSettled(place);
    pass.rows += 1;
    if (!hasNext(place)) return true;
    rows = later.rows;
    at = place.next;
  } while (
    !place.is_settled &&
    pass.rows <= pass.limits.movements &&
    (rows[at]! < until_ms || (rows[at] === until_ms && rows[at + FIELD.position]! < until_position)) &&
    isAlone(place, until_position)
  );
  return true;
}

const CODES = 2 ** 17;
/** Of any movement but `void_in`. */
function groupOf(pass: Pass, { groups, item_id, location_id }: Place, code: number, ref: number): OpenGroup {
  const account_id = accountOfChange(kindIn(code));
  const of_customer = account_id === 'cogs';
  const name = of_customer ? code + CODES * (ref + 1) : code;
  let group = groups.get(name);
  if (group === undefined) {
    const customer_id = of_customer ? pass.customers[ref] : undefined;
    group = groupNamed(pass, lineIn(code), { item_id, location_id, account_id, customer_id });
    groups.set(name, group);
  }
  return group;
}
function groupNamed({ groups }: Pass, line: number, bearer: Bearer): OpenGroup {
  const { item_id, location_id, account_id, customer_id } = bearer;
  const name = `${item_id}\n${location_id}\n${account_id}\n${customer_id}\n${line}`;
  let group = groups.get(name);
  if (group !== undefined) return group;
  group = openGroup({
    ...(item_id !== undefined && { item_id }),
    ...(location_id !== undefined && { location_id }),
    ...(account_id !== undefined && { account_id }),
    ...(customer_id !== undefined && { customer_id }),
    line,
  });
  groups.set(name, group);
  return group;
}

function settleEvent(pass: Pass, first: Place): void {
  const { effective_ms, position, code } = rowAt(first.later.rows, first.next);
  const touched: Moving[] = [];
  while (pass.queue.length > 0 && headOf(pass.queue.at(-1)!).position === position)
    touched.push(movingIn(pass, pass.queue.pop()!, position));
  const link = HAS_LINK.has(kindIn(code)) ? linkAt(pass, position) : undefined;
  const event: EventPass = { position, effective_ms, link, changes: new Map(), made: [] };
  for (const moving of touched) settleOutgoing(pass, moving, event);
  for (const key of reachedBy(pass, event)) {
    if (touched.some(({ place }) => place.key === key)) continue;
    const moving = movingIn(pass, placeAt(pass, key, event), position);
    touched.push(moving);
    settleOutgoing(pass, moving, event);
  }
  for (const moving of touched) settleIncoming(pass, moving, event);
  if (link !== undefined) besides(pass, touched, event);
  for (const { place, rows } of touched) {
    place.next += rows.length * FIELDS;
    place.is_settled = isSettled(place);
    enqueue(pass, place);
  }
}

/** Rows of one event in one place. */
interface Moving {
  place: Place;
  rows: readonly StockMovement[];
}
interface EventPass extends At {
  link: readonly number[] | undefined;
  /** Changes of value by stock posting. */
  changes: Map<number, number>;
  /** New values of a blow's outputs. */
  made: number[];
}

function movingIn(pass: Pass, place: Place, position: number): Moving {
  const rows: StockMovement[] = [];
  if (hasNext(place))
    for (let at = place.next; place.later.rows[at + FIELD.position] === position; at += FIELDS)
      rows.push(rowAt(place.later.rows, at));
  pass.rows += rows.length;
  return { place, rows };
}

/** A place that a changed value comes to, which is not in the queue. */
function placeAt(pass: Pass, key: string, event: EventPass): Place {
  const place = pass.places.get(key);
  if (place === undefined) return openPlace(pass, key, event.effective_ms, event.position);
  place.is_settled = false;
  for (; hasNext(place) && isBefore(headOf(place), event); place.next += FIELDS) {
    const row = rowAt(place.later.rows, place.next);
    settle(pass, place, row, row.value, undefined);
  }
  return place;
}

/** The places whose pieces came from what left, where that has changed. */
function reachedBy({ keys }: Pass, { link, changes, made }: EventPass): string[] {
  if (link === undefined || changes.size === 0) return [];
  if (link[0] === MOVED.transferred_out) return [...changes.keys()].map((line) => keys[transferredTo(link, line)]!);
  if (link[0] !== MOVED.blow_input) return [];
  const {
    inputs,
    inputs_cost,
    conversion_cost,
    rejected_quantity: rejected,
    pieces_in: put_in,
    outputs,
  } = blowLink(link);
  const [cost, conversion] = [BigInt(inputs_cost), BigInt(conversion_cost)];
  const parts = { rejected, put_in, outputs: outputs.map(({ quantity }) => quantity) };
  let more = 0n;
  for (const [line, change] of changes) if (line < inputs) more -= BigInt(change);
  const before = blowCosts(cost, conversion, parts).costs;
  const after = blowCosts(cost + more, conversion, parts).costs;
  made.push(...after.map(Number));
  return outputs.filter((_, index) => before[index] !== after[index]).map(({ place }) => keys[place]!);
}

// ── Values of one event's movements ─────────────────────────────────────────────────────────────────────────────────────────────

/** Movements that take pieces out leave at the average. */
function settleOutgoing(pass: Pass, { place, rows }: Moving, event: EventPass): void {
  for (const row of rows) {
    if (row.quantity >= 0 || kindIn(row.code) === MOVED.counted) continue;
    settle(pass, place, row, -costOfOut(place, -row.quantity), event);
  }
}
function costOfOut({ on_hand, value }: Place, quantity: number): number {
  return quantity >= on_hand ? value : portion(value, quantity, on_hand);
}

/** Movements that bring pieces in, and counts. */
function settleIncoming(pass: Pass, { place, rows }: Moving, event: EventPass): void {
  for (const row of rows) {
    if (row.quantity < 0 && kindIn(row.code) !== MOVED.counted) continue;
    settle(pass, place, row, worthOf(pass, place, row, event), event);
  }
}

/** Of what comes in, and of a count. */
function worthOf(pass: Pass, place: Place, row: StockMovement, { link, changes, made, position }: EventPass): number {
  const [kind, line] = [kindIn(row.code), lineIn(row.code)];
  switch (kind) {
    case MOVED.counted: {
      const adjusted = pass.counted.get(countName(position, place)) ?? { quantity: 0, value: 0 };
      return countValue(place, adjusted, { difference: row.quantity, recorded: row.ref });
    }
    case MOVED.count_adjusted:
      return place.on_hand > 0 ? portion(place.value, row.quantity, place.on_hand) : row.ref;
    case MOVED.transferred_in:
      return row.value - (changes.get(line - transferredLines(link!)) ?? 0);
    case MOVED.blow_output:
      return made.length === 0 ? row.value : made[line - blowLink(link!).inputs]!;
    case MOVED.came_back: {
      const tracked = outsOf(pass, place).get(outName(link!, position, line));
      return tracked?.out === undefined ? row.value : Number(takeBack({ ...tracked.out }, row.quantity));
    }
    case MOVED.late_cost:
      return capitalisedOf(place, lateCostLine(link!, line));
    case MOVED.void_in: {
      const { voided_position, takes } = voidLink(link!, position);
      const change =
        pass.count_changes.get(countName(voided_position, place)) ??
        pass.changes.get(movementName(voided_position, line - takes));
      return row.value - (change ?? 0);
    }
    default:
      return row.value;
  }
}

/** The account that bears what a movement is worth more or less; undefined where that goes on with the pieces. `void_link`: of a void that brings pieces in. */
export function accountOfChange(kind: Moved, void_link?: VoidLink): string | undefined {
  switch (kind) {
    case MOVED.sold:
    case MOVED.came_back:
    case MOVED.late_cost:
      return 'cogs';
    case MOVED.wasted:
      return 'waste';
    case MOVED.counted:
    case MOVED.count_adjusted:
      return 'count-difference';
    case MOVED.sent_back:
    case MOVED.void_out:
      return 'price-variance';
    case MOVED.void_in:
      return (void_link && accountOfChange(void_link.voided_kind)) ?? 'price-variance';
    default:
      return undefined;
  }
}

/** Gives the movement its value. `event`: undefined where that cannot have changed. */
function settle(pass: Pass, place: Place, row: StockMovement, value: number, event: EventPass | undefined): void {
  const change = value - row.value;
  place.booked += row.value;
  place.booked_on_hand += row.quantity;
  place.value += value;
  place.on_hand += row.quantity;
  heed(pass, place);
  row.value = value;
  noteCountAdjusted(pass, place, row);
  if (place.outs !== undefined) noteOut(pass, place.outs, row);
  if (change === 0 || event === undefined) return;
  const [kind, line] = [kindIn(row.code), lineIn(row.code)];
  if (kind === MOVED.count_adjusted) awaitCount(place, adjustedCount(event.link!, row.position));
  event.changes.set(line, change);
  remember(pass, place, row, change, event);
  if (kind !== MOVED.void_in || event.link === undefined) {
    addMove(groupOf(pass, place, row.code, row.ref), event.effective_ms, event.position, change);
    return;
  }
  const { item_id, location_id } = place;
  const account_id = accountOfChange(kind, voidLink(event.link, row.position));
  const customer_id = account_id === 'cogs' ? pass.customers[row.ref] : undefined;
  add(pass, event, line, change, { item_id, location_id, account_id, customer_id });
}

/** The count's own value has to do with that of its adjustment, even if that has taken all there was. */
function awaitCount(place: Place, count_position: number): void {
  place.last_linked = Math.max(place.last_linked, firstOfEvent(place.later, place.next, count_position));
}

function remember(pass: Pass, place: Place, row: StockMovement, change: number, { position, link }: EventPass): void {
  const kind = kindIn(row.code);
  if (kind === MOVED.counted || kind === MOVED.count_adjusted) {
    const name = countName(kind === MOVED.counted ? position : adjustedCount(link!, position), place);
    pass.count_changes.set(name, (pass.count_changes.get(name) ?? 0) + change);
  } else if (hasLinked(place, place.next + FIELDS)) pass.changes.set(movementName(position, lineIn(row.code)), change);
}

type Bearer = { [Name in 'item_id' | 'location_id' | 'account_id' | 'customer_id']?: string | undefined };
function add(pass: Pass, { position, effective_ms }: EventPass, line: number, value: number, bearer: Bearer): void {
  if (value !== 0) addMove(groupNamed(pass, line, bearer), effective_ms, position, value);
}

/** What an event posts to accounts besides what it moves: rejects of a blow, and in a void the accounts of what was brought in. */
function besides(pass: Pass, touched: readonly Moving[], event: EventPass): void {
  const link = event.link!;
  const { item_id } = touched[0]!.place;
  if (link[0] === MOVED.blow_input) {
    let all = 0;
    for (const change of event.changes.values()) all += change;
    if (all === 0) return;
    pass.blow_changes.set(event.position, all);
    add(pass, event, 0, all, { item_id, account_id: 'waste' });
  }
  if (link[0] !== MOVED.void_out) return;
  const { voided_position, voided_kind: kind } = voidLink(link, event.position);
  if (kind === MOVED.blow_input) {
    const wasted = -(pass.blow_changes.get(voided_position) ?? 0);
    add(pass, event, 0, wasted, { item_id, account_id: 'waste' });
    add(pass, event, 0, -wasted, { item_id, account_id: 'price-variance' });
  }
  const account_id = accountOfChange(kind);
  if (kind !== MOVED.came_back && kind !== MOVED.counted) return;
  for (const { place, rows } of touched)
    for (const row of rows) {
      if (kindIn(row.code) !== MOVED.void_out) continue;
      const line = lineIn(row.code);
      const change =
        (kind === MOVED.counted
          ? pass.count_changes.get(countName(voided_position, place))
          : pass.changes.get(movementName(voided_position, line))) ?? 0;
      const customer_id = kind === MOVED.came_back ? pass.customers[row.ref] : undefined;
      add(pass, event, line, -change, { item_id: place.item_id, account_id, customer_id });
      add(pass, event, line, change, { item_id: place.item_id, account_id: 'price-variance' });
    }
}

// ── What later movements have to do with earlier ones ───────────────────────────────────────────────────────────────────────────

function linkAt(pass: Pass, position: number): readonly number[] | undefined {
  if (position === pass.event.position) return pass.link;
  const page = pageOf(position);
  const links = pass.link_pages.get(page) ?? entriesOf(pass.state.links, page);
  pass.link_pages.set(page, links);
  return links.get(position);
}
function countName(count_position: number, { key }: Place): string {
  return `${count_position} ${key}`;
}
/** The bill and its line that a line of a return is of. */
function outName(link: readonly number[], position: number, line: number): number {
  return movementName(returnedSale(link, position), returnedLine(link, line));
}

function noteCountAdjusted(pass: Pass, place: Place, { code, position, quantity, value }: StockMovement): void {
  if (kindIn(code) !== MOVED.count_adjusted) return;
  const name = countName(adjustedCount(linkAt(pass, position)!, position), place);
  const before = pass.counted.get(name) ?? { quantity: 0, value: 0 };
  pass.counted.set(name, { quantity: before.quantity + quantity, value: before.value + value });
}

function outsOf(pass: Pass, place: Place): Map<number, Tracked> {
  if (place.outs !== undefined) return place.outs;
  const { later, next, size, own } = place;
  const all = movementsSince(later.timeline, Number.NEGATIVE_INFINITY);
  const earlier = all.subarray(0, all.length - size);
  const since = all.subarray(all.length - size);
  const outs = new Map<number, Tracked>();
  const track = ({ code, position }: Left) => {
    if (kindIn(code) === MOVED.came_back)
      outs.set(outName(linkAt(pass, position)!, position, lineIn(code)), { out: undefined, parts: new Map() });
  };
  eachLeft(earlier, track);
  for (const row of own) track(row);
  eachLeft(since, track);
  const note = (row: Left) => noteOut(pass, outs, row);
  eachLeft(earlier, note);
  for (const row of own) note(row);
  const settled = since.subarray(0, size - later.end + later.ahead + next);
  eachLeft(settled, (row) => {
    row.value += pass.changes.get(movementName(row.position, lineIn(row.code))) ?? 0;
    note(row);
  });
  place.outs = outs;
  return outs;
}
/** What `outs` wants to know of a movement. */
type Left = Pick<StockMovement, 'position' | 'quantity' | 'value' | 'code'>;
function eachLeft(rows: MovementRows, visit: (row: Left) => void): void {
  for (let at = 0; at < rows.length; at += FIELDS) visit(rowAt(rows, at));
}
function noteOut(pass: Pass, outs: Map<number, Tracked>, row: Left): void {
  const { position, quantity, value } = row;
  const [kind, line] = [kindIn(row.code), lineIn(row.code)];
  if (kind === MOVED.sold) {
    const tracked = outs.get(movementName(position, line));
    const left = { quantity: -quantity, cost: BigInt(-value) };
    if (tracked !== undefined) tracked.out = { ...left, left };
  }
  if (kind === MOVED.came_back) {
    const { out, parts } = outs.get(outName(linkAt(pass, position)!, position, line))!;
    const part = { quantity, cost: BigInt(value) };
    parts.set(movementName(position, line), part);
    if (out !== undefined) out.left = { quantity: out.left.quantity - part.quantity, cost: out.left.cost - part.cost };
  }
  if (kind !== MOVED.void_out) return;
  const { voided_position, voided_kind } = voidLink(linkAt(pass, position)!, position);
  if (voided_kind !== MOVED.came_back) return;
  const returned = outName(linkAt(pass, voided_position)!, voided_position, line);
  const { out, parts } = outs.get(returned) ?? { parts: new Map() };
  const part = parts.get(movementName(voided_position, line));
  if (out !== undefined && part !== undefined)
    out.left = { quantity: out.left.quantity + part.quantity, cost: out.left.cost + part.cost };
}

/**
 * What a backdated event changes of the costs of later movements (docs/decisions/costs.md). The moving weighted average of each place that it
 * touches is computed anew from its moment on, in the order in which things happened. A changed value goes on to wherever it went: through
 * stock transfers and blows to other places, and by returns and voids back again. Effects only run forward, so one pass suffices.
 */
import { type Adjustment, groupAdjustments } from '../adjustments.js';
import type { AdjustedGroup, Postings, RecordedEvent } from '../events.js';
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
import { movementName, movementsSince, type StockMovement } from '../state/timeline.js';
import { blowCosts, capitalisedOf, countValue, type LineOut, portion, takeBack } from './costing.js';

/** `movements`: that one command may look at. `chars`: of its adjustments in the event, which leaves room for all else in an append. */
export const ADJUSTMENT_LIMITS = { movements: 100_000, chars: 720_000 };

/**
 * For the event that will stand at `event.position`, before it is applied. Refuses with `backdated_beyond_history` where a place is not known far
 * enough back, and with `too_many_adjustments`.
 */
export function costAdjustments(
  state: LedgerState,
  event: RecordedEvent,
  limits = ADJUSTMENT_LIMITS,
): AdjustedGroup[] | Refusal {
  const pass = passOver(state, event, limits.movements);
  if (pass.refusal !== undefined) return pass.refusal;
  if (pass.rows > limits.movements) return tooMany(pass, event, limits.movements);
  const groups = groupAdjustments(pass.adjustments);
  const chars = groups.reduce((sum, { moves }) => sum + moves.length, 100 * groups.length);
  return chars <= limits.chars ? groups : tooMany(pass, event, Math.floor((pass.rows * limits.chars) / chars));
}

/** Says from when on the event would touch few enough. */
function tooMany({ state, places }: Pass, event: RecordedEvent, movements_max: number): Refusal {
  const { effective_at } = event.metadata;
  let accepted_from = effective_at;
  let touched = places;
  for (let tries = 0; tries < 5; tries += 1) {
    accepted_from = momentWith(state, [...touched.keys()], accepted_from, movements_max);
    const dated = { ...event, metadata: { ...event.metadata, effective_at: accepted_from } };
    const pass = passOver(state, dated, movements_max);
    if (pass.rows <= movements_max) break;
    touched = pass.places;
  }
  return refuse('too_many_adjustments', { movements_max, effective_at, accepted_from });
}
/** The first moment behind which the places have at most so many movements. */
function momentWith(state: LedgerState, keys: readonly string[], since: string, movements_max: number): string {
  const since_ms = Date.parse(since);
  const moments = keys.flatMap((key) => {
    const timeline = state.movements.get(key);
    return timeline === undefined ? [] : movementsSince(timeline, since_ms).map(({ effective_ms }) => effective_ms);
  });
  const first = moments.sort((a, b) => b - a)[movements_max] ?? since_ms;
  return new Date(Math.max(first, since_ms)).toISOString();
}

// ── One pass ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Pass {
  state: LedgerState;
  event: RecordedEvent;
  /** Of the event itself, which the state does not know yet. */
  link: number[] | undefined;
  places: Map<string, Place>;
  /** Movements looked at so far. */
  rows: number;
  adjustments: Adjustment[];
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
  /** From its first movement in question on; those ahead of `next` have their new values. */
  rows: StockMovement[];
  next: number;
  on_hand: number;
  /** Minor units, as it should be and as it is booked. */
  value: number;
  booked_on_hand: number;
  booked: number;
  /** Nothing differs from what is booked: it need not be looked at until a changed value comes in. */
  is_settled: boolean;
  /** The event's own movements, which stand ahead of `rows`. */
  own: readonly StockMovement[];
  /** Index of the last row that brings back what left before, or takes back what came; or of a count whose adjustment has changed. */
  last_linked: number;
  /** Lines of sales of which pieces came back here, by bill and line; known once they are needed. */
  outs: Map<number, Tracked> | undefined;
}
interface Tracked {
  out: LineOut | undefined;
  /** What each return brought back, by `movementName`. */
  parts: Map<number, { quantity: number; cost: bigint }>;
}

const COMES_BACK: ReadonlySet<Moved> = new Set([MOVED.came_back, MOVED.void_out, MOVED.void_in]);
/** Their values have to do with those of other movements, as the event's link says. */
const HAS_LINK: ReadonlySet<Moved> = new Set([
  ...COMES_BACK,
  ...[
    MOVED.transferred_out,
    MOVED.transferred_in,
    MOVED.blow_input,
    MOVED.blow_output,
    MOVED.count_adjusted,
    MOVED.late_cost,
  ],
]);

function passOver(state: LedgerState, event: RecordedEvent, rows_max: number): Pass {
  const pass: Pass = {
    ...{ state, event, link: linkIn(state, event), places: new Map(), rows: 0, adjustments: [], refusal: undefined },
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
    const movements = postings.map(({ movement }) => movement);
    const place = openPlace(pass, key, since_ms, event.position, movements);
    for (const { quantity, value } of movements) {
      place.on_hand += quantity;
      place.value += value;
    }
  }
  while (pass.refusal === undefined && pass.rows <= rows_max && step(pass));
  return pass;
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
  const near = timeline === undefined ? [] : movementsSince(timeline, since_ms - 1);
  const behind = near.findIndex((row) => !isBefore(row, { effective_ms: since_ms, position }));
  const rows = behind < 0 ? [] : near.slice(behind);
  const stock = stockAt(state, key);
  let [on_hand, value] = [stock.on_hand, Number(stock.value)];
  for (const row of rows) {
    on_hand -= row.quantity;
    value -= row.value;
  }
  const place: Place = {
    ...{ key, item_id, location_id, rows, next: 0, on_hand, value, booked_on_hand: on_hand, booked: value },
    ...{ is_settled: false, own, outs: undefined },
    last_linked: rows.findLastIndex(({ code }) => COMES_BACK.has(kindIn(code))),
  };
  pass.places.set(key, place);
  for (const row of [...near.slice(0, near.length - rows.length), ...own]) noteCountAdjusted(pass, place, row);
  return place;
}
type At = Pick<StockMovement, 'effective_ms' | 'position'>;
function isBefore(one: At, other: At): boolean {
  return (
    one.effective_ms < other.effective_ms || (one.effective_ms === other.effective_ms && one.position < other.position)
  );
}

/** The next event that moved anything in the places. false after the last. */
function step(pass: Pass): boolean {
  let first: StockMovement | undefined;
  for (const { is_settled, rows, next } of pass.places.values()) {
    const row = is_settled ? undefined : rows[next];
    if (row !== undefined && (first === undefined || isBefore(row, first))) first = row;
  }
  if (first === undefined) return false;
  const { effective_ms, position } = first;
  const touched: Moving[] = [];
  for (const place of pass.places.values())
    if (!place.is_settled && place.rows[place.next]?.position === position)
      touched.push(movingIn(pass, place, position));
  const link = HAS_LINK.has(kindIn(first.code)) ? linkAt(pass, position) : undefined;
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
    place.next += rows.length;
    place.is_settled =
      place.on_hand === place.booked_on_hand && place.value === place.booked && place.next > place.last_linked;
  }
  return true;
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
  let end = place.next;
  while (place.rows[end]?.position === position) end += 1;
  pass.rows += end - place.next;
  return { place, rows: place.rows.slice(place.next, end) };
}

/** A place that a changed value comes to. */
function placeAt(pass: Pass, key: string, event: EventPass): Place {
  const place = pass.places.get(key);
  if (place === undefined) return openPlace(pass, key, event.effective_ms, event.position);
  place.is_settled = false;
  for (let row = place.rows[place.next]; row !== undefined && isBefore(row, event); row = place.rows[place.next]) {
    settle(pass, place, row, row.value, undefined);
    place.next += 1;
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
    const { on_hand, value } = place;
    const cost = -row.quantity >= on_hand ? value : portion(value, -row.quantity, on_hand);
    settle(pass, place, row, -cost, event);
  }
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
  row.value = value;
  noteCountAdjusted(pass, place, row);
  if (place.outs !== undefined) noteOut(pass, place.outs, row);
  if (change === 0 || event === undefined) return;
  const [kind, line] = [kindIn(row.code), lineIn(row.code)];
  if (kind === MOVED.count_adjusted) awaitCount(place, adjustedCount(event.link!, row.position));
  event.changes.set(line, change);
  remember(pass, place, row, change, event);
  const { item_id, location_id } = place;
  const void_link = kind === MOVED.void_in && event.link ? voidLink(event.link, row.position) : undefined;
  const account_id = accountOfChange(kind, void_link);
  const customer_id = account_id === 'cogs' ? pass.customers[row.ref] : undefined;
  add(pass, event, line, change, { item_id, location_id, account_id, customer_id });
}

/** The count's own value has to do with that of its adjustment, even if that has taken all there was. */
function awaitCount(place: Place, count_position: number): void {
  const behind = place.rows.slice(place.next).findIndex(({ position }) => position === count_position);
  if (behind >= 0) place.last_linked = Math.max(place.last_linked, place.next + behind);
}

function remember(pass: Pass, place: Place, row: StockMovement, change: number, { position, link }: EventPass): void {
  const kind = kindIn(row.code);
  if (kind === MOVED.counted || kind === MOVED.count_adjusted) {
    const name = countName(kind === MOVED.counted ? position : adjustedCount(link!, position), place);
    pass.count_changes.set(name, (pass.count_changes.get(name) ?? 0) + change);
  } else if (place.last_linked > place.next) pass.changes.set(movementName(position, lineIn(row.code)), change);
}

type Bearer = Pick<Adjustment, 'item_id' | 'location_id' | 'account_id' | 'customer_id'>;
function add(pass: Pass, { position, effective_ms }: EventPass, line: number, value: number, bearer: Bearer): void {
  if (value === 0) return;
  pass.adjustments.push({ ...bearer, line, position, effective_ms, value });
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
  const timeline = pass.state.movements.get(place.key);
  const all = timeline === undefined ? [] : movementsSince(timeline, Number.NEGATIVE_INFINITY);
  const earlier = [...all.slice(0, all.length - place.rows.length), ...place.own];
  const outs = new Map<number, Tracked>();
  for (const { code, position } of [...earlier, ...place.rows])
    if (kindIn(code) === MOVED.came_back)
      outs.set(outName(linkAt(pass, position)!, position, lineIn(code)), { out: undefined, parts: new Map() });
  for (const row of [...earlier, ...place.rows.slice(0, place.next)]) noteOut(pass, outs, row);
  place.outs = outs;
  return outs;
}
function noteOut(pass: Pass, outs: Map<number, Tracked>, row: StockMovement): void {
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

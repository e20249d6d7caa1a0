/**
 * What a backdated event changes of later movements' costs. The event carries it itself, so that after every event stock and accounts are
 * what they would be had all events come in the order in which they happened (docs/decisions/costs.md).
 */
import type { AdjustedGroup, JournalPosting, Postings, SalesPosting, StockPosting } from './events.js';

/** One change of one posting of an earlier event; `value` in minor units, an integer. */
export interface Adjustment {
  item_id?: string | undefined;
  location_id?: string | undefined;
  account_id?: string | undefined;
  customer_id?: string | undefined;
  line: number;
  position: number;
  effective_ms: number;
  value: number;
}

/** Postings that change one earlier event, at that event's own moment. */
export interface AdjustedPostings {
  position: number;
  effective_ms: number;
  postings: Required<Pick<Postings, 'stock' | 'journal' | 'sales'>>;
}

/** Collects changes by kind. Within a kind they must come in the order of (effective_ms, position). */
export interface OpenGroup {
  group: Omit<AdjustedGroup, 'moves'>;
  /** Instant, position and value of each, the first two less those of the one before. */
  numbers: number[];
  last_ms: number;
  last: number;
  /** Of the values, and of their magnitudes. */
  sum: number;
  gross: number;
}
export function openGroup(group: Omit<AdjustedGroup, 'moves'>): OpenGroup {
  return { group, numbers: [], last_ms: 0, last: 0, sum: 0, gross: 0 };
}
export function addMove(open: OpenGroup, effective_ms: number, position: number, value: number): void {
  open.numbers.push(effective_ms - open.last_ms, position - open.last, value);
  open.last_ms = effective_ms;
  open.last = position;
  open.sum += value;
  open.gross += Math.abs(value);
}
export function closeGroup({ group, numbers }: OpenGroup): AdjustedGroup {
  return { ...group, moves: vlq(numbers) };
}

/** What was read of a text once: it is needed to apply the event, and to answer. */
const READ = new WeakMap<AdjustedGroup, Float64Array>();

/** Instant, position and value of each change of a group, in turn; not to be changed. Throws on what `closeGroup` does not write. */
export function movesOf(group: AdjustedGroup): Float64Array {
  let moves = READ.get(group);
  if (moves === undefined) {
    moves = numbersIn(group.moves);
    for (let index = 3; index < moves.length; index += 3) {
      moves[index]! += moves[index - 3]!;
      moves[index + 1]! += moves[index - 2]!;
    }
    READ.set(group, moves);
  }
  return moves;
}

/** In the order of (effective_ms, position). Throws as `movesOf`. */
export function adjustmentsIn(groups: readonly AdjustedGroup[] = []): Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const group of groups) {
    const { moves: _, ...kind } = group;
    const moves = movesOf(group);
    for (let index = 0; index < moves.length; index += 3)
      adjustments.push({ ...kind, effective_ms: moves[index]!, position: moves[index + 1]!, value: moves[index + 2]! });
  }
  if (groups.length < 2) return adjustments;
  return adjustments.sort((a, b) => a.effective_ms - b.effective_ms || a.position - b.position);
}

/** One entry for each adjusted event, in the order in which they happened. */
export function adjustedPostings(groups: readonly AdjustedGroup[] = []): AdjustedPostings[] {
  const all: AdjustedPostings[] = [];
  const adjustments = adjustmentsIn(groups);
  for (let from = 0; from < adjustments.length; ) {
    const { position, effective_ms } = adjustments[from]!;
    let to = from + 1;
    while (adjustments[to]?.position === position) to += 1;
    all.push({ position, effective_ms, postings: postingsOf(adjustments.slice(from, to)) });
    from = to;
  }
  return all;
}

/** Profit by item, and by customer where there is one, changes with it. */
const COST_OF_SALES = 'cogs';

function postingsOf(adjustments: readonly Adjustment[]): AdjustedPostings['postings'] {
  const stock: StockPosting[] = [];
  const sales: SalesPosting[] = [];
  const accounts = new Map<string, number>();
  const add = (account_id: string, amount: number) =>
    accounts.set(account_id, (accounts.get(account_id) ?? 0) + amount);
  for (const { item_id = '', location_id, account_id, customer_id, value } of adjustments) {
    if (location_id !== undefined) {
      stock.push({ item_id, location_id, quantity: 0, value: value.toString() });
      add('inventory', value);
    }
    if (account_id !== undefined) add(account_id, -value);
    if (account_id === COST_OF_SALES)
      sales.push({
        item_id,
        ...(customer_id !== undefined && { customer_id }),
        ...{ quantity: 0, revenue: '0', cost: (-value).toString() },
      });
  }
  const journal: JournalPosting[] = [];
  for (const [account_id, amount] of accounts)
    if (amount !== 0) journal.push({ account_id, amount: amount.toString() });
  return { stock, journal, sales };
}

// ── Base64 VLQ: five bits a character, the first with the sign ──────────────────────────────────────────────────────────────────

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = Uint8Array.from(DIGITS, (digit) => digit.charCodeAt(0));
const NO_DIGIT = -1;
const DIGIT_OF = new Int8Array(128).fill(NO_DIGIT);
for (const [value, code] of CODES.entries()) DIGIT_OF[code] = value;
/** Of one number, which has at most 53 bits. */
const CHARS_MAX = 11;
const ASCII = new TextDecoder();

function vlq(numbers: readonly number[]): string {
  const chars = new Uint8Array(CHARS_MAX * numbers.length);
  let used = 0;
  for (const number of numbers) {
    let rest = number < 0 ? -2 * number + 1 : 2 * number;
    for (; rest > 31; rest = Math.floor(rest / 32)) chars[used++] = CODES[32 + (rest % 32)]!;
    chars[used++] = CODES[rest]!;
  }
  return ASCII.decode(chars.subarray(0, used));
}
function numbersIn(text: string): Float64Array {
  let count = 0;
  let digit = 0;
  for (let index = 0; index < text.length; index += 1) {
    digit = DIGIT_OF[text.charCodeAt(index)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) throw new Error('an adjustment is not written in base64 VLQ');
    if (digit < 32) count += 1;
  }
  if (digit >= 32 || count % 3 !== 0) throw new Error('an adjustment is cut off');
  const numbers = new Float64Array(count);
  let [at, folded, weight] = [0, 0, 1];
  for (let index = 0; index < text.length; index += 1) {
    digit = DIGIT_OF[text.charCodeAt(index)]!;
    folded += (digit & 31) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    numbers[at] = folded % 2 === 0 ? folded / 2 : -(folded - 1) / 2;
    at += 1;
    folded = 0;
    weight = 1;
  }
  return numbers;
}

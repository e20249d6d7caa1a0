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

interface OpenGroup {
  group: AdjustedGroup;
  moves: string[];
  last_ms: number;
  last: number;
}
/** `adjustments` are in the order of (effective_ms, position). */
export function groupAdjustments(adjustments: readonly Adjustment[]): AdjustedGroup[] {
  const groups = new Map<string, OpenGroup>();
  for (const { position, effective_ms, value, line, item_id, location_id, account_id, customer_id } of adjustments) {
    const key = `${item_id}\n${location_id}\n${account_id}\n${customer_id}\n${line}`;
    let open = groups.get(key);
    if (open === undefined) {
      const group: AdjustedGroup = {
        ...(item_id !== undefined && { item_id }),
        ...(location_id !== undefined && { location_id }),
        ...(account_id !== undefined && { account_id }),
        ...(customer_id !== undefined && { customer_id }),
        ...{ line, moves: '' },
      };
      open = { group, moves: [], last_ms: 0, last: 0 };
      groups.set(key, open);
    }
    open.moves.push(vlq(effective_ms - open.last_ms) + vlq(position - open.last) + vlq(value));
    open.last_ms = effective_ms;
    open.last = position;
  }
  return [...groups.values()].map(({ group, moves }) => ({ ...group, moves: moves.join('') }));
}

/** In the order of (effective_ms, position). Throws on what `groupAdjustments` does not write. */
export function adjustmentsIn(groups: readonly AdjustedGroup[] = []): Adjustment[] {
  const adjustments: Adjustment[] = [];
  for (const { moves, ...kind } of groups) {
    const numbers = numbersIn(moves);
    let [effective_ms, position] = [0, 0];
    for (let index = 0; index < numbers.length; index += 3) {
      effective_ms += numbers[index]!;
      position += numbers[index + 1]!;
      adjustments.push({ ...kind, effective_ms, position, value: numbers[index + 2]! });
    }
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
const DIGIT_OF = new Map([...DIGITS].map((digit, value) => [digit.charCodeAt(0), value]));

function vlq(number: number): string {
  let rest = number < 0 ? -2 * number + 1 : 2 * number;
  let text = '';
  do {
    const digit = rest % 32;
    rest = Math.floor(rest / 32);
    text += DIGITS[rest > 0 ? digit + 32 : digit];
  } while (rest > 0);
  return text;
}
function numbersIn(text: string): number[] {
  const numbers: number[] = [];
  let [folded, weight] = [0, 1];
  for (let index = 0; index < text.length; index += 1) {
    const digit = DIGIT_OF.get(text.charCodeAt(index));
    if (digit === undefined) throw new Error('an adjustment is not written in base64 VLQ');
    folded += (digit % 32) * weight;
    weight *= 32;
    if (digit >= 32) continue;
    numbers.push(folded % 2 === 0 ? folded / 2 : -(folded - 1) / 2);
    [folded, weight] = [0, 1];
  }
  if (weight !== 1 || numbers.length % 3 !== 0) throw new Error('an adjustment is cut off');
  return numbers;
}

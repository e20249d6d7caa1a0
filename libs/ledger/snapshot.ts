/**
 * The decision state as text, so that a start need not read all of history. A cache: FOLD_VERSION changes with `evolve` or the state's
 * shape, and a snapshot of another version is simply not used. What there is much of (movements, keys) is kept as plain numbers, so
 * that restoring a million of them takes a fraction of a second.
 */
import type { MasterKind } from './events.js';
import { restoreKeys, saveKeys } from './key-index.js';
import { emptyState, type LedgerState, type Master, type Movement } from './state.js';

export const FOLD_VERSION = 3;

type Pairs<V> = [string, V][];
interface Saved {
  fold_version: number;
  plain: Pick<LedgerState, 'position' | 'recorded_at' | 'head_hash' | 'closed_through' | 'next_expiry'>;
  config: (Omit<NonNullable<LedgerState['config']>, 'approval_threshold'> & { approval_threshold: string }) | null;
  master: Pairs<Pairs<Master>>;
  stock: [key: string, on_hand: number, value: string, reserved: number][];
  /** Numbers are effective_ms and position, each less that of the movement before, and quantity, of each movement in turn. */
  movements: [key: string, floor_ms: number, floor: number, numbers: number[]][];
  balances: Pairs<string>;
  months: Pairs<Pairs<string>>;
  series: Pairs<number[]>;
  follow_ups: Pairs<number[]>;
  reservations: Pairs<unknown>;
  keys: { newer: ReturnType<typeof saveKeys>; older: ReturnType<typeof saveKeys> };
}

/** Loaded documents and keys are left out; they are read again when a command names them. */
export function saveState(state: LedgerState): string {
  if (state.undo !== undefined) throw new Error('a snapshot of what is not acknowledged would be a lie');
  const { config, position, recorded_at, head_hash, closed_through, next_expiry, key_index } = state;
  const saved: Saved = {
    fold_version: FOLD_VERSION,
    plain: { position, recorded_at, head_hash, closed_through, next_expiry },
    config: config === undefined ? null : { ...config, approval_threshold: config.approval_threshold.toString() },
    master: Object.entries(state.master).map(([kind, records]) => [kind, [...records] as Pairs<Master>]),
    stock: [...state.stock].map(([key, { on_hand, value, reserved }]) => [key, on_hand, value.toString(), reserved]),
    movements: [...state.movements].map(([key, { floor_ms, floor, list }]) => [key, floor_ms, floor, numbersOf(list)]),
    balances: texts(state.balances),
    months: [...state.months].map(([month, accounts]) => [month, texts(accounts)]),
    series: [...state.series],
    follow_ups: [...state.follow_ups],
    reservations: [...state.reservations],
    keys: { newer: saveKeys(key_index.newer), older: saveKeys(key_index.older) },
  };
  return JSON.stringify(saved);
}

/** undefined when the text is of another version of the fold. Throws when it is not a snapshot at all. */
export function restoreState(text: string): LedgerState | undefined {
  const saved = JSON.parse(text) as Saved;
  if (saved.fold_version !== FOLD_VERSION) return undefined;
  const { config } = saved;
  const state: LedgerState = {
    ...emptyState(),
    ...saved.plain,
    config: config === null ? undefined : { ...config, approval_threshold: BigInt(config.approval_threshold) },
    stock: new Map(
      saved.stock.map(([key, on_hand, value, reserved]) => [key, { on_hand, value: BigInt(value), reserved }]),
    ),
    movements: new Map(
      saved.movements.map(([key, floor_ms, floor, numbers]) => [key, { floor_ms, floor, list: movementsOf(numbers) }]),
    ),
    balances: amounts(saved.balances),
    months: new Map(saved.months.map(([month, accounts]) => [month, amounts(accounts)])),
    series: new Map(saved.series),
    follow_ups: new Map(saved.follow_ups),
    reservations: new Map(saved.reservations) as LedgerState['reservations'],
    key_index: { newer: restoreKeys(saved.keys.newer), older: restoreKeys(saved.keys.older) },
  };
  for (const [kind, records] of saved.master)
    for (const [id, master] of records) (state.master[kind as MasterKind] as Map<string, Master>).set(id, master);
  return state;
}

function texts(map: Map<string, bigint>): Pairs<string> {
  return [...map].map(([key, amount]) => [key, amount.toString()]);
}
function amounts(pairs: Pairs<string>): Map<string, bigint> {
  return new Map(pairs.map(([key, amount]) => [key, BigInt(amount)]));
}
function numbersOf(list: readonly Movement[]): number[] {
  const numbers: number[] = [];
  let before = { effective_ms: 0, position: 0 };
  for (const movement of list) {
    const { effective_ms, position, quantity } = movement;
    numbers.push(effective_ms - before.effective_ms, position - before.position, quantity);
    before = movement;
  }
  return numbers;
}
function movementsOf(numbers: readonly number[]): Movement[] {
  const list: Movement[] = [];
  let [effective_ms, position] = [0, 0];
  for (let index = 0; index < numbers.length; index += 3) {
    effective_ms += numbers[index]!;
    position += numbers[index + 1]!;
    list.push({ effective_ms, position, quantity: numbers[index + 2]! });
  }
  return list;
}

/** In one order, however packed, without caches and bounds. */
import { type KeyTable, segmentsOf } from '../../libs/ledger/state/key-index.js';
import { restoreSection, type Section } from '../../libs/ledger/state/snapshot.js';
import { documentPositions, emptyState, type LedgerState } from '../../libs/ledger/state/state.js';
import { FIELDS, type Movement, movementsSince, type Timeline } from '../../libs/ledger/state/timeline.js';

export function contentOf(state: LedgerState) {
  const { config, position, recorded_at, head_hash, closed_through, key_index } = state;
  return {
    ...{ config, position, recorded_at, head_hash, closed_through },
    master: Object.entries(state.master).map(([kind, records]) => [kind, sortedByKey(records as Map<string, unknown>)]),
    stock: sortedByKey(state.stock),
    balances: sortedByKey(state.balances),
    months: sortedByKey(state.months).map(([month, accounts]) => [month, sortedByKey(accounts)]),
    counts: sortedByKey(state.counts),
    reservations: sortedByKey(state.reservations),
    requests: sortedByKey(state.requests),
    flash_sales: sortedByKey(state.flash_sales),
    taken: sortedByKey(state.taken),
    passes_used: sortedByKey(state.passes_used),
    orders: sortedByKey(state.orders),
    series: sortedByKey(state.series),
    documents: numbersOf(state).map((number) => [number, documentPositions(state, number)]),
    movements: timelinesOf(state.movements),
    money: timelinesOf(state.money),
    keys: [key_index.newer, key_index.older].map((table) => [table.until, keysOf(table)]),
  };
}

function timelinesOf(timelines: Map<string, Timeline>) {
  return sortedByKey(timelines).map(([key, { floor_ms, floor, count, ...timeline }]) => [
    ...[key, floor_ms, floor, count],
    movementsOf({ floor_ms, floor, count, ...timeline }),
  ]);
}
export function restoredFrom(sections: Iterable<Section>): LedgerState {
  const state = emptyState();
  for (const section of sections) restoreSection(state, section);
  return state;
}
export function movementsOf(timeline: Timeline): Movement[] {
  const rows = movementsSince(timeline, Number.NEGATIVE_INFINITY);
  return Array.from({ length: rows.length / FIELDS }, (_, index) => {
    const [effective_ms, position, quantity, value, code, ref] = rows.subarray(FIELDS * index) as unknown as number[];
    const movement = { effective_ms: effective_ms!, position: position!, quantity: quantity! };
    return timeline.is_stock ? { ...movement, value, code, ref } : movement;
  });
}
export function numbersOf({ series }: LedgerState): string[] {
  return sortedByKey(series).flatMap(([name, count]) =>
    Array.from({ length: count }, (_, index) => `${name}-${String(index + 1).padStart(4, '0')}`),
  );
}
function keysOf(table: KeyTable): string[] {
  const keys: string[] = [];
  for (const { slots } of segmentsOf(table))
    for (let at = 0; at < slots.length; at += 3)
      if (slots[at + 1] !== 0) keys.push(`${slots[at]} ${slots[at + 1]} ${table.base + slots[at + 2]!}`);
  return keys.sort();
}
function sortedByKey<V>(map: Map<string, V>): [string, V][] {
  return [...map].sort(([one], [other]) => (one < other ? -1 : 1));
}

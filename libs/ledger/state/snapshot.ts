/**
 * Snapshots of the state, in sections, so that a start need not read the whole log. Raise FOLD_VERSION with every change of `applyEvent` or
 * of the state's shape: other versions are ignored. Values in the state's maps are immutable, so a snapshot is a list of references, taken
 * in a few milliseconds and written while commands go on.
 */
import { MASTER_KINDS } from '../events.js';
import { restoreSegment, type Segment, segmentsOf } from './key-index.js';
import type { Packed } from './packed.js';
import type { LedgerState, Stock } from './state.js';
import type { Block, Timeline } from './timeline.js';

export const FOLD_VERSION = 15;

/** Some entries of one table: their JSON part, and their bytes concatenated. `bytes` is valid until the next section. */
export interface Section {
  table: string;
  entries: [key: string, saved: unknown, size: number][];
  bytes: Uint8Array;
}

const ENTRIES_MAX = 1000;
const BYTES_MAX = 128 * 1024;

/** The state at the time of the call, even if it changes while the sections are taken. Without the caches of documents and keys. */
export function saveState(state: LedgerState): Generator<Section, void> {
  if (state.undo !== undefined) throw new Error('a snapshot of what is not acknowledged would be a lie');
  return sectionsOf(tablesOf(state).map((table) => ({ ...table, pairs: [...table.pairs] })));
}
function* sectionsOf(tables: readonly Table[]): Generator<Section, void> {
  // One buffer for all sections spares the garbage collector.
  let buffer = NONE;
  const joined = (parts: readonly Uint8Array[], size: number) => {
    if (size > buffer.length) buffer = new Uint8Array(2 * size);
    let at = 0;
    for (const part of parts) {
      buffer.set(part, at);
      at += part.length;
    }
    return buffer.subarray(0, size);
  };
  for (const { name, pairs, save } of tables) {
    let entries: Section['entries'] = [];
    let parts: Uint8Array[] = [];
    let size = 0;
    for (const [key, value] of pairs) {
      const { saved, bytes = NONE } = save(value);
      entries.push([key, saved, bytes.length]);
      parts.push(bytes);
      size += bytes.length;
      if (entries.length < ENTRIES_MAX && size < BYTES_MAX) continue;
      yield { table: name, entries, bytes: joined(parts, size) };
      [entries, parts, size] = [[], [], 0];
    }
    // An empty table counts, too: it may be a month.
    yield { table: name, entries, bytes: joined(parts, size) };
  }
  yield { table: END, entries: [], bytes: NONE };
}

/** Changes the state in place, which must be empty at first. false after the last section. Throws on an unknown section. */
export function restoreSection(state: LedgerState, { table, entries, bytes }: Section): boolean {
  if (table === END) return false;
  const { restore } = tableNamed(state, table);
  let from = 0;
  for (const [key, saved, size] of entries) {
    // A copy: a view would keep the whole section in memory.
    restore(key, saved, new Uint8Array(bytes.subarray(from, from + size)));
    from += size;
  }
  return true;
}

const END = 'end';
const NONE = new Uint8Array(0);
const MONTH = 'month ';

interface Saved {
  saved: unknown;
  bytes?: Uint8Array;
}
interface Table {
  name: string;
  pairs: Iterable<[key: string, value: unknown]>;
  save(value: unknown): Saved;
  restore(key: string, saved: unknown, bytes: Uint8Array): void;
}

function tablesOf(state: LedgerState): Table[] {
  return [
    plainTable(state),
    ...MASTER_KINDS.map((kind) => mapTable(`master ${kind}`, state.master[kind] as UnknownMap, AS_IT_IS)),
    mapTable('stock', state.stock, STOCK),
    mapTable('balances', state.balances, AMOUNT),
    ...[...state.months].map(([month, accounts]) => mapTable(`${MONTH}${month}`, accounts, AMOUNT)),
    mapTable('series', state.series as UnknownMap, AS_IT_IS),
    mapTable('reservations', state.reservations as UnknownMap, AS_IT_IS),
    mapTable('requests', state.requests as UnknownMap, AS_IT_IS),
    mapTable('flash sales', state.flash_sales as UnknownMap, AS_IT_IS),
    mapTable('taken', state.taken as UnknownMap, AS_IT_IS),
    mapTable('passes used', state.passes_used as UnknownMap, AS_IT_IS),
    mapTable('orders', state.orders as UnknownMap, AS_IT_IS),
    mapTable('movements', state.movements, TIMELINE),
    mapTable('links', state.links, PACKED),
    mapTable('cost changes', state.cost_changes, PACKED),
    mapTable('customers', state.customers as UnknownMap, AS_IT_IS),
    mapTable('counts', state.counts as UnknownMap, AS_IT_IS),
    mapTable('money', state.money, TIMELINE),
    mapTable('document index', state.document_index as Map<string, Packed>, PACKED),
    keyTable(state, 'newer'),
    keyTable(state, 'older'),
  ];
}
function tableNamed(state: LedgerState, name: string): Table {
  const month = name.startsWith(MONTH) ? name.slice(MONTH.length) : undefined;
  if (month !== undefined && !state.months.has(month)) state.months.set(month, new Map());
  return tablesOf(state).find((table) => table.name === name)!;
}

function plainTable(state: LedgerState): Table {
  const { config, position, recorded_at, head_hash, closed_through, next_expiry, key_index } = state;
  const { segments: _newer, ...newer } = key_index.newer;
  const { segments: _older, ...older } = key_index.older;
  const saved = {
    plain: { position, recorded_at, head_hash, closed_through, next_expiry },
    config: config && { ...config, approval_threshold: config.approval_threshold.toString() },
    newer,
    older,
  };
  return {
    name: 'plain',
    pairs: [['', saved]],
    save: (value) => ({ saved: value }),
    restore(_key, value) {
      const { plain, config: kept, ...tables } = value as typeof saved;
      Object.assign(state, plain);
      if (kept !== undefined) state.config = { ...kept, approval_threshold: BigInt(kept.approval_threshold) };
      state.key_index = {
        newer: { ...tables.newer, segments: [] },
        older: { ...tables.older, segments: [] },
      };
    },
  };
}

interface Form<V, S> {
  save(value: V): { saved: S; bytes?: Uint8Array };
  restore(saved: S, bytes: Uint8Array): V;
}
type UnknownMap = Map<string, unknown>;
const AS_IT_IS: Form<unknown, unknown> = { save: (saved) => ({ saved }), restore: (saved) => saved };
const AMOUNT: Form<bigint, string> = { save: (amount) => ({ saved: amount.toString() }), restore: BigInt };
const STOCK: Form<Stock, [number, string, number]> = {
  save: ({ on_hand, value, reserved }) => ({ saved: [on_hand, value.toString(), reserved] }),
  restore: ([on_hand, value, reserved]) => ({ on_hand, value: BigInt(value), reserved }),
};
const PACKED: Form<Packed, object> = {
  save: ({ bytes, used, ...saved }) => ({ saved, bytes: bytes.subarray(0, used) }),
  restore: (saved, bytes) => ({ ...saved, bytes, used: bytes.length }),
};

type SavedTimeline = Omit<Timeline, 'bytes' | 'used' | 'blocks'> & { blocks: Omit<Block, 'bytes'>[] };
const TIMELINE: Form<Timeline, SavedTimeline> = {
  save({ bytes, used, blocks, ...saved }) {
    const parts = [...blocks, { bytes, used }].map((part) => part.bytes.subarray(0, part.used));
    return {
      saved: { ...saved, blocks: blocks.map(({ bytes: _, ...block }) => block) },
      bytes: parts.length === 1 ? parts[0]! : Buffer.concat(parts),
    };
  },
  restore({ blocks, ...saved }, bytes) {
    let from = 0;
    const restored = blocks.map((block) => {
      from += block.used;
      return { ...block, bytes: bytes.slice(from - block.used, from) };
    });
    const own = bytes.slice(from);
    return { ...saved, blocks: restored, bytes: own, used: own.length };
  },
};

function mapTable<V, S>(name: string, map: Map<string, V>, { save, restore }: Form<V, S>): Table {
  return {
    name,
    pairs: map,
    save: (value) => save(value as V),
    restore: (key, saved, bytes) => map.set(key, restore(saved as S, bytes)),
  };
}
/** Key segments go on changing while they are saved: `restore` leaves out keys of later events. */
function keyTable({ key_index, position }: LedgerState, generation: 'newer' | 'older'): Table {
  const table = key_index[generation];
  return {
    name: `keys ${generation}`,
    pairs: segmentsOf(table).map((segment) => ['', segment]),
    save(segment) {
      const { depth, slots } = segment as Segment;
      return { saved: depth, bytes: new Uint8Array(slots.buffer) };
    },
    restore(_key, depth, bytes) {
      restoreSegment(table, depth as number, new Uint32Array(bytes.buffer), position);
    },
  };
}

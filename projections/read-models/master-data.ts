/** The present state; earlier ones come from the events. */
import { type RawBuilder, sql } from 'kysely';
import { type Answer, masterAnswer } from '../../libs/documents/answers.js';
import { folded, valuesOf, wordsOf } from '../../libs/documents/folded.js';
import { MASTER_KINDS, type MasterKind } from '../../libs/ledger/events.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type PageBetween, type Paging, pageBetween, readCursor } from '../as-of/cursor.js';
import { knownAt, type Snapshot } from '../as-of/snapshot.js';
import { QueryRefused } from '../database/query-refused.js';
import { type NewRowOf, type TableOf, table } from '../database/tables.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
import { type SearchFilter, type SearchOrder, searchRows, startsWith } from '../engine/search.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';

/** Blocks of 2^6, 2^12 … positions; what was registered in one is in the order of ids. */
const BLOCK_BITS = [6, 12, 18, 24] as const;

export const masters = table(
  'masters',
  {
    ledger: 'id',
    kind: 'id',
    id: 'id',
    active: 'boolean',
    attributes: 'json',
    /** Folded; of id and name. */
    name: 'id',
    words: 'id',
    /** Of its last change. */
    position: 'bigint',
    registered: 'bigint',
  },
  {
    key: ['ledger', 'kind', 'id'],
    lookups: {
      by_activity: '(ledger, kind, active, id)',
      by_name: '(ledger, kind, name, id)',
      by_change: '(ledger, kind, position)',
      ...Object.fromEntries(
        BLOCK_BITS.map((bits) => [`registered_${bits}`, `(ledger, kind, (registered >> ${bits}), id)`]),
      ),
    },
  },
);
/** All words and values that it ever had: what it has now, `masters` says. */
export const master_words = table(
  'master_words',
  { ledger: 'id', kind: 'id', word: 'id', id: 'id' },
  { key: ['ledger', 'kind', 'word', 'id'] },
);
declare module '../database/tables.js' {
  interface Tables {
    masters: TableOf<typeof masters>;
    master_words: TableOf<typeof master_words>;
  }
}

export function projectMasterData(writer: TransactionWriter, incoming: readonly IncomingEvent[]): void {
  const rows = new Map<string, NewRowOf<typeof masters>>();
  const words = new Map<string, NewRowOf<typeof master_words>>();
  for (const { ledger, event } of incoming) {
    if (!('kind' in event.data)) continue;
    const { kind, id, attributes } = event.data;
    const active = 'active' in event.data ? event.data.active : true;
    const name = `${ledger}\n${kind}\n${id}`;
    const { position } = event;
    const { registered = position } = rows.get(name) ?? {};
    // A log that others wrote to may lack it.
    const { name: given = '' } = attributes;
    const called = wordsOf(`${id} ${given}`);
    for (const word of [...called, ...valuesOf(attributes)]) words.set(`${name}\n${word}`, { ledger, kind, word, id });
    rows.set(name, {
      ...{ ledger, kind, id, active, attributes: JSON.stringify(attributes), position, registered },
      ...{ name: folded(given), words: called.join(' ') },
    });
  }
  upsertRows(writer, masters, [...rows.values()], ['active', 'attributes', 'name', 'words', 'position']);
  upsertRows(writer, master_words, [...words.values()], []);
}

export function isMasterKind(word: string): word is MasterKind {
  return (MASTER_KINDS as readonly string[]).includes(word);
}

interface MasterRow {
  id: string;
  active: boolean;
  attributes: Record<string, unknown>;
  position: bigint;
}

/** For FROM. What was registered later is as registered: events may be dated before. `registeredIn` leaves it out. */
export function mastersIn(at: AsOf, kind: MasterKind): RawBuilder<unknown> {
  const of_kind = sql`k.ledger = ${at.ledger} AND k.kind = ${kind}`;
  if (at.present) return sql`(SELECT k.id, k.active, k.attributes, k.position FROM masters k WHERE ${of_kind})`;
  return sql`(SELECT k.id, v.* FROM masters k CROSS JOIN LATERAL (${versionOf(at)}) v WHERE ${of_kind})`;
}

/** Subquery: what a row `k` was by then, or at first. */
function versionOf({ as_of_position }: AsOf): RawBuilder<unknown> {
  const changes = sql`FROM mentions n WHERE n.ledger = k.ledger AND n.entity = k.kind || ':' || k.id`;
  return sql`SELECT k.active, k.attributes, k.position WHERE k.position <= ${as_of_position}
    UNION ALL
    SELECT coalesce((e.data->>'active')::boolean, true), e.data->'attributes', e.position FROM events e
    WHERE k.position > ${as_of_position} AND e.ledger = k.ledger AND e.position = coalesce(
      (SELECT max(n.position) ${changes} AND n.position <= ${as_of_position}), (SELECT min(n.position) ${changes}))`;
}

/** For WHERE: whether the row `m` of `mastersIn` was registered by then. */
export function registeredIn({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.position <= ${as_of_position}`;
}

export interface MasterDataFilter extends Paging {
  active?: boolean;
  /** Their values as text; null: of none. */
  attributes?: Readonly<Record<string, string | null>>;
  /** How the id begins, or words of the name. */
  q?: string;
  /** Default: by id, upwards. */
  sort?: { by: MasterDataOrder; descending: boolean };
}
export type MasterDataOrder = 'id' | 'name' | 'position';
const ORDERS: Record<MasterDataOrder, SearchOrder['columns']> = {
  id: [{ name: 'id', type: 'text' }],
  name: [
    { name: 'name', type: 'text' },
    { name: 'id', type: 'text' },
  ],
  position: [{ name: 'position', type: 'bigint' }],
};

/** By id all pages are of the first one's position; else each is of the present. @throws QueryRefused only_at_present, list_too_broad */
export async function listMasterData(
  now: Snapshot,
  filter: { kind: MasterKind } & MasterDataFilter,
): Promise<PageBetween<Answer>> {
  const { kind, active, limit = LIMIT_DEFAULT, cursor, attributes = {}, q, sort = BY_ID } = filter;
  const list = JSON.stringify(['masters', now.ledger, kind, active, attributes, q, sort, now.as_of]);
  const types = ORDERS[sort.by].map(({ type }) => type);
  const [back = 0, position, ...after] = readCursor(list, cursor, 'whole', 'whole', ...types) ?? [];
  const beside = [...Object.keys(attributes), ...(q === undefined ? [] : ['q']), ...(sort.by === 'id' ? [] : ['sort'])];
  if (beside.length > 0 && !now.present) throw new QueryRefused('only_at_present', { parameters: beside });
  const page = {
    after: cursor === undefined ? undefined : (after as string[]),
    descending: sort.descending !== (back === 1),
    limit: limit + 1,
  };
  const snapshot = beside.length > 0 ? now : await knownAt(now, position);
  const rows =
    beside.length > 0
      ? await searchMasterData(snapshot, filter, sort.by, page)
      : await mastersById(snapshot, kind, active, page);
  return pageBetween(
    rows,
    { limit, position: snapshot.position, list, after: cursor !== undefined, back: back === 1 },
    ({ key }, towards_begin) => [towards_begin ? 1 : 0, snapshot.position, ...key],
    (row) => answer(kind, row),
  );
}
const BY_ID = { by: 'id', descending: false } as const;

interface Reading {
  after?: readonly string[];
  descending: boolean;
  limit: number;
}
type FoundRow = MasterRow & { key: string[] };

async function mastersById(
  snapshot: Snapshot,
  kind: MasterKind,
  active: boolean | undefined,
  { after, descending, limit }: Reading,
): Promise<FoundRow[]> {
  const wanted = [
    ...(active === undefined ? [] : [sql`m.active = ${active}`]),
    ...(after === undefined ? [] : [sql`m.id ${sql.raw(descending ? '<' : '>')} ${after[0]}`]),
    sql`true`,
  ];
  const first = sql`WHERE ${sql.join(wanted, sql` AND `)} ORDER BY m.id ${sql.raw(descending ? 'DESC' : 'ASC')} LIMIT ${limit}`;
  const { rows } =
    await sql<MasterRow>`SELECT m.* FROM ${snapshot.present ? mastersIn(snapshot, kind) : registeredBy(snapshot, kind, first)} m
    ${first}`.execute(snapshot.trx);
  return rows.map((row) => ({ ...row, key: [row.id] }));
}

function searchMasterData(
  { trx, ledger }: Snapshot,
  { kind, active, attributes = {}, q }: { kind: MasterKind } & MasterDataFilter,
  by: MasterDataOrder,
  { after, descending, limit }: Reading,
): Promise<FoundRow[]> {
  const masters = sql`masters m WHERE m.ledger = ${ledger} AND m.kind = ${kind}`;
  const is_active = sql`m.active = ${active}`;
  const filters: SearchFilter[] = [
    ...(active === undefined ? [] : [{ wanted: is_active, from: sql`${masters} AND ${is_active}` }]),
    ...Object.entries(attributes).map(([name, value]) => {
      const cell = sql`(m.attributes->>${sql.lit(name)})`;
      if (value === null) return { wanted: sql`${cell} IS NULL` };
      return { ...having(ledger, kind, sql`w.word = ${`${name}=${value}`}`), wanted: sql`${cell} = ${value}` };
    }),
    ...(q === undefined ? [] : wordsOf(q).map((word) => called(ledger, kind, word))),
    // Only punctuation, of which no word is made.
    ...(q !== undefined && wordsOf(q).length === 0 ? [{ wanted: sql`false`, from: sql`${masters} AND false` }] : []),
  ];
  const columns = sql`m.id, m.active, m.attributes, m.position`;
  return searchRows<MasterRow>(trx, {
    columns,
    filters,
    order: { columns: ORDERS[by], descending, from: masters },
    after,
    limit,
  });
}
/** Whose id or name has a word that begins so. */
function called(ledger: string, kind: MasterKind, begin: string): SearchFilter {
  return {
    ...having(ledger, kind, startsWith('w.word', begin)),
    wanted: sql`strpos(' ' || m.words, ${` ${begin}`}) > 0`,
  };
}
function having(
  ledger: string,
  kind: MasterKind,
  word: RawBuilder<unknown>,
): Required<Pick<SearchFilter, 'from' | 'counted'>> {
  const words = sql`master_words w WHERE w.ledger = ${ledger} AND w.kind = ${kind} AND ${word}`;
  return {
    from: sql`(SELECT DISTINCT w.id FROM ${words}) w JOIN masters m ON m.ledger = ${ledger} AND m.kind = ${kind} AND m.id = w.id WHERE true`,
    counted: words,
  };
}

/** For FROM: the first rows of the few blocks that hold all positions up to then. Reads nothing that came later. */
function registeredBy(at: Snapshot, kind: MasterKind, first: RawBuilder<unknown>): RawBuilder<unknown> {
  const end = at.as_of_position + 1;
  const rowsOf = (bits: number, [from, to]: readonly [number, number], wanted = sql`true`) =>
    sql`(SELECT m.* FROM generate_series(${from}::bigint, ${to}::bigint) p (block) CROSS JOIN LATERAL (SELECT m.* FROM
      (SELECT k.id, v.* FROM masters k CROSS JOIN LATERAL (${versionOf(at)}) v
        WHERE k.ledger = ${at.ledger} AND k.kind = ${kind} AND (k.registered >> ${sql.lit(bits)}) = p.block AND ${wanted}) m ${first}) m)`;
  const count = (bits: number) => Math.floor(end / 2 ** bits);
  const blocks = BLOCK_BITS.map((bits) => {
    const larger = BLOCK_BITS.find((each) => each > bits);
    const begin = larger === undefined ? 0 : count(larger) * 2 ** (larger - bits);
    return rowsOf(bits, [begin, count(bits) - 1]);
  });
  const [bits] = BLOCK_BITS;
  const rest = rowsOf(bits, [count(bits), count(bits)], sql`k.registered < ${end}`);
  return sql`(${sql.join([...blocks, rest], sql` UNION ALL `)})`;
}

/** undefined where it was not registered by then. */
export async function findMasterData(
  snapshot: Snapshot,
  { kind, id }: { kind: MasterKind; id: string },
): Promise<Answer | undefined> {
  const { rows } = await sql<MasterRow>`SELECT m.* FROM ${mastersIn(snapshot, kind)} m
    WHERE m.id = ${id} AND ${registeredIn(snapshot)}`.execute(snapshot.trx);
  return rows[0] && answer(kind, rows[0]);
}

/** Of the ids those that are registered, and whether they are active. */
export async function activityOf(
  snapshot: Snapshot,
  kind: MasterKind,
  ids: readonly string[],
): Promise<Map<string, boolean>> {
  const { rows } = await sql<MasterRow>`SELECT m.* FROM ${mastersIn(snapshot, kind)} m
    WHERE m.id = ANY (${ids}::text[])`.execute(snapshot.trx);
  return new Map(rows.map(({ id, active }) => [id, active]));
}

/** By the position, at any effective time: backdated events give it figures before its registration. */
export async function isKnown(snapshot: Snapshot, thing: { kind: MasterKind; id: string }): Promise<boolean> {
  return (await findMasterData({ ...snapshot, as_of_position: snapshot.position }, thing)) !== undefined;
}

function answer(kind: MasterKind, { id, active, attributes, position }: MasterRow): Answer {
  return masterAnswer(kind, id, active, attributes, Number(position));
}

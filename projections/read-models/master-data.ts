/** The present state; earlier ones come from the events. */
import { type RawBuilder, sql } from 'kysely';
import { type Answer, masterAnswer } from '../../libs/documents/answers.js';
import { MASTER_KINDS, type MasterKind } from '../../libs/ledger/events.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type NewRowOf, type TableOf, table } from '../database/tables.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
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
    /** Of its last change. */
    position: 'bigint',
    registered: 'bigint',
  },
  {
    key: ['ledger', 'kind', 'id'],
    lookups: {
      by_activity: '(ledger, kind, active, id)',
      ...Object.fromEntries(
        BLOCK_BITS.map((bits) => [`registered_${bits}`, `(ledger, kind, (registered >> ${bits}), id)`]),
      ),
    },
  },
);
declare module '../database/tables.js' {
  interface Tables {
    masters: TableOf<typeof masters>;
  }
}

export function projectMasterData(writer: TransactionWriter, incoming: readonly IncomingEvent[]): void {
  const rows = new Map<string, NewRowOf<typeof masters>>();
  for (const { ledger, event } of incoming) {
    if (!('kind' in event.data)) continue;
    const { kind, id, attributes } = event.data;
    const active = 'active' in event.data ? event.data.active : true;
    const name = `${ledger}\n${kind}\n${id}`;
    const { position } = event;
    const { registered = position } = rows.get(name) ?? {};
    rows.set(name, { ledger, kind, id, active, attributes: JSON.stringify(attributes), position, registered });
  }
  upsertRows(writer, masters, [...rows.values()], ['active', 'attributes', 'position']);
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

export async function listMasterData(
  snapshot: Snapshot,
  { kind, active, limit = LIMIT_DEFAULT, cursor }: { kind: MasterKind; active?: boolean } & Paging,
): Promise<Page<Answer>> {
  const list = JSON.stringify(['masters', snapshot.ledger, kind, active, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text')?.[0];
  const wanted = [
    ...(active === undefined ? [] : [sql`m.active = ${active}`]),
    ...(after === undefined ? [] : [sql`m.id > ${after}`]),
    sql`true`,
  ];
  const first = sql`WHERE ${sql.join(wanted, sql` AND `)} ORDER BY m.id LIMIT ${limit + 1}`;
  const { rows } =
    await sql<MasterRow>`SELECT m.* FROM ${snapshot.present ? mastersIn(snapshot, kind) : registeredBy(snapshot, kind, first)} m
    ${first}`.execute(snapshot.trx);
  return pageOf(
    rows,
    limit,
    snapshot.position,
    list,
    ({ id }) => [id],
    (row) => answer(kind, row),
  );
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

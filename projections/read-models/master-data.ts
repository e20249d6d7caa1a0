/** Items, suppliers, customers, locations and accounts. The table holds what they are now; what they were, the events say that name them. */
import { type RawBuilder, sql } from 'kysely';
import { type Answer, masterAnswer } from '../../libs/documents/answers.js';
import { MASTER_KINDS, type MasterKind } from '../../libs/ledger/events.js';
import { type AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import { type Snapshot } from '../as-of/snapshot.js';
import { upsertRows } from '../engine/bulk.js';
import type { Fact } from '../engine/incoming-event.js';
import type { NewRow } from '../engine/tables.js';
import type { Writer } from '../engine/writer.js';

export function projectMasterData(writer: Writer, facts: readonly Fact[]): void {
  const rows = new Map<string, NewRow<'masters'>>();
  for (const { ledger, event } of facts) {
    if (!('kind' in event.data)) continue;
    const { kind, id, attributes } = event.data;
    const active = 'active' in event.data ? event.data.active : true;
    rows.set(`${ledger}\n${kind}\n${id}`, {
      ledger,
      kind,
      id,
      active,
      attributes: JSON.stringify(attributes),
      position: event.position,
    });
  }
  upsertRows(
    writer,
    'masters',
    { ledger: 'text', kind: 'text', id: 'text', active: 'boolean', attributes: 'json', position: 'bigint' },
    [...rows.values()],
    sql`(ledger, kind, id) DO UPDATE
      SET active = excluded.active, attributes = excluded.attributes, position = excluded.position`,
  );
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export function isMasterKind(word: string): word is MasterKind {
  return (MASTER_KINDS as readonly string[]).includes(word);
}

interface MasterRow {
  id: string;
  active: boolean;
  attributes: Record<string, unknown>;
  position: bigint;
}

/**
 * For FROM: the things of one kind as they were in the snapshot, each with the position of its last change by then; master data are never dated
 * back. What was registered later is there with what it was registered as, for a fact may be dated before the registration of what it
 * names: where the question is what there was, only rows with `registeredIn` count.
 */
export function mastersIn({ ledger, present, as_of_position }: AsOf, kind: MasterKind): RawBuilder<unknown> {
  const of_kind = sql`k.ledger = ${ledger} AND k.kind = ${kind}`;
  if (present) return sql`(SELECT k.id, k.active, k.attributes, k.position FROM masters k WHERE ${of_kind})`;
  const changes = sql`FROM mentions n WHERE n.ledger = k.ledger AND n.entity = k.kind || ':' || k.id`;
  return sql`(SELECT k.id, v.active, v.attributes, v.position FROM masters k CROSS JOIN LATERAL (
      SELECT k.active, k.attributes, k.position WHERE k.position <= ${as_of_position}
      UNION ALL
      SELECT coalesce((e.data->>'active')::boolean, true), e.data->'attributes', e.position FROM events e
      WHERE k.position > ${as_of_position} AND e.ledger = k.ledger AND e.position = coalesce(
        (SELECT max(n.position) ${changes} AND n.position <= ${as_of_position}), (SELECT min(n.position) ${changes}))
    ) v WHERE ${of_kind})`;
}
/** For WHERE: whether there was the row `m` of `mastersIn` in the snapshot. */
export function registeredIn({ as_of_position }: AsOf): RawBuilder<unknown> {
  return sql`m.position <= ${as_of_position}`;
}

/** By id. */
export async function listMasterData(
  snapshot: Snapshot,
  { kind, active, limit = LIMIT_DEFAULT, cursor }: { kind: MasterKind; active?: boolean } & Paging,
): Promise<Page<Answer>> {
  const list = JSON.stringify(['masters', snapshot.ledger, kind, active, snapshot.as_of]);
  const after = readCursor(list, cursor, 'text')?.[0];
  const wanted = [
    registeredIn(snapshot),
    ...(active === undefined ? [] : [sql`m.active = ${active}`]),
    ...(after === undefined ? [] : [sql`m.id > ${after}`]),
  ];
  const { rows } =
    await sql<MasterRow>`SELECT m.* FROM ${mastersIn(snapshot, kind)} m WHERE ${sql.join(wanted, sql` AND `)}
    ORDER BY m.id LIMIT ${limit + 1}`.execute(snapshot.trx);
  return pageOf(
    rows,
    limit,
    snapshot.position,
    list,
    ({ id }) => [id],
    (row) => answer(kind, row),
  );
}

/** undefined where there was no such thing. */
export async function findMasterData(
  snapshot: Snapshot,
  { kind, id }: { kind: MasterKind; id: string },
): Promise<Answer | undefined> {
  const { rows } = await sql<MasterRow>`SELECT m.* FROM ${mastersIn(snapshot, kind)} m
    WHERE m.id = ${id} AND ${registeredIn(snapshot)}`.execute(snapshot.trx);
  return rows[0] && answer(kind, rows[0]);
}

/** Whether the ledger knew the thing, at whatever effective time: before its registration its figures are none, or those of facts dated back. */
export async function isKnown(snapshot: Snapshot, thing: { kind: MasterKind; id: string }): Promise<boolean> {
  return (await findMasterData({ ...snapshot, as_of_position: snapshot.position }, thing)) !== undefined;
}

function answer(kind: MasterKind, { id, active, attributes, position }: MasterRow): Answer {
  return masterAnswer(kind, id, active, attributes, Number(position));
}

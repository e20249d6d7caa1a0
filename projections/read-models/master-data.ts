/** The present state; earlier ones come from the events. */
import { type RawBuilder, sql } from 'kysely';
import { type Answer, masterAnswer } from '../../libs/documents/answers.js';
import { MASTER_KINDS, type MasterKind } from '../../libs/ledger/events.js';
import type { AsOf } from '../as-of/as-of.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { type NewRowOf, type TableOf, table } from '../database/tables.js';
import { upsertRows } from '../engine/bulk.js';
import type { IncomingEvent } from '../engine/incoming-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';

export const masters = table(
  'masters',
  { ledger: 'id', kind: 'id', id: 'id', active: 'boolean', attributes: 'json', position: 'bigint' },
  { key: ['ledger', 'kind', 'id'], lookups: { by_activity: '(ledger, kind, active, id)' } },
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
    rows.set(`${ledger}\n${kind}\n${id}`, {
      ledger,
      kind,
      id,
      active,
      attributes: JSON.stringify(attributes),
      position: event.position,
    });
  }
  upsertRows(writer, masters, [...rows.values()]);
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

/** What was registered later is as registered, since events may be dated before it; `registeredIn` leaves it out. */
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

export async function findMasterData(
  snapshot: Snapshot,
  { kind, id }: { kind: MasterKind; id: string },
): Promise<Answer | undefined> {
  const { rows } = await sql<MasterRow>`SELECT m.* FROM ${mastersIn(snapshot, kind)} m
    WHERE m.id = ${id} AND ${registeredIn(snapshot)}`.execute(snapshot.trx);
  return rows[0] && answer(kind, rows[0]);
}

/** By the position, at any effective time: backdated events give it figures before its registration. */
export async function isKnown(snapshot: Snapshot, thing: { kind: MasterKind; id: string }): Promise<boolean> {
  return (await findMasterData({ ...snapshot, as_of_position: snapshot.position }, thing)) !== undefined;
}

function answer(kind: MasterKind, { id, active, attributes, position }: MasterRow): Answer {
  return masterAnswer(kind, id, active, attributes, Number(position));
}

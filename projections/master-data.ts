/** Items, suppliers, customers, locations and accounts as they are now. */
import { sql } from 'kysely';
import { type Answer, masterAnswer } from '../libs/ledger/answers.js';
import { MASTER_KINDS, type MasterKind } from '../libs/ledger/events.js';
import { upsertRows } from './bulk.js';
import { LIMIT_DEFAULT, type Page, type Paging, pageOf, readCursor } from './cursor.js';
import type { Fact } from './fact.js';
import { resolveScope, type Scope, type View } from './scope.js';
import type { Db, NewRow, Row } from './tables.js';
import type { Writer } from './writer.js';

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

/** By id. */
export async function listMasterData(
  db: Db,
  scope: Scope | View,
  { kind, active, limit = LIMIT_DEFAULT, cursor }: { kind: MasterKind; active?: boolean } & Paging,
): Promise<Page<Answer>> {
  const view = await resolveScope(db, scope);
  const list = JSON.stringify(['masters', view.ledger, kind, active]);
  const after = readCursor(list, cursor);
  let query = db.selectFrom('masters').selectAll().where('ledger', '=', view.ledger).where('kind', '=', kind);
  if (active !== undefined) query = query.where('active', '=', active);
  if (after !== undefined) query = query.where('id', '>', after[0] as string);
  const rows = await query
    .orderBy('id')
    .limit(limit + 1)
    .execute();
  return pageOf(rows, limit, view.position, list, ({ id }) => [id], answer);
}

/** undefined where there is no such thing. */
export async function findMasterData(
  db: Db,
  scope: Scope | View,
  { kind, id }: { kind: MasterKind; id: string },
): Promise<Answer | undefined> {
  const { ledger } = await resolveScope(db, scope);
  const row = await db
    .selectFrom('masters')
    .selectAll()
    .where('ledger', '=', ledger)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
  return row && answer(row);
}

function answer({ kind, id, active, attributes, position }: Row<'masters'>): Answer {
  return masterAnswer(kind, id, active, attributes, Number(position));
}

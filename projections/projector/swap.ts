import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { EventStore, LogPosition, StoredEvent } from '../../libs/event-store/event-store.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { READ_SCHEMA } from '../database/database.js';
import { type Db, TABLES_VERSION } from '../database/tables.js';
import { inTransaction } from '../engine/transaction-writer.js';
import { applyBatch, openingOf, tablesLock } from './batch.js';
import { loadCheckpoint } from './checkpoint.js';
import { tablesVersion } from './schema.js';
import { useSchema } from './search-path.js';

export const NEXT_SCHEMA = `${READ_SCHEMA}_next`;
/** Under a new name each: some may still be read when the next are replaced. */
const OLD_SCHEMAS = `${READ_SCHEMA}_old_`;

const LOCK_TIMEOUT_MS = 100;
/** While a transaction has been reading for longer, no lock is asked for. */
const SHORT_READ_MS = 50;
const LOCK_NOT_AVAILABLE = '55P03';

/** They know less than the live ones, which stay. */
export class RebuildRefused extends Error {
  override readonly name = 'RebuildRefused';
}

/** `read`: held by a reader for too long. `ahead`: the new ones are further, and `patient`. @throws RebuildRefused */
export async function trySwap(db: Db, store: EventStore, patient: boolean): Promise<'swapped' | 'ahead' | 'read'> {
  return (await areReadAtLength(db)) ? 'read' : swap(db, store, patient).catch(unlessLocked);
}

function unlessLocked(error: unknown): 'read' {
  if (error instanceof Error && 'code' in error && error.code === LOCK_NOT_AVAILABLE) return 'read';
  throw error;
}

/** Waiting for a long reader would make all other readers wait behind. */
async function areReadAtLength(db: Db): Promise<boolean> {
  const { rows } = await sql`SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.relation = to_regclass(${`${READ_SCHEMA}.meta`}) AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND a.xact_start < clock_timestamp() - ${`${SHORT_READ_MS} ms`}::interval LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** A verification may read them for an hour. */
export async function dropOldTables(db: Db): Promise<void> {
  const { rows } = await sql<{ schema: string }>`SELECT n.nspname AS schema FROM pg_namespace n
    WHERE starts_with(n.nspname, ${OLD_SCHEMAS}) AND NOT EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
      WHERE c.relnamespace = n.oid AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`.execute(
    db,
  );
  for (const { schema } of rows)
    await db
      .transaction()
      .execute(async (trx) => {
        await setLockTimeout(trx);
        await sql`DROP SCHEMA ${sql.id(schema)} CASCADE`.execute(trx);
      })
      .catch(unlessLocked);
}

async function setLockTimeout(trx: Db): Promise<void> {
  await sql`SELECT set_config('lock_timeout', ${`${LOCK_TIMEOUT_MS}`}, true)`.execute(trx);
}

/** `patient`: not while the new tables are ahead and the live ones advance, so that readers see no difference. */
async function swap(db: Db, store: EventStore, patient: boolean): Promise<'swapped' | 'ahead'> {
  return inTransaction(db, [], async (writer) => {
    const trx = writer.db;
    const live = await tablesVersion(trx, READ_SCHEMA);
    if (live !== undefined) {
      await tablesLock(READ_SCHEMA).execute(trx);
      const missing = await missingEvents(trx, store);
      const read_to = live === TABLES_VERSION ? await checkpointOf(trx, READ_SCHEMA) : null;
      await applyBatch(writer, await writer.runAll(openingOf(missing, NEXT_SCHEMA)), missing, { read_to });
      await writer.flush();
      if (!(await isAsFar(trx, patient && live === TABLES_VERSION))) return 'ahead';
      await setLockTimeout(trx);
      await sql`LOCK TABLE ${sql.id(READ_SCHEMA, 'meta')} IN ACCESS EXCLUSIVE MODE`.execute(trx);
      if (live === TABLES_VERSION) await keepState(trx);
      const old = `${OLD_SCHEMAS}${randomBytes(4).toString('hex')}`;
      await sql`ALTER SCHEMA ${sql.id(READ_SCHEMA)} RENAME TO ${sql.id(old)}`.execute(trx);
    }
    await sql`ALTER SCHEMA ${sql.id(NEXT_SCHEMA)} RENAME TO ${sql.id(READ_SCHEMA)}`.execute(trx);
    return 'swapped';
  });
}

async function checkpointOf(trx: Db, schema: string): Promise<LogPosition | undefined> {
  await useSchema(trx, schema);
  return loadCheckpoint(trx);
}

async function keepState(trx: Db): Promise<void> {
  await sql`UPDATE ${sql.id(NEXT_SCHEMA, 'checkpoint')} n SET state = l.state, note = l.note, lag_ms = l.lag_ms,
    heartbeat_at = l.heartbeat_at FROM ${sql.id(READ_SCHEMA, 'checkpoint')} l`.execute(trx);
}

/** Live beside new, by columns that every version has. */
const STANDINGS = sql`${sql.id(READ_SCHEMA, 'ledgers')} l FULL JOIN ${sql.id(NEXT_SCHEMA, 'ledgers')} n ON n.ledger = l.ledger`;

async function missingEvents(trx: Db, store: EventStore): Promise<StoredEvent[]> {
  const { rows } = await sql<{ ledger: string; from: bigint; count: bigint }>`
    SELECT l.ledger, coalesce(n.position, -1) + 1 AS from, l.position - coalesce(n.position, -1) AS count
    FROM ${STANDINGS} WHERE l.position > coalesce(n.position, -1) AND n.halted_position IS NULL`.execute(trx);
  const events: StoredEvent[] = [];
  for (const { ledger, from, count } of rows)
    for await (const event of store.read(ledgerStream(ledger), Number(from), { max: Number(count) }))
      events.push(event);
  return events;
}

/** @throws RebuildRefused where the live tables know more, or only the new ones are halted */
async function isAsFar(trx: Db, patient: boolean): Promise<boolean> {
  const { rows } = await sql<{ ledger: string; live: bigint; now: bigint; reason: string | null; behind: boolean }>`
    SELECT coalesce(l.ledger, n.ledger) AS ledger, l.position AS live, coalesce(n.position, -1) AS now, n.halted_reason AS reason,
      coalesce(l.position, -1) > coalesce(n.position, -1) AS behind
    FROM ${STANDINGS}
    WHERE coalesce(l.position, -1) > coalesce(n.position, -1)
      OR (l.halted_position IS NULL AND CASE WHEN n.halted_position IS NULL THEN l.position IS DISTINCT FROM n.position ELSE l.ledger IS NOT NULL END)
    ORDER BY behind DESC, n.halted_reason IS NULL, 1 LIMIT 1`.execute(trx);
  const worst = rows[0];
  if (worst === undefined) return true;
  const { ledger, live, now, reason, behind } = worst;
  // The live tables may yet come to the event that halted the new ones.
  if (behind || (reason !== null && !patient))
    throw new RebuildRefused(
      `the live read models stay: they know ledger ${ledger} up to position ${live}, the new ones up to ${now}${reason === null ? ', where the log ends' : ` (${reason})`}`,
    );
  return !patient;
}

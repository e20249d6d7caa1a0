import { existsSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { headOf } from '../../libs/audit/export.js';
import { type EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { ledgerStream, SECURITY_BOOK, SECURITY_STREAM } from '../../libs/event-store/streams.js';
import { migrateIdentity } from '../../libs/identity/migrations.js';
import { noteSecurityEvent } from '../../libs/identity/security-outbox.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { openLedgerWriters } from '../../libs/ledger-writer/writers.js';
import { noteBackup } from '../../libs/process/backup-record.js';
import { type Child, startChild } from '../../libs/process/child.js';
import { type DataFolder, openDataFolder, removeDataFolder } from '../../libs/process/data-folder.js';
import { startPostgres } from '../../libs/process/embedded-postgres.js';
import { apiProgram, eventStoreProgram, projectorProgram } from '../../libs/process/programs.js';
import { openDatabase } from '../../projections/database/database.js';
import type { Db } from '../../projections/database/tables.js';
import { listBooks, verifyLedger } from '../../projections/verification/verify.js';
import { readIdentity } from './backup-files.js';
import { databaseUrl, dataDir } from './links.js';
import { momentOf, placeOf, recover, type Source, sourceIn } from './recover.js';
import { printDifferences, printFindings } from './report.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- drill FOLDER [--log COPY] [--identity FILE] [--in DIR]

Tries out the newest backup in FOLDER: recovers it into a new folder, starts the whole system over it on ports of its own, waits until the
read models are made, verifies every event and every row, and sells one piece in each ledger in a dry run. Its webhooks send
nothing. Then it removes all of that. It prints how long a recovery takes and how much a loss of the data folder now would cost; the metrics of the API of DATA_DIR
(default .data) tell both, and an alarm rings when the last drill is older than 35 days. Where that system runs, or DATABASE_URL names its
database, the result is a security event, too.

  --log       a folder that \`cli follow\` keeps, from which the log is taken, as by \`cli recover\`
  --identity  the file of age-keygen with the secret key, for encrypted backups
  --in        where the new folder is made, with room for log and database (default: the system's folder for temporary files)

Exit code: 0 it works, 1 the backup is not what it should be, 2 it cannot be tried.`;

const LIVE_ONLY = [
  ...['PROJECTOR_METRICS_LISTEN', 'EVENTSTORE_METRICS_LISTEN', 'API_PROCESSES'],
  ...['TLS_CERT_FILE', 'TLS_KEY_FILE', 'OIDC_ISSUER'],
  ...['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'],
];
const CATCH_UP_MS_MAX = 24 * 3_600_000;
/** Of the log and of what took the backup. */
const CLOCKS_APART_MS = 60_000;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { identity: { type: 'string' }, in: { type: 'string' }, log: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1)
    throw new CannotDo('Name the folder of backups: cli drill FOLDER');
  const source = await sourceIn(folder, values.log);
  const identity = await readIdentity(values.identity);
  const dir = await mkdtemp(join(resolve(values.in ?? tmpdir()), 'factory-ledger-drill-'));
  const began_ms = performance.now();
  const took_s = () => Math.round((performance.now() - began_ms) / 100) / 10;
  const moment = momentOf(source);
  const lost_s = Math.max(0, Math.round((Date.now() - Date.parse(moment)) / 1000));
  const result: DrillResult = { outcome: 'failed', recovered_to: moment, lost_seconds: lost_s };
  try {
    const { events } = await recover(source, identity, dir);
    Object.assign(result, { events });
    process.stdout.write(`recovered    ${placeOf(source)}, ${events} events, after ${took_s()} s\n`);
    const is_well = await overSystem(dir, async (store, db) => {
      const books = await untilCaughtUp(store, db, stop);
      process.stdout.write(`it runs      read models made, after ${took_s()} s\n`);
      const drill_s = took_s();
      Object.assign(result, { seconds: drill_s });
      for (const book of books) if (!(await verify(db, store, book, source, stop))) return false;
      const sold = await sellDry(store, db, books);
      process.stdout.write(`sold         one piece in ${sold} of ${books.length - 1} ledgers, in a dry run\n`);
      process.stdout.write(
        `A recovery takes ${drill_s} s (RTO). Lost now would be what was recorded since ${moment} (RPO ${ageOf(lost_s)}).\n`,
      );
      return true;
    });
    if (is_well) result.outcome = 'passed';
    return is_well ? 0 : 1;
  } finally {
    if (!stop.aborted) await note(result);
    await removeDataFolder(dir);
  }
}

/** As a security event has it. */
interface DrillResult {
  outcome: 'passed' | 'failed';
  /** ISO 8601 UTC. */
  recovered_to: string;
  /** What would have been lost (RPO). */
  lost_seconds: number;
  events?: number;
  /** Until the read models were made (RTO). */
  seconds?: number;
}

async function note(result: DrillResult): Promise<void> {
  const api_dir = join(dataDir(), 'api');
  const now = new Date().toISOString();
  const { outcome, seconds } = result;
  if (existsSync(api_dir))
    await noteBackup(api_dir, outcome === 'passed' ? { drilled_at: now, drill_s: seconds! } : { drill_failed_at: now });
  try {
    const db = openIdentity(databaseUrl(), () => {});
    await noteSecurityEvent(db, 'BackupDrilled', 'system', { ...result }).finally(() => db.destroy());
  } catch (error) {
    process.stderr.write(`No security event tells of it: ${(error as Error).message}\n`);
  }
}

function ageOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Event store, Postgres, projector and API, on ports of their own. */
async function overSystem(dir: string, work: (store: EventStore, db: Db) => Promise<boolean>): Promise<boolean> {
  // Of the live system: ports that are taken, and what the drill does not need.
  for (const name of LIVE_ONLY) delete process.env[name];
  const folder = await openDataFolder(dir);
  const children: Child[] = [];
  const start = async (child: Child) => {
    children.push(child);
    return (await child.ready).url ?? '';
  };
  try {
    const place = { dist: new URL('../../', import.meta.url), log_dir: folder.log_dir };
    const eventstore_url = await start(startChild(eventStoreProgram(place, 0, folder.eventstore_dir)));
    const links = { eventstore_url, database_url: await database(folder, (keeper) => children.push(keeper)) };
    await silenceWebhooks(links.database_url);
    const projector = start(startChild(projectorProgram(place, links)));
    const api = { ...links, host: '127.0.0.1', port: 0, data_dir: folder.api_dir };
    const jwt_secret = process.env.JWT_SECRET || folder.jwtSecret();
    await Promise.all([projector, start(startChild(apiProgram(place, { ...api, jwt_secret })))]);
    const store = connectEventStore({ url: eventstore_url });
    const db = openDatabase(links.database_url, { connections_max: 3 });
    return await work(store, db).finally(() => Promise.all([store.close(), db.destroy()]));
  } catch (error) {
    throw new CannotDo(`The system over the backup does not run: ${(error as Error).message}`);
  } finally {
    for (const child of children.reverse()) await child.stop();
    folder.close();
  }
}

/** What it would send is sent by the live system. */
async function silenceWebhooks(database_url: string): Promise<void> {
  const db = openIdentity(database_url, () => {});
  try {
    await migrateIdentity(db);
    await db.updateTable('webhooks').set({ active: false }).execute();
  } finally {
    await db.destroy();
  }
}

async function database(folder: DataFolder, adopt: (keeper: Child) => void): Promise<string> {
  const place = await folder.postgresPlace();
  const { url } = await startPostgres({ ...place, port: 0, log_file: join(folder.log_dir, 'postgres.log') }, adopt);
  return url;
}

/** @returns the ledgers, and the security events last */
async function untilCaughtUp(store: EventStore, db: Db, stop: AbortSignal): Promise<string[]> {
  for (const until_ms = performance.now() + CATCH_UP_MS_MAX; performance.now() < until_ms; ) {
    stop.throwIfAborted();
    const books = await listBooks(db);
    const behind = await Promise.all(books.map((book) => isBehind(store, db, book)));
    if (books.includes('main') && !behind.includes(true)) return books;
    await sleep(200, undefined, { signal: stop });
  }
  throw new Error('the read models do not catch up');
}
async function isBehind(store: EventStore, db: Db, ledger: string): Promise<boolean> {
  const head = await headOf(store, ledgerStream(ledger));
  const row = await db.selectFrom('ledgers').select('position').where('ledger', '=', ledger).executeTakeFirst();
  return head !== undefined && Number(row?.position ?? -1) < head.revision;
}

async function verify(
  db: Db,
  store: EventStore,
  ledger_id: string,
  source: Source,
  signal: AbortSignal,
): Promise<boolean> {
  const { position, rows_compared, rows_different, findings, differences } = await verifyLedger(db, store, ledger_id, {
    signal,
  });
  process.stdout.write(`verified     ${ledger_id}, ${position + 1} events, ${rows_compared} rows\n`);
  printFindings(findings);
  const changed = ledger_id === SECURITY_BOOK ? await usersChangedSince(store, source) : new Set();
  const excused = differences.filter(({ table, key }) => table === 'users' && changed.has(key.username));
  if (excused.length > 0)
    process.stdout.write(
      `             ${excused.length} users were changed after the backup, and are as they were then\n`,
    );
  if (rows_different > excused.length)
    printDifferences(
      differences.filter((each) => !excused.includes(each)),
      rows_different - excused.length,
    );
  return findings.length === 0 && rows_different === excused.length;
}

/** The log of a copy goes on where the users of its backup end. */
async function usersChangedSince(store: EventStore, { backup, copy }: Source): Promise<Set<unknown>> {
  const names = new Set<unknown>();
  if (copy === undefined) return names;
  const since_ms = backup === undefined ? 0 : Date.parse(backup.manifest.taken_at) - CLOCKS_APART_MS;
  for await (const { data, created_ms } of store.read(SECURITY_STREAM, 0)) {
    if (created_ms < since_ms) continue;
    const { username, key_id } = (data ?? {}) as Record<string, unknown>;
    // As verification names users, and their keys.
    names.add(username).add(`${username} ${key_id}`);
  }
  return names;
}

const OPENING_MS_MAX = 3_600_000;

/** By the rules over the recovered log; where there is no customer or nothing in stock, there is nothing to sell. */
async function sellDry(store: EventStore, db: Db, books: readonly string[]): Promise<number> {
  // A ledger's events are folded first: of a million for longer than a command may wait elsewhere.
  const writers = openLedgerWriters({ store, wait_ms_max: OPENING_MS_MAX });
  let sold = 0;
  try {
    for (const ledger_id of books.filter((book) => book !== SECURITY_BOOK)) {
      const { rows } = await sql<{ item_id: string; location_id: string; customer_id: string }>`
        SELECT s.item_id, s.location_id, c.id AS customer_id FROM stock s, masters i, masters c
        WHERE s.ledger = ${ledger_id} AND s.on_hand > s.reserved
          AND i.ledger = s.ledger AND i.kind = 'item' AND i.id = s.item_id AND i.active
          AND c.ledger = s.ledger AND c.kind = 'customer' AND c.active
        LIMIT 1`.execute(db);
      const [found] = rows;
      if (found === undefined) continue;
      const { item_id, location_id, customer_id } = found;
      const outcome = await writers.of(ledger_id).dryRun({
        command: {
          type: 'record_sale',
          customer_id,
          location_id,
          line_items: [{ item_id, quantity: 1, unit_price: '0.01' }],
        },
        envelope: { actor: 'system', role: 'admin', now: new Date().toISOString(), idempotency_key: 'drill' },
      });
      if (outcome.outcome !== 'would_record')
        throw new Error(`a sale of ${item_id} in ledger ${ledger_id} was not accepted: ${JSON.stringify(outcome)}`);
      sold += 1;
    }
    return sold;
  } finally {
    await writers.close();
  }
}

export const verb: Verb = { help: HELP, run };

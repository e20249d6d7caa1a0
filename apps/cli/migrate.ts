import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import { auditSeed } from '../../libs/audit/audit-key.js';
import { ImportRefused } from '../../libs/audit/import.js';
import { copyIdentity, IdentityDiffers } from '../../libs/identity/copy-identity.js';
import { type IdentityDb, openIdentity } from '../../libs/identity/tables.js';
import { copyLog } from '../../libs/migration/copy-log.js';
import { type DataFolder, openDataFolder } from '../../libs/process/data-folder.js';
import { READ_SCHEMA } from '../../projections/database/database.js';
import { connect, dataDir, hostOf, openFolder, refuseMoved, startFolderPostgres } from './links.js';
import { showProgress } from './progress.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: EVENTSTORE_URL=… DATABASE_URL=… npm run cli -- migrate

Moves everything from the data folder DATA_DIR (default .data) to the services that EVENTSTORE_URL and DATABASE_URL name: all ledgers,
their checkpoints and the security events with their ids, bytes and order (and so all idempotency keys), users, sessions and
verification reports. The system must be stopped. The other log must be empty or hold the beginning of this one, the other database
must have no read models and no users but these: after an
interruption, the same command continues where it stopped.

Then it compares every event and every row, writes JWT_SECRET and AUDIT_KEY into the file services.env of the data folder, for its
owner only, and marks the folder as moved: no start and no verb uses its log any more. The read models are made by the first start.

Exit code: 0 moved, 2 not.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  parseArgs({ args });
  const { EVENTSTORE_URL, DATABASE_URL } = process.env;
  if (!EVENTSTORE_URL || !DATABASE_URL)
    throw new CannotDo('Set EVENTSTORE_URL and DATABASE_URL to the services that everything shall move to.');
  refuseMoved();
  const folder = await openDataFolder(dataDir()).catch((error: Error) => {
    throw new CannotDo(error.message);
  });
  const postgres = await startFolderPostgres(folder);
  const ours = openIdentity(postgres.url, () => {});
  const theirs = openIdentity(DATABASE_URL, () => {});
  try {
    await refuseReadModels(theirs);
    const users = await copyIdentity(ours, theirs);
    const { events, streams, resumed_at } = await moveLog(folder, EVENTSTORE_URL, stop);
    const file = writeSecrets(folder);
    const [eventstore, database] = [hostOf(EVENTSTORE_URL), hostOf(DATABASE_URL)];
    folder.markMoved({ at: new Date().toISOString(), eventstore, database });
    const before = resumed_at === 0 ? '' : ` (${resumed_at} of them before)`;
    const rows = Object.entries(users).map(([table, count]) => `${count} ${table}`);
    process.stdout.write(`${eventstore}: ${events} events of ${streams} streams${before}, each compared byte by byte.
${database}: ${rows.join(', ')}, each row compared.
${file}: JWT_SECRET and AUDIT_KEY. ${folder.dir} is marked as moved.
Next: start with EVENTSTORE_URL, DATABASE_URL and these two in the environment, then \`npm run cli -- verify\`.
`);
    return 0;
  } catch (error) {
    if (error instanceof ImportRefused || error instanceof IdentityDiffers) throw new CannotDo(error.message);
    throw error;
  } finally {
    await Promise.all([ours.destroy(), theirs.destroy()]);
    await postgres.close();
  }
}

async function refuseReadModels(db: IdentityDb): Promise<void> {
  const { rows } = await sql`SELECT 1 FROM pg_namespace WHERE nspname = ${READ_SCHEMA}`.execute(db);
  if (rows.length > 0)
    throw new CannotDo(
      `The other database has read models already (schema ${READ_SCHEMA}), of another log: name an empty database.`,
    );
}

async function moveLog(folder: DataFolder, url: string, signal: AbortSignal) {
  const to = await connect(url, hostOf(url));
  const bars = { copying: showProgress('Copying  ', 'events'), comparing: showProgress('Comparing', 'events') };
  try {
    const from = await openFolder(folder.eventstore_dir, true);
    const on_progress = (phase: keyof typeof bars, done: number, of: number) => bars[phase].at(done, of);
    return await copyLog(from.store, to.store, { signal, on_progress }).finally(from.close);
  } finally {
    for (const bar of Object.values(bars)) bar.stop();
    await to.close();
  }
}

function writeSecrets(folder: DataFolder): string {
  const file = join(folder.dir, 'services.env');
  const lines = [`JWT_SECRET=${process.env.JWT_SECRET || folder.jwtSecret()}`];
  if (!process.env.AUDIT_KEY) lines.push(`AUDIT_KEY=${auditSeed(join(folder.api_dir, 'audit-key.pem'))}`);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600, flush: true });
  return file;
}

export const verb: Verb = { help: HELP, run };

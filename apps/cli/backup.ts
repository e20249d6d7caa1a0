import { copyFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { damageReport, LogUnavailable } from '../../libs/event-store-server/log-file.js';
import { backUpFolder } from '../../libs/event-store-server/maintenance.js';
import { DamagedLog } from '../../libs/event-store-server/record.js';
import { dumpIdentity } from '../../libs/identity/dump-identity.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { noteBackup } from '../../libs/process/backup-record.js';
import { readRecipient, removeOld, writeBackup } from './backup-files.js';
import { dataDir, hostOf, openPostgres, refuseMoved } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- backup FOLDER [--every HOURS] [--keep N]

Backs up the data folder DATA_DIR (default .data) into a new folder of FOLDER that is named by the moment: first what Postgres holds that
the log does not (users, sessions, keys), then the whole log, then the secrets that sign tokens and checkpoints. Each file is checked and on
the disk before the folder gets its name. The system may run meanwhile. \`cli recover\` brings it back, \`cli drill\` tries that out.

With BACKUP_RECIPIENT set to a public key of age (age-keygen makes a pair) it is encrypted for whoever has the secret key, which this
machine then does not need. Without it, keep FOLDER to yourself: it holds password hashes and signing keys.

  --every  goes on until it is interrupted, with a backup every so many hours
  --keep   then removes all backups in FOLDER but the newest N

Services that EVENTSTORE_URL and DATABASE_URL name have tools of their own for this (docs/running-for-real.md).

Exit code: 0 done, 2 not.`;

const HOUR_MS = 3_600_000;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { every: { type: 'string' }, keep: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1)
    throw new CannotDo('Name the folder for backups: cli backup FOLDER');
  const every_h = numberIn('--every', values.every, 0.001, 8760);
  const keep = numberIn('--keep', values.keep, 1, 1_000_000);
  if (process.env.EVENTSTORE_URL)
    throw new CannotDo(
      `This backs up a data folder, but EVENTSTORE_URL names ${hostOf(process.env.EVENTSTORE_URL)}: use that server's own tools or \`cli export\`, or unset it to back up ${dataDir()}.`,
    );
  refuseMoved();
  const recipient = readRecipient(process.env.BACKUP_RECIPIENT);
  const once = () => backUp(resolve(folder), recipient, keep);
  if (every_h === undefined) await once();
  while (every_h !== undefined && !stop.aborted) {
    const began_ms = Date.now();
    // A disk that is full for a night must not end all backups to come; the alarm rings by the age of the newest.
    await once().catch((error: Error) => process.stderr.write(`${new Date().toISOString()} ${error.message}\n`));
    await sleep(Math.max(0, began_ms + every_h * HOUR_MS - Date.now()), undefined, { signal: stop }).catch(() => {});
  }
  return 0;
}

function numberIn(name: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!(number >= min && number <= max))
    throw new CannotDo(`${name} must be a number from ${min} to ${max}, not ${text}.`);
  return number;
}

async function backUp(folder: string, recipient: string | undefined, keep: number | undefined): Promise<void> {
  const data_dir = dataDir();
  const eventstore_dir = join(data_dir, 'eventstore');
  try {
    const { dir, manifest } = await writeBackup(folder, recipient, async (draft) => {
      const rows = await dumpPostgres(join(draft, 'identity.ndjson'));
      const { events, streams } = await backUpFolder(eventstore_dir, join(draft, 'events.db'));
      await copySecrets(data_dir, draft);
      return { events, streams, rows };
    });
    await noteBackup(join(data_dir, 'api'), { backed_up_at: manifest.taken_at });
    const removed = keep === undefined ? 0 : await removeOld(folder, keep);
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    process.stdout.write(
      `${dir}: ${manifest.events} events of ${manifest.streams} streams, ${manifest.rows.users} users, ${bytes} bytes${recipient === undefined ? '' : ', encrypted'}; copied and checked.${removed === 0 ? '' : ` ${removed} older removed.`}\n`,
    );
  } catch (error) {
    if (error instanceof DamagedLog) throw new CannotDo(damageReport(eventstore_dir, error));
    if (error instanceof LogUnavailable) throw new CannotDo(error.message);
    throw error;
  }
}

async function dumpPostgres(file: string): Promise<Record<string, number>> {
  const postgres = await openPostgres();
  const db = openIdentity(postgres.url, () => {});
  try {
    const { text, rows } = await dumpIdentity(db);
    await writeFile(file, text, { mode: 0o600, flush: true });
    return rows;
  } finally {
    await db.destroy();
    await postgres.close();
  }
}

async function copySecrets(data_dir: string, draft: string): Promise<void> {
  const copy = (from: string, to: string) =>
    copyFile(join(data_dir, from), join(draft, to)).catch((error: NodeJS.ErrnoException) => {
      // Set by the environment instead, which the operator keeps.
      if (error.code !== 'ENOENT') throw error;
    });
  await copy('jwt-secret', 'jwt-secret');
  await copy(join('api', 'audit-key.pem'), 'audit-key.pem');
}

export const verb: Verb = { help: HELP, run };

import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { damageReport } from '../../libs/event-store-server/log-file.js';
import { verifyFolder } from '../../libs/event-store-server/maintenance.js';
import { DamagedLog } from '../../libs/event-store-server/record.js';
import { IdentityDiffers } from '../../libs/identity/copy-identity.js';
import { loadIdentity } from '../../libs/identity/dump-identity.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { openDataFolder, RECOVERING } from '../../libs/process/data-folder.js';
import { type Backup, backupsIn, readBackup, readIdentity, unpack } from './backup-files.js';
import { dataDir, startFolderPostgres } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- recover FOLDER [--identity FILE]

Makes the data folder DATA_DIR (default .data), which must be empty or missing, from the newest backup in FOLDER, or from FOLDER itself if it is
one. Each file is compared with its checksum, each event with its own, before anything is written. Then \`npm start\` runs it, and makes the read
models from the log.

  --identity  the file of age-keygen with the secret key, for encrypted backups

Exit code: 0 recovered, 2 not.`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { identity: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new CannotDo('Name the backup: cli recover FOLDER');
  const data_dir = dataDir();
  const backup = await newestOf(folder);
  await recover(backup, await readIdentity(values.identity), data_dir);
  const { taken_at, events } = backup.manifest;
  process.stdout.write(`${data_dir}: ${events} events as of ${taken_at}, from ${backup.dir}. What was recorded later is not in it.
Next: npm start, then \`npm run cli -- verify\`.
`);
  return 0;
}

export async function newestOf(folder: string): Promise<Backup> {
  const files = await readdir(resolve(folder)).catch((): string[] => []);
  if (files.includes('manifest.json')) return readBackup(resolve(folder));
  const [newest] = await backupsIn(resolve(folder));
  if (newest === undefined) throw new CannotDo(`There is no complete backup in ${folder}.`);
  return newest;
}

/** Interrupted, it leaves a folder over which nothing starts. @throws CannotDo */
export async function recover(backup: Backup, identity: string | undefined, data_dir: string): Promise<void> {
  if ((await readdir(data_dir).catch(() => [])).length > 0)
    throw new CannotDo(`${data_dir} is not empty: move it away, or choose another folder by DATA_DIR.`);
  await mkdir(data_dir, { recursive: true, mode: 0o700 });
  const unfinished = join(data_dir, RECOVERING);
  await writeFile(unfinished, '', { flush: true });
  const unpacked = await mkdtemp(join(data_dir, 'unpacked-'));
  try {
    await unpack(backup, identity, unpacked);
    try {
      verifyFolder(unpacked);
    } catch (error) {
      if (error instanceof DamagedLog) throw new CannotDo(damageReport(unpacked, error));
      throw error;
    }
    await loadPostgres(data_dir, await readFile(join(unpacked, 'identity.ndjson'), 'utf8'));
    await mkdir(join(data_dir, 'eventstore'), { recursive: true, mode: 0o700 });
    await move(join(unpacked, 'jwt-secret'), join(data_dir, 'jwt-secret'));
    await move(join(unpacked, 'audit-key.pem'), join(data_dir, 'api', 'audit-key.pem'));
    await rename(join(unpacked, 'events.db'), join(data_dir, 'eventstore', 'events.db'));
    await rm(unfinished);
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}

async function move(from: string, to: string): Promise<void> {
  await rename(from, to).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function loadPostgres(data_dir: string, text: string): Promise<void> {
  const postgres = await startFolderPostgres(await openDataFolder(data_dir, { is_recovering: true }));
  const db = openIdentity(postgres.url, () => {});
  try {
    await loadIdentity(db, text);
  } catch (error) {
    throw error instanceof IdentityDiffers ? new CannotDo(error.message) : error;
  } finally {
    await db.destroy();
    await postgres.close();
  }
}

export const verb: Verb = { help: HELP, run };

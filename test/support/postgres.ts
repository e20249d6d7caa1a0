/** Port and folder are gone after stop(), also when the test was killed. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type Postgres, startPostgres as start } from '../../libs/process/embedded-postgres.js';

export type PostgresServer = {
  url: string;
  home: string;
  stop(): Promise<void>;
  /** kill -9; the data stays. */
  kill(): Promise<void>;
  /** SIGSTOP: connections stay open. */
  freeze(): Promise<void>;
  thaw(): void;
  restart(): Promise<void>;
};

export type ServerOptions = {
  /** Fsync. Without it the same for a kill -9, and quicker. */
  durable?: boolean;
};

/** Half a second: share one among a file's specs. */
export async function startPostgres({ durable = false }: ServerOptions = {}): Promise<PostgresServer> {
  // Root's server runs as a user that cannot enter every folder.
  const home = await mkdtemp(join(tmpdir(), 'factory-ledger-postgres-'));
  const log_file = join(home, 'postgres.log');
  let server: Postgres;
  let run: (port?: number) => Promise<Postgres>;
  try {
    const password = await copyTemplate(home);
    run = (port) => start({ home, password, log_file, durable, temporary: true, port, port_fixed: port !== undefined });
    server = await run();
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
  const kill = async () => {
    process.kill(server.pid, 'SIGKILL');
    await server.keeper.exited;
  };
  let frozen: number[] = [];
  const signalAll = (pids: readonly number[], signal: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, signal);
  };
  const freeze = async () => {
    const client = new pg.Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
    // First the one that makes new processes; then the others.
    signalAll([server.pid], 'SIGSTOP');
    const { rows } = await client.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
    frozen = [server.pid, ...rows.map(({ pid }) => pid)];
    signalAll(frozen, 'SIGSTOP');
    client.end().catch(() => {});
  };
  const thaw = () => signalAll(frozen.splice(0), 'SIGCONT');
  return {
    url: server.url,
    home,
    kill,
    freeze,
    thaw,
    restart: async () => {
      await kill().catch(() => {});
      server = await run(server.port);
    },
    stop: async () => {
      thaw();
      await server.keeper.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A folder in which a server has run once, since initdb costs more than most specs ask. @returns its password */
async function copyTemplate(home: string): Promise<string> {
  const run_folder = process.env.TEST_RUN_FOLDER;
  if (run_folder === undefined) return randomBytes(12).toString('hex');
  const template = join(run_folder, 'postgres');
  if (!existsSync(template)) await makeTemplate(run_folder, template);
  await promisify(execFile)('cp', ['-a', `${template}/.`, home]);
  return readFile(join(template, 'password'), 'utf8');
}

async function makeTemplate(run_folder: string, template: string): Promise<void> {
  const part = await mkdtemp(join(run_folder, 'postgres-'));
  const password = randomBytes(12).toString('hex');
  const server = await start({ home: part, password, log_file: `${part}.log`, durable: false });
  await server.keeper.stop();
  await writeFile(join(part, 'password'), password);
  await rename(part, template).catch(() => rm(part, { recursive: true }));
}

export async function createDatabase(server: { url: string }): Promise<string> {
  const name = `spec_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  return url.href;
}

/** A real Postgres for specs: its own port, its own folder, both gone after stop(), also when the test was killed. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { type Postgres, startPostgres as start } from '../../libs/process/embedded-postgres.js';

export type PostgresServer = {
  /** Of the database `factory_ledger`, as the superuser. It stays the same over restarts. */
  url: string;
  /** Its folder; the server's log is postgres.log in it. */
  home: string;
  /** Ends the server in order and removes its folder. */
  stop(): Promise<void>;
  /** kill -9 of the server; its data stays for restart(). */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after kill() or (then it is stopped first) while it runs. */
  restart(): Promise<void>;
};

export type ServerOptions = {
  /** true: with fsync, as the shipped system runs it. Default false, which is quicker and the same for a kill -9. */
  durable?: boolean;
};

/** Takes about 1.5 s; share one server among the specs of a file and give each its own database. */
export async function startPostgres({ durable = false }: ServerOptions = {}): Promise<PostgresServer> {
  // Below the system's own temporary folder, since root's server runs as a user that cannot enter every folder.
  const home = await mkdtemp(join(tmpdir(), 'factory-ledger-postgres-'));
  const password = randomBytes(12).toString('hex');
  const log_file = join(home, 'postgres.log');
  const run = (port?: number) =>
    start({ home, password, log_file, durable, temporary: true, port, port_fixed: port !== undefined });
  let server: Postgres;
  try {
    server = await run();
  } catch (error) {
    await rm(home, { recursive: true, force: true });
    throw error;
  }
  const kill = async () => {
    process.kill(server.pid, 'SIGKILL');
    await server.keeper.exited;
  };
  return {
    url: server.url,
    home,
    kill,
    restart: async () => {
      await kill().catch(() => {});
      server = await run(server.port);
    },
    stop: async () => {
      await server.keeper.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A fresh, empty database on `server`; returns its URL. It goes with the server. */
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

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openSession } from '../../apps/api/auth/sessions.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { startChild } from '../../libs/process/child.js';
import { forge, goodClaims } from '../support/jwt.js';
import { startPostgres } from '../support/postgres.js';
import type { Books } from './books.js';
import { PLENTY, WARM } from './factory.js';
import { connectRedis, startRedis } from './redis.js';
import { RIVAL_TABLES } from './rival-tables.js';

export interface Rival {
  url: string;
  token: string;
  books(): Promise<Books>;
  stop(): Promise<void>;
}
export interface RivalDatabase {
  url: string;
  books(): Promise<Books>;
  stop(): Promise<void>;
}

export async function startRivalDatabase(items: readonly string[], stock: number): Promise<RivalDatabase> {
  const postgres = await startPostgres({ durable: true });
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  pool.on('error', () => {});
  await pool.query(RIVAL_TABLES);
  const furnish = 'INSERT INTO items SELECT id, $2::bigint, $2::bigint * 350 FROM unnest($1::text[]) id';
  await pool.query(furnish, [items, stock]);
  await pool.query(furnish, [[WARM], PLENTY]);
  return {
    url: postgres.url,
    async books() {
      const sales = await pool.query<{ number: string }>('SELECT number FROM sales');
      const left = await pool.query<{ item_id: string; on_hand: string }>('SELECT item_id, on_hand FROM items');
      return {
        numbers: sales.rows.map(({ number }) => number),
        stock: new Map(left.rows.map(({ item_id, on_hand }) => [item_id, Number(on_hand)])),
      };
    },
    async stop() {
      await pool.end();
      await postgres.stop();
    },
  };
}

/** A1 `crud`, A2 `function`, M `emmett`, E `echo`. */
export async function startRival(mode: string, items: readonly string[], stock: number): Promise<Rival> {
  const database = await startRivalDatabase(items, stock);
  const shell = await startShell(mode, database.url, { STOCK: `${stock}` });
  return {
    ...shell,
    books: database.books,
    async stop() {
      await shell.stop();
      await database.stop();
    },
  };
}

export async function startRedisRival(
  program: string,
  appendfsync: string,
  items: readonly string[],
  stock: number,
  mode: 'redis' | 'redis-flash' = 'redis',
): Promise<Rival> {
  const server = await startRedis(program, appendfsync);
  const redis = connectRedis(server.socket);
  const keys = [...items, WARM].map((item_id) => `stock:${item_id}`);
  await redis.call('MSET', ...keys.flatMap((key, n) => [key, n === items.length ? PLENTY : stock]));
  const database = await startRivalDatabase([], 0);
  const shell = await startShell(mode, database.url, { REDIS_SOCKET: server.socket });
  return {
    ...shell,
    async books() {
      const queued = (await redis.call('LRANGE', 'queue', 0, -1)) as string[];
      const left = (await redis.call('MGET', ...keys)) as string[];
      return {
        numbers: queued.map((entry) => entry.slice(0, entry.indexOf(' '))),
        stock: new Map(keys.map((key, n) => [key.slice('stock:'.length), Number(left[n])])),
      };
    },
    async stop() {
      await shell.stop();
      await database.stop();
      redis.close();
      await server.stop();
    },
  };
}

/** The rival has no sign-in. */
async function adminSession(database_url: string): Promise<string> {
  const identity = openIdentity(database_url, () => {});
  const admin = { username: 'admin', token_version: 1, password_expires_at: null };
  const limits = { idle_s: 3600, absolute_s: 86_400, reauthentication_s: 300 };
  const origin = { address: '127.0.0.1', device: 'bench' };
  const no_factor = { has_factor: false, gave_factor: false, factor_is_demanded: false };
  try {
    return await identity.transaction().execute(async (trx) => {
      const { session_id } = await openSession(trx, admin, origin, limits, no_factor);
      return session_id;
    });
  } finally {
    await identity.destroy();
  }
}

async function startShell(mode: string, database_url: string, env: NodeJS.ProcessEnv = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'rival-'));
  const jwt_secret = 'a secret of the bench, which lives for a minute';
  const child = startChild({
    name: `The rival ${mode}`,
    module: new URL('./rival.js', import.meta.url),
    args: ['--mode', mode],
    env: { ...process.env, DATABASE_URL: database_url, JWT_SECRET: jwt_secret, ...env },
    log_file: join(folder, 'rival.log'),
  });
  const { url = '' } = await child.ready;
  return {
    url,
    token: forge(goodClaims('admin', await adminSession(database_url)), jwt_secret),
    async stop() {
      await child.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * What teams write instead, behind the same HTTP shell: `--mode crud` (A1) locks rows and counts numbers in a
 * transaction of several round trips, `function` (A2) is one SQL function, `redis` (B) a Lua script, `redis-flash` one with a limit of one piece
 * for each customer, `emmett` (M) Emmett's Postgres store, `echo` (E) only answers. Needs DATABASE_URL, REDIS_SOCKET, STOCK, JWT_SECRET.
 */
import { parseArgs } from 'node:util';
import { Controller, HttpCode, Inject, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import { authenticateRequests } from '../../apps/api/auth/authentication.hook.js';
import { Permit } from '../../apps/api/auth/permit.js';
import { SecurityTrail } from '../../apps/api/auth/security-trail.js';
import { Tokens } from '../../apps/api/auth/tokens.js';
import { Users } from '../../apps/api/auth/users.js';
import { commandOfRequest } from '../../apps/api/commands/read-command.js';
import { fastifyAdapter, rememberRoutes, useParsers } from '../../apps/api/http/adapter.js';
import { Addresses } from '../../apps/api/http/address.js';
import { CurrentExchange, type Exchange } from '../../apps/api/http/exchange.js';
import { Problem } from '../../apps/api/http/problem.js';
import { ProblemFilter } from '../../apps/api/http/problem-filter.js';
import { RecordSale } from '../../apps/api/sales/record-sale.command.js';
import { migrateIdentity } from '../../libs/identity/migrations.js';
import { openIdentity } from '../../libs/identity/tables.js';
import type * as ledger from '../../libs/ledger/commands.js';
import { refuse } from '../../libs/ledger/refusals.js';
import { announceReady, onStop } from '../../libs/process/lifecycle.js';
import { PLENTY, WARM } from './factory.js';
import { connectRedis, SELL, SELL_LIMITED } from './redis.js';

const POOL = Symbol('pool');

type Sell = (sale: ledger.RecordSale) => Promise<object>;

const shortage = (item_id: string, available: number, requested: number) =>
  Problem.of(refuse('insufficient_stock', { item_id, available, requested, shortage: requested - available }));

/** BEGIN; lock; number; insert; update; COMMIT. Prepared, one pooled connection a sale. */
function crud(pool: pg.Pool): Sell {
  return async ({ customer_id, line_items }) => {
    const client = await pool.connect();
    const query = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });
    try {
      await client.query('BEGIN');
      const stock = new Map<string, { on_hand: bigint; value: bigint }>();
      // Sorted, so that two sales cannot deadlock.
      for (const { item_id, quantity } of line_items.toSorted((a, b) => (a.item_id < b.item_id ? -1 : 1))) {
        const { rows } = await query('lock', 'SELECT on_hand, value FROM items WHERE item_id = $1 FOR UPDATE', [
          item_id,
        ]);
        const on_hand = BigInt(rows[0]?.on_hand ?? 0);
        if (on_hand < BigInt(quantity)) throw shortage(item_id, Number(on_hand), quantity);
        stock.set(item_id, { on_hand, value: BigInt(rows[0].value) });
      }
      const counted = await query(
        'count',
        "UPDATE counters SET last = last + 1 WHERE series = 'SO' RETURNING last",
        [],
      );
      const number = `SO-${new Date().toISOString().slice(2, 10).replaceAll('-', '')}-${String(counted.rows[0].last).padStart(4, '0')}`;
      const totals = line_items.map(({ quantity, unit_price }) => Math.round(quantity * Number(unit_price) * 100));
      const total = totals.reduce((sum, each) => sum + each, 0);
      await query('sale', 'INSERT INTO sales (number, customer_id, total) VALUES ($1, $2, $3)', [
        number,
        customer_id,
        total,
      ]);
      for (const [index, { item_id, quantity, unit_price }] of line_items.entries()) {
        const { on_hand, value } = stock.get(item_id)!;
        const cost = (value * BigInt(quantity)) / on_hand;
        const line = [number, index + 1, item_id, quantity, unit_price, totals[index], cost];
        await query('line', 'INSERT INTO sale_lines VALUES ($1, $2, $3, $4, $5, $6, $7)', line);
        await query('take', 'UPDATE items SET on_hand = on_hand - $2, value = value - $3 WHERE item_id = $1', [
          item_id,
          quantity,
          cost,
        ]);
      }
      await client.query('COMMIT');
      return { number, customer_id, total_price: total / 100 };
    } catch (error) {
      await client.query('ROLLBACK');
      throw error;
    } finally {
      client.release();
    }
  };
}

function sqlFunction(pool: pg.Pool): Sell {
  return async ({ customer_id, line_items }) => {
    try {
      const values = [customer_id, JSON.stringify(line_items)];
      const { rows } = await pool.query({ name: 'sell', text: 'SELECT record_sale($1, $2) AS number', values });
      return { number: rows[0].number, customer_id };
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== 'P0001') throw error;
      const [item_id = '', on_hand = '0'] = (error.detail ?? '').split(' ');
      throw shortage(item_id, Number(on_hand), line_items.find((line) => line.item_id === item_id)?.quantity ?? 0);
    }
  };
}

/** On one connection: Redis runs one script at a time anyway. */
function redisScript(): Sell {
  const redis = connectRedis(process.env.REDIS_SOCKET ?? '');
  const loaded = redis.call('SCRIPT', 'LOAD', SELL);
  return async ({ customer_id, line_items }) => {
    const series = `SO-${new Date().toISOString().slice(2, 10).replaceAll('-', '')}`;
    const keys = line_items.map(({ item_id }) => `stock:${item_id}`);
    const pieces = line_items.map(({ quantity }) => quantity);
    const sale = JSON.stringify({ customer_id, line_items });
    const answer = await redis.call('EVALSHA', `${await loaded}`, keys.length, ...keys, series, sale, ...pieces);
    if (typeof answer === 'string') return { number: answer, customer_id };
    const [line, left] = answer as [number, number];
    const { item_id, quantity } = line_items[line - 1]!;
    throw shortage(item_id, left, quantity);
  };
}

function redisFlash(): Sell {
  const redis = connectRedis(process.env.REDIS_SOCKET ?? '');
  const loaded = redis.call('SCRIPT', 'LOAD', SELL_LIMITED);
  return async ({ customer_id, line_items: [line] }) => {
    const series = `SO-${new Date().toISOString().slice(2, 10).replaceAll('-', '')}`;
    const { item_id, quantity } = line!;
    const sale = JSON.stringify({ customer_id, line });
    const keys = [`stock:${item_id}`, `taken:${item_id}`];
    const answer = await redis.call('EVALSHA', `${await loaded}`, 2, ...keys, series, sale, quantity, customer_id, 1);
    if (typeof answer === 'string') return { number: answer, customer_id };
    const [why, left] = answer as [number, number];
    if (why === 1) throw shortage(item_id, left, quantity);
    const taken = { flash_sale_id: item_id, customer_id, per_customer_max: 1, taken: 1, requested: quantity };
    throw Problem.of(refuse('exceeds_customer_limit', taken));
  };
}

function emmett(): Sell {
  const stock = (item_id: string) => Number(item_id === WARM ? PLENTY : process.env.STOCK);
  const shop = import('./rival-emmett.js').then(({ emmettShop }) => emmettShop(process.env.DATABASE_URL ?? '', stock));
  return async ({ customer_id, line_items: [line] }) => {
    const { item_id, quantity, unit_price } = line!;
    const total = Math.round(quantity * Number(unit_price) * 100);
    const number = await (await shop)({ customer_id, item_id, quantity, total });
    if (number === undefined) throw shortage(item_id, 0, quantity);
    return { number, customer_id };
  };
}

const MODES: Record<string, (pool: pg.Pool) => Sell> = {
  crud,
  function: sqlFunction,
  redis: redisScript,
  'redis-flash': redisFlash,
  emmett,
  echo: () => async (sale) => ({ ...sale }),
};

@Controller('/api/v1/sales')
class SalesController {
  constructor(@Inject(POOL) private readonly sell: Sell) {}

  @Post()
  @Permit('records')
  @HttpCode(201)
  record(@CurrentExchange() { request }: Exchange) {
    return this.sell(commandOfRequest(RecordSale.spec, request.body));
  }
}

@Module({})
class RivalModule {}

async function main(): Promise<void> {
  const { mode = 'echo' } = parseArgs({ options: { mode: { type: 'string' } } }).values;
  const { DATABASE_URL = '', JWT_SECRET = '' } = process.env;
  // Beyond some 20 a locked row only has more that wait.
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 20 });
  const identity = openIdentity(DATABASE_URL, () => {});
  await migrateIdentity(identity);
  const admin = { username: 'admin', password: 'correct horse battery', is_chosen: true };
  await new Users(identity).createFirstAdmin(() => admin);
  const tokens = new Tokens(JWT_SECRET, identity, { idle_s: 3600, absolute_s: 86_400, reauthentication_s: 300 });
  const adapter = fastifyAdapter();
  const fastify = adapter.getInstance();
  const notes = new SecurityTrail(identity);
  authenticateRequests(fastify, {
    tokens,
    notes,
    addresses: new Addresses(),
    limits: { takeAnonymous: async () => {} },
  });
  const routes = rememberRoutes(fastify);
  useParsers(fastify);
  const providers = [{ provide: POOL, useValue: MODES[mode]!(pool) }];
  const app = await NestFactory.create<NestFastifyApplication>(
    { module: RivalModule, controllers: [SalesController], providers },
    adapter,
    { bodyParser: false, logger: false },
  );
  app.useGlobalFilters(new ProblemFilter(routes, () => {}));
  onStop(async () => {
    await app.close();
    await pool.end();
    await identity.destroy();
  });
  await app.listen(0, '127.0.0.1');
  announceReady({ url: await app.getUrl() });
}

await main();

/** Charges orders of flash sales: follows the ledgers, asks the gateway, and records what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, Gauge, Registry } from 'prom-client';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { bookOf, ledgerStream, SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { openLedgerHomes } from '../../libs/ledger-homes/ledger-homes.js';
import { openLedgerWriters } from '../../libs/ledger-writer/writers.js';
import { StartRefused } from '../../libs/process/child.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { logSentence as log } from '../../libs/process/log.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { waitForServices } from '../../libs/process/services.js';
import { startTracing, stopTracing } from '../../libs/tracing/tracing.js';
import { openDatabase } from '../../projections/database/database.js';
import { inReadTransaction } from '../../projections/database/read-transaction.js';
import type { Db } from '../../projections/database/tables.js';
import { unsettledOrders } from '../../projections/read-models/unsettled-orders.js';
import { type Config, readConfig } from './config.js';
import { HttpGateway } from './http-gateway.js';
import { LedgerCommands } from './ledger-commands.js';
import { LedgerLocks } from './ledger-locks.js';
import { LedgerPayments } from './ledger-payments.js';
import { createServer } from './server.js';

const LOOK_MS = 1000;
const LEDGERS = [ledgerStream('')];

const stopping = new AbortController();
const { signal } = stopping;

async function main(): Promise<void> {
  let running: Promise<void> | undefined;
  onStop(async () => {
    stopping.abort(new Error('the payments stop'));
    await running;
    await stopTracing();
  });
  running = run();
  await running;
}

async function run(): Promise<void> {
  readSecretFiles(process.env);
  await startTracing('factory-ledger-payments', log);
  const config = readConfig(process.env);
  try {
    await waitForServices(config, log, signal);
  } catch (error) {
    if (signal.aborted) return;
    throw error;
  }
  const db = openDatabase(config.database_url, { connections_max: 2, log });
  const store = connectEventStore({ url: config.eventstore_url, log });
  const locks = new LedgerLocks(config.database_url);
  const payments = new Map<string, LedgerPayments>();
  const homes = homesOf(config, store);
  const registry = new Registry();
  const answers = new Counter({
    name: 'factory_ledger_payment_gateway_answers_total',
    help: 'Answers of the gateway, by call and status.',
    labelNames: ['call', 'status'],
    registers: [registry],
  });
  const gateway = new HttpGateway({
    url: config.gateway_url,
    api_key: config.gateway_key,
    log,
    onAnswer: (call, status) => answers.inc({ call, status }),
  });
  showFigures(registry, payments, gateway);
  let is_ready = false;
  const { callback_secret, metrics_token } = config;
  const server = createServer({
    ...{ callback_secret, metrics_token },
    metrics: registry,
    isReady: () => is_ready,
    paymentsOf: (ledger_id) => payments.get(ledger_id),
  });
  try {
    const url = await server.listen({ host: config.host, port: config.port });
    await homes.start();
    const following = follow(store, payments);
    for (; !signal.aborted; await sleep(LOOK_MS, undefined, { signal }).catch(() => {})) {
      const is_looked = await look({ db, locks, payments, open });
      if (!is_looked || is_ready) continue;
      is_ready = true;
      log(`ready at ${url}`);
      announceReady({ url });
    }
    await following;
  } finally {
    for (const each of payments.values()) each.close();
    await server.close();
    await locks.close();
    await homes.close();
    await store.close();
    await db.destroy();
  }

  async function open(ledger_id: string): Promise<void> {
    const orders = await unsettledOrders(db, ledger_id);
    if (orders === undefined) return;
    // Of its own: the commands of a ledger that is halted wait for long.
    const commands = new LedgerCommands(homes, log);
    const of_ledger = new LedgerPayments(ledger_id, orders, { store, commands, gateway, log });
    payments.set(ledger_id, of_ledger);
    try {
      await of_ledger.begin();
      log(`ledger ${ledger_id}: ${of_ledger.open().size} orders are under way`);
    } catch (error) {
      of_ledger.close();
      payments.delete(ledger_id);
      throw error;
    }
  }
}

/** It forwards to the instances of the API as long as one is alive. */
function homesOf({ jwt_secret, peers }: Config, store: EventStore) {
  const writers = openLedgerWriters({ store, is_home: (ledger_id) => homes.isHome(ledger_id), log });
  const homes = openLedgerHomes({
    name: `payments:${process.pid}`,
    writers,
    listen: undefined,
    peers,
    secret: jwt_secret,
    ledgers: async () => [],
    log,
  });
  return homes;
}

interface Owned {
  db: Db;
  locks: LedgerLocks;
  payments: Map<string, LedgerPayments>;
  open(ledger_id: string): Promise<void>;
}

let is_away = false;
let said = '';
function sayOnce(line: string): void {
  if (line !== said) log(line);
  said = line;
}

/** Takes the ledgers that no other payer has. While Postgres is away what is under way goes on. */
async function look({ db, locks, payments, open }: Owned): Promise<boolean> {
  try {
    const held = await locks.take(await ledgersIn(db));
    for (const [ledger_id, of_ledger] of payments) {
      if (held.has(ledger_id)) continue;
      log(`ledger ${ledger_id}: another payer has it`);
      of_ledger.close();
      payments.delete(ledger_id);
    }
    for (const ledger_id of held)
      if (!payments.has(ledger_id))
        await open(ledger_id).catch(({ message }: Error) => sayOnce(`ledger ${ledger_id} is not followed: ${message}`));
    if (is_away) log('going on');
    is_away = false;
    return true;
  } catch (error) {
    if (!is_away && !signal.aborted) log(`waiting: ${(error as Error).message}`);
    is_away = true;
    return false;
  }
}

async function ledgersIn(db: Db): Promise<string[]> {
  const rows = await inReadTransaction(db, (trx) =>
    trx
      .selectFrom('ledgers')
      .select('ledger')
      .where('ledger', '!=', SECURITY_BOOK)
      .where('position', '>=', 0n)
      .execute(),
  );
  return rows.map(({ ledger }) => ledger);
}

/** From its end: what came before each payer has read by itself, and reads again after each fault. */
async function follow(store: EventStore, payments: ReadonlyMap<string, LedgerPayments>): Promise<void> {
  for await (const portion of store.subscribeAll('end', { stream_prefixes: LEDGERS, signal }))
    for (const message of portion) {
      if (message.kind === 'event') take(payments.get(bookOf(message.event.stream)), message.event);
      if (message.kind === 'caught_up')
        for (const each of payments.values())
          void each.catchUp().catch((error: Error) => log(`reading: ${error.message}`));
    }
}

/** What cannot be read stops the payments of its ledger, and no others. */
function take(payments: LedgerPayments | undefined, event: StoredEvent): void {
  try {
    payments?.take(event);
  } catch (error) {
    log(`ledger ${payments!.ledger_id}: its payments stop: ${(error as Error).message}`);
    payments!.close();
  }
}

const BREAKER = { closed: 0, half_open: 0.5, open: 1 };

function showFigures(registry: Registry, payments: ReadonlyMap<string, LedgerPayments>, gateway: HttpGateway): void {
  const figure = (name: string, help: string, collect: (gauge: Gauge) => void, labelNames: string[] = []) => {
    const gauge: Gauge = new Gauge({ name, help, labelNames, registers: [registry], collect: () => collect(gauge) });
  };
  figure(
    'factory_ledger_payment_orders',
    'Orders under way, by what they wait for.',
    (gauge) => {
      gauge.reset();
      for (const [ledger, of_ledger] of payments)
        for (const { step } of of_ledger.open().values()) gauge.inc({ ledger, step });
    },
    ['ledger', 'step'],
  );
  figure(
    'factory_ledger_circuit_breaker_open',
    '1 while what this process asks of the service is refused at once, 0.5 while it is tried again.',
    (gauge) => gauge.set({ service: 'payment_gateway' }, BREAKER[gateway.state()]),
    ['service'],
  );
  figure(
    'factory_ledger_payment_commands_waiting',
    'Commands that the ledger has not decided yet.',
    (gauge) => {
      gauge.reset();
      for (const [ledger, of_ledger] of payments) gauge.set({ ledger }, of_ledger.commandsWaiting());
    },
    ['ledger'],
  );
}

main().catch(async (error: unknown) => {
  if (error instanceof StartRefused) return fail(error.message);
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});

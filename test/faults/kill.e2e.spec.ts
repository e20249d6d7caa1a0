/**
 * F1, F2, F3, F10, F11, F13 and F18: programs are killed or paused under load, and one ledger's log holds an event that nobody understands. A
 * client logs each sale as ok, refused or unknown; afterwards the log must hold every ok once, no refused one, and every unknown at most
 * once, settled by a retry with its key.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { type Client, expectStatus, login, stockUp } from '../support/http.js';
import { LedgerHistory, logOf } from '../support/ledger-history.js';
import { readLedger } from '../support/log.js';
import { type ProgramName, type System, startSystem } from '../support/system.js';

type Known = 'ok' | 'refused' | 'unknown';

let system: System;
let client: Client;

beforeAll(async () => {
  system = await startSystem();
  client = await login(system.url, system.admin);
  await stockUp(client, 1_000_000);
}, 120_000);
afterAll(async () => {
  await system?.stop();
});

const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };

/** One try of a sale under its key. Anything but a clear answer is unknown. */
async function trySale(key: string): Promise<Known> {
  try {
    const { status } = await client.post('/sales', sale, { 'idempotency-key': key });
    if (status === 201) return 'ok';
    return status >= 400 && status < 500 ? 'refused' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Sells from `lanes` lanes until told to stop. */
function startLoad(lanes: number): { known: Map<string, Known>; stop(): Promise<void> } {
  const known = new Map<string, Known>();
  let running = true;
  const lane = async () => {
    while (running) {
      const key = randomUUID();
      known.set(key, await trySale(key));
      if (known.get(key) === 'unknown') await sleep(100);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));
  return {
    known,
    async stop() {
      running = false;
      await all;
    },
  };
}

async function settleUnknown(known: Map<string, Known>): Promise<void> {
  const settle = async (key: string) => {
    for (let tries = 0; known.get(key) === 'unknown' && tries < 200; tries += 1) {
      known.set(key, await trySale(key));
      if (known.get(key) === 'unknown') await sleep(100);
    }
    if (known.get(key) === 'unknown') throw new Error(`${key} cannot be settled`);
  };
  await Promise.all([...known].filter(([, outcome]) => outcome === 'unknown').map(([key]) => settle(key)));
}

function salesByKey(events: readonly RecordedEvent[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const { type, metadata } of events) {
    if (type !== 'SaleRecorded') continue;
    const key = metadata.idempotency_key.slice(-36);
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return count;
}

/** Read models at the log's end say what a fold of the log says. */
async function expectReadModelsToAgree(): Promise<void> {
  try {
    await compareReadModels();
  } catch (error) {
    throw new Error(`${(error as Error).message}\n--- projector\n${system.log('projector').slice(-2000)}`);
  }
}
async function compareReadModels(): Promise<void> {
  const { events, state } = await readLedger(system.eventstore_url);
  const position = events.length - 1;
  const stock = expectStatus(await client.get(`/stock/bottle?min_position=${position}`), 200).body;
  expect(stock.on_hand).toBe(state.stock.get('bottle main')!.on_hand);
  const { data, totals } = expectStatus(await client.get(`/trial-balance?min_position=${position}`), 200).body;
  expect(totals.debit).toBe(totals.credit);
  const revenue = data.find((row: { account_id: string }) => row.account_id === 'revenue').balance;
  expect(revenue).toBe(-Number(state.balances.get('revenue') ?? 0n) / 100);
  expect(events.filter(({ type }) => type === 'SaleRecorded').length).toBe(1_000_000 - stock.on_hand);
}

async function expectExactlyOnce(known: Map<string, Known>): Promise<void> {
  const { events } = await readLedger(system.eventstore_url);
  const count = salesByKey(events);
  const wrong = [...known].filter(([key, outcome]) => (count.get(key) ?? 0) !== (outcome === 'ok' ? 1 : 0));
  expect(wrong).toEqual([]);
  expect([...known.values()].filter((outcome) => outcome === 'ok').length).toBeGreaterThan(50);
}

const victims: ProgramName[] = ['api', 'projector', 'eventstore', 'postgres'];

it.each(victims)(
  'kill -9 of the %s under load, three times: every acknowledged sale is there once',
  async (victim) => {
    const load = startLoad(16);
    for (let round = 0; round < 3; round += 1) {
      await sleep(randomInt(300, 900));
      await system.kill(victim);
      await sleep(randomInt(50, 400));
      await system.restart(victim);
    }
    await sleep(300);
    await load.stop();
    await settleUnknown(load.known);
    await expectExactlyOnce(load.known);
    await expectReadModelsToAgree();
  },
  180_000,
);

it('Postgres paused under load: sales go on meanwhile, and the read models leave none out', async () => {
  const load = startLoad(16);
  const sold = () => [...load.known.values()].filter((outcome) => outcome === 'ok').length;
  await sleep(500);
  await system.freezePostgres();
  const before = sold();
  await sleep(4000);
  const meanwhile = sold() - before;
  system.thawPostgres();
  await load.stop();
  // More than one a lane: those were under way when it began.
  expect(meanwhile).toBeGreaterThan(100);
  await settleUnknown(load.known);
  await expectExactlyOnce(load.known);
  await expectReadModelsToAgree();
}, 120_000);

it('SIGTERM under load drains: what was accepted is answered', async () => {
  const load = startLoad(16);
  await sleep(500);
  await system.terminate('api');
  await system.restart('api');
  await load.stop();
  await settleUnknown(load.known);
  await expectExactlyOnce(load.known);
  await expectReadModelsToAgree();
}, 120_000);

it('an event that nobody understands halts its own ledger, aloud, and the others go on', async () => {
  const poisoned = new LedgerHistory('poisoned', '2026-03-02T08:00:00.000Z');
  const events = logOf(poisoned);
  const last = events.at(-1)!;
  const store = connectEventStore({ url: system.eventstore_url });
  try {
    const poison = { ...last, id: randomUUID(), type: 'MoonEclipsed' };
    await store.append('ledger-poisoned', -1, [...events, poison]);
  } finally {
    await store.close();
  }
  // Its event stands before this sale in the log.
  expect(await trySale(randomUUID())).toBe('ok');
  await expectReadModelsToAgree();
  const { ledgers } = expectStatus(await client.get('/projections'), 200).body;
  const halted = ledgers.filter((ledger: { halted: object | null }) => ledger.halted !== null);
  expect(halted).toMatchObject([
    { ledger_id: 'poisoned', position: last.revision, halted: { position: last.revision + 1 } },
  ]);
  expect(halted[0].halted.reason).toMatch(/unknown type/);
  const metrics = await (await fetch(`${system.url}/metrics`)).text();
  expect(metrics).toMatch(/projection_halted\{ledger="poisoned"\} 1\n/);
  expect(metrics).toMatch(/projection_halted\{ledger="main"\} 0\n/);
  expect(system.log('projector')).toMatch(/HALTED: event \d+ of ledger poisoned: .*MoonEclipsed/);
}, 60_000);

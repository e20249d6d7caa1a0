/** F1 to F3, F10, F11, F13, F18 under load. KILLS: how often each program is killed. Outcomes: sales-load.ts. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type Client, expectStatus, login, stockUp } from '../support/http.js';
import { LedgerHistory, logOf } from '../support/ledger-history.js';
import {
  expectExactlyOnce,
  expectReadModelsToAgree,
  type Load,
  settleUnknown,
  startLoad,
  trySale,
} from '../support/sales-load.js';
import { type ProgramName, type System, startSystem } from '../support/system.js';

const kills = Number(process.env.KILLS ?? 1);
const BOUGHT = 1_000_000;
let system: System;
let client: Client;

beforeAll(async () => {
  system = await startSystem();
  client = await login(system.url, system.admin);
  await stockUp(client, BOUGHT);
}, 120_000);
afterAll(async () => {
  await system?.stop();
});

async function expectReadModels(): Promise<void> {
  try {
    await expectReadModelsToAgree(client, system.eventstore_url, BOUGHT);
  } catch (error) {
    throw new Error(`${(error as Error).message}\n--- projector\n${system.log('projector').slice(-2000)}`);
  }
}

async function expectTrue({ known }: Load): Promise<void> {
  await settleUnknown(client, known);
  await expectExactlyOnce(system.eventstore_url, known);
  await expectReadModels();
}

const victims: ProgramName[] = ['api', 'projector', 'eventstore', 'postgres'];

it.each(victims)(
  'kill -9 of the %s under load, again and again: every acknowledged sale is there once',
  async (victim) => {
    const load = startLoad(client, 16);
    for (let round = 0; round < kills; round += 1) {
      await sleep(randomInt(300, 900));
      await system.kill(victim);
      await sleep(randomInt(50, 400));
      await system.restart(victim);
    }
    await sleep(300);
    await load.stop();
    await expectTrue(load);
  },
  90_000 * kills,
);

it('Postgres paused under load: sales go on meanwhile, and the read models leave none out', async () => {
  const load = startLoad(client, 16);
  const sold = () => [...load.known.values()].filter((outcome) => outcome === 'ok').length;
  await sleep(500);
  await system.freezePostgres();
  const before = sold();
  await sleep(4000);
  const meanwhile = sold() - before;
  system.thawPostgres();
  await load.stop();
  expect(meanwhile).toBeGreaterThan(100);
  await expectTrue(load);
}, 120_000);

it('SIGTERM under load drains: what was accepted is answered', async () => {
  const load = startLoad(client, 16);
  await sleep(500);
  await system.terminate('api');
  await system.restart('api');
  await load.stop();
  await expectTrue(load);
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
  expect(await trySale(client, randomUUID())).toBe('ok');
  await expectReadModels();
  const { ledgers } = expectStatus(await client.get('/projections'), 200).body;
  const halted = ledgers.filter((ledger: { halted: object | null }) => ledger.halted !== null);
  expect(halted).toMatchObject([
    { ledger_id: 'poisoned', position: last.revision, halted: { position: last.revision + 1 } },
  ]);
  expect(halted[0].halted.reason).toMatch(/unknown type/);
  const metrics = await (await fetch(`${system.url}/metrics`)).text();
  expect(metrics).toMatch(/factory_ledger_projection_halted\{ledger="poisoned"\} 1\n/);
  expect(metrics).toMatch(/factory_ledger_projection_halted\{ledger="main"\} 0\n/);
  expect(system.log('projector')).toMatch(/HALTED: event \d+ of ledger poisoned: .*MoonEclipsed/);
}, 60_000);

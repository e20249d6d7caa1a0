import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EventStore, NewEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import type { Command } from '../../libs/ledger/commands.js';
import { emptyState, trim } from '../../libs/ledger/state/state.js';
import { decideBatch } from '../../libs/ledger-writer/batch.js';
import { openDatabase } from '../../projections/database/database.js';
import { rebuild } from '../../projections/projector/rebuild.js';
import { type EventStoreProcess, startEventStoreProcess } from '../support/event-store.js';
import { startPostgres } from '../support/postgres.js';
import { flagsOf } from './flags.js';

/**
 * Export, check, restore, export again, project, verify, each as an operator's command:
 * npm run bench -- recovery [--events 1000000]
 */
export const title = 'Recovery: a ledger exported, checked, restored, projected and verified';

const cli = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));

export async function run(): Promise<object> {
  const { events } = flagsOf({ events: 1_000_000 });
  const dir = await mkdtemp(join(tmpdir(), 'recovery-'));
  const [before, after, postgres] = await Promise.all([
    startEventStoreProcess(),
    startEventStoreProcess(),
    startPostgres({ durable: true }),
  ]);
  try {
    const file = join(dir, 'main.ndjson.zst');
    const again = join(dir, 'again.ndjson.zst');
    const AUDIT_KEY = Buffer.alloc(32, 7).toString('base64');
    const steps: Record<string, object> = {};
    const step = async (name: string, work: () => Promise<unknown>) => {
      const since_ms = performance.now();
      await work();
      const seconds = (performance.now() - since_ms) / 1000;
      steps[name] = { seconds: round(seconds), events_per_s: Math.round(events / seconds) };
      console.log(`${name}: ${Math.round(seconds)} s`);
    };
    const from = { EVENTSTORE_URL: before.url, AUDIT_KEY };
    const into = { EVENTSTORE_URL: after.url, DATABASE_URL: postgres.url };
    await step('made by the rules and appended', () => withStore(before, (store) => fill(store, events)));
    await step('proof of one sale, with the first checkpoint', () => command(['proof', 'SO-260302-0042'], from));
    await step('proof of another sale', () => command(['proof', 'SO-260302-0043'], from));
    await step('cli export (zstd)', () => command(['export', file], from));
    await step('cli verify --offline', () => command(['verify', '--offline', file], {}));
    await step('cli restore', () => command(['restore', file], into));
    await step('cli export of what was restored', () => command(['export', again], into));
    if (!(await readFile(file)).equals(await readFile(again))) throw new Error('the two exports differ');
    await step('read models from nothing', () => withStore(after, (store) => project(store, postgres.url)));
    await step('cli verify', () => command(['verify'], into));
    const { size } = await stat(file);
    return {
      [`${events} events`]: steps,
      size: { export_mib: round(size / 2 ** 20), bytes_per_event: Math.round(size / events) },
    };
  } finally {
    await Promise.all([before.stop(), after.stop(), postgres.stop()]);
    await rm(dir, { recursive: true });
  }
}

const round = (value: number) => Math.round(value * 10) / 10;

async function withStore(server: EventStoreProcess, work: (store: EventStore) => Promise<unknown>): Promise<void> {
  const store = connectEventStore({ url: server.url });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

async function project(store: EventStore, url: string): Promise<void> {
  const db = openDatabase(url);
  await rebuild(db, store);
  await db.destroy();
}

async function command(args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`cli ${args[0]} ended with ${code}\n${output}`);
}

export async function fill(store: EventStore, events: number): Promise<void> {
  const state = emptyState();
  let at_ms = Date.parse('2026-03-02T08:00:00.000Z');
  let waiting: NewEvent[] = [];
  const flush = async () => {
    if (waiting.length === 0) return;
    const first = state.position + 1 - waiting.length;
    // On a busy machine an answer may be late; the same bytes again are safe.
    for (let attempt = 0; ; attempt += 1) {
      const { outcome } = await store.append('ledger-main', first - 1, waiting);
      if (outcome === 'appended') break;
      if (outcome !== 'unknown' || attempt === 10) throw new Error(`the append at ${first} is ${outcome}`);
    }
    waiting = [];
  };
  for (const command of commands()) {
    if (state.position + 1 >= events) break;
    at_ms += 1000;
    const now = new Date(at_ms).toISOString();
    const envelope = { actor: 'ann', role: 'admin' as const, now, idempotency_key: `key-${at_ms}`, request_hash: 'x' };
    const batch = decideBatch(state, [{ mode: 'one', submissions: [{ command, envelope }] }], now);
    const outcome = batch.results[0]?.[0]?.outcome;
    if (outcome !== 'recorded') throw new Error(`${command.type}: ${JSON.stringify(batch.results)}`);
    batch.change.commit();
    waiting.push(...batch.events);
    if (waiting.length < 400) continue;
    await flush();
    trim(state, 1000, 1000);
  }
  await flush();
}

function* commands(): Generator<Command> {
  const items = Array.from({ length: 100 }, (_, index) => `bottle-${index}`);
  const opening = { currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000' };
  yield { type: 'open_ledger', ledger_id: 'main', ...opening };
  yield { type: 'register', kind: 'supplier', id: 'SUP-1', attributes: { name: 'Preforms Ltd' } };
  for (let n = 0; n < 1000; n += 1)
    yield { type: 'register', kind: 'customer', id: `CUST-${n}`, attributes: { name: `Customer ${n}` } };
  for (const id of items) yield { type: 'register', kind: 'item', id, attributes: { name: id, kind: 'bottle' } };
  for (const item_id of items)
    yield {
      type: 'record_purchase',
      supplier_id: 'SUP-1',
      line_items: [{ item_id, quantity: 10_000_000, unit_price: '0.0375' }],
    };
  for (let n = 0; ; n += 1) {
    const line = (item: number) => ({
      item_id: items[item % 100]!,
      quantity: 1 + (n % 50),
      unit_price: `0.${11 + (n % 80)}`,
    });
    yield { type: 'record_sale', customer_id: `CUST-${n % 1000}`, line_items: [line(n), line(n * 7 + 3)] };
  }
}

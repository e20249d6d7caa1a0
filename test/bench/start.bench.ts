import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import type { Command } from '../../libs/ledger/commands.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { type LedgerWriter, openWriter } from '../../libs/ledger-writer/writer.js';
import { openDatabase } from '../../projections/database/database.js';
import { login } from '../support/http.js';
import { type System, startSystem } from '../support/system.js';
import { flagsOf } from './flags.js';
import { type History, masterData, salesAlone } from './histories.js';

/**
 * From the start of an API with a long ledger to its first answer, recorded sale and correct figure:
 * npm run bench -- start [--events 1000000] [--starts 3]
 */
export const title = 'Start: from the process to the first recorded command';

const SUBMITTED_AT_ONCE = 1000;
const POLL_MS = 5;
const START_MS_MAX = 600_000;
const sale = { customer_id: 'CUST-1', line_items: [{ item_id: 'bottle-1', quantity: 1, unit_price: 0.11 }] };

export async function run(): Promise<object> {
  const flags = flagsOf({ events: 1_000_000, starts: 3 });
  const system = await startSystem({ durable: true });
  try {
    const { token } = await login(system.url, system.admin);
    await system.terminate('api');
    const filling = await fill(system, flags.events);
    await rm(join(system.dir, 'api', 'snapshots'), { recursive: true, force: true });
    const starts: Record<string, object> = { 'without a snapshot': await measureStart(system, token) };
    for (let n = 1; n <= flags.starts; n += 1) {
      await system.terminate('api');
      starts[`with a snapshot, ${n}`] = await measureStart(system, token);
    }
    await system.kill('api');
    starts['after kill -9'] = await measureStart(system, token);
    return { [`filling a ledger with ${flags.events} events`]: filling, 'ms after the start of the process': starts };
  } finally {
    await system.stop();
  }
}

async function measureStart(system: System, token: string) {
  const began_ms = performance.now();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const until = async (path: string, done: (answer: Response) => boolean, init: RequestInit = {}) => {
    for (;;) {
      const answer = await fetch(`${system.url}${path}`, { headers, ...init }).catch(() => undefined);
      await answer?.arrayBuffer();
      const ms = Math.round(performance.now() - began_ms);
      if (answer !== undefined && done(answer)) return { answer, ms };
      if (ms > START_MS_MAX) throw new Error(`${path}: still ${answer?.status}`);
      await sleep(POLL_MS);
    }
  };
  const [first_answer, recorded] = await Promise.all([
    until('/health/live', () => true),
    until('/api/v1/sales', ({ status }) => status === 201, { method: 'POST', body: JSON.stringify(sale) }),
    // Its patience with a start is shorter than ours.
    system.restart('api').catch(() => {}),
  ]);
  const position = recorded.answer.headers.get('ledger-position');
  const figure = await until(`/api/v1/stock?min_position=${position}`, ({ status }) => status === 200);
  return { first_answer: first_answer.ms, first_sale: recorded.ms, figure_with_that_sale: figure.ms };
}

/** Through the writer, without HTTP; the projector follows. */
export async function fill(system: System, events: number, { next, told }: History = salesAlone()) {
  const store = connectEventStore({ url: system.eventstore_url });
  const writer = openWriter({ store, ledger_id: 'main', wait_ms_max: 60_000 });
  const db = openDatabase(system.database_url);
  try {
    for (const command of masterData()) await give(writer, command, 'first');
    const began_ms = performance.now();
    let given = writer.position() + 1;
    const lane = async () => {
      for (let n = given++; n < events; n = given++) told(await give(writer, next(n), `${n}`));
    };
    await Promise.all(Array.from({ length: SUBMITTED_AT_ONCE }, lane));
    const written_s = (performance.now() - began_ms) / 1000;
    const last = BigInt(writer.position());
    for (;;) {
      const row = await db.selectFrom('ledgers').select('position').where('ledger', '=', 'main').executeTakeFirst();
      if (row?.position === last) break;
      await sleep(50);
    }
    const projected_s = (performance.now() - began_ms) / 1000;
    return {
      'recorded by the writer': { seconds: round(written_s), events_per_s: Math.round(events / written_s) },
      'projected, both at once': { seconds: round(projected_s), events_per_s: Math.round(events / projected_s) },
    };
  } finally {
    await writer.close();
    await store.close();
    await db.destroy();
  }
}

const round = (value: number) => Math.round(value * 10) / 10;

async function give(writer: LedgerWriter, command: Command, key: string): Promise<RecordedEvent[]> {
  const now = new Date().toISOString();
  const envelope = { actor: 'admin', role: 'admin' as const, now, idempotency_key: `fill:${key}:${now}` };
  const outcome = await writer.submit({ command, envelope });
  if (outcome.outcome !== 'recorded') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
  return outcome.events;
}

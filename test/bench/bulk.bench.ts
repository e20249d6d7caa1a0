/**
 * Commands in bulk beside raw appends of equally many and large events, one request or append at a time:
 * npm run bench -- bulk [--seconds 10] [--lines 50000] [--seed 7]
 */

import { randomUUID } from 'node:crypto';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { numberIn, tally, type Verdict } from './books.js';
import { allItems, type Factory, ITEMS, itemId, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, seeded } from './load.js';
import { usageOfChildren } from './processes.js';

export const title = 'Bulk NDJSON beside raw appends by the same client, fsync on';

const SIZES = [1, 8, 64, 500];

interface Figures {
  'events/s': number;
  p50_ms: number;
  p99_ms: number;
  'cpu s/1,000': number;
}

export async function run(): Promise<object> {
  const { seconds, lines, seed } = flagsOf({ seconds: 10, lines: 50_000, seed: 7 });
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const ms = seconds * 1000;
  const factory = await startFactory({ items: allItems(), stock: PLENTY });
  const log = connectEventStore({ url: factory.system.eventstore_url });
  try {
    const { recorded, verdict } = tally(await factory.books());
    const bulk = (lines: number) => async () => {
      const items = Array.from({ length: lines }, () => itemId(Math.floor(random() * ITEMS)));
      const numbers = await sell(factory, items);
      for (const [n, item_id] of items.entries()) recorded(numbers[n]!, { [item_id]: -1 });
    };
    await measure(500, Math.min(2000, ms), bulk(500));
    const event = await lastEvent(log, 'ledger-main');
    const [ours, raw, ratios]: Record<string, object>[] = [{}, {}, {}];
    let largest = Number.NaN;
    for (const size of SIZES) {
      const commands = await measure(size, ms, bulk(size));
      await factory.caughtUp();
      const appends = await measure(size, ms, appending(log, `raw-${size}`, event, size));
      const name = `${size} an append`;
      ours![name] = commands;
      raw![name] = appends;
      largest = appends['events/s'];
      ratios![name] = { 'ours / D': round(commands['events/s'] / appends['events/s']) };
    }
    const streamed = await measure(lines, 0, bulk(lines));
    ours![`one request of ${lines} lines`] = streamed;
    ratios![`one request of ${lines} lines`] = { 'ours / D': round(streamed['events/s'] / largest) };
    const { seconds } = await factory.caughtUp();
    const correct: Verdict = verdict(await factory.books());
    return {
      'NDJSON through /batches': ours,
      'D raw appends': raw,
      ratios,
      'read models after the one request': { 'caught up after, s': { seconds: round(seconds) } },
      correctness: { bulk: correct },
    };
  } finally {
    await log.close();
    await factory.stop();
  }
}

async function measure(size: number, ms: number, task: () => Promise<void>): Promise<Figures> {
  const latencies: number[] = [];
  const cpu_before = usageOfChildren().cpu_s;
  const began_ms = performance.now();
  do {
    const sent_ms = performance.now();
    await task();
    latencies.push(performance.now() - sent_ms);
  } while (performance.now() - began_ms < ms);
  const elapsed_s = (performance.now() - began_ms) / 1000;
  const events = latencies.length * size;
  const { p50, p99 } = percentiles(latencies);
  return {
    'events/s': round(events / elapsed_s),
    p50_ms: round(p50),
    p99_ms: round(p99),
    'cpu s/1,000': round(((usageOfChildren().cpu_s - cpu_before) / events) * 1000),
  };
}

async function sell(factory: Factory, items: readonly string[]): Promise<string[]> {
  const lines = items.map((item_id) => JSON.stringify({ type: 'sales', body: saleOf(item_id) }));
  const response = await fetch(`${factory.url}/api/v1/batches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${factory.token}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  const numbers = (await response.text()).trim().split('\n').map(numberIn);
  const missing = numbers.filter((number) => number === '').length;
  if (numbers.length !== items.length || missing > 0)
    throw new Error(`${items.length} lines, ${numbers.length} answers, ${missing} without a number`);
  return numbers;
}

function appending(log: EventStore, stream: string, { type, data, metadata }: StoredEvent, size: number) {
  const json = { data: JSON.stringify(data), metadata: JSON.stringify(metadata) };
  let revision = -1;
  return async () => {
    const events = Array.from({ length: size }, () => ({ id: randomUUID(), type, data, metadata, json }));
    const result = await log.append(stream, revision, events);
    if (result.outcome !== 'appended') throw new Error(`not appended: ${JSON.stringify(result)}`);
    revision = result.revision;
  };
}

async function lastEvent(log: EventStore, stream: string): Promise<StoredEvent> {
  for await (const event of log.readBackwards(stream, { max: 1 })) return event;
  throw new Error(`${stream} is empty`);
}

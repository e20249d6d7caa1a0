import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EventData, EventStoreDBClient, jsonEvent, START } from '@eventstore/db-client';
import { flagsOf } from './flags.js';

/** npm run bench -- event-store [--events 1000000] [--seconds 5] */
export const title = 'Event store: official client, own process, fsync on';

interface Store {
  client: EventStoreDBClient;
  usage(): Promise<{ cpu_s: number; memory_mib: number }>;
  stop(): Promise<void>;
}

const data = { number: 'SO-250101-0001', customer: 'CUST-001', lines: 'x'.repeat(280), total: '70000' };
const newEvents = (count: number): EventData[] =>
  Array.from({ length: count }, () => jsonEvent({ id: randomUUID(), type: 'SaleRecorded', data, metadata: { v: 1 } }));

export async function run(): Promise<object> {
  const { events, seconds } = flagsOf({ events: 1_000_000, seconds: 5 });
  const appends = {
    'one event, no group commit': await measureAppends(1, 64, seconds, ['--appends-per-transaction', '1']),
    'one event': await measureAppends(1, 64, seconds),
    'batch of 10': await measureAppends(10, 16, seconds),
    'batch of 100': await measureAppends(100, 8, seconds),
    'batch of 500': await measureAppends(500, 4, seconds),
  };
  const gain = appends['one event'].events_per_s / appends['one event, no group commit'].events_per_s;
  const reading = await measureReading(events);
  return {
    'appends, durable when answered': appends,
    'gain of group commit for single events': { gain: round(gain) },
    [`reading ${events} events`]: reading,
    'live subscription at 1,000 events/s, send to receipt': await measureLatency(seconds),
  };
}

async function measureAppends(batch: number, in_flight: number, seconds: number, flags: string[] = []) {
  const store = await startStore(flags);
  const latencies: number[] = [];
  const work = async (until: number, lane: number) => {
    while (performance.now() < until) {
      const events = newEvents(batch);
      const start = performance.now();
      await store.client.appendToStream(`bench-${lane % 8}`, events);
      latencies.push(performance.now() - start);
    }
  };
  const lanes = Array.from({ length: in_flight }, (_, lane) => lane);
  await Promise.all(lanes.map((lane) => work(performance.now() + 1_000, lane)));
  latencies.length = 0;
  const before = await store.usage();
  const start = performance.now();
  await Promise.all(lanes.map((lane) => work(start + seconds * 1_000, lane)));
  const elapsed_s = (performance.now() - start) / 1_000;
  const after = await store.usage();
  await store.stop();
  return {
    in_flight,
    events_per_s: round((latencies.length * batch) / elapsed_s),
    ...percentiles(latencies),
    store_cpu_share: round((after.cpu_s - before.cpu_s) / elapsed_s),
  };
}

async function measureReading(events: number) {
  const store = await startStore();
  const writing = performance.now();
  for (let written = 0; written < events; ) {
    const batches = Array.from({ length: 8 }, (_, n) => Math.max(0, Math.min(500, events - written - n * 500)));
    await Promise.all(
      batches.filter((size) => size > 0).map((size) => store.client.appendToStream('bench', newEvents(size))),
    );
    written += batches.reduce((sum, size) => sum + size, 0);
  }
  const write_s = (performance.now() - writing) / 1_000;
  const results = {
    'written before, in batches of 500': { events_per_s: round(events / write_s) },
    'one stream': await measureOneReading(store, () => store.client.readStream('bench')),
    $all: await measureOneReading(store, () => store.client.readAll({ fromPosition: START })),
  };
  await store.stop();
  return results;
}

async function measureOneReading(store: Store, read: () => AsyncIterable<unknown>) {
  const memory: number[] = [(await store.usage()).memory_mib];
  const before = await store.usage();
  const start = performance.now();
  let count = 0;
  for await (const _ of read()) {
    count += 1;
    if (count % 50_000 === 0) memory.push((await store.usage()).memory_mib);
  }
  const elapsed_s = (performance.now() - start) / 1_000;
  const after = await store.usage();
  const half = Math.ceil(memory.length / 2);
  return {
    events_per_s: round(count / elapsed_s),
    store_cpu_share: round((after.cpu_s - before.cpu_s) / elapsed_s),
    memory_mib_max_first_half: round(Math.max(...memory.slice(0, half))),
    memory_mib_max_second_half: round(Math.max(...memory.slice(half))),
  };
}

/** One a millisecond, sent when due; received by a subscription to $all. */
async function measureLatency(seconds: number) {
  const store = await startStore();
  const sent = new Map<string, number>();
  const latencies: number[] = [];
  const subscription = store.client.subscribeToAll();
  const receiving = (async () => {
    for await (const { event } of subscription) {
      const due = event && sent.get(event.id);
      if (due !== undefined) latencies.push(performance.now() - due);
      if (latencies.length === seconds * 1_000) break;
    }
  })();
  const start = performance.now() + 200;
  const appends: Promise<unknown>[] = [];
  for (let n = 0; n < seconds * 1_000; n += 1) {
    const due = start + n;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const [event] = newEvents(1);
    sent.set(event!.id, due);
    appends.push(store.client.appendToStream('bench', event!));
  }
  await Promise.all(appends);
  await receiving;
  await subscription.unsubscribe();
  await store.stop();
  return { 'append and receive': { events: latencies.length, ...percentiles(latencies) } };
}

async function startStore(flags: string[] = []): Promise<Store> {
  const data_dir = await mkdtemp(join(tmpdir(), 'event-store-bench-'));
  const args = ['dist/apps/eventstore/main.js', '--port', '0', '--data-dir', data_dir, '--open', ...flags];
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  const client = EventStoreDBClient.connectionString(url);
  return {
    client,
    usage: () => usageOf(child),
    stop: async () => {
      await client.dispose();
      child.disconnect();
      await once(child, 'exit');
      await rm(data_dir, { recursive: true });
    },
  };
}

async function usageOf(child: ChildProcess): Promise<{ cpu_s: number; memory_mib: number }> {
  const read = (file: string) => readFile(`/proc/${child.pid}/${file}`, 'utf8').catch(() => '');
  const times = (await read('stat')).split(') ')[1]?.split(' ') ?? [];
  const memory = /VmRSS:\s+(\d+)/.exec(await read('status'))?.[1];
  return { cpu_s: (Number(times[11]) + Number(times[12])) / 100, memory_mib: Number(memory) / 1024 };
}

function percentiles(latencies: number[]) {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (share: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!);
  return { p50_ms: at(0.5), p99_ms: at(0.99), p999_ms: at(0.999) };
}

const round = (value: number) => (value >= 100 ? Math.round(value) : Math.round(value * 100) / 100);

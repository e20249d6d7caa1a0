/**
 * What tracing costs: single sales of 10,000 items drawn evenly, in turns without a collector (nothing of the SDK is loaded), with the SDK and no
 * trace recorded, with one in a hundred, and with all. The collector is an HTTP server in the load generator, which only counts:
 * npm run bench -- tracing [--commands 10000] [--connections 200] [--rounds 3] [--seed 7]
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { allItems, ITEMS, itemId, PLENTY, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { round, runLoad, seeded } from './load.js';
import { usageOfChildren } from './processes.js';
import { salesOf } from './sales.bench.js';

export const title = 'Sales without traces, with the SDK alone, with one in a hundred, and with all';

const SETTINGS: Record<string, (endpoint: string) => NodeJS.ProcessEnv> = {
  'API only': () => ({}),
  'SDK, off': (endpoint) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER: 'always_off' }),
  '1 %': (endpoint) => sampled(endpoint, '0.01'),
  '100 %': (endpoint) => sampled(endpoint, '1'),
};
function sampled(endpoint: string, ratio: string): NodeJS.ProcessEnv {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: ratio,
    // At the default of 2,048 most spans of a second would be dropped, and cost less.
    OTEL_BSP_MAX_QUEUE_SIZE: '100000',
    OTEL_BSP_SCHEDULE_DELAY: '500',
  };
}

interface Figures {
  'sales/s': number;
  p50_ms: number;
  p99_ms: number;
  'cpu s/1,000': number;
  failed: number;
  'sent, KiB': number;
}

export async function run(): Promise<object> {
  const { commands, connections, rounds, seed } = flagsOf({ commands: 10_000, connections: 200, rounds: 3, seed: 7 });
  console.log(`seed ${seed}, ${rounds} rounds of ${commands} commands, ${connections} connections`);
  const collector = await startCollector();
  const of_round: Record<string, Figures[]> = {};
  for (let n = 0; n < rounds; n += 1)
    // Each round begins with another one: a machine that tires is unfair to the last.
    for (const name of turned(Object.keys(SETTINGS), n)) {
      const figures = await measure(
        SETTINGS[name]!(collector.url),
        { commands, connections, seed: seed + n },
        collector,
      );
      console.log(n + 1, name, JSON.stringify(figures));
      of_round[name] = [...(of_round[name] ?? []), figures];
    }
  const base = of_round['API only']!;
  const rows = Object.keys(SETTINGS).map((name) => {
    const all = of_round[name]!;
    const medians = Object.fromEntries(
      Object.keys(all[0]!).map((figure) => [figure, round(median(all.map((each) => each[figure as keyof Figures])))]),
    );
    // Of the same round: rounds differ more than settings.
    const kept = median(all.map((each, n) => each['sales/s'] / base[n]!['sales/s']));
    const cpu = median(all.map((each, n) => each['cpu s/1,000'] / base[n]!['cpu s/1,000']));
    return [name, { ...medians, 'sales kept': round(kept), 'cpu, times': round(cpu) }];
  });
  return { [`medians of ${rounds} rounds`]: Object.fromEntries(rows) };
}

async function measure(
  env: NodeJS.ProcessEnv,
  { commands, connections, seed }: { commands: number; connections: number; seed: number },
  collector: { bytes: number },
): Promise<Figures> {
  const factory = await startFactory({ items: allItems(), stock: PLENTY, env });
  try {
    const random = seeded(seed);
    await runLoad({ ...factory, connections, next: salesOf(() => WARM, Math.ceil(commands / 4)) });
    await factory.caughtUp();
    const [bytes, cpu_s] = [collector.bytes, usageOfChildren().cpu_s];
    const next = salesOf(() => itemId(Math.floor(random() * ITEMS)), commands);
    const { answers, per_second, statuses, latency_ms } = await runLoad({ ...factory, connections, next });
    // The projector's part of a trace belongs to its cost.
    await factory.caughtUp();
    return {
      'sales/s': per_second,
      p50_ms: latency_ms.p50,
      p99_ms: latency_ms.p99,
      'cpu s/1,000': ((usageOfChildren().cpu_s - cpu_s) / answers) * 1000,
      failed: answers - (statuses['201'] ?? 0),
      'sent, KiB': (collector.bytes - bytes) / 1024,
    };
  } finally {
    await factory.stop();
  }
}

async function startCollector(): Promise<{ url: string; bytes: number }> {
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => {
      collector.bytes += chunk.length;
    });
    request.on('end', () => response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const collector = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bytes: 0 };
  return collector;
}

function turned<T>(list: readonly T[], by: number): T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

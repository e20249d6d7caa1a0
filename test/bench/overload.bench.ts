/**
 * An open loop at a multiple of the system's rate, over so many connections (`ulimit -n`) that its queue fills; then a
 * sold-out storm. A probe sells one piece every 50 ms and says when things are as before:
 * npm run bench -- overload [--connections 12000] [--seconds 10] [--factor 4] [--commands 5000] [--seed 7]
 */

import { numberIn, type Tally, tally } from './books.js';
import { allItems, type Factory, ITEMS, itemId, PLENTY, saleOf, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, type Shot, seeded, sleep } from './load.js';
import { usageOfChildren } from './processes.js';

export const title = 'Under overload, fsync on';

interface Options {
  connections: number;
  seconds: number;
  factor: number;
  commands: number;
  seed: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ connections: 12_000, seconds: 10, factor: 4, commands: 5000, seed: 7 });
  console.log(`seed ${options.seed}, ${options.connections} connections`);
  const { failures, ...overload } = await measureOverload(options);
  return {
    'too many requests': { overload },
    'failed otherwise': failures,
    'sold-out storm': await measureStorm(options),
  };
}

const sale = (item_id: string): Shot => ({
  method: 'POST',
  path: '/api/v1/sales',
  body: JSON.stringify(saleOf(item_id)),
});
const upTo = (commands: number, pick: () => string) => (n: number) => (n < commands ? sale(pick()) : undefined);

const PROBE_EVERY_MS = 50;
/** Calm again: so many probes in a row within this many times their time before. */
const CALM = { probes: 10, times: 3, ms_least: 50 };
const RECOVERY_MS_MAX = 60_000;

interface Probe {
  sent_ms: number;
  took_ms: number;
  sold: boolean;
}

async function measureOverload({ connections, seconds, factor, commands, seed }: Options) {
  const factory = await startFactory({ items: allItems(), stock: PLENTY });
  try {
    const random = seeded(seed);
    const pick = () => itemId(Math.floor(random() * ITEMS));
    const { url, token } = factory;
    await runLoad({ url, token, connections: 100, next: upTo(Math.min(2000, commands), () => WARM) });
    const { per_second } = await runLoad({ url, token, connections: 200, next: upTo(commands, () => WARM) });
    const counted = tally(await factory.books());
    const { probes, stop } = startProbing(factory, counted);
    await sleep(1000);
    const calm_ms = percentiles(probes.map(({ took_ms }) => took_ms)).p50;
    const rate = per_second * factor;
    const flood = await floodWith(factory, pick, counted, { connections, rate, requests: Math.ceil(rate * seconds) });
    const limit_ms = Math.max(CALM.ms_least, calm_ms * CALM.times);
    const recovered_ms = await untilCalm(probes, flood.last_sent_ms, limit_ms);
    await stop();
    return {
      'capacity/s': round(per_second),
      'intended/s': round(rate),
      ...flood.figures,
      failures: Object.fromEntries([...flood.failures].map(([reason, count]) => [reason, { count }])),
      'probe before, ms': round(calm_ms),
      'recovered after, s': round((recovered_ms - flood.last_sent_ms) / 1000),
      ...counted.verdict(await factory.books()),
    };
  } finally {
    await factory.stop();
  }
}

async function floodWith(
  factory: Factory,
  pick: () => string,
  { recorded, unanswered }: Tally,
  { connections, rate, requests }: { connections: number; rate: number; requests: number },
) {
  const picked = new Map<number, string>();
  const [accepted_ms, refused_ms]: number[][] = [[], []];
  const failures = new Map<string, number>();
  let with_retry_after = 0;
  let last_sent_ms = performance.now();
  const next = (n: number) => {
    if (n >= requests) return undefined;
    const item_id = pick();
    picked.set(n, item_id);
    return sale(item_id);
  };
  const onAnswer = (n: number, status: number, body: string, ms: number, head: string) => {
    last_sent_ms = Math.max(last_sent_ms, performance.now() - ms);
    if (status === 201) {
      accepted_ms!.push(ms);
      recorded(numberIn(body), { [picked.get(n)!]: -1 });
    }
    if (status === 503) {
      refused_ms!.push(ms);
      if (/\r\nretry-after: *\d/i.test(head)) with_retry_after += 1;
    }
    if (status === 0) unanswered({ [picked.get(n)!]: -1 });
    if (status !== 201 && status !== 503) {
      const reason = status === 0 ? body : `status ${status}`;
      failures.set(reason, (failures.get(reason) ?? 0) + 1);
    }
    picked.delete(n);
  };
  const { url, token } = factory;
  const { answers, seconds } = await runLoad({ url, token, connections, next, rate, onAnswer });
  const [accepted, refused] = [accepted_ms!, refused_ms!];
  const figures = {
    requests: answers,
    'accepted/s': round(accepted.length / seconds),
    '503 share': round(refused.length / answers),
    '503 without Retry-After': refused.length - with_retry_after,
    failed: answers - accepted.length - refused.length,
    'accepted p50_ms': round(percentiles(accepted).p50),
    'accepted p99_ms': round(percentiles(accepted).p99),
    '503 p99_ms': round(percentiles(refused).p99),
  };
  return { figures, failures, last_sent_ms };
}

function startProbing({ url, token }: Factory, { recorded }: Tally) {
  const probes: Probe[] = [];
  let over = false;
  const next = () => (over ? undefined : sale(WARM));
  const onAnswer = (_n: number, status: number, body: string, ms: number) => {
    probes.push({ sent_ms: performance.now() - ms, took_ms: ms, sold: status === 201 });
    if (status === 201) recorded(numberIn(body), { [WARM]: -1 });
  };
  const probing = runLoad({ url, token, connections: 40, next, rate: 1000 / PROBE_EVERY_MS, onAnswer });
  return {
    probes,
    async stop() {
      over = true;
      await probing;
    },
  };
}

async function untilCalm(probes: readonly Probe[], from_ms: number, limit_ms: number): Promise<number> {
  const give_up_ms = performance.now() + RECOVERY_MS_MAX;
  while (performance.now() < give_up_ms) {
    const since = probes.filter(({ sent_ms }) => sent_ms >= from_ms).toSorted((a, b) => a.sent_ms - b.sent_ms);
    const first_calm = since.findLastIndex(({ took_ms, sold }) => !sold || took_ms > limit_ms) + 1;
    if (since.length - first_calm >= CALM.probes) return since[first_calm]!.sent_ms;
    await sleep(PROBE_EVERY_MS);
  }
  return Number.NaN;
}

/** As many buyers as pieces, twice. */
async function measureStorm({ commands }: Options) {
  const factory = await startFactory({ items: ['hot'], stock: commands });
  try {
    const { url, token } = factory;
    await runLoad({ url, token, connections: 100, next: upTo(Math.min(2000, commands), () => WARM) });
    const { recorded, refused, verdict } = tally(await factory.books());
    const onAnswer = (_n: number, status: number, body: string) => {
      if (status === 201) recorded(numberIn(body), { hot: -1 });
      if (status === 409) refused('hot');
    };
    const phase = async (wanted: number) => {
      const cpu_before = usageOfChildren().cpu_s;
      const result = await runLoad({ url, token, connections: 200, next: upTo(commands, () => 'hot'), onAnswer });
      // Projecting is part of what a sale costs.
      await factory.caughtUp();
      const cpu_s = usageOfChildren().cpu_s - cpu_before;
      return {
        'answers/s': round(result.per_second),
        p50_ms: round(result.latency_ms.p50),
        p99_ms: round(result.latency_ms.p99),
        'cpu ms each': round((cpu_s / result.answers) * 1000),
        unexpected: result.answers - (result.statuses[wanted] ?? 0),
      };
    };
    const sales = await phase(201);
    const refusals = await phase(409);
    return {
      'all are sold': sales,
      'all are refused': refusals,
      'refusal / sale': { 'cpu ms each': round(refusals['cpu ms each'] / sales['cpu ms each']) },
      correctness: verdict(await factory.books()),
    };
  } finally {
    await factory.stop();
  }
}

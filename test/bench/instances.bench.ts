/**
 * L7: two and three API instances on one hot item, where each append costs the others a conflict, and two on two
 * ledgers beside one with both. Every fiftieth command is repeated at the next instance and must get the same answer:
 * npm run bench -- instances [--commands 10000] [--connections 60] [--seed 7]
 */

import { numberIn, tally, type Verdict } from './books.js';
import { type Factory, saleOf, startFactory, WARM } from './factory.js';
import { flagsOf } from './flags.js';
import { percentiles, round, runLoad, type Shot, seeded } from './load.js';
import { usageOfChildren } from './processes.js';

export const title = 'Several API instances (L7), fsync on';

interface Setting {
  name: string;
  placement: string[][];
  /** They do not know each other, and race. */
  apart?: boolean;
}
const SETTINGS: Setting[] = [
  { name: '1 instance, 1 hot ledger', placement: [['main']] },
  { name: '2 instances, 1 hot ledger', placement: [['main'], ['main']] },
  { name: '3 instances, 1 hot ledger', placement: [['main'], ['main'], ['main']] },
  { name: '3 instances apart, 1 hot ledger', placement: [['main'], ['main'], ['main']], apart: true },
  { name: '1 instance, 2 ledgers', placement: [['main', 'second']] },
  { name: '2 instances, 2 ledgers', placement: [['main'], ['second']] },
];
const AGAIN_EVERY = 50;

interface Options {
  commands: number;
  connections: number;
  seed: number;
}

export async function run(): Promise<object> {
  const options = flagsOf({ commands: 10_000, connections: 60, seed: 7 });
  console.log(`seed ${options.seed}, ${options.commands} commands a ledger, ${options.connections} connections in all`);
  const results: Record<string, Record<string, unknown>> = {};
  for (const setting of SETTINGS) {
    results[setting.name] = await measure(setting, options);
    console.log(setting.name, JSON.stringify(results[setting.name]));
  }
  const speed = (name: string) => Number(results[name]?.['answers/s']);
  return {
    'one hot item, stock for four fifths of the demand': results,
    ratios: {
      '2 / 1 instances on one ledger': { ratio: round(speed(SETTINGS[1]!.name) / speed(SETTINGS[0]!.name)) },
      '3 / 1 instances on one ledger': { ratio: round(speed(SETTINGS[2]!.name) / speed(SETTINGS[0]!.name)) },
      '3 apart / 1 instance on one ledger': { ratio: round(speed(SETTINGS[3]!.name) / speed(SETTINGS[0]!.name)) },
      '2 / 1 instances on two ledgers': { ratio: round(speed(SETTINGS[5]!.name) / speed(SETTINGS[4]!.name)) },
    },
  };
}

async function measure({ placement, apart }: Setting, { commands, connections, seed }: Options) {
  const ledgers = [...new Set(placement.flat())];
  const stock = Math.ceil(commands * 0.8);
  const factory = await startFactory({ apis: placement.length, apart, ledgers, items: ['hot'], stock });
  try {
    const lanes = placement.flatMap((of, instance) => of.map((ledger) => ({ instance, ledger })));
    const each = Math.ceil(connections / lanes.length);
    for (const { instance, ledger } of lanes) await warmUp(factory, instance, ledger, Math.min(500, commands));
    const demands = new Map<string, Demand>();
    for (const ledger of ledgers) demands.set(ledger, await demandOf(factory, ledger, commands, seed));
    const cpu_before = usageOfChildren().cpu_s;
    const began_ms = performance.now();
    const loads = lanes.map(async ({ instance, ledger }) => {
      const { next, onAnswer } = demands.get(ledger)!.client();
      const url = factory.system.urls[instance]!;
      const result = await runLoad({ url, token: factory.token, connections: each, next, onAnswer });
      return { instance, ...result };
    });
    const done = await Promise.all(loads);
    const seconds = (performance.now() - began_ms) / 1000;
    const cpu_s = usageOfChildren().cpu_s - cpu_before;
    const answers = done.reduce((sum, load) => sum + load.answers, 0);
    const all = [...demands.values()];
    const verdicts = await Promise.all(
      [...demands].map(async ([ledger, { verdict }]) => verdict(await factory.books(ledger))),
    );
    const { p50, p99 } = percentiles(all.flatMap(({ latencies }) => latencies));
    const failed = done.reduce(
      (sum, { answers, statuses }) => sum + answers - (statuses[201] ?? 0) - (statuses[409] ?? 0),
      0,
    );
    return {
      'sold/s': round(all.reduce((sum, { sold }) => sum + sold(), 0) / seconds),
      'answers/s': round(answers / seconds),
      p50_ms: round(p50),
      p99_ms: round(p99),
      'slowest p99_ms': round(Math.max(...done.map(({ latency_ms }) => latency_ms.p99))),
      'cpu s/1,000': round((cpu_s / answers) * 1000),
      ...(placement.length > 1 && { shares: sharesOf(done, answers, placement.length) }),
      failed,
      ...sumOf(verdicts),
    };
  } finally {
    await factory.stop();
  }
}

function sharesOf(done: { instance: number; answers: number }[], answers: number, instances: number): string {
  const share = (instance: number) =>
    done.filter((load) => load.instance === instance).reduce((sum, load) => sum + load.answers, 0) / answers;
  return Array.from({ length: instances }, (_, instance) => `${Math.round(share(instance) * 100)} %`).join(' ');
}

function sumOf(verdicts: Verdict[]): Verdict {
  const sum = (name: keyof Verdict) => verdicts.reduce((total, verdict) => total + verdict[name], 0);
  return { oversold: sum('oversold'), undersold: sum('undersold'), duplicate: sum('duplicate'), lost: sum('lost') };
}

const sale = (ledger: string, item_id: string, key: string): Shot => ({
  method: 'POST',
  path: '/api/v1/sales',
  headers: { ledger, 'idempotency-key': key },
  body: JSON.stringify(saleOf(item_id)),
});

async function warmUp(factory: Factory, instance: number, ledger: string, commands: number): Promise<void> {
  const next = (n: number) => (n < commands ? sale(ledger, WARM, `warm-${instance}-${n}`) : undefined);
  await runLoad({ url: factory.system.urls[instance]!, token: factory.token, connections: 20, next });
}

type Demand = Awaited<ReturnType<typeof demandOf>>;

async function demandOf(factory: Factory, ledger: string, commands: number, seed: number) {
  const { recorded, refused, verdict } = tally(await factory.books(ledger));
  const random = seeded(seed);
  const numbers = new Map<string, string>();
  const latencies: number[] = [];
  const keyOf = (n: number) => `${ledger}-${seed}-${n}`;
  let given = 0;
  let contradictions = 0;
  const answered = (key: string, status: number, body: string) => {
    if (status === 409) refused('hot');
    if (status !== 201) return;
    const number = numberIn(body);
    const before = numbers.get(key);
    if (before === undefined) {
      numbers.set(key, number);
      recorded(number, { hot: -1 });
    } else if (before !== number) contradictions += 1;
  };
  return {
    latencies,
    sold: () => numbers.size,
    verdict: (books: Parameters<typeof verdict>[0]): Verdict => {
      const found = verdict(books);
      return { ...found, duplicate: found.duplicate + contradictions };
    },
    client() {
      const keys = new Map<number, string>();
      return {
        next(n: number): Shot | undefined {
          if (given >= commands) return undefined;
          // Another instance may have answered it, or be deciding it now.
          const again = given > 0 && given % AGAIN_EVERY === 0;
          const key = keyOf(again ? given - 1 - Math.floor(random() * Math.min(given, AGAIN_EVERY - 1)) : given);
          given += 1;
          keys.set(n, key);
          return sale(ledger, 'hot', key);
        },
        onAnswer(n: number, status: number, body: string, ms: number) {
          latencies.push(ms);
          answered(keys.get(n)!, status, body);
          keys.delete(n);
        },
      };
    },
  };
}

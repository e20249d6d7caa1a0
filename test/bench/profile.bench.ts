/**
 * API, projector and event store under V8's profiler, which itself takes some of the time: single sales, a hot item,
 * batches, and sales that another instance forwards to the home of their ledger:
 * npm run bench -- profile [--by function] [--commands 20000] [--connections 200] [--seed 7]
 */

import { readFileSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { SourceMap } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { untilHomes } from '../support/homes.js';
import { allItems, type Factory, type FactoryOptions, ITEMS, itemId, PLENTY, saleOf, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { round, runLoad, seeded } from './load.js';
import { salesOf } from './sales.bench.js';

export const title = 'Profile: microseconds of the main threads a command, by whose code it is';

const BATCH_LINES = 500;
const ROWS_MAX = 40;

type Work = (factory: Factory, commands: number) => Promise<unknown>;

export async function run(): Promise<object> {
  const { by, commands, connections, seed } = flagsOf({ by: 'owner', commands: 20_000, connections: 200, seed: 7 });
  const nameOf = by === 'function' ? functionOf : ownerOf;
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const any = () => itemId(Math.floor(random() * ITEMS));
  const sell = (pick: () => string): Work => {
    return ({ url, token }, count) => runLoad({ url, token, connections, next: salesOf(pick, count) });
  };
  const batches: Work = async ({ give }, count) => {
    for (let n = 0; n < count; n += BATCH_LINES)
      await give(Array.from({ length: BATCH_LINES }, () => ({ type: 'sales', body: saleOf(any()) })));
  };
  const all = { items: allItems(), stock: PLENTY };
  const hot = { items: ['hot'], stock: commands / 5 };
  return {
    'single sales of any item': await profiled(all, sell(any), commands, nameOf),
    'a hot item, four in five buyers too late': await profiled(
      hot,
      sell(() => 'hot'),
      commands,
      nameOf,
    ),
    [`batches of ${BATCH_LINES} sales`]: await profiled(all, batches, commands, nameOf),
    'single sales that another instance forwards': await profiled({ ...all, apis: 2 }, sell(any), commands, nameOf),
  };
}

async function profiled(options: FactoryOptions, work: Work, commands: number, nameOf: NameOf): Promise<object> {
  const { NODE_OPTIONS } = process.env;
  process.env.NODE_OPTIONS = '--inspect=127.0.0.1:0';
  const factory = await startFactory(options).finally(() => {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  });
  try {
    const { programs, url } = await programsOf(factory, options);
    const asked = { ...factory, url };
    if (options.items.length > 1) await work(asked, commands / 4);
    await factory.caughtUp();
    const profilers = await Promise.all(
      Object.values(programs).map((name) => profilerOf(join(factory.system.dir, `${name}.log`))),
    );
    await work(asked, commands);
    await factory.caughtUp();
    const profiles = await Promise.all(profilers.map((stop) => stop()));
    return tableOf(
      Object.keys(programs),
      profiles.map((profile) => byName(profile, commands, nameOf)),
    );
  } finally {
    await factory.stop();
  }
}

/** By what they are here; of two instances the one that is not the ledger's home is asked. */
async function programsOf({ system, url }: Factory, { apis }: FactoryOptions) {
  const others = { projector: 'projector', 'event store': 'eventstore' };
  if (apis === undefined) return { programs: { API: 'api', ...others }, url };
  const [home] = await untilHomes(system, 'main', (homes) => homes.length === 1);
  const asked = home === 'api' ? 'api_2' : 'api';
  return { programs: { 'API asked': asked, home: home!, ...others }, url: system.urls[asked === 'api' ? 0 : 1]! };
}

async function profilerOf(log_file: string): Promise<() => Promise<Profiler.Profile>> {
  const address = /ws:\/\/\S+/.exec(readFileSync(log_file, 'utf8'))?.[0];
  if (address === undefined) throw new Error(`${log_file} does not say where its process can be inspected`);
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  let asked = 0;
  const ask = (method: string, params = {}) =>
    new Promise<{ profile: Profiler.Profile }>((resolve) => {
      asked += 1;
      const id = asked;
      socket.addEventListener('message', function hear({ data }) {
        const answer = JSON.parse(`${data}`);
        if (answer.id !== id) return;
        socket.removeEventListener('message', hear);
        resolve(answer.result);
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await ask('Profiler.enable');
  await ask('Profiler.setSamplingInterval', { interval: 500 });
  await ask('Profiler.start');
  return async () => {
    const { profile } = await ask('Profiler.stop');
    socket.close();
    return profile;
  };
}

type NameOf = (name: string, source: string) => string;
function byName(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  commands: number,
  nameOf: NameOf,
): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame.functionName, sourceOf(callFrame))]));
  const sums = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    const name = names.get(id)!;
    sums.set(name, (sums.get(name) ?? 0) + timeDeltas[index]! / commands);
  }
  sums.delete('(idle)');
  return sums;
}

const maps = new Map<string, SourceMap>();
/** Each program is one file, whose map says what it was made of. */
function sourceOf({ url, lineNumber, columnNumber }: Profiler.Profile['nodes'][number]['callFrame']): string {
  if (!/\/dist\/apps\/\w+\/program\.js$/.test(url)) return url;
  const map = maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(`${fileURLToPath(url)}.map`, 'utf8')));
  maps.set(url, map);
  const entry = map.findEntry(lineNumber, columnNumber);
  // What the bundler adds has none.
  return ('originalSource' in entry && entry.originalSource) || url;
}
function functionOf(name: string, source: string): string {
  return `${name} ${source.split('/').at(-1)}`.trim();
}
function ownerOf(name: string, source: string): string {
  const packaged = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1];
  if (packaged !== undefined) return packaged;
  const own = /\/((?:apps|libs)\/[^/]+|projections)\//.exec(source)?.[1];
  if (own !== undefined) return own;
  if (/^node:(_http|internal\/http)/.test(source)) return source.includes('http2') ? 'node: http2' : 'node: http';
  if (source.startsWith('node:')) return 'node: streams, sockets, timers';
  if (name === '(idle)' || name === '(garbage collector)') return name;
  return 'native code';
}

function tableOf(programs: readonly string[], profiles: Map<string, number>[]): Record<string, Record<string, number>> {
  const most = new Map<string, number>();
  for (const profile of profiles)
    for (const [owner, us] of profile) most.set(owner, Math.max(most.get(owner) ?? 0, us));
  const shown = [...most].sort((a, b) => b[1] - a[1]).slice(0, ROWS_MAX);
  const row = (of: (profile: Map<string, number>) => number) =>
    Object.fromEntries(programs.map((name, index) => [name, round(of(profiles[index]!))]));
  const table = Object.fromEntries(shown.map(([owner]) => [owner, row((profile) => profile.get(owner) ?? 0)]));
  return { ...table, everything: row((profile) => [...profile.values()].reduce((sum, us) => sum + us, 0)) };
}

/**
 * What a factory of some size needs: its worst hour, which has 30 % of the day, goes on for some minutes. Commands and reads are those of L4:
 * npm run bench -- capacity [--minutes 2] [--sizes 5000,50000,500000,5000000] [--seed 7]
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { allItems, type Factory, PLENTY, startFactory } from './factory.js';
import { flagsOf } from './flags.js';
import { round, runLoad, sleep } from './load.js';
import { mixedSteps } from './mixed.bench.js';
import { cpuOfPrograms, memoryOfPrograms } from './processes.js';

export const title = 'The worst hour of a day of 5,000 to 5,000,000 events, at its pace';

const ITEMS = 1000;
const WORST_HOUR = 0.3;
const PROGRAMS = ['api', 'projector', 'eventstore', 'postgres'];

interface Standing {
  cpu_s: Record<string, number>;
  log_bytes: number;
  database_bytes: number;
  events: number;
}

export async function run(): Promise<object> {
  const { minutes, sizes, seed } = flagsOf({ minutes: 2, sizes: '5000,50000,500000,5000000', seed: 7 });
  const factory = await startFactory({ items: allItems(ITEMS), stock: PLENTY });
  try {
    const steps = mixedSteps(seed);
    const idle = await during(factory, () => sleep(60_000));
    const paces: Record<string, object> = {
      'nothing asked': { 'requests/s': 0, ...coresOf(idle) },
    };
    const disk: Record<string, object> = {};
    for (const size of sizes.split(',').map(Number)) {
      const rate = (size * WORST_HOUR) / 3600;
      const requests = Math.ceil(rate * minutes * 60);
      const next = (n: number) => (n < requests ? steps().shot : undefined);
      let result: Awaited<ReturnType<typeof runLoad>> | undefined;
      const found = await during(factory, async () => {
        result = await runLoad({ ...factory, connections: Math.ceil(Math.min(100, 4 + rate)), rate, next });
      });
      const { statuses, latency_ms } = result!;
      const failed = Object.entries(statuses).filter(([status]) => !/^20[01]$/.test(status));
      paces[`${size} a day`] = {
        'requests/s': round(rate),
        ...coresOf(found),
        'p50, ms': round(latency_ms.p50),
        'p99, ms': round(latency_ms.p99),
        failed: failed.reduce((sum, [, count]) => sum + count, 0),
      };
      disk[`${size} a day`] = {
        events: found.events,
        'log, bytes an event': Math.round(found.log_bytes / found.events),
        'Postgres, bytes an event': Math.round(found.database_bytes / found.events),
      };
      console.log(size, JSON.stringify(paces[`${size} a day`]));
    }
    return { 'cores busy, MiB in use': paces, disk };
  } finally {
    await factory.stop();
  }
}

/** What was used and grew meanwhile, the read models' following included. */
async function during(factory: Factory, work: () => Promise<unknown>): Promise<Standing & { seconds: number }> {
  const began_ms = performance.now();
  const before = await standing(factory);
  await work();
  const seconds = (performance.now() - began_ms) / 1000;
  const after = await standing(factory);
  const cpu_s = Object.fromEntries(
    PROGRAMS.map((name) => [name, (after.cpu_s[name] ?? 0) - (before.cpu_s[name] ?? 0)]),
  );
  return {
    ...{ seconds, cpu_s },
    log_bytes: after.log_bytes - before.log_bytes,
    database_bytes: after.database_bytes - before.database_bytes,
    events: after.events - before.events,
  };
}

async function standing({ system, caughtUp, get }: Factory): Promise<Standing> {
  await caughtUp();
  const database = new pg.Client({ connectionString: system.database_url });
  await database.connect();
  const { rows } = await database.query<{ bytes: string }>('SELECT pg_database_size(current_database()) AS bytes');
  await database.end();
  const { position } = await get<{ position: number }>('/stock?limit=1');
  const folder = join(system.dir, 'eventstore');
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return {
    cpu_s: cpuOfPrograms(),
    log_bytes: files.reduce((sum, { size }) => sum + size, 0),
    database_bytes: Number(rows[0]!.bytes),
    events: position,
  };
}

function coresOf({ cpu_s, seconds }: { cpu_s: Record<string, number>; seconds: number }): Record<string, number> {
  const memory = memoryOfPrograms();
  return Object.fromEntries(
    PROGRAMS.flatMap((name) => [
      [name, Number(((cpu_s[name] ?? 0) / seconds).toFixed(3))],
      [`${name}, MiB`, round(memory[name] ?? 0)],
    ]),
  );
}

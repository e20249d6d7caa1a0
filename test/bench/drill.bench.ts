/**
 * How long a lost data folder costs: a ledger of so many events is backed up and followed, then both are tried out, each as an operator's command.
 * Aims for a million events: ten minutes until it runs again (RTO), and a loss of seconds (RPO):
 * npm run bench -- drill --events 1000000    (default: 100,000, to stay within minutes; --follow 0: the backup alone)
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { startChild } from '../../libs/process/child.js';
import { eventStoreProgram } from '../../libs/process/programs.js';
import { startPostgres } from '../support/postgres.js';
import { flagsOf } from './flags.js';
import { round, sleep } from './load.js';
import { fill } from './recovery.bench.js';

export const title = 'A drill: backed up, followed, recovered, started, verified and sold from';

const dist = new URL('../../', import.meta.url);
const cli = fileURLToPath(new URL('apps/cli/main.js', dist));

export async function run(): Promise<object> {
  const { events, follow } = flagsOf({ events: 100_000, follow: 1 });
  const dir = await mkdtemp(join(tmpdir(), 'drill-bench-'));
  await mkdir(join(dir, 'api'));
  const postgres = await startPostgres({ durable: true });
  const eventstore = startChild(eventStoreProgram({ dist, log_dir: dir }, 0, join(dir, 'eventstore')));
  try {
    const { url = '' } = await eventstore.ready;
    const steps: Record<string, object> = {};
    const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      const since_ms = performance.now();
      const result = await work();
      const seconds = (performance.now() - since_ms) / 1000;
      steps[name] = { seconds: round(seconds), 'events/s': Math.round(events / seconds) };
      console.log(`${name}: ${Math.round(seconds)} s`);
      return result;
    };
    await step('made by the rules and appended', async () => {
      const store = connectEventStore({ url });
      await fill(store, events).finally(() => store.close());
    });
    const live = { DATA_DIR: dir, DATABASE_URL: postgres.url };
    const [backups, copy] = [join(dir, 'backups'), join(dir, 'copy')];
    await step('cli backup', () => command(['backup', backups], live));
    const of_backup = await step('cli drill', () => command(['drill', backups, '--in', dir], live));
    const until: Record<string, object> = { 'of the backup': phasesIn(of_backup) };
    if (follow > 0) {
      await step('cli follow, until the copy is complete', () => untilCopied(copy, { ...live, EVENTSTORE_URL: url }));
      await step('cli follow, again: the copy is checked, and compared with the whole log', async () => {
        await rm(join(copy, 'copy.json'));
        await untilCopied(copy, { ...live, EVENTSTORE_URL: url });
      });
      const drill = ['drill', backups, '--log', copy, '--in', dir];
      until['of its users and the log of the copy'] = phasesIn(
        await step('cli drill --log', () => command(drill, live)),
      );
    }
    const { size } = await stat(join(dir, 'eventstore', 'events.db'));
    return {
      [`${events} events`]: steps,
      'until, s': until,
      size: { 'log, MiB': round(size / 2 ** 20), 'bytes an event': Math.round(size / events) },
    };
  } finally {
    await eventstore.stop();
    await postgres.stop();
    await rm(dir, { recursive: true });
  }
}

function phasesIn(output: string): object {
  const after = (line: string) => Number(new RegExp(`^${line}.* after ([\\d.]+) s$`, 'm').exec(output)?.[1]);
  const recovery_s = Number(/A recovery takes ([\d.]+) s/.exec(output)?.[1]);
  const lost = /RPO ([^)]+)\)/.exec(output)?.[1];
  return {
    recovered: after('recovered'),
    'read models made': after('it runs'),
    'recovery (RTO)': recovery_s,
    RPO: lost,
  };
}

async function untilCopied(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { child, closed } = begin(['follow', folder], env);
  while (!existsSync(join(folder, 'copy.json')) && child.exitCode === null) await sleep(50);
  child.kill('SIGTERM');
  await closed;
  if (!existsSync(join(folder, 'copy.json'))) throw new Error('cli follow ended before its copy was complete');
}

async function command(args: string[], env: NodeJS.ProcessEnv): Promise<string> {
  const { closed, output } = begin(args, env);
  const [code] = await closed;
  if (code !== 0) throw new Error(`cli ${args[0]} ended with ${code}\n${output()}`);
  return output();
}

function begin(args: string[], env: NodeJS.ProcessEnv) {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', cli, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return { child, closed: once(child, 'close'), output: () => output };
}

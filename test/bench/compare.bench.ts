/**
 * The CPU time of this checkout beside that of another one, which must be built. Both systems run at once and take turns of a fraction of
 * a second in the order ABBA, since a machine's speed drifts by more than the differences that are looked for. `rules` are sales
 * decided and applied in one process, ten times as many, without server, disk or database; `writer` are sales that also go through the ledger's
 * writer, fifty at once: chained, hashed and written as JSON for a log that takes them.
 *
 *     npm run bench -- compare --other ../before [--only rules,writer] [--rounds 40] [--commands 1000] [--connections 60] [--seed 7]
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { round, seeded } from './load.js';

export const title = 'CPU of all processes a command, this checkout beside another one, fsync on';

const WORK = ['rules', 'writer', 'sales', 'refused', 'batches', 'as-of'] as const;
export type Work = (typeof WORK)[number];
export interface Turn {
  work: Work;
  commands: number;
  connections: number;
  seed: number;
}

const TRIALS = 2000;

export async function run(): Promise<object> {
  const { values } = parseArgs({
    allowPositionals: true,
    options: {
      other: { type: 'string' },
      only: { type: 'string', default: WORK.join(',') },
      rounds: { type: 'string', default: '40' },
      commands: { type: 'string', default: '1000' },
      connections: { type: 'string', default: '60' },
      seed: { type: 'string', default: '7' },
    },
  });
  if (values.other === undefined) throw new Error('--other names the folder of the other checkout');
  const [commands, connections, seed] = [Number(values.commands), Number(values.connections), Number(values.seed)];
  const sides = await Promise.all([startSide(process.cwd()), startSide(resolve(values.other))]);
  const [ours, other] = sides;
  try {
    const figures: Record<string, object> = {};
    for (const work of WORK.filter((each) => values.only.split(',').includes(each))) {
      const cpu: [number, number][] = [];
      for (let n = 0; n < Number(values.rounds); n += 1) {
        const turn = { work, commands, connections, seed: seed + n };
        const pair: [number, number] = [0, 0];
        for (const side of n % 2 === 0 ? [0, 1] : [1, 0]) pair[side] = await sides[side]!.take(turn);
        // The first rounds are those of a cold compiler.
        if (n >= Number(values.rounds) / 5) cpu.push(pair);
      }
      const ratios = cpu.map(([a, b]) => a / b);
      const [low, high] = confidence(ratios, seed);
      figures[work] = {
        'cpu s/1,000': round((median(cpu.map(([a]) => a)) / commands) * 1000),
        other: round((median(cpu.map(([, b]) => b)) / commands) * 1000),
        ratio: round(median(ratios)),
        'from (95 %)': round(low),
        to: round(high),
      };
      console.log(work, JSON.stringify(figures[work]));
    }
    return { 'this checkout and the other': figures };
  } finally {
    await Promise.all([ours.stop(), other.stop()]);
  }
}

async function startSide(checkout: string) {
  const child = fork(new URL('./compare-side.js', import.meta.url), [checkout], { cwd: checkout });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the side of ${checkout} ended`)));
  ended.catch(() => {});
  const answer = () => Promise.race([once(child, 'message'), ended]);
  await answer();
  return {
    async take(turn: Turn): Promise<number> {
      child.send(turn);
      const [cpu_s] = (await answer()) as [number];
      return cpu_s;
    },
    async stop() {
      child.send('stop');
      await ended.catch(() => {});
    },
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Of the median, by drawing again. */
function confidence(values: readonly number[], seed: number): [number, number] {
  const random = seeded(seed);
  const draw = () => median(values.map(() => values[Math.floor(random() * values.length)]!));
  const medians = Array.from({ length: TRIALS }, draw).toSorted((a, b) => a - b);
  return [medians[TRIALS * 0.025]!, medians[TRIALS * 0.975]!];
}

/**
 * Hours of requests made of the OpenAPI document.
 * npm run fuzz -- [--minutes 60] [--cases N] [--seed N] [--path P]
 * Seed and path of a finding repeat it. Exit code 1: a finding.
 */
import { parseArgs } from 'node:util';
import { seedOf } from '../support/random.js';
import { startSystem } from '../support/system.js';
import { fuzz, NO_LIMITS_OF_USERS } from './fuzz.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    cases: { type: 'string', default: `${1e9}` },
    seed: { type: 'string', default: `${seedOf()}` },
    path: { type: 'string' },
  },
});
const { seed, path } = values;
const system = await startSystem({ env: NO_LIMITS_OF_USERS });
try {
  console.log(`Seed ${seed}`);
  const minutes_max = Number(values.minutes);
  const counts = await fuzz(system, { seed: Number(seed), cases: Number(values.cases), path, minutes_max });
  const { requests, recorded, refused, by_code } = counts;
  console.log(`${requests} requests: ${recorded} done, ${refused} refused.`);
  for (const [code, count] of [...by_code].sort(([, a], [, b]) => b - a))
    console.log(`${`${count}`.padStart(8)} ${code}`);
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
} finally {
  await system.stop();
}

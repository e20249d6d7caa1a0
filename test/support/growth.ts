/** In factors, never seconds. The least of several measurements counts: a busy machine only makes a run longer. */
const FACTOR = 4;
const GROWTH_MAX = 6;
const ROUNDS_MAX = 25;
const SLOW_MS = 500;
const ROUNDS_OF_SLOW = 6;
/** Below it no growth can be seen. */
const NOISE_MS = 5;

/** @returns the sizes between which it grew faster, with the factor */
export function fasterThanLinear(work: (bytes: number) => () => void, bytes_max: number): string | undefined {
  let bytes = bytes_max / FACTOR ** 4;
  let before = work(bytes);
  while (bytes < bytes_max) {
    bytes *= FACTOR;
    const now = work(bytes);
    const growth = leastGrowth(before, now);
    if (growth > GROWTH_MAX) return `${bytes / FACTOR} to ${bytes} bytes: ${growth.toFixed(1)} times as long`;
    before = now;
  }
  return undefined;
}

function leastGrowth(small: () => void, large: () => void): number {
  let [small_ms, large_ms] = [timeOf(small), timeOf(large)];
  const growth = () => (large_ms + NOISE_MS) / (small_ms + NOISE_MS);
  const rounds = large_ms > SLOW_MS ? ROUNDS_OF_SLOW : ROUNDS_MAX;
  for (let round = 0; round < rounds && growth() > GROWTH_MAX; round += 1) {
    small_ms = Math.min(small_ms, timeOf(small));
    large_ms = Math.min(large_ms, timeOf(large));
  }
  return growth();
}

function timeOf(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

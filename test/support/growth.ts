/** In factors, never seconds. The least of several measurements counts: a busy machine only makes a run longer. */
const factor = 4;
const growth_max = 6;
const rounds_max = 25;
const slow_ms = 500;
/** Below it no growth can be seen. */
const noise_ms = 5;

/** @returns the sizes between which it grew faster, with the factor */
export function fasterThanLinear(work: (bytes: number) => () => void, bytes_max: number): string | undefined {
  let bytes = bytes_max / factor ** 4;
  let before = work(bytes);
  while (bytes < bytes_max) {
    bytes *= factor;
    const now = work(bytes);
    const growth = leastGrowth(before, now);
    if (growth > growth_max) return `${bytes / factor} to ${bytes} bytes: ${growth.toFixed(1)} times as long`;
    before = now;
  }
  return undefined;
}

function leastGrowth(small: () => void, large: () => void): number {
  let [small_ms, large_ms] = [timeOf(small), timeOf(large)];
  const growth = () => (large_ms + noise_ms) / (small_ms + noise_ms);
  const rounds = large_ms > slow_ms ? 1 : rounds_max;
  for (let round = 0; round < rounds && growth() > growth_max; round += 1) {
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

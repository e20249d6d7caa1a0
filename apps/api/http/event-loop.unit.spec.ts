import { setImmediate as iteration } from 'node:timers/promises';
import { PerIteration, watchThread } from './event-loop.js';

it('begins so many in an iteration, and the others in the next ones, in their order', async () => {
  const paced = new PerIteration(3);
  const begun: number[] = [];
  const ask = (count: number) => {
    const first = asked;
    for (let n = first; n < first + count; n += 1) paced.begin(() => begun.push(n));
    asked += count;
  };
  let asked = 0;
  const seen: number[] = [];
  ask(2);
  seen.push(begun.length);
  ask(5);
  seen.push(begun.length);
  await iteration();
  seen.push(begun.length);
  ask(1);
  seen.push(begun.length);
  await iteration();
  seen.push(begun.length);
  await iteration();
  await iteration();
  ask(3);
  seen.push(begun.length);
  expect(seen).toEqual([2, 3, 6, 6, 8, 11]);
  expect(begun).toEqual(Array.from({ length: 11 }, (_, n) => n));
});

it('tells for which share of its time the thread was busy', async () => {
  const shares: number[] = [];
  const watching = watchThread((busy) => shares.push(busy), 50);
  const until_ms = performance.now() + 400;
  while (performance.now() < until_ms) {
    const work_ms = performance.now() + 20;
    while (performance.now() < work_ms);
    await iteration();
  }
  const busy = shares.splice(0);
  expect(busy.length).toBeGreaterThan(1);
  await new Promise((later) => setTimeout(later, 400));
  clearInterval(watching);
  expect(Math.min(...busy.slice(1))).toBeGreaterThan(0.8);
  expect(Math.min(...shares)).toBeLessThan(0.5);
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { mapInOrder } from './map-in-order.js';

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of source) list.push(each);
  return list;
}

describe('answers', () => {
  const numbers = async function* (count: number) {
    for (let n = 1; n <= count; n += 1) yield n;
  };
  test('come in the order of the inputs, whichever is ready first, and no more are in progress than allowed', async () => {
    let running = 0;
    let running_max = 0;
    const answer = async (n: number) => {
      running += 1;
      running_max = Math.max(running_max, running);
      await sleep(n % 3);
      running -= 1;
      return `${n};`;
    };
    const text = (await all(mapInOrder(numbers(100), answer, 7))).flat().join('');
    expect(text).toBe(Array.from({ length: 100 }, (_, index) => `${index + 1};`).join(''));
    expect(running_max).toBe(7);
  });
  test('do not wait for the next input', async () => {
    const next = Promise.withResolvers<void>();
    const inputs = (async function* () {
      yield 1;
      await next.promise;
      yield 2;
    })();
    const answers = mapInOrder(inputs, async (n) => `${n};`, 10);
    expect((await answers.next()).value).toEqual(['1;']);
    next.resolve();
    expect((await answers.next()).value).toEqual(['2;']);
    expect((await answers.next()).done).toBe(true);
  });
  test('stop the reading of inputs when they are no longer read', async () => {
    let read = 0;
    const inputs = (async function* () {
      for (;;) {
        read += 1;
        yield read;
      }
    })();
    const answers = mapInOrder(inputs, async (n) => `${n};`, 3);
    await answers.next();
    await sleep(5);
    const before = read;
    expect(before).toBeLessThanOrEqual(7);
    await answers.return(undefined);
    await sleep(5);
    expect(read - before).toBeLessThanOrEqual(1);
  });
  test('fail with what the inputs failed with', async () => {
    const inputs = (async function* () {
      yield 1;
      throw new Error('the client has gone');
    })();
    await expect(all(mapInOrder(inputs, async (n) => `${n};`, 3))).rejects.toThrow('the client has gone');
  });
  test('a failure of the inputs is not unhandled when the answers are no longer read', async () => {
    const inputs = (async function* () {
      yield 1;
      await sleep(5);
      throw new Error('the client has gone');
    })();
    const answers = mapInOrder(inputs, async (n) => `${n};`, 3);
    await answers.next();
    await sleep(15);
    await answers.return(undefined);
  });
});

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
  test('come in the order of the questions, whichever is ready first, and no more are open than allowed', async () => {
    let open = 0;
    let open_max = 0;
    const answer = async (n: number) => {
      open += 1;
      open_max = Math.max(open_max, open);
      await sleep(n % 3);
      open -= 1;
      return `${n};`;
    };
    const text = (await all(mapInOrder(numbers(100), answer, 7))).join('');
    expect(text).toBe(Array.from({ length: 100 }, (_, index) => `${index + 1};`).join(''));
    expect(open_max).toBe(7);
  });
  test('do not wait for the next question', async () => {
    const next = Promise.withResolvers<void>();
    const questions = (async function* () {
      yield 1;
      await next.promise;
      yield 2;
    })();
    const answers = mapInOrder(questions, async (n) => `${n};`, 10);
    expect((await answers.next()).value).toBe('1;');
    next.resolve();
    expect((await answers.next()).value).toBe('2;');
    expect((await answers.next()).done).toBe(true);
  });
  test('stop the asking when nobody reads them', async () => {
    let asked = 0;
    const questions = (async function* () {
      for (;;) {
        asked += 1;
        yield asked;
      }
    })();
    const answers = mapInOrder(questions, async (n) => `${n};`, 3);
    await answers.next();
    await sleep(5);
    const before = asked;
    expect(before).toBeLessThanOrEqual(7);
    await answers.return(undefined);
    await sleep(5);
    expect(asked - before).toBeLessThanOrEqual(1);
  });
  test('end with what ended the questions', async () => {
    const questions = (async function* () {
      yield 1;
      throw new Error('the client has gone');
    })();
    await expect(all(mapInOrder(questions, async (n) => `${n};`, 3))).rejects.toThrow('the client has gone');
  });
  test('nobody is told of a failure where nobody reads any more', async () => {
    const questions = (async function* () {
      yield 1;
      await sleep(5);
      throw new Error('the client has gone');
    })();
    const answers = mapInOrder(questions, async (n) => `${n};`, 3);
    await answers.next();
    await sleep(15);
    await answers.return(undefined);
  });
});

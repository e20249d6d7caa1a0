import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { inOrder, linesOf } from './ndjson.js';

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
}
async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of source) list.push(each);
  return list;
}
const read = async (bytes_max: number, ...texts: string[]) =>
  (await all(linesOf(chunks(...texts), bytes_max))).map(({ number, bytes }) => [number, bytes?.toString()]);

describe('lines', () => {
  test('come whole, however they were cut, with or without a last newline or a carriage return', async () => {
    const expected = [
      [1, '{"a":1}'],
      [2, '{"b":2}'],
      [4, 'é'],
    ];
    const text = Buffer.from('{"a":1}\n{"b":2}\r\n\né');
    for (let cut = 0; cut <= text.length; cut += 1) {
      const parts = [text.subarray(0, cut), text.subarray(cut)];
      const source = (async function* () {
        yield* parts;
      })();
      const lines = (await all(linesOf(source, 100))).map(({ number, bytes }) => [number, bytes?.toString()]);
      expect(lines).toEqual(expected);
    }
    expect(await read(100, 'x\n')).toEqual([[1, 'x']]);
    expect(await read(100)).toEqual([]);
    expect(await read(100, '\n\n')).toEqual([]);
  });
  test('that are too long are told apart and the next is read', async () => {
    expect(await read(5, '123456\n12345\n', '123', '456', '789\nok\n1234567')).toEqual([
      [1, undefined],
      [2, '12345'],
      [3, undefined],
      [4, 'ok'],
      [5, undefined],
    ]);
  });
});

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
    const text = (await all(inOrder(numbers(100), answer, 7))).join('');
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
    const answers = inOrder(questions, async (n) => `${n};`, 10);
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
    const answers = inOrder(questions, async (n) => `${n};`, 3);
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
    await expect(all(inOrder(questions, async (n) => `${n};`, 3))).rejects.toThrow('the client has gone');
  });
});

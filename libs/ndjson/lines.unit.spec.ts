import { describe, expect, test } from '@jest/globals';
import { linesOf } from './lines.js';

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const each of source) list.push(each);
  return list;
}

async function* chunks(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text);
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
  test('may begin with a byte order mark, once and only there', async () => {
    const mark = '\ufeff';
    for (const source of [[`${mark}{}\nx`], [`${mark}`, '{}\nx'], [`${mark}{}\r\n`, 'x\n']])
      expect(await read(100, ...source)).toEqual([
        [1, '{}'],
        [2, 'x'],
      ]);
    expect(await read(100, `${mark}${mark}{}\n`)).toEqual([[1, `${mark}{}`]]);
    expect(await read(100, `{}\n${mark}{}\n`)).toEqual([
      [1, '{}'],
      [2, `${mark}{}`],
    ]);
    expect(await read(100, mark)).toEqual([]);
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

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { asWritten, defused } from './formulas.js';
import { type CsvRecord, NotCsv, RECORD_BYTES_MAX, readCsv, type Separator } from './read.js';
import { toCsv } from './write.js';

async function* chunksOf(bytes: Buffer, size = bytes.length || 1): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Buffer, { size, separator }: { size?: number; separator?: Separator } = {}) {
  const table = await readCsv(chunksOf(Buffer.from(text as string), size), { separator });
  const records: CsvRecord[] = [];
  try {
    for await (const record of table.records) records.push(record);
    return { ...table, records, wrong: undefined };
  } catch (error) {
    if (!(error instanceof NotCsv)) throw error;
    return { ...table, records, wrong: [error.line, error.message] };
  }
}
const cells = async (text: string, options?: Parameters<typeof read>[1]) =>
  (await read(text, options)).records.map((record) => record.cells);

describe('a file is read', () => {
  test.each([',', ';', '\t'] as const)('separated by %j, which the first line shows', async (separator) => {
    const text = ['item,id', 'name', 'x'].map((name) => `"${name}"`).join(separator);
    const table = await read(`${text}\n1${separator}"a${separator}b"${separator}3`);
    expect(table.separator).toBe(separator);
    expect(table.header).toEqual(['item,id', 'name', 'x']);
    expect(table.records).toEqual([{ line: 2, cells: ['1', `a${separator}b`, '3'] }]);
  });
  test('with a byte order mark, CRLF, quotes and empty lines, and each record knows its line', async () => {
    const text = '\ufeffid;name\r\n\r\n1;"two\r\nlines"\r\n2;"say ""no"""\r\n\r\n3;"a\nb\nc"\r\n4;d';
    const expected = [
      { line: 3, cells: ['1', 'two\r\nlines'] },
      { line: 5, cells: ['2', 'say "no"'] },
      { line: 7, cells: ['3', 'a\nb\nc'] },
      { line: 10, cells: ['4', 'd'] },
    ];
    for (const size of [1, 2, 3, 7, 1000]) expect((await read(text, { size })).records).toEqual(expected);
  });
  test('though its lines have more or fewer cells than the header', async () =>
    expect(await cells('a,b\n1\n1,2,3\n')).toEqual([['1'], ['1', '2', '3']]));
  test('with a separator that was said', async () =>
    expect((await read('a;b,c\n1;2,3\n', { separator: ',' })).header).toEqual(['a;b', 'c']));
});

describe('a file that is no table', () => {
  const wrong = async (text: string | Buffer) => {
    try {
      return (await read(text)).wrong;
    } catch (error) {
      return [(error as NotCsv).line, (error as NotCsv).message];
    }
  };
  test('says from which line on, after what stands before it', async () => {
    const table = await read('a,b\n1,2\n3,"4\n5,6\n');
    expect(table.records).toEqual([{ line: 2, cells: ['1', '2'] }]);
    expect(table.wrong).toEqual([expect.any(Number), 'a quote is opened and not closed']);
    expect(await wrong('a,b\n1,2\n3,x"4"\n')).toEqual([3, expect.stringMatching(/^a quote stands within a cell/)]);
    expect(await wrong('a,b\n"1"x,2\n')).toEqual([2, expect.stringMatching(/^a quote stands within a cell/)]);
  });
  test.each([
    ['Latin-1', Buffer.from('a,b\n1,2\n3,Flaschenträger\n', 'latin1'), 3],
    ['UTF-16', Buffer.from('\ufeffa,b\n1,2\n', 'utf16le'), 1],
    ['UTF-16 without a mark', Buffer.from('a,b\n1,2\n', 'utf16le'), 1],
    ['cut off within a character', Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from([0xc3])]), 2],
    ['with U+0000', Buffer.from('a,b\n1,\0\n'), 2],
  ])('in %s', async (_, bytes, line) =>
    expect(await wrong(bytes)).toEqual([line, expect.stringMatching(/^the file is not text in UTF-8/)]),
  );
  test.each(['', '\n\n', '\ufeff'])('empty: %j', async (text) =>
    expect(await wrong(text)).toEqual([1, 'the file is empty']),
  );
  test.each([
    ['a line of 1 MiB', 'a'.repeat(2 ** 20)],
    ['a million columns', 'a,'.repeat(1_000_000)],
    ['a quote that is never closed', `"${'a\n'.repeat(2 ** 19)}`],
    ['a thousand columns', 'a,'.repeat(1000)],
  ])('%s is refused as soon as it is seen', async (_, text) => {
    expect(await wrong(text)).toEqual([expect.any(Number), expect.stringMatching(/longer than|more than/)]);
    const table = await read(`id,name\n1,2\n${text}`);
    if (text.length > RECORD_BYTES_MAX)
      expect(table.wrong).toEqual([expect.any(Number), expect.stringMatching(/longer/)]);
    expect(table.records[0]).toEqual({ line: 2, cells: ['1', '2'] });
  });
});

describe('what was written is read back', () => {
  const nasty = fc.array(
    fc.constantFrom("'", '"', '=', '+', '-', '@', '＝', ' ', '\t', '\r', '\n', ';', ',', 'a', 'ä', '5'),
  );
  const text = fc.oneof(
    nasty.map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme' }).filter((each) => !each.includes('\0')),
  );

  test('whatever a cell begins with, none is a formula', () =>
    fc.assert(
      fc.property(text, (cell) => {
        expect(asWritten(defused(cell))).toBe(cell);
        expect(defused(cell)).not.toMatch(/^[\s"]*[=+\-@＝＋－＠]/);
      }),
      { numRuns: 2000 },
    ));
  test('through a file', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(',' as const, ';' as const, '\t' as const),
        fc.integer({ min: 1, max: 50 }),
        async (rows, separator, size) => {
          const data = rows.map(([a, b], n) => ({ a, n, b }));
          const csv = toCsv(['a', 'n', 'b'], data, { separator });
          expect(await cells(csv, { size })).toEqual(data.map(({ a, n, b }) => [a, `${n}`, b]));
        },
      ),
      { numRuns: 300 },
    ));
});

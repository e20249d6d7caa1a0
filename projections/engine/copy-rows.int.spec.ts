import { sql } from 'kysely';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { openDatabase } from '../database/database.js';
import { type Cell, CopyRows } from './copy-rows.js';
import { inTransaction } from './transaction-writer.js';

const COLUMNS = {
  name: 'text',
  whole: 'bigint',
  short: 'integer',
  day: 'date',
  at: 'timestamptz',
  told: 'json',
  last: 'text',
} as const;
const TABLE =
  'CREATE TABLE events (name text, whole bigint, short integer, day date, at timestamptz, told json, last text)';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

async function copied(rows: readonly (readonly Cell[])[]): Promise<unknown[][]> {
  const db = openDatabase(await createDatabase(postgres), { schema: 'public' });
  try {
    await sql.raw(TABLE).execute(db);
    await inTransaction(db, [], async (writer) => {
      const copy = new CopyRows('events', COLUMNS);
      for (const row of rows) copy.add(row);
      writer.copy(copy);
    });
    const { rows: found } = await sql<Record<string, unknown>>`SELECT name, whole, short, day, at, told::text, last
      FROM events`.execute(db);
    return found.map((row) => Object.values(row));
  } finally {
    await db.destroy();
  }
}

describe('rows by COPY', () => {
  it('come out as they went in, at the ends of every range', async () => {
    const rows = [
      ['', 0n, 0, '2000-01-01', '2000-01-01T00:00:00.000Z', '{}', 'x'],
      ['a\tb\\c\n\r', 2n ** 63n - 1n, 2 ** 31 - 1, '9999-12-31', '9999-12-31T23:59:59.999Z', '{"a": "\\u0000"}', ''],
      ['Flaschen für Zoë 🍾', -(2n ** 63n), -(2 ** 31), '0001-01-01', '1582-10-15T00:00:00.000Z', '[1,2]', '漢字'],
      [`${'x'.repeat(47)}é`, -1n, -1, '1969-12-31', '1969-12-31T23:59:59.999Z', '"é"', 'x'.repeat(48)],
      [null, null, null, null, null, null, null],
    ];
    expect(await copied(rows)).toEqual(rows);
  });

  it('take whole numbers of JavaScript, and instants as milliseconds', async () => {
    const big = Number.MAX_SAFE_INTEGER;
    const found = await copied([
      ['a', big, 1, '2026-11-28', Date.UTC(2026, 10, 28, 1, 2, 3, 4), '1', 'b'],
      ['a', -big, 1, '2026-11-28', -1, '1', 'b'],
    ]);
    expect(found.map((row) => [row[1], row[4]])).toEqual([
      [BigInt(big), '2026-11-28T01:02:03.004Z'],
      [-BigInt(big), '1969-12-31T23:59:59.999Z'],
    ]);
  });

  it('take texts as UTF-8', async () => {
    const long = JSON.stringify('é'.repeat(100_000));
    const rows = [long, '{ "a": 1 }', '', 'x'.repeat(48)].map((text) => [Buffer.from(text), text] as const);
    const found = await copied(
      rows.map(([bytes], n) => [bytes, 1n, n, null, null, n < 2 ? bytes : '{}', n === 0 ? '' : bytes]),
    );
    expect(found.map((row) => [row[0], row[6]])).toEqual(rows.map(([, text], n) => [text, n === 0 ? '' : text]));
    expect(found.slice(0, 2).map((row) => row[5])).toEqual([long, '{ "a": 1 }']);
  });

  it('come out as they went in whatever their lengths', async () => {
    const seed = seedOf();
    console.log(`SEED=${seed}`);
    const chance = chanceOf(seed);
    const text = (most: number) => chance.pick(['x', 'é', '漢', '🍾']).repeat(chance.whole(0, most));
    const rows = Array.from({ length: 2000 }, (_, n) => {
      const told = JSON.stringify(text(chance.percent(1) ? 100_000 : 700));
      return [text(30), BigInt(n), n, '2026-11-28', '2026-11-28T00:00:00.000Z', told, text(60)];
    });
    const found = await copied(rows);
    expect(found.length).toBe(rows.length);
    for (const row of found) if (`${row}` !== `${rows[row[2] as number]}`) throw new Error(`row ${row[2]} differs`);
  });

  const wrong: [string, Cell[]][] = [
    ['a bigint beyond 64 bits', ['a', 2n ** 63n, 1, null, null, null, null]],
    ['a number beyond those that can be counted', ['a', 2 ** 53, 1, null, null, null, null]],
    ['a fraction', ['a', 1.5, 1, null, null, null, null]],
    ['an integer beyond 32 bits', ['a', 1n, 2 ** 31, null, null, null, null]],
    ['a day that no month has', ['a', 1n, 1, '2026-02-29', null, null, null]],
    ['no day', ['a', 1n, 1, 'tomorrow', null, null, null]],
    ['no instant', ['a', 1n, 1, null, 'now', null, null]],
    ['an instant that is no number', ['a', 1n, 1, null, Number.NaN, null, null]],
  ];
  it.each(wrong)('refuse %s', (_, cells) => {
    expect(() => new CopyRows('events', COLUMNS).add(cells)).toThrow(RangeError);
  });
});

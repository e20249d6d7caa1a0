/** Node and Postgres must agree on every zone that a ledger has or may have. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { isTimeZone } from '../../libs/ledger/calendar.js';
import { type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { zoneForPostgres } from './time-zone.js';

const INSTANTS = ['2020-01-15T12:00:00Z', '2020-07-15T12:00:00Z', '2025-01-15T23:30:00Z', '2025-07-15T00:30:00Z'];

let server: PostgresServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client({ connectionString: server.url });
  await client.connect();
});
afterAll(async () => {
  await client?.end();
  await server?.stop();
});

function inNode(instant: string, time_zone: string): string {
  const { year, month, day, hour, minute, second } = Object.fromEntries(
    new Intl.DateTimeFormat('en-CA', {
      timeZone: time_zone,
      hourCycle: 'h23',
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    } as Intl.DateTimeFormatOptions)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
async function inPostgres(zones: readonly { name: string; zone: string }[]): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `SELECT z.name || ' ' || i || ' ' || to_char(i::timestamptz AT TIME ZONE z.zone, 'YYYY-MM-DD HH24:MI:SS') AS line
     FROM unnest($1::text[], $2::text[]) AS z (name, zone), unnest($3::text[]) AS i`,
    [zones.map(({ name }) => name), zones.map(({ zone }) => zone), INSTANTS],
  );
  return rows.map(({ line }) => line).sort();
}
const expected = (names: readonly string[]) =>
  names.flatMap((name) => INSTANTS.map((instant) => `${name} ${instant} ${inNode(instant, name)}`)).sort();

describe('a time zone', () => {
  test('is one to Postgres where a ledger may have it, and shows the same times', async () => {
    const known = await client.query<{ name: string }>('SELECT name FROM pg_timezone_names');
    const in_postgres = new Set(known.rows.map(({ name }) => name));
    const names = [...new Set([...Intl.supportedValuesOf('timeZone'), ...in_postgres])].filter(isTimeZone);
    expect(names.filter((name) => !in_postgres.has(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(400);
    expect(await inPostgres(names.map((name) => ({ name, zone: name })))).toEqual(expected(names));
  });

  test('that only Node reads as it is meant is told to Postgres so that it shows the same times', async () => {
    const names = [
      '+05:30',
      '+0530',
      '-03',
      '-03:30',
      'CET',
      'EET',
      'MET',
      'WET',
      'cet',
      'EST',
      'EST5EDT',
      'GMT',
      'Japan',
    ];
    expect(names.filter(isTimeZone)).toEqual([]);
    const zones = names.map((name) => ({ name, zone: zoneForPostgres(name) }));
    expect(await inPostgres(zones)).toEqual(expected(names));
  });
});

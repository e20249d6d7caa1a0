import { existsSync } from 'node:fs';
import pg from 'pg';
import { createDatabase, type PostgresServer, startPostgres } from './postgres.js';

const query = async (url: string, sql: string) => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
};

describe('the Postgres of the specs', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it('keeps what was committed over a kill -9 and a restart, at the same address', async () => {
    const url = await createDatabase(server);
    await query(url, 'CREATE TABLE t AS SELECT 42 AS answer');
    await server.kill();
    await expect(query(url, 'SELECT 1')).rejects.toThrow();
    await server.restart();
    expect(await query(url, 'SELECT answer FROM t')).toEqual([{ answer: 42 }]);
  });

  it('gives each caller a database of its own', async () => {
    const [one, other] = [await createDatabase(server), await createDatabase(server)];
    await query(one, 'CREATE TABLE t (n int)');
    expect(await query(other, "SELECT count(*)::int AS tables FROM pg_tables WHERE tablename = 't'")).toEqual([
      { tables: 0 },
    ]);
  });

  it('leaves no folder behind', async () => {
    const other = await startPostgres();
    expect(existsSync(other.home)).toBe(true);
    await other.stop();
    expect(existsSync(other.home)).toBe(false);
  });
});

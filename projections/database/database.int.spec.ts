import { sql } from 'kysely';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { openDatabase } from './database.js';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres?.stop());

it('waits for a statement of any length, and gives up a connection to a Postgres that answers nothing', async () => {
  const db = openDatabase(await createDatabase(postgres), { silence_ms_max: 200 });
  const slept = async (seconds: number) =>
    (await sql<{ done: number }>`SELECT 1 AS done FROM (SELECT pg_sleep(${seconds})) s`.execute(db)).rows;
  try {
    expect(await slept(1.5)).toEqual([{ done: 1 }]);
    const unanswered = expect(slept(30)).rejects.toThrow(/silent for too long/);
    await postgres.freeze();
    await unanswered;
  } finally {
    postgres.thaw();
    await db.destroy();
  }
}, 30_000);

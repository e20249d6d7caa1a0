/** The schema `identity` as lines of text, since no pg_dump comes with the embedded Postgres. */
import { sql } from 'kysely';
import { advanceSequences, IdentityDiffers, insertRows, rowsOf, tablesOf } from './copy-identity.js';
import { migrateIdentity } from './migrations.js';
import type { IdentityDb } from './tables.js';

interface DumpedTable {
  table: string;
  rows: unknown[];
}

/** A line a table, of one moment: `{"table":"users","rows":[…]}`. */
export async function dumpIdentity(db: IdentityDb): Promise<{ text: string; rows: Record<string, number> }> {
  await migrateIdentity(db);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await sql`SET LOCAL timezone = 'UTC'`.execute(trx);
      const counts: Record<string, number> = {};
      let text = '';
      for (const table of await tablesOf(trx)) {
        const rows = await rowsOf(trx, table);
        counts[table] = rows.length;
        text += `{"table":${JSON.stringify(table)},"rows":[${rows.join()}]}\n`;
      }
      return { text, rows: counts };
    });
}

/** All or nothing, into a database without users. @throws IdentityDiffers */
export async function loadIdentity(db: IdentityDb, text: string): Promise<void> {
  await migrateIdentity(db);
  await db.transaction().execute(async (trx) => {
    await sql`SET LOCAL timezone = 'UTC'`.execute(trx);
    const known = await tablesOf(trx);
    for (const line of text.trimEnd().split('\n')) {
      const { table, rows } = JSON.parse(line) as DumpedTable;
      if (!known.includes(table))
        throw new IdentityDiffers(`The backup has a table ${table}, which this version does not know.`);
      if ((await rowsOf(trx, table)).length > 0)
        throw new IdentityDiffers(`The database has rows in identity.${table} already.`);
      await insertRows(
        trx,
        table,
        rows.map((row) => JSON.stringify(row)),
      );
      await advanceSequences(trx, table);
    }
  });
}

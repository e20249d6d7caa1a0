import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { MIGRATIONS, migrateIdentity } from './migrations.js';
import { type IdentityDb, openIdentity } from './tables.js';

let postgres: PostgresServer;
let db: IdentityDb;
beforeAll(async () => {
  postgres = await startPostgres();
  db = openIdentity(await createDatabase(postgres), () => {});
});
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

test('users of before there were roles by ledger keep theirs in all ledgers, their passwords, and no token', async () => {
  const old = Object.fromEntries(Object.entries(MIGRATIONS).filter(([name]) => name < '0005'));
  const provider = { getMigrations: async () => old };
  const { error } = await new Migrator({ db, provider, migrationTableSchema: 'identity' }).migrateToLatest();
  expect(error).toBeUndefined();
  await sql`INSERT INTO users (username, password_hash, role, active, created_by)
    VALUES ('ada', 'hash of ada', 'admin', true, 'system'), ('sam', 'hash of sam', 'staff', false, 'ada')`.execute(db);
  await sql`INSERT INTO revoked_tokens VALUES (gen_random_uuid(), now(), now())`.execute(db);

  await Promise.all([migrateIdentity(db), migrateIdentity(db)]);

  const users = await db.selectFrom('users').selectAll().orderBy('username').execute();
  expect(users).toMatchObject([
    { username: 'ada', password_hash: 'hash of ada', active: true, password_expires_at: null },
    { username: 'sam', password_hash: 'hash of sam', active: false, password_expires_at: null },
  ]);
  expect(await db.selectFrom('user_roles').selectAll().orderBy('username').execute()).toEqual([
    { username: 'ada', ledger: '*', role: 'admin' },
    { username: 'sam', ledger: '*', role: 'staff' },
  ]);
  expect(await db.selectFrom('sessions').selectAll().execute()).toEqual([]);
});

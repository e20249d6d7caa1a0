import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { PluginTransformQueryArgs, PluginTransformResultArgs } from 'kysely';
import { migrateIdentity } from '../../../libs/identity/migrations.js';
import { type IdentityDb, openIdentity } from '../../../libs/identity/tables.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../../test/support/postgres.js';
import { ApiKeys, KEYS_DIGEST, keyHolds } from './api-keys.js';
import { Users } from './users.js';

let postgres: PostgresServer;
let db: IdentityDb;
let keys: ApiKeys;
beforeAll(async () => {
  postgres = await startPostgres();
  db = openIdentity(await createDatabase(postgres), () => {});
  await migrateIdentity(db);
  keys = new ApiKeys(db);
});
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

function countedKeys() {
  let queries = 0;
  const counting = {
    transformQuery: ({ node }: PluginTransformQueryArgs) => {
      queries += 1;
      return node;
    },
    transformResult: async ({ result }: PluginTransformResultArgs) => result,
  };
  const counted = new ApiKeys(db.withPlugin(counting));
  /** As each instance does once a second. */
  const look = async () => {
    const { digest } = await db
      .selectFrom('api_keys')
      .select(KEYS_DIGEST.as('digest'))
      .where(keyHolds)
      .executeTakeFirstOrThrow();
    await counted.refreshUnless(digest);
    return queries;
  };
  return { counted, queries: () => queries, look };
}

test('a flood of invented keys costs one query at a time, and a right key among them is found', async () => {
  const { key } = await keys.create('ada', { name: 'shop', role: 'viewer', ledger_id: 'plant-2' });
  const { counted, queries } = countedKeys();
  const invented = (n: number) => `flk_${n.toString(16).padStart(16, '0')}_${'x'.repeat(43)}`;
  const flood = Array.from({ length: 1000 }, (_, n) => counted.authenticate(invented(n)));
  const right = counted.authenticate(key);
  expect(await Promise.all(flood)).toEqual(Array(1000).fill(undefined));
  expect(await right).toMatchObject({
    username: 'key/shop',
    roles: new Map([['plant-2', 'viewer']]),
    is_machine: true,
  });
  expect(queries()).toBe(1);
  // Known now: no promise, and no query.
  expect(counted.authenticate(key)).toMatchObject({ username: 'key/shop' });
  expect(queries()).toBe(1);
});

test('keys are read again where another one holds or one no longer does, and else not', async () => {
  const { counted, look } = countedKeys();
  expect([await look(), await look()]).toEqual([1, 1]);
  // By another instance.
  const { key, key_id } = await keys.create('ada', { name: 'gate', role: 'viewer' });
  expect([await look(), await look()]).toEqual([2, 2]);
  expect(counted.authenticate(key)).toMatchObject({ username: 'key/gate' });
  await keys.revoke('ada', key_id);
  expect([await look(), await look()]).toEqual([3, 3]);
  expect(await counted.authenticate(key)).toBeUndefined();
});

test('a key that was made here and ended elsewhere between two looks no longer holds', async () => {
  const { counted, look } = countedKeys();
  await look();
  const { key, key_id } = await counted.create('ada', { name: 'brief', role: 'viewer' });
  expect(await counted.authenticate(key)).toMatchObject({ username: 'key/brief' });
  await keys.revoke('ada', key_id);
  await look();
  expect(await counted.authenticate(key)).toBeUndefined();
});

test('actors are users, and keys that were ever made', async () => {
  const users = new Users(db);
  await users.create('ada', { username: 'maria', role: 'staff' });
  const { key_id } = await keys.create('ada', { name: 'till', role: 'staff' });
  await keys.revoke('ada', key_id);
  for (const actor of ['maria', 'key/till']) await users.assertActor(actor);
  for (const actor of ['till', 'key/maria', "key/' OR 1=1 --"])
    await expect(users.assertActor(actor)).rejects.toMatchObject({ code: 'unknown_user' });
});

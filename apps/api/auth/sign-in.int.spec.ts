import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { migrateIdentity } from '../../../libs/identity/migrations.js';
import { type IdentityDb, openIdentity } from '../../../libs/identity/tables.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../../test/support/postgres.js';
import { Problem } from '../http/problem.js';
import { checkPassword } from './passwords.js';
import { noteUnknownNames, SignIn } from './sign-in.js';
import { Users } from './users.js';

const PASSWORD = 'correct horse battery';
let postgres: PostgresServer;
let db: IdentityDb;
let signIn: SignIn;
let maria: string;
let users = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  db = openIdentity(await createDatabase(postgres), () => {});
  await migrateIdentity(db);
  signIn = new SignIn(db, { idle_s: 3600, absolute_s: 86_400, reauthentication_s: 300 });
});
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});
beforeEach(async () => {
  users += 1;
  maria = `maria-${users}`;
  await new Users(db).create('admin', { username: maria, password: PASSWORD, password_is_chosen: true, role: 'staff' });
});

async function attempt(username: string, tried: string, address: string, known_device?: string): Promise<string> {
  try {
    await signIn.begin(username, tried, { address, device: 'jest' }, known_device);
    return 'in';
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
async function events(type: string): Promise<Record<string, unknown>[]> {
  const rows = await db.selectFrom('security_outbox').selectAll().where('type', '=', type).orderBy('id').execute();
  return rows.map(({ data }) => data);
}
const counted = (list: string[]) =>
  Object.fromEntries(Object.entries(Object.groupBy(list, (each) => each)).map(([code, all]) => [code, all!.length]));

test('of fifty parallel guesses ten are checked, and one lock is noted', async () => {
  const guesses = await Promise.all(Array.from({ length: 50 }, (_, n) => attempt(maria, `guess ${n}`, '10.0.0.1')));
  const { invalid_credentials, account_locked = 0, too_many_requests = 0 } = counted(guesses);
  expect(invalid_credentials).toBe(10);
  expect(account_locked + too_many_requests).toBe(40);
  expect((await events('SignInLocked')).filter(({ username }) => username === maria)).toHaveLength(1);
  expect((await events('SignInFailed')).filter(({ username }) => username === maria)).toHaveLength(10);
});

test('of many right sign-ins at once from one address none is taken for a guess', async () => {
  const all = await Promise.all(Array.from({ length: 30 }, () => attempt(maria, PASSWORD, '10.0.0.1')));
  expect(counted(all)).toEqual({ in: 30 });
});

test('a name that is guessed from one address is locked there and nowhere else', async () => {
  for (let n = 0; n < 10; n += 1) await attempt(maria, 'wrong', '10.0.0.1');
  expect(await attempt(maria, PASSWORD, '10.0.0.1')).toBe('account_locked');
  expect(await attempt(maria, PASSWORD, '10.0.0.2')).toBe('in');
});

test('guessed from everywhere it is locked, but not for who was there before', async () => {
  expect(await attempt(maria, PASSWORD, '10.0.0.2')).toBe('in');
  for (let n = 0; n < 100; n += 1) await attempt(maria, 'wrong', `10.1.${n % 20}.1`);
  expect(await attempt(maria, PASSWORD, '10.2.0.1')).toBe('account_locked');
  expect(await attempt(maria, PASSWORD, '10.0.0.2')).toBe('in');
  expect((await events('SignInLocked')).filter(({ username }) => username === maria)).toHaveLength(1);
  await new Users(db).unlock('admin', maria);
  expect(await attempt(maria, PASSWORD, '10.2.0.1')).toBe('in');
});

test('guesses from anywhere do not lock out a known device, which has a counter of its own', async () => {
  for (let n = 0; n < 10; n += 1) await attempt(maria, 'wrong', '10.0.0.1');
  expect(await attempt(maria, PASSWORD, '10.0.0.1')).toBe('account_locked');
  expect(await attempt(maria, PASSWORD, '10.0.0.1', 'phone')).toBe('in');
  for (let n = 0; n < 100; n += 1) await attempt(maria, 'wrong', `10.1.${n % 20}.1`);
  expect(await attempt(maria, PASSWORD, '10.2.0.1')).toBe('account_locked');
  expect(await attempt(maria, PASSWORD, '10.2.0.1', 'phone')).toBe('in');
  // Stolen with its token, a device has ten guesses, and takes nothing from others.
  for (let n = 0; n < 10; n += 1)
    expect(await attempt(maria, 'wrong', '10.3.0.1', 'phone')).toBe('invalid_credentials');
  expect(await attempt(maria, PASSWORD, '10.2.0.1', 'phone')).toBe('account_locked');
  expect(await attempt(maria, PASSWORD, '10.2.0.1', 'laptop')).toBe('in');
  await new Users(db).unlock('admin', maria);
  expect(await attempt(maria, PASSWORD, '10.2.0.1', 'phone')).toBe('in');
});

test('a known device does not wait behind guesses from its own address', async () => {
  const checked: string[] = [];
  const guesses = Array.from({ length: 60 }, async () => {
    await attempt(maria, 'wrong', '10.0.0.1');
    checked.push('guess');
  });
  await attempt(maria, PASSWORD, '10.0.0.1', 'phone').then((outcome) => checked.push(outcome));
  expect(checked).toContain('in');
  expect(checked.filter((each) => each === 'guess').length).toBeLessThan(60 - 5);
  await Promise.all(guesses);
});

test('guesses from one address delay no other: another sign-in is checked before the second guess', async () => {
  const checked: string[] = [];
  const check = (name: string, address: string) => {
    const begun = async () => {
      checked.push(name);
      return undefined;
    };
    return checkPassword(address, begun, 'x', async (right) => right);
  };
  const guesses = Array.from({ length: 100 }, () => check('guess', '10.0.0.1'));
  const [right, ...others] = await Promise.allSettled([check('maria', '10.0.0.2'), ...guesses]);
  expect(right.status).toBe('fulfilled');
  expect(checked.indexOf('maria')).toBeLessThanOrEqual(1);
  expect(checked.filter((name) => name === 'guess')).toHaveLength(33);
  const refused = others.flatMap((other) => (other.status === 'rejected' ? [(other.reason as Problem).code] : []));
  expect(counted(refused)).toEqual({ too_many_requests: 67 });
});

test('who asks again at once is refused about once a second, however many there are', async () => {
  for (let n = 0; n < 10; n += 1) await attempt(maria, 'wrong', '10.0.0.1');
  const until_ms = performance.now() + 2500;
  const outcomes: string[] = [];
  await Promise.all(
    Array.from({ length: 100 }, async () => {
      while (performance.now() < until_ms) outcomes.push(await attempt(maria, 'wrong', '10.0.0.1'));
    }),
  );
  expect(outcomes.every((outcome) => /^(account_locked|too_many_requests)$/.test(outcome))).toBe(true);
  expect(outcomes.length).toBeLessThanOrEqual(3 * 100);
});

test('unknown names are noted as one number a minute', async () => {
  await db.deleteFrom('unknown_sign_ins').execute();
  const before = (await events('UnknownNamesTried')).length;
  for (let n = 0; n < 12; n += 1) await attempt(`no-such-user-${n % 2}`, 'x', '10.0.0.1');
  await noteUnknownNames(db);
  expect(await events('UnknownNamesTried')).toHaveLength(before);
  await db.updateTable('unknown_sign_ins').set({ minute: sql<Date>`minute - interval '1 minute'` }).execute();
  await noteUnknownNames(db);
  await noteUnknownNames(db);
  const told = (await events('UnknownNamesTried')).slice(before);
  expect(told.reduce((sum, { failures }) => sum + Number(failures), 0)).toBe(12);
  expect(told.length).toBeLessThanOrEqual(2);
  expect(JSON.stringify(told)).not.toContain('no-such-user');
});

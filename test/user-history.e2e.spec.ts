import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { heldTo, readContract } from './support/contract.js';
import { type Client, clientOf, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let auditor: Client;
let viewer: Client;
beforeAll(async () => {
  system = await startSystem();
  const contract = await readContract(system.url);
  const admin = await login(system.url, system.admin);
  const password = 'correct horse';
  const user = async (username: string, role: string) => {
    expectStatus(await admin.post('/users', { username, password, password_is_chosen: true, role }), 201);
    return heldTo(contract, await login(system.url, { username, password }));
  };
  [auditor, viewer] = [await user('otto', 'auditor'), await user('vera', 'viewer')];
  expectStatus(
    await admin.post('/users', { username: 'maria', password, password_is_chosen: true, role: 'staff' }),
    201,
  );
  expectStatus(await admin.patch('/users/maria', { role: 'manager' }), 200);
  const maria = await login(system.url, { username: 'maria', password });
  expectStatus(await maria.post('/suppliers', { supplier_id: 'SUP-1', name: 'Preforms Ltd' }), 201);
  for (let guess = 0; guess < 10; guess += 1)
    expectStatus(await clientOf(system.url, '').post('/auth/login', { username: 'maria', password: 'wrong' }), 401);
  expectStatus(await admin.post('/users/maria/unlock'), 200);
  expectStatus(await admin.patch('/users/maria', { active: false }), 200);
});
afterAll(() => system?.stop());

async function told(query = '') {
  for (const give_up_at_ms = performance.now() + 20_000; performance.now() < give_up_at_ms; await sleep(100)) {
    const { body } = expectStatus(await auditor.get(`/audit/history/user/maria?order=oldest_first${query}`), 200);
    if (query !== '' || body.data.at(-1)?.type === 'UserDeactivated') return body;
  }
  throw new Error('the history does not end with what was done last');
}
type Entry = { position: number | null; effective_at: string; recorded_at: string };
type Change = { field: string; old: unknown; new: unknown };
const short = ({ type, actor, changes }: { type: string; actor: string; changes: Change[] }) => [
  type,
  actor,
  ...changes.map(({ field, old, new: now }) => [field, old, now]),
];

test('the history of a user tells who did what when, and each value before and after', async () => {
  const { data } = await told();
  const until = data.find(({ type }: { type: string }) => type === 'SignInLocked').changes[0].new;
  expect(Date.parse(until)).toBeGreaterThan(Date.now());
  const failures = Array.from({ length: 10 }, () => ['SignInFailed', 'anonymous']);
  expect(data.map(short)).toEqual([
    ['UserCreated', 'admin', ['role', null, 'staff'], ['active', null, true]],
    ['UserRoleChanged', 'admin', ['role', 'staff', 'manager']],
    ['SignedIn', 'maria'],
    ['SupplierRegistered', 'maria', ['name', null, 'Preforms Ltd']],
    ...failures,
    ['SignInLocked', 'anonymous', ['locked_until', null, until]],
    ['SignInUnlocked', 'admin', ['locked_until', until, null]],
    ['UserDeactivated', 'admin', ['active', true, false]],
  ]);
  const noted = data.map((entry: Entry) => (entry.position === null ? entry.effective_at : entry.recorded_at));
  expect(noted).toEqual(noted.toSorted());
});

test('pages of it are the whole, and its past is what it was', async () => {
  const { data } = await told();
  const paged: unknown[] = [];
  for (let cursor = ''; ; ) {
    const page = await told(`&limit=4${cursor}`);
    paged.push(...page.data);
    if (page.next_cursor === null) break;
    cursor = `&cursor=${page.next_cursor}`;
  }
  expect(paged).toEqual(data);
  const act = data.find(({ position }: Entry) => position !== null);
  expect((await told(`&as_of=${act.recorded_at}`)).data).toEqual(data.slice(0, data.indexOf(act) + 1));
  // The log may not have held yet what an instance had noted.
  const known = data.filter(({ recorded_at }: Entry) => recorded_at <= act.recorded_at);
  expect((await told(`&known_at=${act.recorded_at}`)).data).toEqual(known);
  expect((await told(`&position=${act.position}`)).data).toEqual(known);
});

test('security events are listed by actor, type, user and time', async () => {
  await told();
  const found = async (query: string) => (await auditor.get(`/audit/security-events?${query}`)).body.data;
  const failed = await found('type=SignInFailed&user=maria&limit=1000');
  expect(failed).toHaveLength(10);
  expect(await found(`actor=admin&user=maria&order=oldest_first&to=${failed.at(-1).effective_at}`)).toMatchObject([
    { type: 'UserCreated', username: 'maria', data: { role: 'staff' } },
    { type: 'UserRoleChanged', username: 'maria', data: { from: 'staff', to: 'manager' } },
  ]);
});

test('viewers are refused', async () => {
  expectStatus(await viewer.get('/audit/history/user/maria'), 403);
  expectStatus(await viewer.get('/audit/security-events'), 403);
});

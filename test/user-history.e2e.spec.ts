import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type Client,
  changeUser,
  createUser,
  getHistory,
  type HistoryEntry,
  listSecurityEvents,
  registerSupplier,
  rowsOf,
  unlockUser,
} from '../libs/client/index.js';
import { programOf, programOfNew, refusalOf } from './support/client.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let auditor: Client;
let viewer: Client;
beforeAll(async () => {
  system = await startSystem();
  const client = await programOf(system);
  auditor = await programOfNew(system, client, { username: 'otto', role: 'auditor' });
  viewer = await programOfNew(system, client, { username: 'vera', role: 'viewer' });
  const maria = { username: 'maria', password: 'correct horse' };
  await createUser({ client, body: { ...maria, password_is_chosen: true, role: 'staff' } });
  const path = { username: 'maria' };
  await changeUser({ client, path, body: { role: 'manager' } });
  const body = { supplier_id: 'SUP-1', name: 'Preforms Ltd' };
  await registerSupplier({ client: await programOf(system, maria), body });
  for (let guess = 0; guess < 10; guess += 1)
    expect(await refusalOf(programOf(system, { ...maria, password: 'wrong' }))).toMatchObject({ status: 401 });
  await unlockUser({ client, path });
  await changeUser({ client, path, body: { active: false } });
});
afterAll(() => system?.stop());

const OF_MARIA = { kind: 'user', id: 'maria' };
const OLDEST_FIRST = { order: 'oldest_first' } as const;

/** Once it has all that was done. */
async function told(): Promise<HistoryEntry[]> {
  for (const give_up_at_ms = performance.now() + 20_000; performance.now() < give_up_at_ms; await sleep(100)) {
    const { data } = await getHistory({ client: auditor, path: OF_MARIA, query: OLDEST_FIRST });
    if (data.at(-1)?.type === 'UserDeactivated') return data;
  }
  throw new Error('the history does not end with what was done last');
}
const short = ({ type, actor, changes }: HistoryEntry) => [
  type,
  actor,
  ...changes.map(({ field, old, new: now }) => [field, old, now]),
];

test('the history of a user tells who did what when, and each value before and after', async () => {
  const data = await told();
  const until = data.find(({ type }) => type === 'SignInLocked')!.changes[0]!.new as string;
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
  const noted = data.map(({ position, effective_at, recorded_at }) => (position === null ? effective_at : recorded_at));
  expect(noted).toEqual(noted.toSorted());
});

test('pages of it are the whole, and its past is what it was', async () => {
  const data = await told();
  const at = async (query: { as_of?: string; known_at?: string; position?: number; cursor?: string; limit?: number }) =>
    getHistory({ client: auditor, path: OF_MARIA, query: { ...OLDEST_FIRST, ...query } });
  const paged: HistoryEntry[] = [];
  for await (const entry of rowsOf((cursor) => at({ cursor, limit: 4 }))) paged.push(entry);
  expect(paged).toEqual(data);
  const act = data.find(({ position }) => position !== null)!;
  const { recorded_at } = act;
  expect((await at({ as_of: recorded_at })).data).toEqual(data.slice(0, data.indexOf(act) + 1));
  // The log may not have held yet what an instance had noted.
  const known = data.filter((entry) => entry.recorded_at <= recorded_at);
  expect((await at({ known_at: recorded_at })).data).toEqual(known);
  expect((await at({ position: act.position! })).data).toEqual(known);
});

test('security events are listed by actor, type, user and time', async () => {
  await told();
  const client = auditor;
  const user = 'maria';
  const { data: failed } = await listSecurityEvents({ client, query: { type: 'SignInFailed', user, limit: 1000 } });
  expect(failed).toHaveLength(10);
  const query = { actor: 'admin', user, ...OLDEST_FIRST, to: failed.at(-1)!.effective_at };
  expect((await listSecurityEvents({ client, query })).data).toMatchObject([
    { type: 'UserCreated', username: 'maria', data: { role: 'staff' } },
    { type: 'UserRoleChanged', username: 'maria', data: { from: 'staff', to: 'manager' } },
  ]);
});

test('viewers are refused', async () => {
  const client = viewer;
  expect(await refusalOf(getHistory({ client, path: OF_MARIA }))).toMatchObject({ status: 403 });
  expect(await refusalOf(listSecurityEvents({ client }))).toMatchObject({ status: 403 });
});

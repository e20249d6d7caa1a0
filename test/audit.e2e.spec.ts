import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { checkProof, type Proof } from '../libs/audit/proof.js';
import {
  type Client,
  changeUser,
  createUser,
  getChainHead,
  getHistory,
  getState,
  getTrialBalance,
  getVerification,
  type HistoryEntry,
  listCheckpoints,
  listSecurityEvents,
  listStock,
  makeCheckpoint,
  proveDocument,
  recordPayment,
  recordPurchase,
  recordSale,
  registerCustomer,
  registerItem,
  registerSupplier,
  rowsOf,
  type Sale,
  unlockUser,
  verify,
} from '../libs/client/index.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import { rememberedHalt, rememberHalt } from '../libs/ledger-writer/remembered-halts.js';
import { documentOf, programOf, programOfNew, refusalOf } from './support/client.js';
import { heldTo, readContract } from './support/contract.js';
import { type EventStoreProcess, startEventStoreProcess } from './support/event-store.js';
import { expectStatus, login, type Client as Untyped } from './support/http.js';
import { bareEnvironment } from './support/run-folder.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let auditor: Client;
/** For exports, tables, and what a typed client cannot send. */
let otto: Untyped;
let sam: Untyped;
let sale: Sale;
let dir: string;

beforeAll(async () => {
  system = await startSystem();
  dir = await mkdtemp(join(tmpdir(), 'audit-'));
  const client = await programOf(system);
  auditor = await programOfNew(system, client, { username: 'otto', role: 'auditor' });
  await programOfNew(system, client, { username: 'sam', role: 'staff' });
  const contract = await readContract(system.url);
  const untyped = async (username: string) =>
    heldTo(contract, await login(system.url, { username, password: 'correct horse' }));
  [otto, sam] = [await untyped('otto'), await untyped('sam')];
  await registerSupplier({ client, body: { supplier_id: 'SUP-1', name: 'Preforms Ltd' } });
  await registerCustomer({ client, body: { customer_id: 'CUST-001', name: 'Corner shop' } });
  for (const item_id of ['bottle-500ml-a', 'bottle-1500ml-a'])
    await registerItem({ client, body: { item_id, name: item_id, kind: 'bottle' } });
  const bought = [
    { item_id: 'bottle-500ml-a', quantity: 500, unit_price: 3.5 },
    { item_id: 'bottle-1500ml-a', quantity: 250, unit_price: 4.2 },
  ];
  await recordPurchase({ client, body: { supplier_id: 'SUP-1', line_items: bought } });
  const line_items = [
    { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4 },
    { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: 6 },
  ];
  sale = documentOf(await recordSale({ client, body: { customer_id: 'CUST-001', line_items } }));
  await recordPayment({ client, body: { bill_number: sale.bill_number, amount: 200 } });
});
afterAll(async () => {
  await system?.stop();
  if (dir !== undefined) await rm(dir, { recursive: true });
});

function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const links = {
    EVENTSTORE_URL: system.eventstore_url,
    DATABASE_URL: system.database_url,
    DATA_DIR: join(dir, 'nothing'),
  };
  return new Promise((done) => {
    const program = resolve('dist/apps/cli/main.js');
    execFile(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', program, ...args],
      { env: { ...bareEnvironment(), ...links, ...env } },
      (error, stdout, stderr) =>
        done({
          code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1,
          output: (stdout + stderr).replace(/^Log: .*\n/m, ''),
        }),
    );
  });
}

describe('over HTTP', () => {
  test('the state folded from the log is what the read models say, now and then', async () => {
    const client = auditor;
    for (const position of [undefined, sale.position, sale.position - 1, 3]) {
      const state = await getState({ client, query: { at: position?.toString() } });
      const query = { position, min_position: sale.position + 1 };
      const stock = await listStock({ client, query });
      const balances = await getTrialBalance({ client, query });
      expect(state.stock).toEqual(stock.data);
      expect(state.trial_balance.totals).toEqual(balances.totals);
      const held = (rows: { debit: number; credit: number }[]) => rows.filter(({ debit, credit }) => debit !== credit);
      expect(held(state.trial_balance.data)).toEqual(held(balances.data));
      expect(state.position).toBe(stock.position);
    }
  });

  test('a moment may be an instant or a day, and a document can be seen as it stood', async () => {
    const client = auditor;
    const at = sale.recorded_at;
    const then = await getState({ client, query: { at, number: sale.bill_number } });
    expect(then).toMatchObject({ stock_value: 2240, profit: 140, documents: { purchase: 1, sale: 1 } });
    expect(then.document).toMatchObject({ total_price: 700, payment_status: 'pending' });
    const before = await getState({ client, query: { at: '2020-01-01' } });
    expect(before).toMatchObject({ position: -1, stock: [], profit: 0 });
    expect(await getState({ client, query: { as_of: at } })).toMatchObject({ profit: 140 });
    for (const query of [...['-1', '1e3', '2026-02-30', ''].map((at) => ({ at })), ...[{ as_of: 'yesterday' }]])
      expect([query, await refusalOf(getState({ client, query }))]).toMatchObject([query, { status: 400 }]);
    const elsewhere = await refusalOf(getState({ client, headers: { Ledger: 'nowhere' } }));
    expect(elsewhere.code).toBe('unknown_ledger');
  });

  test('a checkpoint is signed once for what it covers, and listed', async () => {
    const client = auditor;
    const made = await makeCheckpoint({ client });
    expect(await makeCheckpoint({ client })).toEqual(made);
    expect(await listCheckpoints({ client })).toEqual({ data: [made], next_cursor: null });
    expect((await listCheckpoints({ client, query: { cursor: '1' } })).data).toEqual([]);
    const [, row] = (await otto.get('/audit/checkpoints?format=csv')).body.split('\r\n');
    expect(row.split(',')).toEqual(Object.values(made).map(String));
    for (const bad of ['limit=0', 'limit=1001', 'limit=x', 'cursor=-1'])
      expect([bad, (await otto.get(`/audit/checkpoints?${bad}`)).status]).toEqual([bad, 400]);
    const head = await getChainHead({ client });
    expect(head).toMatchObject({ position: made.head_position, hash: made.head_hash, checkpoint: made });
  });

  test('a document is proven; the proof holds by itself', async () => {
    const client = auditor;
    const proof = await proveDocument({ client, path: { number: sale.bill_number } });
    expect(checkProof(proof as Proof).document).toMatchObject({
      total_price: 700,
      paid_amount: 200,
      payment_status: 'partial',
    });
    const of_none = await refusalOf(proveDocument({ client, path: { number: 'SO-200101-0001' } }));
    expect(of_none.code).toBe('unknown_document');
  });

  test('a verification is begun, found again and passed', async () => {
    const client = auditor;
    const begun = await verify({ client });
    expect(begun).toMatchObject({ status: 'running', requested_by: 'otto' });
    const find = (id: string) => getVerification({ client, path: { id } });
    let now = await find(begun.verification_id);
    for (; now.status === 'running'; now = await find(begun.verification_id)) await sleep(100);
    expect(now).toMatchObject({ status: 'passed', rows_different: 0, differences: [], findings: [] });
    expect(now.rows_compared).toBeGreaterThan(40);
    expect(now.progress).toEqual({ events: now.position! + 1, of: now.position! + 1 });
    for (const id of ['1', '00000000-0000-0000-0000-000000000000'])
      expect((await refusalOf(find(id))).code).toBe('unknown_record');
  });

  test('is for auditors and admins only', async () => {
    for (const path of ['state', 'chain/head', 'checkpoints', `proofs/${sale.bill_number}`, 'export'])
      expect([path, (await sam.get(`/audit/${path}`)).status]).toEqual([path, 403]);
  });
});

describe('the history of a user', () => {
  let viewer: Client;
  beforeAll(async () => {
    const client = await programOf(system);
    viewer = await programOfNew(system, client, { username: 'vera', role: 'viewer' });
    const maria = { username: 'maria', password: 'correct horse' };
    await createUser({ client, body: { ...maria, password_is_chosen: true, role: 'staff' } });
    const path = { username: 'maria' };
    await changeUser({ client, path, body: { role: 'manager' } });
    const body = { supplier_id: 'SUP-2', name: 'Preforms Ltd' };
    await registerSupplier({ client: await programOf(system, maria), body });
    for (let guess = 0; guess < 10; guess += 1)
      expect(await refusalOf(programOf(system, { ...maria, password: 'wrong' }))).toMatchObject({ status: 401 });
    await unlockUser({ client, path });
    await changeUser({ client, path, body: { active: false } });
  });

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

  test('tells who did what when, and each value before and after', async () => {
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
    const noted = data.map(({ position, effective_at, recorded_at }) =>
      position === null ? effective_at : recorded_at,
    );
    expect(noted).toEqual(noted.toSorted());
  });

  test('pages of it are the whole, and its past is what it was', async () => {
    const data = await told();
    const at = async (query: {
      as_of?: string;
      known_at?: string;
      position?: number;
      cursor?: string;
      limit?: number;
    }) => getHistory({ client: auditor, path: OF_MARIA, query: { ...OLDEST_FIRST, ...query } });
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
});

describe('on the command line', () => {
  let elsewhere: EventStoreProcess;
  beforeAll(async () => {
    elsewhere = await startEventStoreProcess({ memory: true });
  });
  afterAll(() => elsewhere?.stop());

  test('what HTTP exports and what the command line exports is the same, and restores to the same', async () => {
    const file = join(dir, 'main.ndjson');
    expect(await cli(['export', file])).toMatchObject({ code: 0 });
    const { body } = expectStatus(await otto.get('/audit/export'), 200);
    expect(body).toBe(await readFile(file, 'utf8'));
    for (const [compression, unpack] of [
      ['gzip', gunzipSync],
      ['zstd', zstdDecompressSync],
    ] as const) {
      const headers = { authorization: `Bearer ${otto.token}` };
      const packed = await fetch(`${system.url}/api/v1/audit/export?compression=${compression}`, { headers });
      expect(unpack(Buffer.from(await packed.arrayBuffer())).toString()).toBe(body);
    }

    const packed = join(dir, 'main.ndjson.zst');
    expect(await cli(['export', packed])).toMatchObject({ code: 0 });
    const restored = { EVENTSTORE_URL: elsewhere.url };
    expect(await cli(['restore', packed], restored)).toMatchObject({ code: 0 });
    const again = join(dir, 'again.ndjson.zst');
    expect(await cli(['export', again], restored)).toMatchObject({ code: 0 });
    expect((await readFile(again)).equals(await readFile(packed))).toBe(true);
    expect(await cli(['export', again], restored)).toMatchObject({ code: 2, output: `${again} exists already.\n` });
  });

  test('nothing is restored over a running system, but over one that was killed', async () => {
    const [DATA_DIR, EVENTSTORE_URL] = [join(dir, 'data'), ''];
    await mkdir(DATA_DIR);
    const keepLinks = (eventstore_url: string) =>
      writeFile(join(DATA_DIR, 'links.json'), JSON.stringify({ eventstore_url, database_url: system.database_url }));
    const file = join(dir, 'main.ndjson');
    await keepLinks(system.eventstore_url);
    expect(await cli(['restore', file], { DATA_DIR, EVENTSTORE_URL })).toEqual({
      code: 2,
      output: `The system runs over ${DATA_DIR}: stop it before you restore into it.\n`,
    });
    await keepLinks('esdb://127.0.0.1:1?tls=false');
    expect(await cli(['restore', file], { DATA_DIR, EVENTSTORE_URL })).toMatchObject({ code: 0 });
    const again = join(dir, 'of-folder.ndjson');
    expect(await cli(['export', again], { DATA_DIR, EVENTSTORE_URL })).toMatchObject({ code: 0 });
    expect(await readFile(again, 'utf8')).toBe(await readFile(file, 'utf8'));
  });

  test('an export is verified without a server, and one that was touched is not', async () => {
    const file = join(dir, 'main.ndjson.zst');
    const { code, output } = await cli(['verify', '--offline', file], { EVENTSTORE_URL: '', DATABASE_URL: '' });
    expect([code, output]).toEqual([0, expect.stringContaining('All is well.')]);
    expect(output).toMatch(/inventory +2240\.00\n/);
    expect(output).toMatch(/Stock value 2240\.00\nProfit {6}140\.00\n/);

    const touched = join(dir, 'touched.ndjson');
    const text = await readFile(join(dir, 'main.ndjson'), 'utf8');
    await writeFile(touched, text.replace('"total_price":"70000"', '"total_price":"60000"'));
    const verified = await cli(['verify', '--offline', touched]);
    expect(verified.code).toBe(1);
    expect(verified.output).toContain(`position ${sale.position}: altered: Its content does not have the hash`);
    expect(await cli(['restore', touched], { EVENTSTORE_URL: elsewhere.url })).toMatchObject({ code: 1 });
  });

  test('a proof is made and verified', async () => {
    const file = join(dir, 'proof.json');
    expect(await cli(['proof', sale.bill_number, '--out', file])).toEqual({ code: 0, output: '' });
    const { public_key } = JSON.parse(await readFile(file, 'utf8')).checkpoint;
    const { code, output } = await cli(['verify-proof', file, '--key', public_key]);
    expect([code, output]).toEqual([0, expect.stringContaining('"total_price": 700')]);
    for (const another of ['another', `-${'A'.repeat(42)}`, `--${'A'.repeat(41)}`])
      expect(await cli(['verify-proof', file, '--key', another])).toMatchObject({ code: 1 });
  });

  test('the running system is verified row by row, and a row that was touched is told', async () => {
    expect(await cli(['verify'])).toMatchObject({ code: 0, output: expect.stringContaining('All is well.') });
    const db = new pg.Client({ connectionString: system.database_url });
    await db.connect();
    await db.query(`UPDATE read.stock SET value = value - 100 WHERE item_id = 'bottle-500ml-a'`);
    await db.end();
    const { code, output } = await cli(['verify']);
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('stock bottle-500ml-a main: has {"value":139900} instead of {"value":140000}'),
    ]);
  });

  test('a rebuild makes the read models right again', async () => {
    expect(await cli(['rebuild'])).toMatchObject({ code: 0, output: expect.stringContaining('made anew from') });
    expect(await cli(['verify'])).toMatchObject({ code: 0 });
  });

  test('a log that a server holds is not backed up as a data folder', async () => {
    expect(await cli(['backup', join(dir, 'backups')], { DATA_DIR: system.dir })).toEqual({
      code: 2,
      output: expect.stringContaining('but EVENTSTORE_URL names'),
    });
  });

  test('a ledger whose halt is remembered is resumed, with who decided it and why', async () => {
    const there = { EVENTSTORE_URL: elsewhere.url };
    const store = connectEventStore({ url: elsewhere.url });
    await rememberHalt(store, 'main', { position: 7, reason: 'events are gone' });
    expect(await cli(['resume', 'main'], there)).toMatchObject({ code: 2 });
    expect(await cli(['resume', 'main', '--reason', 'restored'], there)).toEqual({
      code: 0,
      output: 'Ledger main may go on after position 7. It was halted: events are gone\n',
    });
    expect(await rememberedHalt(store, 'main')).toBeUndefined();
    for await (const { type, data } of store.readBackwards('halts-main', { max: 1 }))
      expect([type, data]).toMatchObject(['LedgerResumed', { actor: expect.any(String), reason: 'restored' }]);
    expect(await cli(['resume', 'main', '--reason', 'restored'], there)).toMatchObject({ code: 1 });
    await store.close();
  });

  test('says in a sentence what it cannot do', async () => {
    expect(await cli(['verify', '--offline', join(dir, 'nowhere')])).toMatchObject({ code: 2 });
    expect(await cli(['export'])).toEqual({ code: 2, output: 'Name the file to write: cli export FILE\n' });
    expect(await cli(['export', join(dir, 'x'), '--ledger', 'nowhere'])).toEqual({
      code: 2,
      output: 'There is no ledger nowhere.\n',
    });
    expect(await cli(['frobnicate'])).toMatchObject({ code: 2 });
    expect(await cli(['verify', '--frobnicate'])).toMatchObject({
      code: 2,
      output: expect.stringContaining("Unknown option '--frobnicate'"),
    });
    const nobody = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nothing' };
    expect(await cli(['verify'], nobody)).toEqual({
      code: 2,
      output: expect.stringMatching(/^Nothing listens at \S+, where Postgres should be \(DATABASE_URL\)\.\n$/),
    });
    const away = { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' };
    expect(await cli(['export', join(dir, 'x')], away)).toEqual({
      code: 2,
      output: 'Nothing listens at 127.0.0.1:1, where the event store should be (EVENTSTORE_URL).\n',
    });
    expect(await cli(['verify', '--help'])).toMatchObject({ code: 0 });
  });
});

describe('a log that somebody else wrote to', () => {
  test('is signed no further, and verification says where', async () => {
    const store = connectEventStore({ url: system.eventstore_url });
    let last: { revision: number; data: unknown } | undefined;
    for await (const event of store.readBackwards('checkpoints-main', { max: 1 })) last = event;
    const forged = { ...(last!.data as object), size: 5, head_position: 4, tiles: [] };
    const event = { id: randomUUID(), type: 'CheckpointSigned', data: forged, metadata: {} };
    await store.append('checkpoints-main', last!.revision, [event]);
    await store.close();
    const refused = await refusalOf(makeCheckpoint({ client: auditor }));
    expect(refused).toMatchObject({ status: 409, code: 'log_tampered' });
    expect(await cli(['verify'])).toMatchObject({
      code: 1,
      output: expect.stringContaining('checkpoint: A checkpoint does not hold: Its signature is not that of its key.'),
    });
  });
});

/** What is not theirs does not exist for a user: ledgers without a role there, and for staff the documents of others. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Client, expectStatus, login, newUser, stockUp } from './support/http.js';
import { PERMITTED_ROUTES, type PermittedRoute } from './support/route-matrix.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;

beforeAll(async () => {
  system = await startSystem();
  admin = await login(system.url, system.admin);
  expectStatus(await admin.post('/ledgers', { ledger_id: 'plant-2', currency: 'EUR' }), 201);
  await stockUp(admin, 100);
});
afterAll(() => system?.stop());

const user = (username: string, role: string, ledger_id?: string) =>
  newUser(system.url, admin, { username, role, ...(ledger_id && { ledger_id }) });

/** Of an answer what differs between two requests that are alike. */
function alike({ status, body }: Answer): unknown {
  const { trace_id: _, ...rest } = typeof body === 'object' ? body : { body };
  return { status, ...rest };
}

describe('a ledger in which a user has no role', () => {
  let pat: Client;
  beforeAll(async () => {
    pat = await user('pat', 'admin', 'plant-2');
  });
  const inLedger = (ledger: string | undefined, { method, path }: PermittedRoute) => {
    const address = path.replaceAll(/:\w+/g, 'nobody-7');
    const type = path === '/batches' ? 'application/x-ndjson' : 'application/json';
    const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
    return pat.send(method, address, body, {
      ...(body && { 'content-type': type }),
      ...(ledger !== undefined && { ledger }),
    });
  };

  test('does not exist: each route answers as if there were none of that name', async () => {
    const routes = PERMITTED_ROUTES.filter(({ held }) => held === 'ledger');
    expect(routes.length).toBeGreaterThan(80);
    for (const route of routes) {
      const none = alike(await inLedger('no-such-ledger', route));
      expect([route, none]).toMatchObject([route, { status: 404, code: 'unknown_ledger' }]);
      for (const ledger of ['main', undefined])
        expect([route, alike(await inLedger(ledger, route))]).toEqual([route, none]);
      expect([route, (await inLedger('plant-2', route)).body.code]).not.toEqual([route, 'unknown_ledger']);
    }
  });

  test('is on no list, and what is of no ledger is for who has a role in all', async () => {
    expect((await pat.get('/ledgers')).body.data).toMatchObject([{ ledger_id: 'plant-2' }]);
    for (const route of PERMITTED_ROUTES.filter(({ held }) => held === 'all'))
      expect([route, alike(await inLedger('plant-2', route))]).toMatchObject([
        route,
        { status: 403, code: 'forbidden' },
      ]);
    expect((await pat.get('/auth/me')).body).toEqual({
      username: 'pat',
      role: null,
      ledger_roles: [{ ledger_id: 'plant-2', role: 'admin' }],
    });
  });

  test('nor are the users known to who audits one ledger', async () => {
    const ledger = { ledger: 'plant-2' };
    for (const name of ['admin', 'nobody'])
      expect([name, alike(await pat.get(`/audit/history/user/${name}`, ledger))]).toMatchObject([
        name,
        { status: 403, code: 'forbidden' },
      ]);
    const verified = async (client: Client, reader: Client) => {
      const { verification_id } = expectStatus(await client.post('/audit/verifications', undefined, ledger), 202).body;
      for (;;) {
        const answer = await reader.get(`/audit/verifications/${verification_id}`, ledger);
        if (answer.body.status !== 'running') return answer;
      }
    };
    const own = await verified(pat, pat);
    expect(own.body).toMatchObject({ status: 'passed', rows_different: 0 });
    expect(Object.keys(own.body.rows_of)).not.toContain('users');
    expect((await verified(pat, admin)).status).toBe(200);
    const whole = await verified(admin, admin);
    expect(Object.keys(whole.body.rows_of)).toContain('users');
    expect((await verified(admin, pat)).body.code).toBe('unknown_record');
  });
});

describe('roles', () => {
  test('in one ledger take precedence over that in all', async () => {
    const mo = await user('mo', 'manager');
    expectStatus(await admin.patch('/users/mo', { role: 'viewer', ledger_id: 'plant-2' }), 200);
    const again = await login(system.url, { username: 'mo', password: 'correct horse' });
    expect((await mo.get('/auth/me')).status).toBe(401);
    const item = { item_id: 'cap', name: 'Cap', kind: 'other' };
    expectStatus(await again.post('/items', item), 201);
    expectStatus(await again.post('/items', item, { ledger: 'plant-2' }), 403);
    expectStatus(await again.get('/items', { ledger: 'plant-2' }), 200);
  });

  test('are taken away one by one', async () => {
    await user('rita', 'viewer', 'plant-2');
    expectStatus(await admin.patch('/users/rita', { role: 'staff' }), 200);
    const { body } = expectStatus(await admin.patch('/users/rita', { role: null, ledger_id: 'plant-2' }), 200);
    expect(body).toMatchObject({ role: 'staff', ledger_roles: [] });
    const without = expectStatus(await admin.patch('/users/rita', { role: null }), 200).body;
    expect(without).toMatchObject({ role: null, ledger_roles: [], active: true });
    const rita = await login(system.url, { username: 'rita', password: 'correct horse' });
    expect((await rita.get('/items')).body.code).toBe('unknown_ledger');
    expect((await rita.get('/auth/me')).status).toBe(200);
  });

  test('are those of a ledger that exists by its name', async () => {
    for (const ledger_id of ['*', 'Main', '', 'a'.repeat(33), 7]) {
      const answer = await admin.patch('/users/rita', { role: 'viewer', ledger_id });
      expect([ledger_id, answer.status, answer.body.errors?.[0].path]).toEqual([ledger_id, 422, 'ledger_id']);
    }
  });

  test('of the last admin of all ledgers stay, whatever others are admin of one', async () => {
    for (const change of [{ role: null }, { role: 'viewer' }, { active: false }]) {
      const answer = await admin.patch('/users/admin', change);
      expect([change, answer.body.code]).toEqual([change, 'last_admin']);
    }
  });
});

describe('to staff the documents of others', () => {
  let sam: Client;
  let tom: Client;
  beforeAll(async () => {
    [sam, tom] = [await user('sam', 'staff'), await user('tom', 'staff')];
  });
  const lines = (quantity: number) => [{ item_id: 'bottle', quantity }];
  const sell = (quantity: number) => ({
    customer_id: 'CUST',
    line_items: [{ item_id: 'bottle', quantity, unit_price: 4 }],
  });
  const reserve = { customer_id: 'CUST', line_items: lines(1) };
  /** Commands that name a document, each as a request of its own and as a line of a batch. */
  const NAMING: [
    what: string,
    path: string,
    made: object,
    act: (number: string) => [method: string, path: string, body?: object],
    line: (number: string) => object,
  ][] = [
    [
      'a payment',
      '/sales',
      sell(1),
      (bill_number) => ['POST', '/payments', { bill_number, amount: 1 }],
      (bill_number) => ({ type: 'payments', body: { bill_number, amount: 1 } }),
    ],
    [
      'a return',
      '/sales',
      sell(1),
      (number) => ['POST', `/sales/${number}/returns`, { line_items: lines(1), reason: 'x' }],
      (bill_number) => ({ type: 'returns', body: { bill_number, line_items: lines(1), reason: 'x' } }),
    ],
    [
      'a checkout',
      '/reservations',
      reserve,
      (id) => ['POST', `/reservations/${id}/checkout`, { line_items: [{ item_id: 'bottle', unit_price: 4 }] }],
      (reservation_id) => ({
        type: 'reservations/checkout',
        body: { reservation_id, line_items: [{ item_id: 'bottle', unit_price: 4 }] },
      }),
    ],
    [
      'a release',
      '/reservations',
      reserve,
      (id) => ['DELETE', `/reservations/${id}`],
      (reservation_id) => ({ type: 'reservations/release', body: { reservation_id } }),
    ],
    [
      'a withdrawal',
      '/transfers',
      { from_account_id: 'equity', to_account_id: 'bank', amount: 6000 },
      (id) => ['POST', `/approvals/${id}/withdraw`],
      (approval_id) => ({ type: 'approvals/withdraw', body: { approval_id } }),
    ],
  ];

  test.each(NAMING)('are unknown to %s, dry or not, alone or in a batch', async (_what, path, body, act, line) => {
    const made = (await sam.post(path, body)).body;
    const number: string = made.number;
    const none = `${number.slice(0, -4)}9999`;
    const send = (client: Client, named: string, query = '') => {
      const [method, address, body] = act(named);
      const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
      return client.send(method, `${address}${query}`, body && JSON.stringify(body), headers);
    };
    const batch = (client: Client, named: string, query = '') =>
      client.send('POST', `/batches${query}`, JSON.stringify(line(named)), { 'content-type': 'application/x-ndjson' });
    const shown = (answer: Answer, named: string) =>
      JSON.stringify({ ...answer, headers: null })
        .replaceAll(named, '…')
        .replaceAll(/trace_id[\\":]+[0-9a-f]{32}/g, '');
    for (const query of ['', '?dry_run=true'])
      expect(shown(await send(tom, number, query), number)).toBe(shown(await send(tom, none, query), none));
    for (const query of ['', '?dry_run=true', '?atomic=true']) {
      const answer = shown(await batch(tom, number, query), number);
      expect(answer).toBe(shown(await batch(tom, none, query), none));
      expect(answer).toContain('unknown_');
    }
    expect((await send(sam, number, '?dry_run=true')).status).toBe(200);
    expect((await send(sam, number)).status).toBeLessThan(300);
  });

  test('are on no list and at no address, as of any moment', async () => {
    const { number, position } = expectStatus(await sam.post('/sales', sell(2)), 201).body;
    const after = { 'ledger-position': `${position}` };
    const seen = async (client: Client, path: string) => JSON.stringify((await client.get(path, after)).body);
    for (const query of ['', `?position=${position}`, '?known_at=2099-01-01', '?as_of=2099-01-01']) {
      const path = `/sales/${number}${query}`;
      expect([query, (await sam.get(path, after)).status]).toEqual([query, 200]);
      expect([query, alike(await tom.get(path, after))]).toMatchObject([query, { status: 404 }]);
      const movements = `/stock/bottle/movements${query}`;
      const explanation = `/stock/bottle/explain${query}`;
      for (const list of [movements, explanation, `/sales${query}`, `/sales${query || '?'}&created_by=sam`]) {
        expect([list, await seen(sam, list)]).toEqual([list, expect.stringContaining(number)]);
        expect([list, await seen(tom, list)]).toEqual([list, expect.not.stringContaining(number)]);
        expect([list, await seen(tom, list)]).toEqual([list, expect.not.stringContaining('"sam"')]);
      }
    }
    const all = (await admin.get('/stock/bottle/movements?limit=1000', after)).body.data as { number: string }[];
    const own = (await sam.get('/stock/bottle/movements?limit=1000', after)).body.data as { number: string }[];
    const mine = new Set((await sam.get('/sales?limit=1000')).body.data.map((sale: { number: string }) => sale.number));
    expect(own.length).toBeGreaterThan(0);
    expect(own).toEqual(all.filter((movement) => own.some(({ number }) => number === movement.number)));
    expect(own.filter(({ number }) => number.startsWith('SO')).every(({ number }) => mine.has(number))).toBe(true);
    const paged: unknown[] = [];
    for (let cursor = ''; ; ) {
      const page = (await sam.get(`/stock/bottle/movements?limit=1${cursor}`, after)).body;
      paged.push(...page.data);
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(paged).toEqual(own);
  });

  test('are theirs that another approved for them', async () => {
    const dear = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 6000 }] };
    const { approval_id } = expectStatus(await sam.post('/sales', dear), 202).body;
    const approved = expectStatus(await admin.post(`/approvals/${approval_id}/approve`), 201);
    const { document } = approved.body;
    // The approval's own position is ahead of the sale's.
    const after = { 'ledger-position': approved.headers.get('ledger-position')! };
    expect((await sam.get(`/sales/${document.number}`, after)).status).toBe(200);
    expect(JSON.stringify((await sam.get('/stock/bottle/movements', after)).body)).toContain(document.number);
    expect((await tom.get(`/sales/${document.number}`, after)).status).toBe(404);
    expectStatus(await sam.post('/payments', { bill_number: document.number, amount: 1 }), 201);
  });

  test('are not told of by a refusal: no balance of an account', async () => {
    const wanted = { from_account_id: 'bank', to_account_id: 'cash', amount: 4321 };
    const { body } = expectStatus(await tom.post('/transfers?dry_run=true', wanted), 409);
    expect(body).toMatchObject({ code: 'insufficient_funds', account_id: 'bank', requested: 4321 });
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['available']));
    expect((await admin.post('/transfers?dry_run=true', wanted)).body).toHaveProperty('available');
  });
});

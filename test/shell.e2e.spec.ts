import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { readLedger } from './support/log.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;

beforeAll(async () => {
  system = await startSystem();
  admin = await login(system.url, system.admin);
  await stockUp(admin, 1000);
});
afterAll(() => system?.stop());

const json = { 'content-type': 'application/json' };

function expectProblem(answer: Answer, status: number, code: string): void {
  expect([answer.status, answer.body.code]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.body).toMatchObject({
    type: `/docs/problems#${code}`,
    status,
    title: expect.any(String),
    detail: expect.any(String),
    error: expect.any(String),
    retry: expect.any(Boolean),
    trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.js|\n {4}at/);
}

describe('bad input', () => {
  const sale = '{"customer_id":"CUST","line_items":[{"item_id":"bottle","quantity":1,"unit_price":4}]}';
  const saleWith = (quantity: string) => sale.replace('"quantity":1', `"quantity":${quantity}`);
  type Case = [what: string, status: number, code: string, body: string | Uint8Array, headers?: Record<string, string>];

  test.each<Case>([
    ['no JSON', 400, 'malformed_json', 'customer_id=CUST'],
    ['nothing', 422, 'validation', ''],
    ['a key twice', 400, 'malformed_json', sale.replace('{', '{"customer_id":"OTHER",')],
    ['10,000 levels', 400, 'malformed_json', `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`],
    ['a byte order mark', 400, 'malformed_json', `\ufeff${sale}`],
    ['UTF-16', 400, 'malformed_json', Buffer.from(sale, 'utf16le')],
    ['invalid UTF-8', 400, 'malformed_json', Buffer.from(sale.replace('CUST', '\xff'), 'latin1')],
    ['a list', 422, 'validation', '[]'],
    ['null', 422, 'validation', 'null'],
    ['a text', 422, 'validation', '"sale"'],
    ['__proto__', 422, 'validation', sale.replace('{', '{"__proto__":{"role":"admin"},')],
    ['constructor', 422, 'validation', sale.replace('{', '{"constructor":{"prototype":{"role":"admin"}},')],
    ['what every object inherits', 422, 'validation', sale.replace('{', '{"hasOwnProperty":1,')],
    ['an unknown field', 422, 'validation', sale.replace('{', '{"approved":true,')],
    ['lines in lines', 422, 'validation', sale.replace('[{', '[[{').replace('}]', '}]]')],
    ['2^53 + 1', 422, 'validation', saleWith('9007199254740993')],
    ['1e308', 422, 'validation', saleWith('1e308')],
    ['1e999', 422, 'validation', saleWith('1e999')],
    ['-0', 422, 'validation', saleWith('-0')],
    ['0.30000000000000000001', 422, 'validation', saleWith('0.30000000000000000001')],
    ['full-width digits', 400, 'malformed_json', saleWith('１')],
    ['10 MB', 413, 'payload_too_large', sale.replace('CUST', 'x'.repeat(10_000_000))],
    ['another type', 415, 'unsupported_media_type', sale, { 'content-type': 'text/plain' }],
    ['a form', 415, 'unsupported_media_type', sale, { 'content-type': 'application/x-www-form-urlencoded' }],
    ['NDJSON where one is wanted', 415, 'unsupported_media_type', sale, { 'content-type': 'application/x-ndjson' }],
    [
      'another character set',
      415,
      'unsupported_media_type',
      sale,
      { 'content-type': 'application/json; charset=utf-16' },
    ],
    ['no type', 415, 'unsupported_media_type', Buffer.from(sale), { 'content-type': '' }],
    ['an overlong key', 400, 'invalid_idempotency_key', sale, { ...json, 'idempotency-key': 'k'.repeat(256) }],
    ['a key that is not ASCII', 400, 'invalid_idempotency_key', sale, { ...json, 'idempotency-key': 'k\u00e9' }],
    ['an empty key', 400, 'invalid_idempotency_key', sale, { ...json, 'idempotency-key': '' }],
    ['a ledger that is not there', 404, 'unknown_ledger', sale, { ...json, ledger: 'nowhere' }],
    ['a ledger whose name cannot be', 404, 'unknown_ledger', sale, { ...json, ledger: '$all' }],
    ['a ledger that is a path', 404, 'unknown_ledger', sale, { ...json, ledger: '../main' }],
  ])('%s is answered %d %s and records nothing', async (_what, status, code, body, headers = json) => {
    const before = (await readLedger(system.eventstore_url)).state.position;
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    const answer = await admin.send('POST', '/sales', new Uint8Array(bytes), headers);
    expectProblem(answer, status, code);
    expect((await readLedger(system.eventstore_url)).state.position).toBe(before);
  });

  test.each([
    ['POST', '/sales?dry_run=perhaps', 400, 'invalid_parameter'],
    ['GET', '/users?limit=0', 400, 'invalid_parameter'],
    ['GET', '/users?limit=1e9', 400, 'invalid_parameter'],
    ['GET', '/users?limit=1&limit=2', 400, 'invalid_parameter'],
    ['GET', '/users?cursor=%00', 400, 'invalid_parameter'],
    ['GET', '/users?rank=admin', 400, 'invalid_parameter'],
    ['GET', '/users?__proto__=1', 400, 'invalid_parameter'],
    ['GET', '/users/%zz', 400, 'invalid_parameter'],
    ['GET', '/users/%00', 400, 'invalid_parameter'],
    ['GET', '/items?kind=%00', 400, 'invalid_parameter'],
    ['GET', '/users/..%2f..%2fetc', 404, 'unknown_user'],
    ['GET', `/users/${'x'.repeat(10_000)}`, 414, 'uri_too_long'],
    ['GET', '/nothing-here', 404, 'unknown_route'],
    ['GET', '/../../../etc/passwd', 404, 'unknown_route'],
    ['PUT', '/sales', 405, 'method_not_allowed'],
    ['DELETE', '/auth/login', 405, 'method_not_allowed'],
  ])('%s %s is answered %d %s', async (method, path, status, code) => {
    const body = method === 'POST' ? sale : undefined;
    expectProblem(await admin.send(method, path, body, body ? json : {}), status, code);
  });

  test('U+0000 in a name is a bad field, not an error of the database', async () => {
    const nul = '{"username":"a\\u0000","password":"x"}';
    expectProblem(await clientOf(system.url, '').send('POST', '/auth/login', nul, json), 422, 'validation');
  });

  test('405 says what the address takes instead', async () => {
    const answer = await admin.send('PUT', '/users/maria', '{}', json);
    expect(answer.headers.get('allow')?.split(', ').toSorted()).toEqual(['GET', 'HEAD', 'PATCH']);
  });

  test('every bad field is named, by its path', async () => {
    const lines = [
      { item_id: 'bottle', quantity: 0, unit_price: 1 },
      { item_id: '../x', quantity: 1.5, unit_price: -1 },
    ];
    const answer = await admin.post('/sales', { customer: 'CUST', line_items: lines });
    expectProblem(answer, 422, 'validation');
    expect(answer.body.errors.map(({ path }: { path: string }) => path).toSorted()).toEqual([
      'customer',
      'customer_id',
      'line_items.0.quantity',
      'line_items.1.item_id',
      'line_items.1.quantity',
      'line_items.1.unit_price',
    ]);
  });

  test('cannot forge a line of the log', async () => {
    const forged = '{"level":"error","message":"forged"}';
    await admin.get(`/users/${encodeURIComponent(`x\r\n${forged}`)}`);
    await admin.post('/sales', { customer_id: `x\n${forged}`, line_items: [] });
    await admin.get('/auth/me', { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'user-agent': forged });
    for (const line of system.log('api').trim().split('\n')) expect(JSON.parse(line).message).not.toBe('forged');
  });

  test('that is not even HTTP is answered and ends only its own connection', async () => {
    const { hostname, port } = new URL(system.url);
    const socket = connect(Number(port), hostname);
    socket.end('GET / HTTP/9.9\r\nBad Header\r\n\r\n');
    const heard: Buffer[] = [];
    for await (const chunk of socket) heard.push(chunk);
    expect(Buffer.concat(heard).toString()).toMatch(/^HTTP\/1\.1 400/);
    expectStatus(await admin.get('/auth/me'), 200);
  });
});

describe('an idempotency key', () => {
  const body = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };

  test('gives the first answer again, whatever the order of the fields', async () => {
    const first = expectStatus(await admin.post('/sales', body, { 'idempotency-key': 'k1' }), 201);
    const other_order = { line_items: [{ unit_price: 4, quantity: 1, item_id: 'bottle' }], customer_id: 'CUST' };
    const again = expectStatus(await admin.post('/sales', other_order, { 'idempotency-key': 'k1' }), 201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
  });

  test('for another body or another address is refused', async () => {
    expectStatus(await admin.post('/sales', body, { 'idempotency-key': 'k2' }), 201);
    const other = await admin.post('/sales', { ...body, notes: 'other' }, { 'idempotency-key': 'k2' });
    expectProblem(other, 422, 'idempotency_key_reused');
    expect(other.body.idempotency_key).toBe('k2');
    const waste = { line_items: [{ item_id: 'bottle', quantity: 1 }], reason: 'broken' };
    expectProblem(await admin.post('/wastes', waste, { 'idempotency-key': 'k2' }), 422, 'idempotency_key_reused');
  });

  test('belongs to the user who made it', async () => {
    const maria = { username: 'maria', password: 'correct horse', password_is_chosen: true, role: 'staff' };
    expectStatus(await admin.post('/users', maria), 201);
    const client = await login(system.url, maria);
    const mine = expectStatus(await admin.post('/sales', body, { 'idempotency-key': 'k3' }), 201);
    const theirs = expectStatus(await client.post('/sales', body, { 'idempotency-key': 'k3' }), 201);
    expect(theirs.headers.get('idempotency-replayed')).toBeNull();
    expect(theirs.body.bill_number).not.toBe(mine.body.bill_number);
  });

  test('is made by the server where it is missing: the same order twice is two', async () => {
    const first = expectStatus(await admin.post('/sales', body), 201);
    expect(expectStatus(await admin.post('/sales', body), 201).body.bill_number).not.toBe(first.body.bill_number);
  });
});

describe('ledgers', () => {
  test('are opened by an admin, with their own currency, and are apart from each other', async () => {
    const plant = { ledger_id: 'plant-2', currency: 'JPY', time_zone: 'Asia/Tokyo', approval_threshold: 100_000 };
    const opened = expectStatus(await admin.post('/ledgers', plant), 201);
    expect(opened.body).toMatchObject({ ...plant, digits: 0 });
    expectProblem(await admin.post('/ledgers', plant), 409, 'ledger_exists');
    const item = { item_id: 'bottle', name: 'Bottle', kind: 'bottle' };
    expectStatus(await admin.post('/items', item, { ledger: 'plant-2' }), 201);
    expectProblem(await admin.post('/items', item), 409, 'already_exists');
    const min_position = opened.body.position;
    expectStatus(await admin.get(`/items?min_position=${min_position}`, { ledger: 'plant-2' }), 200);
    const { data } = expectStatus(await admin.get('/ledgers'), 200).body;
    expect(data).toEqual([
      expect.objectContaining({ ledger_id: 'main', currency: 'USD', digits: 2, approval_threshold: 5000 }),
      expect.objectContaining({ ledger_id: 'plant-2', currency: 'JPY', digits: 0, approval_threshold: 100_000 }),
    ]);
  });

  test.each([
    ['ledger_id', { ledger_id: 'Plant 3' }],
    ['ledger_id', { ledger_id: '$all' }],
    ['currency', { currency: 'dollars' }],
    ['time_zone', { time_zone: 'Mars/Olympus' }],
    ['time_zone', { time_zone: '+05:30' }],
    ['time_zone', { time_zone: '+0530' }],
    ['digits', { digits: 7 }],
    ['approval_threshold', { approval_threshold: 0.001 }],
  ])('with a bad %s are not opened', async (path, bad) => {
    const answer = await admin.post('/ledgers', { ledger_id: 'plant-3', currency: 'USD', ...bad });
    expectProblem(answer, 422, 'validation');
    expect(answer.body.errors[0].path).toBe(path);
  });
});

test('whoever waits for a position gets it, however many wait; one that never comes is 503', async () => {
  const body = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const sales = await Promise.all(Array.from({ length: 50 }, () => admin.post('/sales', body)));
  const seen = await Promise.all(
    sales.map(({ body: { bill_number, position } }) => admin.get(`/sales/${bill_number}?min_position=${position}`)),
  );
  expect(seen.map(({ status }) => status)).toEqual(sales.map(() => 200));
  const never = await admin.get('/sales?min_position=999999999');
  expectProblem(never, 503, 'projection_behind');
  expect(never.headers.get('retry-after')).toBe('1');
});

describe('operations', () => {
  test.each(['/health/live', '/health/ready', '/api/v1/health/live', '/api/v1/health/ready'])(
    '%s is 200',
    async (path) => {
      expect((await fetch(`${system.url}${path}`)).status).toBe(200);
    },
  );

  test('metrics count requests by route, never by address', async () => {
    await admin.get('/users/somebody-special');
    const text = await (await fetch(`${system.url}/metrics`)).text();
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/api\/v1\/users\/:username",status="404"\} \d/,
    );
    expect(text).not.toContain('somebody-special');
    expect(text).toMatch(/^factory_ledger_projection_live 1$/m);
    expect(text).toMatch(/^factory_ledger_projection_position\{ledger="main"\} [1-9]\d*$/m);
  });

  test('no cache keeps an answer', async () => {
    const { headers } = await admin.get('/auth/me');
    expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff']);
  });

  test('a trace id that comes in goes out, and a made-up one does not', async () => {
    const trace_id = 'c0ffee00c0ffee00c0ffee00c0ffee00';
    const answer = await admin.get('/users/nobody', { traceparent: `00-${trace_id}-00f067aa0ba902b7-01` });
    expect(answer.body.trace_id).toBe(trace_id);
    const other = await admin.get('/users/nobody', { traceparent: 'evil' });
    expect(other.body.trace_id).toMatch(/^[0-9a-f]{32}$/);
  });

  test('readiness is 503 while the log is away, liveness is not, and both come back', async () => {
    await system.kill('eventstore');
    const ready = await fetch(`${system.url}/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      expect.objectContaining({ code: 'unavailable', missing: ['event_log'] }),
    ]);
    expect(ready.headers.get('retry-after')).toBe('1');
    expect((await fetch(`${system.url}/health/live`)).status).toBe(200);
    await system.restart('eventstore');
    await untilReady();
  });

  test('readiness is 503 while Postgres is away; who has signed in goes on giving orders', async () => {
    await system.kill('postgres');
    const ready = await fetch(`${system.url}/health/ready`);
    expect([ready.status, ((await ready.json()) as { missing: string[] }).missing]).toEqual([503, ['read_models']]);
    const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
    expectStatus(await admin.post('/sales', sale), 201);
    expectProblem(await admin.get('/users'), 503, 'unavailable');
    const { admin: who } = system;
    expectProblem(await clientOf(system.url, '').post('/auth/login', who), 503, 'unavailable');
    await system.restart('postgres');
    await untilReady();
    await login(system.url, who);
  });

  async function untilReady(): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await fetch(`${system.url}/health/ready`)).status === 200) return;
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`Not ready again: ${system.log('api')}`);
  }
});

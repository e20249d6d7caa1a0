/** Limits across three instances, and what goes on while Postgres hangs or is away. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, type Client, clientOf, expectStatus, login, newUser, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const ANONYMOUS = 30;
const REPORTS_PER_MINUTE = 60;
let system: System;
let admin: Client;
let instances: Client[];

beforeAll(async () => {
  system = await startSystem({
    apis: 3,
    env: {
      LIMIT_ANONYMOUS_ADDRESS: `${ANONYMOUS}/900`,
      POSTGRES_SILENT_MS: '600',
      LIMIT_SIGN_IN_NAME: '5/60',
      LIMIT_REPORT_USER: `${REPORTS_PER_MINUTE}/60+1`,
    },
  });
  admin = await login(system.url, system.admin);
  instances = system.urls.map((url) => clientOf(url, admin.token));
  await stockUp(admin, 1_000_000);
}, 120_000);
afterAll(() => system?.stop());

const counted = (answers: readonly Answer[]) => {
  const counts: Record<string, number> = {};
  for (const { status, body } of answers) {
    const key = `${status} ${body?.code ?? ''}`.trim();
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};
const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };

describe('sign-ins', () => {
  test('of a name from an address are five a minute, whichever instance is asked; others are not affected', async () => {
    const maria = { username: 'maria', password: 'correct horse' };
    await newUser(system.url, admin, { ...maria, role: 'staff' });
    const answers: Answer[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await clientOf(system.urls[n % 3]!, '').post('/auth/login', maria));
    // The first of the five was newUser's.
    expect(counted(answers)).toEqual({ 200: 4, '429 rate_limited': 2 });
    const refused = answers.at(-1)!;
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(refused.headers.get('ratelimit-policy')).toBe('"sign-in-name";q=5;w=60');
    expect(refused.headers.get('ratelimit')).toMatch(/^"sign-in-name";r=0;t=\d+$/);
    expect(refused.body).toMatchObject({ code: 'rate_limited', limit: 'sign-in-name', retry: true });
    await newUser(system.url, admin, { username: 'anna', password: 'correct horse', role: 'staff' });
  });
});

describe('reports of a user', () => {
  /** Of a client that asks all that live in turn, much more often than it may. */
  async function allowedIn(seconds: number, clients: readonly Client[]): Promise<number> {
    let allowed = 0;
    for (const until_ms = Date.now() + seconds * 1000, n = { of: 0 }; Date.now() < until_ms; n.of += 1) {
      const { status } = await clients[n.of % clients.length]!.get('/reports/aging');
      if (status === 200) allowed += 1;
      else expect(status).toBe(429);
      await sleep(50);
    }
    return allowed;
  }

  test('are as many from three instances as from one, and when one dies the others take over its share', async () => {
    await sleep(4000);
    const before = await allowedIn(20, instances);
    // Three may each begin with one at once.
    expect(Math.abs(before - 20) / 20).toBeLessThanOrEqual(0.15);
    await system.kill('api_3');
    await sleep(8000);
    const after = await allowedIn(20, instances.slice(0, 2));
    expect(Math.abs(after - 20) / 20).toBeLessThanOrEqual(0.15);
    await system.restart('api_3');
  }, 90_000);

  test('refused are counted, by limit and not by user', async () => {
    const text = await (await fetch(`${system.url}/metrics`)).text();
    expect(text).toMatch(/^factory_ledger_requests_limited_total\{limit="report-user"\} [1-9]/m);
    expect(text).toMatch(/^factory_ledger_circuit_breaker_open\{service="postgres"\} 0$/m);
    for (const give_up_ms = Date.now() + 15_000; ; await sleep(200)) {
      const { body } = expectStatus(await admin.get('/audit/security-events?limit=1000'), 200);
      const refused = body.data.filter(
        (event: { type: string; data: { status?: number } }) => event.data.status === 429,
      );
      if (refused.some(({ data }: { data: { route: string } }) => data.route === 'GET /api/v1/reports/aging')) break;
      if (Date.now() > give_up_ms) throw new Error('no AccessRefused event was written');
    }
  }, 30_000);
});

describe('while Postgres hangs', () => {
  test('commands go on, queries and sign-ins are answered 503 within a second, and all is well afterwards', async () => {
    const early = admin.get('/sales');
    await system.freezePostgres();
    expect([200, 503]).toContain((await early).status);
    try {
      const since_ms = performance.now();
      const first = await Promise.all(Array.from({ length: 30 }, () => admin.get('/sales')));
      expect(performance.now() - since_ms).toBeLessThan(1000);
      expect(counted(first)).toEqual({ '503 unavailable': 30 });
      expect(first[0]!.headers.get('retry-after')).toBe('1');
      const open_ms = performance.now();
      const then = await Promise.all(['/stock', '/accounts', '/users'].map((path) => admin.get(path)));
      expect(counted(then)).toEqual({ '503 unavailable': 3 });
      expect(performance.now() - open_ms).toBeLessThan(300);
      const sales = await Promise.all(Array.from({ length: 50 }, () => admin.post('/sales', sale)));
      expect(counted(sales)).toEqual({ 201: 50 });
      const ready = await fetch(`${system.url}/health/ready`);
      expect([ready.status, ((await ready.json()) as { breakers: object }).breakers]).toEqual([
        503,
        { postgres: expect.stringMatching(/open/) },
      ]);
      expect((await fetch(`${system.url}/health/live`)).status).toBe(200);
      const metrics = await (await fetch(`${system.url}/metrics`)).text();
      expect(metrics).toMatch(/^factory_ledger_circuit_breaker_open\{service="postgres"\} (1|0\.5)$/m);
    } finally {
      system.thawPostgres();
    }
    for (const give_up_ms = Date.now() + 10_000; (await admin.get('/sales')).status !== 200; await sleep(50))
      if (Date.now() > give_up_ms) throw new Error('queries did not come back');
    const { headers } = expectStatus(await admin.post('/sales', sale), 201);
    expectStatus(await admin.get(`/sales?min_position=${headers.get('ledger-position')}`), 200);
  }, 60_000);
});

describe('what an address asks without a token that holds', () => {
  test('is limited across instances, also while Postgres is away; a token is not affected', async () => {
    const nobody = system.urls.map((url) => clientOf(url, 'not.a.token'));
    const answers = await Promise.all(Array.from({ length: 90 }, (_, n) => nobody[n % 3]!.get('/sales')));
    const { '401 unauthenticated': passed = 0, '429 rate_limited': refused = 0 } = counted(answers);
    expect(passed + refused).toBe(90);
    // Sign-ins that succeeded were given back, the two that were refused above were not.
    expect(passed).toBeGreaterThanOrEqual(ANONYMOUS - 5);
    expect(passed).toBeLessThanOrEqual(ANONYMOUS);
    expect((await fetch(`${system.url}/docs`)).status).toBe(429);
    expect((await clientOf(system.url, '').get('/nowhere')).status).toBe(429);
    expect((await fetch(`${system.url}/health/live`)).status).toBe(200);
    expectStatus(await admin.get('/sales'), 200);
    await system.kill('postgres');
    const away = await Promise.all(Array.from({ length: 30 }, () => fetch(`${system.urls[1]}/docs`)));
    expect(new Set(away.map(({ status }) => status))).toEqual(new Set([429]));
    expectStatus(await admin.post('/sales', sale), 201);
    await system.restart('postgres');
  }, 60_000);
});

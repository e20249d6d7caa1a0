import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { jest } from '@jest/globals';
import { StartRefused } from '../../libs/process/child.js';
import { readConfig } from './config.js';
import { HttpGateway } from './http-gateway.js';

const CHARGE = { key: 'main/OR-261201-0001', amount: '250', currency: 'USD', payment_reference: 'tok_1' };
const CAPTURED = { key: CHARGE.key, status: 'captured', charge_id: 'ch_1', amount: 250, currency: 'USD' };

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: { method?: string; url?: string; key: unknown; traceparent?: unknown; body: string }[];
let lines: string[];

beforeEach(async () => {
  asked = [];
  lines = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const { 'idempotency-key': key, traceparent } = request.headers;
    asked.push({ method: request.method!, url: request.url!, key, body, ...(traceparent && { traceparent }) });
    answer(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const gateway = () => new HttpGateway({ url, api_key: 'the key', log: (line) => lines.push(line), timeout_ms: 1000 });
const says = (status: number, body: unknown) => (_: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

test('a charge goes out with its key, and comes back as what it is', async () => {
  answer = says(200, CAPTURED);
  expect(await gateway().charge(CHARGE)).toEqual({ status: 'captured', charge_id: 'ch_1' });
  const body = { key: CHARGE.key, amount: 250, currency: 'USD', payment_reference: 'tok_1' };
  expect(asked).toEqual([{ method: 'POST', url: '/v1/charges', key: CHARGE.key, body: JSON.stringify(body) }]);
  answer = says(404, { error: 'no such charge' });
  expect(await gateway().query(CHARGE)).toEqual({ status: 'not_found' });
  expect(asked[1]).toMatchObject({ method: 'GET', url: '/v1/charges/main%2FOR-261201-0001' });
});

test('a charge goes out within the trace of its order, which is no part of it', async () => {
  answer = says(200, CAPTURED);
  const trace = { trace_id: 'a'.repeat(32), span_id: 'b'.repeat(16) };
  for (const call of ['charge', 'query', 'refund'] as const) await gateway()[call]({ ...CHARGE, trace });
  await gateway().query(CHARGE);
  const told = `00-${trace.trace_id}-${trace.span_id}-01`;
  expect(asked.map(({ traceparent }) => traceparent)).toEqual([told, told, told, undefined]);
  expect(asked.map(({ body }) => body).join()).not.toContain('trace');
});

test.each([
  ['text', 'captured'],
  ['another charge', { ...CAPTURED, key: 'main/OR-261201-0002' }],
  ['another amount', { ...CAPTURED, amount: 1 }],
  ['half a charge', { key: CHARGE.key, amount: 250, currency: 'USD' }],
  ['far too much', `{"pad":"${'x'.repeat(100_000)}"}`],
])('an answer of %s is believed in nothing', async (_what, body) => {
  answer = says(200, body);
  expect(await gateway().charge(CHARGE)).toMatchObject({ status: 'unclear' });
});

test.each<[string, typeof answer]>([
  ['500', says(500, CAPTURED)],
  ['429', says(429, CAPTURED)],
  ['402', says(402, CAPTURED)],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ['a closed connection', (_, response) => response.destroy()],
  ['silence', () => {}],
])('%s tells nothing', async (_what, given) => {
  answer = given;
  expect(await gateway().query(CHARGE)).toMatchObject({ status: 'unclear' });
});

test('a refund that is anything but done is not done', async () => {
  answer = says(200, CAPTURED);
  expect(await gateway().refund(CHARGE)).toMatchObject({ status: 'unclear' });
  answer = says(404, {});
  expect(await gateway().refund(CHARGE)).toMatchObject({ status: 'unclear' });
  answer = says(200, { ...CAPTURED, status: 'refunded', refund_id: 're_1' });
  expect(await gateway().refund(CHARGE)).toEqual({ status: 'refunded', charge_id: 'ch_1', refund_id: 're_1' });
});

test('after five failures in a row nothing is asked for a while', async () => {
  answer = says(503, {});
  const one = gateway();
  for (let n = 0; n < 6; n += 1) await one.query(CHARGE);
  expect([one.state(), asked.length, lines]).toEqual([
    'open',
    5,
    ['the gateway does not answer: the gateway answers 503'],
  ]);
});

test('a gateway that was down for minutes is asked once in a while, and is heard when it is back', async () => {
  answer = says(503, {});
  const one = gateway();
  for (let n = 0; n < 3; n += 1) await one.query(CHARGE);
  let now_ms = Date.now();
  const clock = jest.spyOn(Date, 'now').mockImplementation(() => now_ms);
  try {
    for (let minute = 0; minute < 5; minute += 1) {
      now_ms += 60_000;
      for (let n = 0; n < 3; n += 1) expect(await one.query(CHARGE)).toMatchObject({ status: 'unclear' });
    }
    expect([one.state(), asked.length]).toEqual(['open', 5 + 5]);
    answer = says(200, CAPTURED);
    now_ms += 60_000;
    expect(await one.query(CHARGE)).toEqual({ status: 'captured', charge_id: 'ch_1' });
    expect([one.state(), lines.at(-1)]).toEqual(['closed', 'the gateway answers again']);
  } finally {
    clock.mockRestore();
  }
});

test('settings that cannot work are refused by name, and no secret is repeated', () => {
  const env = {
    ...{ EVENTSTORE_URL: 'esdb://127.0.0.1:2113', DATABASE_URL: 'postgres://a@127.0.0.1/b' },
    ...{ JWT_SECRET: 'j'.repeat(32), PAYMENT_GATEWAY_URL: 'https://pay.example/v1' },
    ...{ PAYMENT_GATEWAY_KEY: 'k'.repeat(16), PAYMENT_CALLBACK_SECRET: 'c'.repeat(16), API_PEERS: 'dns:api:3100' },
  };
  expect(readConfig(env)).toMatchObject({ host: '127.0.0.1', port: 0, peers: ['dns:api:3100'] });
  expect(readConfig({ ...env, PAYMENTS_LISTEN: '[::1]:3200' })).toMatchObject({ host: '::1', port: 3200 });
  for (const [name, value] of Object.entries({
    PAYMENT_GATEWAY_URL: 'http://pay.example/v1',
    PAYMENT_GATEWAY_KEY: 'short',
    PAYMENT_CALLBACK_SECRET: '',
    PAYMENTS_LISTEN: '3200',
    API_PEERS: 'api',
    JWT_SECRET: 'secret-7',
  })) {
    const read = () => readConfig({ ...env, [name]: value });
    expect(read).toThrow(StartRefused);
    expect(read).toThrow(name);
    if (value.includes('secret-7')) expect(read).not.toThrow('secret-7');
  }
});

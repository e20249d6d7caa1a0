/** What the client adds to each request, against a server that says what it got. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { WITHOUT_KEY } from '../../libs/client/connection.js';
import {
  changeUser,
  connect,
  getSale,
  isProblem,
  LedgerError,
  listSales,
  messagesOf,
  recordSale,
  rowsOf,
  streamOrders,
  withDecimals,
} from '../../libs/client/index.js';
import { isCommand } from '../fuzz/arbitraries.js';
import { operationsOf } from '../support/contract.js';
import { presentDocument } from './made.js';

interface Got {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}
type Reply = (response: ServerResponse) => void;

let server: Server;
let url: string;
let got: Got[];
let replies: Reply[];

beforeAll(async () => {
  server = createServer(({ method = '', url: path = '', headers }, response) => {
    got.push({ method, url: path, headers });
    (replies.shift() ?? json(200, {}))(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});
beforeEach(() => {
  got = [];
  replies = [];
});

function json(status: number, body: object, headers: Record<string, string> = {}): Reply {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return (response) => response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}
const lost: Reply = (response) => response.destroy();
const busy = json(503, { code: 'overloaded', trace_id: 't', detail: 'Too much.' }, { 'retry-after': '0' });
const body = { customer_id: 'CUST', line_items: [{ item_id: 'x', quantity: 1, unit_price: 1 }] };
const keys = () => got.map(({ headers }) => headers['idempotency-key']);

test('a command has a key, which its retries share and the next one does not', async () => {
  const client = connect({ url, token: 'secret', ledger: 'plant-2' });
  replies = [busy, lost, json(201, { kind: 'sale' })];
  await recordSale({ client, body });
  await recordSale({ client, body, headers: { 'Idempotency-Key': 'order-17' } });
  expect(keys()).toEqual([keys()[0], keys()[0], keys()[0], 'order-17']);
  expect(keys()[0]).toMatch(/^[0-9a-f-]{36}$/);
  expect(got[0]!.headers).toMatchObject({ authorization: 'Bearer secret', ledger: 'plant-2' });
});

test('what takes no key is not sent again where its answer was lost, but where it was turned away', async () => {
  const client = connect({ url });
  replies = [busy, lost];
  await expect(changeUser({ client, path: { username: 'ann' }, body: { role: 'viewer' } })).rejects.toThrow(
    'fetch failed',
  );
  expect(keys()).toEqual([undefined, undefined]);
});

test('what takes a key, and what does not, is as in the OpenAPI document', async () => {
  const document = await presentDocument();
  const changing = operationsOf(document).filter(({ method, path }) => method !== 'GET' && path !== '/api/v1/batches');
  // One ticket a customer, with or without a key.
  const once_anyway = '/api/v1/flash-sales/{id}/queue/tickets';
  const keyless = changing.filter((at) => WITHOUT_KEY.test(`${at.method} ${at.path}`));
  const wrong = changing.filter((at) => isCommand(document, at) === keyless.includes(at));
  expect(wrong.map(({ path }) => path)).toEqual([once_anyway]);
});

test('a read waits for what was written through the same client, in that ledger', async () => {
  const client = connect({ url });
  replies = [json(201, {}, { 'ledger-position': '41' }), json(201, {}, { 'ledger-position': '7' })];
  await recordSale({ client, body });
  await recordSale({ client, body, headers: { Ledger: 'other' } });
  await getSale({ client, path: { number: 'SO-1' } });
  await getSale({ client, path: { number: 'SO-1' }, headers: { Ledger: 'other' } });
  await getSale({ client, path: { number: 'SO-1' }, query: { min_position: 3 } });
  expect(got.slice(2).map(({ headers }) => headers['ledger-position'])).toEqual(['41', '7', undefined]);
});

test('it gives up after so many retries, with the problem', async () => {
  const client = connect({ url, retries: 1 });
  replies = [busy, busy];
  const refused = await recordSale({ client, body }).catch((error: unknown) => error);
  expect(isProblem(refused, 'overloaded')).toBe(true);
  expect(isProblem(refused, 'insufficient_stock')).toBe(false);
  expect(refused).toBeInstanceOf(LedgerError);
  expect((refused as Error).message).toBe('Too much.');
});

test('what is no problem document is an error that says the status', async () => {
  replies = [(response) => response.writeHead(502).end('bad gateway')];
  await expect(getSale({ client: connect({ url }), path: { number: 'x' } })).rejects.toThrow(
    'The answer was 502: bad gateway',
  );
});

test('an aborted call ends at once, also while it waits to be sent again', async () => {
  const aborter = new AbortController();
  replies = [json(429, { code: 'rate_limited', trace_id: 't' }, { 'retry-after': '60' })];
  const call = listSales({ client: connect({ url }), signal: aborter.signal });
  setTimeout(() => aborter.abort(new Error('enough')), 50);
  await expect(call).rejects.toThrow('enough');
});

test('rows of all pages, asked for one after the other', async () => {
  const client = connect({ url });
  const page = (rows: number[], next_cursor: string | null) =>
    json(200, { data: rows.map((row) => ({ number: `${row}` })), next_cursor });
  replies = [page([1, 2], 'a'), page([], 'b'), page([3], null)];
  const numbers: string[] = [];
  for await (const { number } of rowsOf((cursor) => listSales({ client, query: { cursor } }))) numbers.push(number);
  expect(numbers).toEqual(['1', '2', '3']);
  expect(got.map((each) => each.url.split('?')[1])).toEqual([undefined, 'cursor=a', 'cursor=b']);
});

test('amounts as text, quantities as numbers', () => {
  const exact = withDecimals({
    total_price: 700,
    line_items: [{ unit_price: 0.0375, quantity: 3 }],
    average_cost: null,
  });
  expect(exact).toEqual({
    total_price: '700',
    line_items: [{ unit_price: '0.0375', quantity: 3 }],
    average_cost: null,
  });
});

test('the first program of its README is one that compiles', () => {
  const program = readFileSync('test/client/first-program.ts', 'utf8').replace(
    '../../libs/client/index.js',
    '@factory-ledger/client',
  );
  expect(readFileSync('libs/client/README.md', 'utf8')).toContain(program);
});

const told = (...frames: string[]): Reply => {
  return (response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(frames.join(''));
};
const frame = (id: number, data: object) => `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

test('a stream is opened again from where it was, and ends with its signal', async () => {
  const leaving = new AbortController();
  replies = [
    told('retry: 1\n\n', frame(4, { position: 4 }), 'event: end\ndata: {"code":"stopping"}\n\n'),
    (response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
    busy,
    lost,
    told(frame(5, { position: 5 }), frame(7, { position: 7 })),
  ];
  const seen: object[] = [];
  const client = connect({ url, retries: 1 });
  for await (const message of messagesOf((options) => streamOrders({ client, ...options }), leaving.signal)) {
    seen.push(message);
    if (seen.length === 3) leaving.abort();
  }
  expect(seen).toEqual([{ position: 4 }, { position: 5 }, { position: 7 }]);
  expect(got.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, '4', '4', '4', '4']);
});

test('a stream that is refused throws what was refused', async () => {
  replies = [json(403, { code: 'forbidden', trace_id: 't', status: 403, detail: 'Not for this role.' })];
  const client = connect({ url });
  const messages = messagesOf((options) => streamOrders({ client, ...options }));
  await expect(messages.next()).rejects.toThrow(LedgerError);
  expect(got).toHaveLength(1);
});

import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cursorAfter } from '../projections/as-of/cursor.js';
import { sellTen } from './client/first-program.js';
import { integrate } from './client/integrator.js';
import {
  complaintsAbout,
  type OpenApi,
  type Operation,
  type OperationAt,
  operationsOf,
  type Parameter,
  parametersOf,
  readContract,
} from './support/contract.js';
import { type Answer, type Client, clientOf, login, stockUp } from './support/http.js';
import { seedOf } from './support/random.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let admin: Client;
let document: OpenApi;
let operations: OperationAt[];

beforeAll(async () => {
  system = await startSystem();
  admin = await login(system.url, system.admin);
  document = await readContract(system.url);
  operations = operationsOf(document);
});
afterAll(() => system?.stop());

test('whatever the answer to a careless request, it is as the document says', async () => {
  const nobody = clientOf(system.url, '');
  const undocumented: string[] = [];
  const tell = (operation: Operation, answer: Answer, what: string) =>
    undocumented.push(
      ...complaintsAbout(document, operation, answer).map((each) => `${what} ${answer.status}: ${each}`),
    );
  for (const { method, path, operation } of operations) {
    if (/logout|stream|rebuild/.test(path)) continue;
    const address = path.slice('/api/v1'.length).replaceAll(/\{\w+\}/g, 'nobody-7');
    const takes_body = operation.requestBody !== undefined;
    const tries: [Client, string | undefined, string][] = [
      [nobody, undefined, ''],
      [admin, takes_body ? '{}' : undefined, 'application/json'],
      [admin, takes_body ? '{"a":1,"a":2}' : undefined, 'application/json'],
      [admin, takes_body ? 'text' : undefined, 'text/plain'],
    ];
    for (const [client, body, type] of tries) {
      const answer = await client.send(method, address, body, body ? { 'content-type': type } : {});
      tell(operation, answer, `${method} ${path}`);
    }
    if (method === 'GET') {
      tell(operation, await admin.get(`${address}?no_such_parameter=1`), `${method} ${path}?…`);
    }
  }
  expect(undocumented).toEqual([]);
});

test('the program answers the document that its source makes and the client is made of', async () => {
  expect(document).toEqual(JSON.parse(await readFile('libs/client/openapi.json', 'utf8')));
});

describe('whatever is sent in a parameter', () => {
  const HOSTILE = [
    ...[
      '',
      ' ',
      '%00',
      'a%00',
      '%ff',
      '%ed%a0%80',
      '%F0%9F%8D%BE',
      '%0d%0aX-Injected:%201',
      '%',
      '%zz',
      '%2e%2e%2f',
      '/',
    ],
    ...[
      '-1',
      '007',
      '0',
      '-0',
      '1.5',
      '1e308',
      '9007199254740993',
      '9223372036854775808',
      '18446744073709551616',
      'NaN',
      '0x10',
    ],
    ...[
      'null',
      'true',
      '__proto__',
      'constructor',
      '[]',
      '{}',
      '*',
      '$all',
      '$ce-ledger',
      "'",
      "x'%20OR%201=1;--",
      '%5c',
    ],
    ...[
      '2025-02-29',
      '0000-01-01',
      '1970-01-01',
      '9999-12-31',
      '-271821-04-20',
      '2026-03-01T00:00:00%2B14:00',
      '2026-03',
    ],
    ...['AA', 'A'.repeat(100), 'x'.repeat(4000), '=1+1', '%2B05:30', '+0530', '\u202e'].map((text) => encodeURI(text)),
  ];
  const USERS = JSON.stringify(['users', {}, { by: 'username', descending: false }]);
  const FORGED = [[0], ['a\0'], ['\ud800'], [null], [{}], [], ['a', 'b'], [1e300]].map((key) =>
    cursorAfter(USERS, [0, ...(key as string[])]),
  );
  const IN_HEADERS = HOSTILE.filter((text) => /^[\x21-\x7e]+$/.test(text));

  /** Each value of a parameter is asked at four operations and each operation at least four values, ever others. HOSTILE=all asks all everywhere. */
  const EACH = process.env.HOSTILE === 'all' ? Number.POSITIVE_INFINITY : 4;
  const seed = seedOf();

  interface Case {
    method: string;
    address: string;
    headers?: Record<string, string>;
  }
  function casesOf({ method, path, operation }: OperationAt): Case[] {
    const bare = path.slice('/api/v1'.length);
    const named = bare.replaceAll(/\{\w+\}/g, 'nobody-7');
    const cases = ({ name, in: where }: Parameter): Case[] => {
      const values = name === 'cursor' ? [...HOSTILE, ...FORGED] : HOSTILE;
      if (where === 'header')
        return IN_HEADERS.map((value) => ({ method, address: named, headers: { [name]: value } }));
      if (where === 'path')
        return values.map((value) => ({
          method,
          address: bare.replace(`{${name}}`, () => value).replaceAll(/\{\w+\}/g, 'nobody-7'),
        }));
      const queries = [...values.map((value) => `${name}=${value}`), `${name}=1&${name}=2`, `${name}[a]=1`, name];
      return queries.map((query) => ({ method, address: `${named}?${query}` }));
    };
    return parametersOf(document, operation).flatMap((parameter) => {
      const users = operations.filter((each) =>
        parametersOf(document, each.operation).some(({ name }) => name === parameter.name),
      );
      const at = users.findIndex((each) => each.operation === operation);
      return cases(parameter).filter((_, n, { length }) => {
        const every = Math.max(1, Math.floor(Math.min(users.length, length) / EACH));
        return (n + at + seed) % every === 0;
      });
    });
  }

  test(`the answer is never a 500: SEED=${seed}`, async () => {
    const left_out = /logout|stream|rebuild|auth\/password|verifications$|checkpoints$/;
    const cases = operations.filter(({ path, method }) => method === 'GET' || !left_out.test(path)).flatMap(casesOf);
    expect(cases.length).toBeGreaterThan(10_000);
    const failures: string[] = [];
    const walk = async () => {
      for (let next = cases.pop(); next !== undefined; next = cases.pop()) {
        const { method, address, headers } = next;
        const body = method === 'GET' || method === 'DELETE' ? undefined : '{}';
        const type = address.startsWith('/batches') ? 'application/x-ndjson' : 'application/json';
        const answer = await admin.send(method, address, body, { ...(body && { 'content-type': type }), ...headers });
        if (answer.status >= 500)
          failures.push(`${method} ${address} ${JSON.stringify(headers ?? {})}: ${answer.status} ${answer.body.code}`);
      }
    };
    await Promise.all(Array.from({ length: 4 }, walk));
    expect(failures).toEqual([]);
    expect(system.log('api')).not.toContain('internal_error');
  }, 300_000);
});

test('programs written with the client run, with no cast', async () => {
  await stockUp(admin, 100);
  const { username, password } = system.admin;
  const result = await integrate(system.url, username, password);
  const { purchase, again, refused, paid, exact, now, yesterday, numbers } = result;
  expect(again).toEqual(purchase);
  expect(refused).toEqual({ shortage: 9800 });
  expect(paid).toMatchObject({ total_price: 6, payment_status: 'paid' });
  expect(exact).toBe('6');
  expect(now.on_hand).toBe(160);
  expect(yesterday.on_hand).toBe(100);
  expect(numbers).toEqual([paid.number]);
  const print = jest.spyOn(console, 'log').mockImplementation(() => {});
  expect(await sellTen(system.url, username, password)).toBe(6 + 4);
  expect(print.mock.calls).toEqual([[expect.stringMatching(/^SO-\d{6}-\d{4} at 4$/)]]);
  print.mockRestore();
});

test('a browser that asks for the address alone is shown /docs', async () => {
  for (const path of ['/', '/docs/']) {
    const { url, status } = await fetch(`${system.url}${path}`);
    expect({ path, url, status }).toEqual({ path, url: `${system.url}/docs`, status: 200 });
  }
});

test('/docs shows it, with nothing from elsewhere', async () => {
  const page = await (await fetch(`${system.url}/docs`)).text();
  const assets = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, address]) => address!);
  expect(assets.length).toBe(4);
  for (const address of assets) expect((await fetch(new URL(address, system.url))).status).toBe(200);
  expect(page).not.toMatch(/https?:/);
});

test('the type of a problem leads to where it is explained', async () => {
  const { body } = await admin.get('/users/nobody');
  const url = new URL(body.type, system.url);
  const page = await (await fetch(url)).text();
  expect(page).toContain(`id="${url.hash.slice(1)}"`);
});

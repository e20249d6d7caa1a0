import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { httpRunner, parseHttpFile } from './http-file.js';

let server: Server;
let host: string;
beforeAll(async () => {
  let asked = 0;
  server = createServer((request, response) => {
    asked += 1;
    const headers = { 'content-type': 'application/json', seen: `${request.headers.who}` };
    response.writeHead(201, headers).end(JSON.stringify({ number: 'SO-1', lines: [{ cost: 2.5 }], asked }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

async function runAll(text: string): Promise<void> {
  const file = parseHttpFile(text);
  const runner = httpRunner(file, { host });
  for (const request of file.requests) await runner.run(request);
}

test('sends one after the other, with what the others were answered', async () => {
  await runAll(`@who = {{first.response.body.number}}

### one
# @name first
# expect 201
# expect body.lines[0].cost 2.50
POST {{host}}/

# ── a heading ──

### two
# expect 201
# expect headers.Seen SO-1
GET {{host}}/
Who: {{who}}

### three
# again until body.asked 5
# expect 201
GET {{host}}/
`);
});

test.each([
  ['another status', '# expect 200\nGET {{host}}/', /line 1: the status is 201, not 200/],
  ['another value', '# expect 201\n# expect body.number SO-2\nGET {{host}}/', /body.number is "SO-1", not SO-2/],
  ['a field that is not there', '# expect 201\n# expect body.lines[1].cost 1\nGET {{host}}/', /is undefined, not 1/],
  ['a variable that nobody set', '# expect 201\nGET {{host}}/{{who}}', /there is no variable who/],
  ['an answer that nobody had', '# expect 201\nGET {{host}}/{{first.response.body.id}}', /there is no first.response/],
  ['a slip of the pen', '# expects 201\nGET {{host}}/', /not understood: # expects 201/],
  ['no expectation', 'GET {{host}}/', /no status is expected/],
  ['no request', '# expect 201', /no request/],
])('says so where there is %s', async (_, text, message) => {
  await expect(runAll(`### it\n${text}\n`)).rejects.toThrow(message);
});

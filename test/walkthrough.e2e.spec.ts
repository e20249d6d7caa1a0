/** docs/walkthrough.http, from top to bottom: what a newcomer is told to send is answered as it says there. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, test } from '@jest/globals';
import { httpRunner, parseHttpFile } from './support/http-file.js';
import { type System, startSystem } from './support/system.js';

const file = parseHttpFile(await readFile(new URL('../docs/walkthrough.http', import.meta.url), 'utf8'));

let system: System;
let runner: ReturnType<typeof httpRunner>;
beforeAll(async () => {
  system = await startSystem();
  runner = httpRunner(file, { host: system.url, admin_password: system.admin.password });
});
afterAll(() => system?.stop());

test.each(file.requests.map((request) => [request.title, request] as const))('%s', (_, request) => runner.run(request));

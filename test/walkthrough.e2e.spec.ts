/** docs/walkthrough.http by httpyac: each request is answered as it says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { EXAMPLES } from '../apps/api/http/examples.js';
import { readContract } from './support/contract.js';
import { examplesOf } from './support/examples.js';
import { otherRequests } from './support/other-requests.js';
import { type Recorder, startRecorder } from './support/recorder.js';
import { type System, startSystem } from './support/system.js';
import { startReceiver, type WebhookReceiver } from './support/webhook-receiver.js';

const httpyac = join(dirname(createRequire(import.meta.url).resolve('httpyac/package.json')), 'bin/httpyac.js');

const ORIGIN = 'https://ledger.example';

let system: System;
let recorder: Recorder;
let receiver: WebhookReceiver;
let folder: string;
beforeAll(async () => {
  // No checkpoint is signed but those that are asked for.
  const AUDIT_ROUND_SECONDS = '3600';
  system = await startSystem({ env: { PUBLIC_URL: ORIGIN, WEBHOOK_NETWORKS: '127.0.0.0/8', AUDIT_ROUND_SECONDS } });
  recorder = await startRecorder(system.url);
  receiver = await startReceiver();
  folder = await mkdtemp(join(tmpdir(), 'walkthrough-'));
});
afterAll(async () => {
  receiver?.close();
  await recorder?.stop();
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Report {
  requests: { title: string; line: number; testResults?: { status: string; message: string }[] }[];
}

async function send(text: string): Promise<{ requests: number; checked: number; wrong: string[] }> {
  await copyFile('docs/.httpyac.cjs', join(folder, '.httpyac.cjs'));
  await writeFile(join(folder, 'walkthrough.http'), text);
  // httpyac exits before a pipe has taken all of it.
  const report = await open(join(folder, 'report.json'), 'w');
  const args = [httpyac, 'send', 'walkthrough.http', '--all', '--json'];
  await once(spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', report.fd, 'inherit'] }), 'close');
  await report.close();
  const said = await readFile(join(folder, 'report.json'), 'utf8');
  const { requests } = JSON.parse(said) as Report;
  const results = requests.flatMap(({ title, line, testResults = [] }) =>
    testResults.map(({ status, message }) => ({ status, what: `line ${line}, ${title}: ${message}` })),
  );
  const wrong = results.filter(({ status }) => status !== 'SUCCESS').map(({ what }) => what);
  return { requests: requests.length, checked: results.length, wrong };
}

async function walkthrough(): Promise<string> {
  const text = await readFile('docs/walkthrough.http', 'utf8');
  return text
    .replace(/^@host = .*$/m, `@host = ${recorder.url}`)
    .replace(/^@admin_name = .*$/m, `@admin_name = ${system.admin.username}`)
    .replace(/^@admin_password = .*$/m, `@admin_password = ${system.admin.password}`);
}

const began_at_ms = Date.now();

test('every request is answered as the walkthrough says', async () => {
  const text = await walkthrough();
  const [, ...blocks] = text.split(/^###/m);
  for (const block of blocks) expect(block).toMatch(/^# @expect \d{3}$/m);
  const { requests, checked, wrong } = await send(text);
  expect(wrong).toEqual([]);
  expect(requests).toBeGreaterThanOrEqual(blocks.length);
  // httpyac does not report the passes of a loop.
  expect(checked).toBeGreaterThanOrEqual(text.match(/^# @expect/gm)!.length - text.match(/^# @loop/gm)!.length);
});

test('the examples of the OpenAPI document are of this run', async () => {
  const { url } = recorder;
  const parts = { ledger: 'walkthrough', origin: ORIGIN, receiver };
  await otherRequests({ url, admin: system.admin, ...parts });
  const run = { began_at_ms, ended_at_ms: Date.now() };
  const examples = examplesOf(await readContract(system.url), EXAMPLES, recorder.exchanges, run);
  if (process.env.UPDATE_EXAMPLES) {
    const text = `/** Made by \`npm run examples\` of a run of docs/walkthrough.http. */\nexport const EXAMPLES: Record<string, unknown> = ${JSON.stringify(examples, null, 1)};\n`;
    await writeFile('apps/api/http/examples.ts', text);
  } else expect(examples).toEqual(EXAMPLES); // Where an answer was meant to change: npm run examples
});

test('an answer that differs is told', async () => {
  const text = `@host = ${system.url}\n\n### Live\n# @expect 201\n# @expect body.status gone\nGET {{host}}/health/live\n`;
  expect((await send(text)).wrong).toEqual([
    'line 3, Live: 201, but it is 200',
    'line 3, Live: body.status gone, but it is "ok"',
  ]);
});

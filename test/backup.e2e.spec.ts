/** Backups of a data folder: taken while it is sold from, recovered, tried out, damaged, interrupted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { openDataFolder } from '../libs/process/data-folder.js';
import { clientOf, login, stockUp } from './support/http.js';
import { startLoad } from './support/sales-load.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let dir: string;
let folder: string;
let key_file: string;
let recipient: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backup-'));
  folder = join(dir, 'backups');
  const identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
  key_file = join(dir, 'key.txt');
  await writeFile(key_file, `# created by age-keygen\n${identity}\n`);
  system = await startSystem();
});
afterAll(async () => {
  await system?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function cli(args: string[], env: NodeJS.ProcessEnv = {}): Promise<{ code: number; output: string }> {
  const { EVENTSTORE_URL: _, ...rest } = process.env;
  const child = spawn(process.execPath, ['dist/apps/cli/main.js', ...args], {
    env: { ...rest, DATA_DIR: system.dir, DATABASE_URL: system.database_url, JWT_SECRET: system.jwt_secret, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  return { code, output };
}

test('one is taken while sales go on, and a drill recovers, verifies and sells from it', async () => {
  const client = clientOf(system.url, (await login(system.url, system.admin)).token);
  await stockUp(client, 10_000);
  const load = startLoad(client, 4);
  await load.nextSale();
  await mkdir(join(folder, '2026-01-01T000000Z.unfinished'), { recursive: true });
  const taken = await cli(['backup', folder], { BACKUP_RECIPIENT: recipient });
  await load.stop();
  expect(taken).toEqual({
    code: 0,
    output: expect.stringMatching(/ events of \d+ streams, 1 users, .*, encrypted; copied/),
  });
  const [name, ...others] = await readdir(folder);
  expect(others).toEqual([]);
  expect(await readdir(join(folder, name!))).toEqual([
    ...['audit-key.pem.age', 'events.db.age', 'identity.ndjson.age', 'manifest.json'],
  ]);
  expect((await readFile(join(folder, name!, 'identity.ndjson.age'))).includes(system.admin.username)).toBe(false);

  const of_live = {
    TLS_CERT_FILE: 'test/data/tls/node.crt',
    TLS_KEY_FILE: 'test/data/tls/node.key',
    API_PROCESSES: '2',
  };
  const drilled = await cli(['drill', folder, '--identity', key_file, '--in', dir], { DATABASE_URL: '', ...of_live });
  expect(drilled).toEqual({ code: 0, output: expect.stringContaining('sold         one piece in 1 of 1 ledgers') });
  expect(drilled.output).toMatch(/^verified {5}main, \d+ events, \d+ rows$/m);
  expect(drilled.output).toMatch(/A recovery takes [\d.]+ s/);
  expect((await readdir(dir)).filter((each) => each.startsWith('factory-ledger-drill'))).toEqual([]);

  const metrics = await (await fetch(`${system.url}/metrics`)).text();
  for (const metric of ['backup_timestamp_seconds', 'drill_timestamp_seconds', 'drill_seconds'])
    expect(metrics).toMatch(new RegExp(`^factory_ledger_${metric} [\\d.]+$`, 'm'));
  expect(metrics).toMatch(/^factory_ledger_drill_failed 0$/m);
});

test('without its key, with another one, or damaged, nothing is recovered', async () => {
  const there = { DATA_DIR: join(dir, 'new'), DATABASE_URL: '' };
  expect(await cli(['recover', folder], there)).toEqual({ code: 2, output: expect.stringContaining('--identity') });
  const another = join(dir, 'another.txt');
  await writeFile(another, `${await generateX25519Identity()}\n`);
  expect(await cli(['recover', folder, '--identity', another], { ...there, DATA_DIR: join(dir, 'new-2') })).toEqual({
    code: 2,
    output: expect.stringContaining('cannot be decrypted with this key'),
  });
  // What is left of both is no data folder.
  for (const left of ['new', 'new-2'])
    await expect(openDataFolder(join(dir, left))).rejects.toThrow('remove the folder');
  const [name] = await readdir(folder);
  await appendFile(join(folder, name!, 'events.db.age'), 'x');
  const damaged = await cli(['drill', folder, '--identity', key_file, '--in', dir], { DATABASE_URL: '' });
  expect(damaged).toEqual({ code: 2, output: expect.stringContaining('events.db.age is damaged') });
  expect(await (await fetch(`${system.url}/metrics`)).text()).toMatch(/^factory_ledger_drill_failed 1$/m);
});

test('never overwrites a data folder, and keeps as many as it is told', async () => {
  for (let n = 0; n < 2; n += 1) expect(await cli(['backup', folder, '--keep', '2'])).toMatchObject({ code: 0 });
  const names = await readdir(folder);
  expect(names).toHaveLength(2);
  expect(await readdir(join(folder, names.at(-1)!))).toContain('events.db');
  expect(await cli(['recover', folder])).toEqual({ code: 2, output: expect.stringContaining('is not empty') });
  expect(await cli(['backup', folder, '--keep', '0'])).toEqual({
    code: 2,
    output: expect.stringContaining('--keep must'),
  });
  expect(await cli(['backup', folder], { BACKUP_RECIPIENT: 'age1nobody' })).toEqual({
    code: 2,
    output: expect.stringContaining('BACKUP_RECIPIENT must be'),
  });
});

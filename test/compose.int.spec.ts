/** Against the Compose specification's schema: no engine runs here to refuse a slip. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';

const dclint = resolve('node_modules/dclint/bin/dclint.cjs');

interface Message {
  rule: string;
  message: string;
  line: number;
}

/** dclint's opinions on style and security are not asked for. */
async function flawsOf(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'compose-'));
  try {
    await writeFile(join(folder, 'docker-compose.yml'), text);
    const args = [dclint, 'docker-compose.yml', '--formatter', 'json'];
    const { stdout } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 1e7 });
    const [{ messages }] = JSON.parse(stdout) as [{ messages: Message[] }];
    return messages
      .filter(({ rule }) => /^invalid-(schema|yaml)/.test(rule))
      .map(({ line, message }) => `line ${line}: ${message}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('docker-compose.yml is a Compose file', async () => {
  const text = await readFile('docker-compose.yml', 'utf8');
  expect(await flawsOf(text)).toEqual([]);
  for (const slip of [
    text.replace('restart: unless-stopped', 'restart: [unless-stopped]'),
    text.replace('healthcheck:', 'healthchek:'),
    text.replace('condition: service_healthy }', 'condition: service_is_healthy }'),
  ]) {
    expect(slip).not.toBe(text);
    expect(await flawsOf(slip)).not.toEqual([]);
  }
});

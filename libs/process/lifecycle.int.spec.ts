/** /dev/full is a disk without room (Linux; skipped elsewhere). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const text = `
  const { onStop } = await import(${JSON.stringify(resolve('dist/libs/process/lifecycle.js'))});
  onStop(async () => process.send('stopping'));
  const speak = setInterval(() => process.stdout.write('a line\\n'), 10);
  setTimeout(() => { clearInterval(speak); process.send('still here', () => process.disconnect()); }, 300);
`;

async function said(stdout: number | 'pipe', close: boolean): Promise<unknown[]> {
  const args = ['--input-type=module', '--eval', text];
  const child = spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit', 'ipc'] });
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  if (close) child.stdout!.destroy();
  await once(child, 'close');
  return messages;
}

describe('a program whose output', () => {
  test('has been closed stops', async () => {
    expect(await said('pipe', true)).toEqual(['stopping']);
  });

  const withFullDisk = existsSync('/dev/full') ? test : test.skip;
  withFullDisk('goes to a disk that is full goes on', async () => {
    const full = await open('/dev/full', 'w');
    // The end of the parent's channel ends it.
    expect(await said(full.fd, false)).toEqual(['still here']);
    await full.close();
  });
});

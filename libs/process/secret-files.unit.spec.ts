import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readSecretFiles } from './secret-files.js';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(content: string): string {
  const file = join(folder, `${content.length}`);
  writeFileSync(file, content);
  return file;
}
function read(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  readSecretFiles(env);
  return env;
}

test('a secret is what its file holds, but for the last line break', () => {
  expect(read({ JWT_SECRET_FILE: fileOf(' of two\nlines\n'), HOST: 'x' })).toEqual({
    JWT_SECRET: ' of two\nlines',
    HOST: 'x',
  });
  expect(read({ DATABASE_URL_FILE: '', DATABASE_URL: 'postgres://a' })).toEqual({
    DATABASE_URL: 'postgres://a',
    DATABASE_URL_FILE: '',
  });
});

test('the file of what is no secret is left alone', () => {
  expect(read({ TLS_KEY_FILE: '/nowhere' })).toEqual({ TLS_KEY_FILE: '/nowhere' });
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['both', { AUDIT_KEY_FILE: fileOf('x'), AUDIT_KEY: 'y' }, 'AUDIT_KEY and AUDIT_KEY_FILE are both set'],
  ['an empty file', { ADMIN_PASSWORD_FILE: fileOf('') }, 'ADMIN_PASSWORD_FILE is an empty file'],
  ['no file', { METRICS_TOKEN_FILE: join(folder, 'none') }, 'METRICS_TOKEN_FILE cannot be read (ENOENT)'],
])('%s is refused', (_, env, sentence) => expect(() => read(env)).toThrow(sentence));

import 'reflect-metadata';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DOCUMENT_FILE, filesIn, GENERATED, generate, presentDocument, textOf } from './made.js';

test('the committed OpenAPI document is the one that the API answers (else: npm run client)', async () => {
  expect(textOf(await presentDocument()) === readFileSync(DOCUMENT_FILE, 'utf8')).toBe(true);
});

test('the committed client is made of it (else: npm run client)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-'));
  try {
    generate(DOCUMENT_FILE, folder);
    const made = filesIn(folder);
    const committed = filesIn(GENERATED);
    expect(Object.keys(committed)).toEqual(Object.keys(made));
    expect(Object.keys(made).filter((name) => committed[name] !== made[name])).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type System, startSystem } from './support/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem({ admin_username: 'ada', payers: 1 });
});
afterAll(() => system?.stop());

interface Step {
  commands: string;
  printed: unknown[];
}

function stepsOf(readme: string): Step[] {
  const tour = /^## A tour\n(.*?)^## /ms.exec(readme)![1]!;
  const steps: Step[] = [];
  for (const [, language, text] of tour.matchAll(/^```(sh|json)\n(.*?)^```$/gms)) {
    if (language === 'sh') steps.push({ commands: text!, printed: [] });
    else steps.at(-1)!.printed.push(...linesOf(text!));
  }
  return steps;
}
function linesOf(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

function steady(value: unknown): unknown {
  const text = JSON.stringify(value)
    .replaceAll(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"<moment>"')
    .replaceAll(/([A-Z]{2})-\d{6}-(\d{4})/g, '$1-<date>-$2')
    .replaceAll(/"trace_id":"[0-9a-f]{32}"/g, '"trace_id":"<trace>"')
    .replaceAll(/"charge_id":"[^"]+"/g, '"charge_id":"<charge>"');
  return JSON.parse(text);
}

test('the tour prints what README shows, and that of flash sales what its page shows', async () => {
  const [readme, flash_sales] = await Promise.all(
    ['README.md', 'docs/flash-sales.md'].map(async (page) => stepsOf(await readFile(page, 'utf8'))),
  );
  // The page goes on with faults of a sandbox of one's own.
  const steps = [...readme!, flash_sales![0]!];
  const mark = '--- next ---';
  const script = steps.map(({ commands }) => `${commands}\necho '${mark}'`).join('\n');
  const as_typed = script
    .replace('http://127.0.0.1:3000', system.url)
    .replace('<the password printed>', system.admin.password)
    .replace('<the name printed>', system.admin.username);
  const { stdout, status } = spawnSync('bash', ['-eu', '-c', as_typed], { encoding: 'utf8' });
  expect(status).toBe(0);
  const outputs = stdout.split(`${mark}\n`);
  for (const [index, { commands, printed }] of steps.entries()) {
    if (printed.length === 0) continue;
    expect({ commands, printed: linesOf(outputs[index]!).map(steady) }).toEqual({
      commands,
      printed: printed.map(steady),
    });
  }
  expect(steps.filter(({ printed }) => printed.length > 0).length).toBeGreaterThanOrEqual(5);
});

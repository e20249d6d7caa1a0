/** docs/incidents.md names what there is; `npm run bench -- incidents` types its boxes. */
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { beforeAll, expect, test } from '@jest/globals';
import { type Incident, readIncidents } from './support/incidents-page.js';

const read = (file: string) => readFileSync(file, 'utf8');
const pages = globSync('docs/*.md').map((file) => ({ file, text: read(file) }));
const named = (pattern: RegExp, text: string) => [...text.matchAll(pattern)].map(([, name]) => name!);

let first: string;
let incidents: Incident[];
beforeAll(async () => {
  ({ first, incidents } = await readIncidents());
});
const typed = () => incidents.flatMap(({ boxes }) => boxes).join('\n');

test('ten incidents have something to type, which a shell can read', () => {
  expect(incidents.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  for (const { title, boxes } of incidents) {
    expect([title, boxes.length]).not.toEqual([title, 0]);
    for (const box of boxes) {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: `${first}${box}`, encoding: 'utf8' });
      expect([title, stderr, status]).toEqual([title, '', 0]);
    }
  }
});

test('with verbs of the command line, units and routes that there are', () => {
  const verbs = named(/^ {2}'?([\w-]+)'?: \{/gm, read('apps/cli/program.ts'));
  const of_users = named(/^ {4}'(reset-[\w-]+)',$/gm, read('apps/cli/users.ts'));
  const asked = [...typed().matchAll(/^\s*cli (\S+)(?: (reset-\S+))?/gm)];
  expect(asked.length).toBeGreaterThan(5);
  for (const [line, verb, of_user] of asked) {
    expect([line, verbs.includes(verb!)]).toEqual([line, true]);
    if (of_user !== undefined) expect([line, of_users.includes(of_user)]).toEqual([line, true]);
  }
  const ours = globSync('deploy/systemd/*.service').map((file) => /([\w-]+)\.service$/.exec(file)![1]!);
  const units = named(/(?:systemctl \S+|-u)((?: [\w-]+)+)/g, typed()).flatMap((names) =>
    names
      .trim()
      .split(' ')
      .filter((name) => !name.startsWith('-')),
  );
  expect(units.filter((unit) => ![...ours, 'postgresql', 'eventstore'].includes(unit))).toEqual([]);
  // Its text: what it imports costs ten times this spec.
  const routes = [...read('test/support/route-matrix.ts').matchAll(/^(\/\S*) +([A-Z]+)/gm)].map(
    ([, path, method]) => `${method} ${path!.replaceAll(/:\w+/g, '*')}`,
  );
  const calls = [...typed().matchAll(/\bapi ([A-Z]+) '?(\/[^\s'?)]+)/g)].map(
    ([, method, path]) => `${method} ${path!.replaceAll(/NAME|\$ID/g, '*')}`,
  );
  expect(calls.length).toBeGreaterThan(4);
  expect(calls.filter((call) => !routes.includes(call))).toEqual([]);
});

test('each alarm and metric that a page names is there', () => {
  const rules = read('deploy/prometheus/rules.yml');
  const alarms = named(/- alert: (\w+)/g, rules);
  const sources = [...globSync('{apps,libs}/**/*.ts'), 'deploy/prometheus/rules.yml'].map(read).join('\n');
  for (const { file, text } of pages) {
    const unknown = named(/\b(FactoryLedger[A-Z]\w+)/g, text).filter((name) => !alarms.includes(name));
    expect([file, unknown]).toEqual([file, []]);
    const metrics = named(/\b(factory_ledger_\w+?)(?:_bucket|_count|_sum)?\b/g, text);
    expect([file, metrics.filter((name) => !sources.includes(name))]).toEqual([file, []]);
  }
});

test('each row of faults names an alarm, and each of the eighteen faults is spoken of', () => {
  const [, text = ''] = read('docs/incidents.md').split('## From a fault to its alarm');
  const rules = read('deploy/prometheus/rules.yml');
  const cells = named(/^\| [^|]*\| ([A-Z]\w+(?:, [A-Z]\w+)*)/gm, text).flatMap((names) => names.split(', '));
  expect(cells.length).toBeGreaterThan(15);
  expect(cells.filter((name) => !rules.includes(`- alert: FactoryLedger${name}\n`))).toEqual([]);
  const faults = new Set(named(/\bF(\d+)\b/g, text));
  expect(Array.from({ length: 18 }, (_, n) => `${n + 1}`).filter((fault) => !faults.has(fault))).toEqual([]);
});

/** What deploy/prometheus and deploy/grafana ask, asked by a real Prometheus that scrapes the running system; skipped where there is none. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DASHBOARD_FILE, dashboardText, queriesOfDashboard } from '../deploy/grafana/dashboard.js';
import { noteBackup } from '../libs/process/backup-record.js';
import { freePort } from '../libs/process/free-port.js';
import { type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const run = promisify(execFile);
const is_there = ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0);
const withPrometheus = is_there ? describe : describe.skip;
if (!is_there)
  console.warn('Prometheus is not installed: alarms are not tested here (Debian: apt-get install prometheus)');

const FOLDER = resolve('deploy/prometheus');
const WAIT_MS_MAX = 100_000;

test('the dashboard is what its code says (node deploy/grafana/dashboard.ts)', async () => {
  expect(await readFile(DASHBOARD_FILE, 'utf8')).toBe(dashboardText());
});

test('each alarm is tested, and names a heading of the runbook', async () => {
  const [rules, tests, of_backups, runbook] = await Promise.all(
    [...['rules.yml', 'rules.test.yml', 'backups.test.yml'].map((file) => join(FOLDER, file)), 'docs/recovery.md'].map(
      (file) => readFile(file, 'utf8'),
    ),
  );
  const alarms = [...rules!.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const headings = [...runbook!.matchAll(/^##+ (.+)$/gm)].map(([, title]) => title!.toLowerCase().replaceAll(' ', '-'));
  const named = [...rules!.matchAll(/runbook: docs\/recovery\.md#(\S+)/g)].map(([, anchor]) => anchor);
  expect(alarms.length).toBeGreaterThan(10);
  expect(named).toHaveLength(alarms.length);
  expect(named.filter((anchor) => !headings.includes(anchor!))).toEqual([]);
  const fired = [
    ...`${tests}${of_backups}`.matchAll(
      /alertname: (\w+)\s+exp_alerts:\s+- exp_labels|alertname: (\w+), exp_alerts: \[ \{/g,
    ),
  ];
  expect(alarms.filter((name) => !fired.some(([, one, other]) => [one, other].includes(name)))).toEqual([]);
});

withPrometheus('promtool', () => {
  test('finds rules and configuration right, and each alarm rings when it should', async () => {
    await run('promtool', ['check', 'rules', 'rules.yml'], { cwd: FOLDER });
    await run('promtool', ['test', 'rules', 'rules.test.yml', 'backups.test.yml'], { cwd: FOLDER });
    await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], { cwd: FOLDER });
  });
});

withPrometheus('a Prometheus that scrapes the running system', () => {
  let system: System;
  let client: Client;
  let prometheus: Awaited<ReturnType<typeof startPrometheus>>;
  const metrics_of = { PROJECTOR_METRICS_LISTEN: '', EVENTSTORE_METRICS_LISTEN: '' };

  beforeAll(async () => {
    for (const name of ['PROJECTOR_METRICS_LISTEN', 'EVENTSTORE_METRICS_LISTEN'] as const)
      metrics_of[name] = process.env[name] = `127.0.0.1:${await freePort()}`;
    system = await startSystem({ apis: 2, homes: true });
    const { token } = await login(system.url, system.admin);
    client = clientOf(system.url, token);
    await stockUp(client, 1000);
    const now = new Date().toISOString();
    await noteBackup(join(system.dir, 'api'), { backed_up_at: now, drilled_at: now, drill_s: 20 });
    prometheus = await startPrometheus({
      'factory-ledger-api': system.urls.map((url) => new URL(url).host),
      'factory-ledger-projector': [metrics_of.PROJECTOR_METRICS_LISTEN],
      eventstore: [metrics_of.EVENTSTORE_METRICS_LISTEN],
    });
  });
  afterAll(async () => {
    for (const name of Object.keys(metrics_of)) delete process.env[name];
    await prometheus?.stop();
    await system?.stop();
  });

  test('gets an answer for every panel of the board', async () => {
    const sale = (quantity: number) => ({
      customer_id: 'CUST',
      line_items: [{ item_id: 'bottle', quantity, unit_price: 4 }],
    });
    const began_ms = performance.now();
    let empty = queriesOfDashboard();
    while (empty.length > 0 && performance.now() - began_ms < WAIT_MS_MAX) {
      expectStatus(await client.post('/sales', sale(1)), 201);
      expectStatus(await client.post('/sales', sale(1_000_000)), 409);
      await sleep(1000);
      const answers = await Promise.all(empty.map(({ query }) => prometheus.ask(query)));
      empty = empty.filter((_, index) => answers[index]!.length === 0);
    }
    expect(empty).toEqual([]);
  });

  test('can evaluate every rule, and no alarm wakes anybody', async () => {
    const { groups } = await prometheus.get<{ groups: { rules: Rule[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.filter(({ health, lastError }) => health !== 'ok' || lastError).map(({ name }) => name)).toEqual([]);
    expect(rules.filter(({ state, labels }) => state === 'firing' && labels?.severity === 'page')).toEqual([]);
  });

  test('sees that the projector is gone', async () => {
    await system.kill('projector');
    const isPending = async () => {
      const { alerts } = await prometheus.get<{ alerts: { labels: Record<string, string> }[] }>('alerts');
      return alerts.some(
        ({ labels: { alertname, job } }) => alertname === 'FactoryLedgerDown' && job === 'factory-ledger-projector',
      );
    };
    const began_ms = performance.now();
    while (!(await isPending()) && performance.now() - began_ms < WAIT_MS_MAX) await sleep(200);
    expect(await isPending()).toBe(true);
  });
});

interface Rule {
  name: string;
  health: string;
  lastError?: string;
  state?: string;
  labels?: Record<string, string>;
}

/** With the shipped rules, looking every second. */
async function startPrometheus(targets: Record<string, string[]>) {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const jobs = Object.entries(targets).map(
    ([job, addresses]) => `  - { job_name: ${job}, static_configs: [{ targets: ${JSON.stringify(addresses)} }] }`,
  );
  const config = join(folder, 'prometheus.yml');
  await writeFile(
    config,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }\nrule_files: [${join(FOLDER, 'rules.yml')}]\nscrape_configs:\n${jobs.join('\n')}\n`,
  );
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: 'ignore' },
  );
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with code ${child.exitCode}`);
    if (
      await get('rules').then(
        () => true,
        () => false,
      )
    )
      break;
    await sleep(100);
  }
  return {
    get,
    async ask(query: string): Promise<unknown[]> {
      const asked = encodeURIComponent(query.replaceAll('$__rate_interval', '10s'));
      return (await get<{ result: unknown[] }>(`query?query=${asked}`)).result;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The running system as it is watched: its spans, as a collector gets them; and what deploy/prometheus and deploy/grafana ask, asked by a real
 * Prometheus that scrapes it, which is skipped where there is none.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DASHBOARD_FILE, dashboardText, queriesOfDashboard } from '../deploy/grafana/dashboard.js';
import { noteBackup, noteCopy } from '../libs/process/backup-record.js';
import { freePort } from '../libs/process/free-port.js';
import { type Client, clientOf, expectStatus, login, stockUp } from './support/http.js';
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './support/otlp-receiver.js';
import { isPrometheusThere, type Prometheus, RULES_FOLDER, startPrometheus } from './support/prometheus.js';
import { type System, startSystem } from './support/system.js';
import { startReceiver } from './support/webhook-receiver.js';

const run = promisify(execFile);
const is_there = isPrometheusThere();
const withPrometheus = is_there ? describe : describe.skip;
if (!is_there)
  console.warn('Prometheus is not installed: alarms are not tested here (Debian: apt-get install prometheus)');

const WAIT_MS_MAX = 100_000;

test('the dashboard is what its code says (node deploy/grafana/dashboard.ts)', async () => {
  expect(await readFile(DASHBOARD_FILE, 'utf8')).toBe(dashboardText());
});

test('each alarm is tested, and names a heading of the runbook', async () => {
  const [rules, tests, of_backups, runbook] = await Promise.all(
    [
      ...['rules.yml', 'rules.test.yml', 'backups.test.yml'].map((file) => join(RULES_FOLDER, file)),
      'docs/recovery.md',
    ].map((file) => readFile(file, 'utf8')),
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
    await run('promtool', ['check', 'rules', 'rules.yml'], { cwd: RULES_FOLDER });
    await run('promtool', ['test', 'rules', 'rules.test.yml', 'backups.test.yml'], { cwd: RULES_FOLDER });
    await run('promtool', ['check', 'config', '--syntax-only', 'prometheus.yml'], { cwd: RULES_FOLDER });
  });
});

describe('the running system', () => {
  let system: System;
  let client: Client;
  let collector: OtlpReceiver;
  let prometheus: Prometheus;
  const metrics_of = { PROJECTOR_METRICS_LISTEN: '', EVENTSTORE_METRICS_LISTEN: '' };

  beforeAll(async () => {
    for (const name of ['PROJECTOR_METRICS_LISTEN', 'EVENTSTORE_METRICS_LISTEN'] as const)
      metrics_of[name] = process.env[name] = `127.0.0.1:${await freePort()}`;
    collector = await startOtlpReceiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_TRACES_SAMPLER: 'parentbased_always_off',
      ACCESS_LOG: 'true',
      WEBHOOK_NETWORKS: '127.0.0.0/8',
    };
    system = await startSystem({ apis: 2, homes: true, env });
    const { token } = await login(system.url, system.admin);
    client = clientOf(system.url, token);
    await stockUp(client, 1000);
    const now = new Date().toISOString();
    await noteBackup(join(system.dir, 'api'), { backed_up_at: now, drilled_at: now, drill_s: 20 });
    await noteCopy(join(system.dir, 'api'), { copied_at: now });
    if (is_there)
      prometheus = await startPrometheus({
        targets: {
          'factory-ledger-api': system.urls.map((url) => new URL(url).host),
          'factory-ledger-projector': [metrics_of.PROJECTOR_METRICS_LISTEN],
          eventstore: [metrics_of.EVENTSTORE_METRICS_LISTEN],
        },
      });
  });
  afterAll(async () => {
    await prometheus?.stop();
    for (const name of Object.keys(metrics_of)) delete process.env[name];
    await system?.stop();
    collector?.close();
  });

  describe('tells a collector', () => {
    const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
    const asked = () => ({ trace_id: randomBytes(16).toString('hex'), span_id: randomBytes(8).toString('hex') });
    /** By each instance, of which one forwards it to the other. */
    const sell = (at: number, { trace_id, span_id }: { trace_id: string; span_id: string }, flags = '01') =>
      clientOf(system.urls[at]!, client.token).post('/sales', sale, {
        traceparent: `00-${trace_id}-${span_id}-${flags}`,
      });
    const ofTrace = (trace_id: string) => (spans: readonly ReceivedSpan[]) => {
      const of_trace = spans.filter((span) => span.trace_id === trace_id);
      const has = (name: string) => of_trace.some((span) => span.name === name);
      return has('POST /api/v1/sales') && has('record') && has('project') ? of_trace : undefined;
    };

    test('of a sale as one trace, from the request to the visible rows, through the instance that decides', async () => {
      const sellAtBoth = async () => {
        const traces = [asked(), asked()];
        for (const [at, each] of traces.entries()) expectStatus(await sell(at, each), 201);
        const spans = await Promise.all(traces.map(({ trace_id }) => collector.until(ofTrace(trace_id))));
        return { traces, spans };
      };
      const isForwarded = (spans: readonly ReceivedSpan[]) => spans.some(({ name }) => name === 'forward');
      const isDecidedOnce = (spans: readonly ReceivedSpan[]) =>
        spans.filter(({ name }) => name === 'batch').length === 1;
      let sold = await sellAtBoth();
      // An instance that has not heard of the other for a moment decides by itself, and the other then loses a race.
      const isUsual = () => sold.spans.some(isForwarded) && sold.spans.every(isDecidedOnce);
      for (let tries = 0; tries < 20 && !isUsual(); tries += 1) sold = await sellAtBoth();
      const { traces, spans } = sold;
      const [at_home, forwarded] = spans.sort((a, b) => a.length - b.length);
      const names = ['POST /api/v1/sales', 'append', 'batch', 'decide', 'project', 'project batch', 'queue', 'record'];
      expect(at_home!.map(({ name }) => name).sort()).toEqual(names);
      expect(forwarded!.map(({ name }) => name).sort()).toEqual([...names, 'forward'].sort());

      const find = (name: string) => forwarded!.find((span) => span.name === name)!;
      const [request, way, queue, batch] = ['POST /api/v1/sales', 'forward', 'queue', 'batch'].map(find);
      const { span_id } = traces.find(({ trace_id }) => trace_id === request!.trace_id)!;
      expect(request).toMatchObject({ service: 'factory-ledger-api', parent_id: span_id, kind: 2, is_failed: false });
      expect(request!.attributes).toEqual({
        'http.request.method': 'POST',
        'http.route': '/api/v1/sales',
        'http.response.status_code': 201,
      });
      expect(way).toMatchObject({ parent_id: request!.span_id, kind: 3 });
      for (const name of ['queue', 'record', 'batch', 'project', 'project batch'])
        expect([name, find(name).parent_id]).toEqual([name, way!.span_id]);
      for (const name of ['decide', 'append']) expect([name, find(name).parent_id]).toEqual([name, batch!.span_id]);
      expect(find('record').links).toEqual([{ trace_id: request!.trace_id, span_id: batch!.span_id }]);
      expect(find('record').attributes).toMatchObject({
        'factory_ledger.command': 'record_sale',
        'factory_ledger.outcome': 'recorded',
      });
      expect(find('project')).toMatchObject({ service: 'factory-ledger-projector', kind: 5 });
      expect(find('project').attributes).toMatchObject({ 'factory_ledger.event': 'SaleRecorded' });
      const order = ['queue', 'decide', 'append', 'project'].map(find);
      for (const [n, span] of order.entries())
        expect(span.ended_ns).toBeGreaterThanOrEqual(order[n - 1]?.ended_ns ?? 0n);
      expect(queue!.began_ns).toBeGreaterThanOrEqual(request!.began_ns);
      expect(queue!.ended_ns).toBeLessThanOrEqual(find('append').began_ns);

      const [event] = (await client.get('/audit/events?type=SaleRecorded&limit=1')).body.data;
      expect(traces.map(({ trace_id }) => trace_id)).toContain(event.metadata.$correlationId);
      const lines = system.urls.map((_, at) => system.log(at === 0 ? 'api' : 'api_2')).join('\n');
      for (const { trace_id } of traces) expect(lines).toMatch(new RegExp(`"trace_id":"${trace_id}".*"POST"`));
    });

    test('of sales that are decided together by links', async () => {
      const traces = Array.from({ length: 40 }, asked);
      const answers = await Promise.all(traces.map((each) => sell(0, each)));
      for (const answer of answers) expectStatus(answer, 201);
      const all = await Promise.all(traces.map(({ trace_id }) => collector.until(ofTrace(trace_id))));
      const records = all.map((spans) => spans.find(({ name }) => name === 'record')!);
      const batches = collector.spans.filter(({ name }) => name === 'batch');
      for (const { parent_id, links } of records) {
        const batch = batches.find(({ span_id }) => span_id === links[0]!.span_id)!;
        expect(batch.links.map(({ span_id }) => span_id)).toContain(parent_id);
      }
      const shared = new Set(records.map(({ links }) => links[0]!.span_id));
      expect(shared.size).toBeLessThan(records.length);
    });

    test('of a webhook, which is told where its event comes from', async () => {
      const receiver = await startReceiver();
      try {
        const created = await client.post('/webhooks', { url: receiver.url, types: ['SaleRecorded'] });
        receiver.secret = expectStatus(created, 201).body.secret;
        const { trace_id, span_id } = asked();
        expectStatus(await sell(1, { trace_id, span_id }), 201);
        const sent = await collector.until((spans) =>
          spans.find((span) => span.trace_id === trace_id && span.name === 'webhook'),
        );
        expect(sent).toMatchObject({ service: 'factory-ledger-webhooks', kind: 3, is_failed: false });
        const [{ headers }] = receiver.received.slice(-1) as [(typeof receiver.received)[number]];
        expect(headers.traceparent).toBe(`00-${trace_id}-${sent.span_id}-01`);
      } finally {
        receiver.close();
      }
    });

    test('nothing of what a client does not record, and nobody’s name, number or key', async () => {
      const unsampled = asked();
      const refused = asked();
      expectStatus(await sell(0, unsampled, '00'), 201);
      const broken = { trace_id: '0'.repeat(32), span_id: '1'.repeat(16) };
      expectStatus(await sell(0, broken), 201);
      const body = { ...sale, line_items: [{ ...sale.line_items[0], quantity: 1_000_000 }] };
      const traceparent = `00-${refused.trace_id}-${refused.span_id}-01`;
      expectStatus(await client.post('/sales', body, { traceparent, 'idempotency-key': 'a-key-of-mine' }), 409);
      const record = await collector.until((spans) =>
        spans.find(({ trace_id, name }) => trace_id === refused.trace_id && name === 'record'),
      );
      expect(record.attributes).toMatchObject({
        'factory_ledger.outcome': 'refused',
        'factory_ledger.refusal': 'insufficient_stock',
      });
      const [last] = (await client.get('/audit/events?type=SaleRecorded&limit=1')).body.data;
      expect(last.metadata).not.toHaveProperty('$correlationId');
      expect(collector.spans.filter(({ trace_id }) => trace_id === unsampled.trace_id)).toEqual([]);
      const [number] = /SO-\d{6}-\d{4}/.exec(JSON.stringify(last)) ?? [];
      const secrets = [system.admin.username, 'CUST', 'bottle', 'a-key-of-mine', client.token, `${number}`];
      for (const secret of secrets) expect([secret, collector.text().includes(secret)]).toEqual([secret, false]);
    });
  });

  withPrometheus('scraped by a Prometheus', () => {
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
      const isPending = async () =>
        (await prometheus.alerts()).some(
          ({ labels: { alertname, job } }) => alertname === 'FactoryLedgerDown' && job === 'factory-ledger-projector',
        );
      const began_ms = performance.now();
      while (!(await isPending()) && performance.now() - began_ms < WAIT_MS_MAX) await sleep(200);
      expect(await isPending()).toBe(true);
    });

    test('sees for how long the read models have been behind since', async () => {
      const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
      expectStatus(await client.post('/sales', sale), 201);
      const lag = async () => {
        const [found] = (await prometheus.ask('max(factory_ledger_projection_lag_seconds)')) as {
          value: [number, string];
        }[];
        return Number(found?.value[1]);
      };
      const began_ms = performance.now();
      while (!((await lag()) > 5) && performance.now() - began_ms < WAIT_MS_MAX) await sleep(200);
      expect(await lag()).toBeGreaterThan(5);
    });
  });
});

interface Rule {
  name: string;
  health: string;
  lastError?: string;
  state?: string;
  labels?: Record<string, string>;
}

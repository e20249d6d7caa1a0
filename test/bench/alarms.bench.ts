/**
 * How soon each fault rings: with the shipped rules, looked at every 15 s as shipped, and an hour behind it in which all was well, which Prometheus is
 * given, since burn rates look back that far. Three systems at once, for most of it is waiting, and 5 sales a second in each:
 * npm run bench -- alarms    (some 20 minutes; needs Debian's prometheus; F8 needs to mount in a namespace)
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../libs/process/free-port.js';
import { type Client, expectStatus, login, stockUp } from '../support/http.js';
import { isPrometheusThere, startPrometheus } from '../support/prometheus.js';
import { clockAhead, type ProgramName, type System, type SystemOptions, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { touchLog } from '../support/touch.js';
import { sleep } from './load.js';

export const title = 'From a fault to a firing alarm';

const EVERY_S = 15;
const SALES_PER_S = 5;
const WELL_S = 3900;
const HOUR_MS = 3_600_000;
const RINGS_S_MAX = 1200;

interface Site {
  system: System;
  client: Client;
  /** Job → addresses. */
  targets: Record<string, string[]>;
  restart(name: ProgramName, env?: NodeJS.ProcessEnv): Promise<void>;
  /** Until sales are answered 201 again. */
  isWell(): Promise<void>;
  stop(): Promise<void>;
}
interface Trial {
  fault: string;
  alarms: { name: string; labels?: Record<string, string> }[];
  provoke(): unknown;
  undo(): unknown;
}
interface Row {
  fault: string;
  alarm: string;
  severity: string;
  'for, s': number;
  /** Undefined where it fires at once. */
  'pending after, s': number | undefined;
  'firing after, s': number | undefined;
}

export async function run(): Promise<object> {
  if (!isPrometheusThere()) {
    console.log('skipped: Prometheus is not installed (Debian: apt-get install prometheus)');
    return {};
  }
  // One after the other: where they serve metrics goes by way of this process's environment.
  const instances = await ofInstances();
  const log = await ofTheLog();
  const disk = await ofDisk();
  try {
    const rows = await Promise.all([instances.run(), log.run(), disk?.run() ?? []]);
    return { 'seconds from the fault': Object.fromEntries(rows.flat().map((row, n) => [n + 1, row])) };
  } finally {
    for (const each of [instances, log, disk]) await each?.stop();
  }
}

async function startSite(options: SystemOptions, store_metrics?: string): Promise<Site> {
  const metrics = {
    PROJECTOR_METRICS_LISTEN: `127.0.0.1:${await freePort()}`,
    EVENTSTORE_METRICS_LISTEN: `127.0.0.1:${await freePort()}`,
  };
  // That of a spec is patient, since it shares its machine.
  const env = { POSTGRES_SILENT_MS: '600', ...options.env };
  Object.assign(process.env, metrics);
  const system = await startSystem({ ...options, env, durable: true }).finally(() => {
    for (const name of Object.keys(metrics)) delete process.env[name];
  });
  const client = await login(system.url, system.admin);
  await stockUp(client, 1_000_000);
  const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const sell = () =>
    client.post('/sales', sale).then(
      ({ status }) => status,
      () => 0,
    );
  // At their time, whatever became of those before.
  const selling = setInterval(sell, 1000 / SALES_PER_S);
  return {
    system,
    client,
    targets: {
      'factory-ledger-api': system.urls.map((url) => new URL(url).host),
      'factory-ledger-projector': [metrics.PROJECTOR_METRICS_LISTEN],
      eventstore: [store_metrics ?? metrics.EVENTSTORE_METRICS_LISTEN],
    },
    restart: (name, own = {}) => system.restart(name, { ...metrics, ...own }),
    async isWell() {
      for (let tries = 0; (await sell()) !== 201; tries += 1) {
        if (tries > 100) throw new Error('sales do not work again');
        await sleep(1000);
      }
    },
    async stop() {
      clearInterval(selling);
      await system.stop();
    },
  };
}

/** All at the same moment, so they must not disturb each other. */
async function measure({ targets, isWell }: Site, trials: readonly Trial[]): Promise<Row[]> {
  await isWell();
  const prometheus = await startPrometheus({ targets, every_s: EVERY_S, history: anHourOfHealth(targets) });
  try {
    const addresses = Object.values(targets).flat().length;
    const areSeen = async () => (await prometheus.ask('up')).length === addresses;
    for (const until_ms = Date.now() + 120_000; !(await areSeen()); await sleep(1000))
      if (Date.now() > until_ms) throw new Error('not every program is scraped');
    // Rates need two looks.
    await sleep(2 * EVERY_S * 1000);
    const { groups } = await prometheus.get<{ groups: { rules: Rule[] }[] }>('rules');
    const rules = groups.flatMap((group) => group.rules);
    const began_ms = performance.now();
    await Promise.all(trials.map((trial) => trial.provoke()));
    const rows = trials.flatMap(({ fault, alarms }) =>
      alarms.map(({ name, labels = {} }) => {
        const rule = rules.find((each) => each.name === name)!;
        const row: Row = {
          ...{ fault, alarm: name, severity: rule.labels!.severity!, 'for, s': rule.duration! },
          ...{ 'pending after, s': undefined, 'firing after, s': undefined },
        };
        return { row, labels };
      }),
    );
    const silent = () => rows.filter(({ row }) => row['firing after, s'] === undefined);
    while (silent().length > 0 && performance.now() - began_ms < RINGS_S_MAX * 1000) {
      const alerts = await prometheus.alerts();
      const seconds = Math.round((performance.now() - began_ms) / 1000);
      for (const { row, labels } of silent()) {
        const ringing = alerts.find(
          (alert) =>
            alert.labels.alertname === row.alarm &&
            Object.entries(labels).every(([name, value]) => alert.labels[name] === value),
        );
        if (ringing?.state === 'pending') row['pending after, s'] ??= seconds;
        if (ringing?.state !== 'firing') continue;
        row['firing after, s'] = seconds;
        console.log(`${row.fault}: ${row.alarm} after ${seconds} s`);
      }
      await sleep(500);
    }
    return rows.map(({ row }) => row);
  } finally {
    for (const trial of trials) await trial.undo();
    await prometheus.stop();
  }
}
interface Rule {
  name: string;
  /** Seconds, of `for`. */
  duration?: number;
  labels?: Record<string, string>;
}

function anHourOfHealth(targets: Site['targets']): string {
  const now_s = Math.floor(Date.now() / 1000) - EVERY_S;
  const times = Array.from({ length: WELL_S / EVERY_S }, (_, n) => now_s - WELL_S + n * EVERY_S);
  const series = (name: string, labels: string, of: (n: number) => number) =>
    `# TYPE ${name} unknown\n${times.map((time_s, n) => `${name}${labels} ${of(n)} ${time_s}\n`).join('')}`;
  const [instance] = targets['factory-ledger-api']!;
  const sold = `{instance="${instance}",job="factory-ledger-api",method="POST",route="/api/v1/sales",status="201"}`;
  return [
    series('http_request_duration_seconds_count', sold, (n) => n * EVERY_S * SALES_PER_S),
    series('factory_ledger:read_models_behind', '', () => 0),
    '# EOF\n',
  ].join('');
}

/** Two instances, of which one is tormented, the projector, and Postgres. */
async function ofInstances() {
  const peers: TcpProxy[] = [];
  const homes = async (port: number) => {
    const proxy = await startTcpProxy(port);
    peers.push(proxy);
    return proxy.port;
  };
  const site = await startSite({ apis: 2, homes });
  const { system, restart, targets } = site;
  const second = targets['factory-ledger-api']![1]!;
  const projector: Trial = {
    fault: 'F10 projector killed, and not started again',
    alarms: [
      { name: 'FactoryLedgerDown', labels: { job: 'factory-ledger-projector' } },
      { name: 'FactoryLedgerReadModelsBehindFast' },
    ],
    provoke: () => system.kill('projector'),
    undo: () => restart('projector'),
  };
  const clock: Trial = {
    fault: 'F7 clock of an instance an hour ahead',
    alarms: [{ name: 'FactoryLedgerClockWrong', labels: { instance: second } }],
    provoke: () => restart('api_2', clockAhead(HOUR_MS)),
    undo: () => restart('api_2'),
  };
  const apart: Trial = {
    fault: 'F9 instances do not hear each other',
    alarms: [{ name: 'FactoryLedgerInstancesApart' }],
    provoke: () => peers.map((peer) => peer.blackHole()),
    undo: () => peers.map((peer) => peer.pass()),
  };
  const killed: Trial = {
    fault: 'F1, F18 an instance killed or stopped, and not started again',
    alarms: [{ name: 'FactoryLedgerDown', labels: { instance: second } }],
    provoke: () => system.kill('api_2'),
    undo: () => restart('api_2'),
  };
  const of_postgres = [{ name: 'FactoryLedgerBreakerOpen', labels: { service: 'postgres' } }];
  const postgres: Trial = {
    fault: 'F3 Postgres killed, and not started again',
    ...{ alarms: of_postgres, provoke: () => system.kill('postgres'), undo: () => restart('postgres') },
  };
  const frozen: Trial = {
    fault: 'F5, F11 Postgres does not answer, connections stay open',
    ...{ alarms: of_postgres, provoke: () => system.freezePostgres(), undo: () => system.thawPostgres() },
  };
  return {
    async run() {
      const others = async () => {
        const rows: Row[] = [];
        for (const trial of [clock, apart, killed]) rows.push(...(await measure(site, [trial])));
        return rows;
      };
      const rows = (await Promise.all([measure(site, [projector]), others()])).flat();
      for (const trial of [postgres, frozen]) rows.push(...(await measure(site, [trial])));
      return rows;
    },
    async stop() {
      await site.stop();
      for (const peer of peers) await peer.close();
    },
  };
}

/** The event store, and what it holds. */
async function ofTheLog() {
  let proxy: TcpProxy | undefined;
  const site = await startSite({
    async through(links) {
      const target = /127\.0\.0\.1:(\d+)/.exec(links.eventstore_url)![1]!;
      proxy = await startTcpProxy(Number(target));
      return { ...links, eventstore_url: links.eventstore_url.replace(`:${target}`, `:${proxy.port}`) };
    },
  });
  const { system, client, restart } = site;
  expectStatus(await client.post('/ledgers', { ledger_id: 'plant-2', currency: 'EUR' }), 201);
  const of_commands = [{ name: 'FactoryLedgerCommandsFailFast' }, { name: 'FactoryLedgerAppendsUnsettled' }];
  const poison: Trial = {
    fault: 'F12, F13 an event that cannot be read, or is of another program',
    alarms: ['FactoryLedgerTampered', 'FactoryLedgerProjectionHalted'].map((name) => ({
      ...{ name, labels: { ledger: 'plant-2' } },
    })),
    async provoke() {
      const touch = touchLog(system.eventstore_url);
      await touch.append('ledger-plant-2', 'MoonEclipsed', {}, { actor: 'mallory' });
      await touch.close();
    },
    undo: () => {},
  };
  const unheard: Trial = {
    fault: 'F5 event store: a black hole',
    ...{ alarms: of_commands, provoke: () => proxy!.blackHole(), undo: () => proxy!.pass() },
  };
  const unanswered: Trial = {
    fault: 'F4 event store: all of its answers are lost',
    ...{ alarms: of_commands, provoke: () => proxy!.swallowAnswers(), undo: () => proxy!.pass() },
  };
  const killed: Trial = {
    fault: 'F2 event store killed, and not started again',
    alarms: [{ name: 'FactoryLedgerDown', labels: { job: 'eventstore' } }, ...of_commands],
    provoke: () => system.kill('eventstore'),
    undo: () => restart('eventstore'),
  };
  const [folder, older] = ['eventstore', 'older'].map((name) => join(system.dir, name)) as [string, string];
  const restored: Trial = {
    fault: 'F17 an older log put back under the running system',
    alarms: [
      { name: 'FactoryLedgerTampered', labels: { ledger: 'main' } },
      { name: 'FactoryLedgerDown', labels: { job: 'factory-ledger-projector' } },
    ],
    async provoke() {
      await system.kill('eventstore');
      await rm(folder, { recursive: true });
      await rename(older, folder);
      await restart('eventstore');
    },
    undo: () => {},
  };
  return {
    async run() {
      const rows: Row[] = [];
      for (const trial of [poison, unheard, unanswered, killed]) rows.push(...(await measure(site, [trial])));
      await system.terminate('eventstore');
      await cp(folder, older, { recursive: true });
      await restart('eventstore');
      return [...rows, ...(await measure(site, [restored]))];
    },
    async stop() {
      await site.stop();
      await proxy?.close();
    },
  };
}

/** An event store of its own, on a small disk that only it sees. */
async function ofDisk() {
  const namespace = ['-Urm', 'sh', '-c'];
  const mount_point = await mkdtemp(join(tmpdir(), 'small-disk-'));
  if (spawnSync('unshare', [...namespace, `mount -t tmpfs tmpfs ${mount_point}`]).status !== 0) {
    console.log('F8 is skipped: nothing can be mounted in a namespace here');
    await rm(mount_point, { recursive: true });
    return undefined;
  }
  const program = fileURLToPath(new URL('../../apps/eventstore/main.js', import.meta.url));
  const script = `mount -t tmpfs -o size=96m tmpfs ${mount_point} && exec "$0" ${program} --port 0 --open --data-dir ${mount_point}/data`;
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn('unshare', [...namespace, script, process.execPath], {
    env: { ...process.env, EVENTSTORE_METRICS_LISTEN: listen },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  child.stdout.resume();
  const eventstore_url = (JSON.parse(line.toString()) as { address: string }).address;
  const site = await startSite({ through: (links) => ({ ...links, eventstore_url }) }, listen);
  const filler = `/proc/${child.pid}/root${mount_point}/filler`;
  const full: Trial = {
    fault: 'F8 the disk of the event store is full',
    alarms: ['CommandsFailFast', 'DiskFull', 'DiskFills'].map((name) => ({ name: `FactoryLedger${name}` })),
    provoke: () => void spawnSync('sh', ['-c', `head -c 200m /dev/zero > ${filler}`]),
    undo: () => rm(filler, { force: true }),
  };
  return {
    run: () => measure(site, [full]),
    async stop() {
      await site.stop();
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(mount_point, { recursive: true, force: true });
    },
  };
}

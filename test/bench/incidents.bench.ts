/**
 * The ten incidents of docs/incidents.md: each is brought about on a running system, its boxes are typed as they stand, and the time is taken until all
 * is well again. Folders and addresses are put in place of those of the page; there is no systemd here, so `systemctl` and `journalctl` are two
 * lines of shell that ask this bench for the same of the same programs, and the programs' user is who runs the bench:
 * npm run bench -- incidents [--only 1,4]    (some 5 minutes; needs psql, jq and openssl; 3 needs root, to mount a small disk)
 */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Secret, TOTP } from 'otpauth';
import pg from 'pg';
import { freePort } from '../../libs/process/free-port.js';
import { type Client, clientOf, expectStatus, login, newUser, stockUp } from '../support/http.js';
import { type Incident, readIncidents } from '../support/incidents-page.js';
import { type ProgramName, type System, startSystem } from '../support/system.js';
import { flagsOf } from './flags.js';
import { round, sleep } from './load.js';

export const title = 'Ten incidents, each ended as docs/incidents.md says';

const run_ = promisify(execFile);
const program = (app: string) => fileURLToPath(new URL(`../../apps/${app}/main.js`, import.meta.url));
const ADMIN = { username: 'ada', password: 'a bench of incidents' };
const WAIT_MS_MAX = 180_000;
const SMALL_DISK_MIB = 640;
const { username: user_here } = userInfo();
const OWNER: [string, string][] = [
  ['-o factory-ledger ', `-o ${user_here} `],
  ['-R factory-ledger: ', `-R ${user_here}: `],
];
const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };

interface Site {
  dir: string;
  url(): string;
  client(): Promise<Client>;
  /** What stands on the page → what it is here. */
  words: [string, string][];
  /** In which each box is typed, such as `nsenter`. */
  shell?: string[];
}
interface Trial {
  site: Site;
  /** So many boxes are for the time before. */
  before?: number;
  words?: [string, string][];
  env?: NodeJS.ProcessEnv;
  provoke(): Promise<unknown>;
  /** @throws where it cannot be seen as the page says */
  seen(): Promise<unknown>;
  /** @param outputs of the boxes @throws where all is not well */
  over(outputs: string[]): Promise<unknown>;
}

export async function run(): Promise<object> {
  const { only } = flagsOf({ only: '1,2,3,4,5,6,7,8,9,10' });
  const numbers = only.split(',').map(Number);
  const page = await readIncidents();
  const dir = await mkdtemp(join(tmpdir(), 'incidents-'));
  // The user postgres passes through.
  await chmod(dir, 0o755);
  const site = await services(dir);
  const machines = await machinesIn(dir);
  const rows: Record<string, object> = {};
  try {
    const trials: Record<number, () => Promise<Trial | undefined>> = { ...site.trials, ...machines.trials };
    for (const incident of page.incidents) {
      if (!numbers.includes(incident.number)) continue;
      const trial = await trials[incident.number]!();
      const name = `${incident.number}. ${incident.title}`;
      if (trial === undefined) console.log(`${name}: skipped, for only root may mount a disk`);
      else rows[name] = { 'well again after, s': round(await tryOut(trial, incident, page.first)) };
      console.log(name, JSON.stringify(rows[name]));
    }
    return { incidents: rows };
  } finally {
    await machines.stop();
    await site.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function tryOut(trial: Trial, { title: name, boxes }: Incident, first: string): Promise<number> {
  const { before = 0 } = trial;
  const type = (box: string) => typeInto(trial, `${first}${box}`);
  for (const box of boxes.slice(0, before)) await type(box);
  await trial.provoke();
  await until(`${name} is seen`, () => trial.seen());
  const began_ms = performance.now();
  const outputs: string[] = [];
  for (const box of boxes.slice(before)) outputs.push(await type(box));
  await until(`${name} is over`, () => trial.over(outputs));
  return (performance.now() - began_ms) / 1000;
}

async function typeInto({ site, words = [], env = {} }: Trial, text: string): Promise<string> {
  const typed = [...words, ...site.words].reduce((box, [theirs, ours]) => box.replaceAll(theirs, ours), text);
  const [command = 'bash', ...args] = [...(site.shell ?? []), 'bash', '-euo', 'pipefail', '-c', typed];
  const { token } = await site.client().catch(() => ({ token: '' }));
  const path = [join(site.dir, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
  const child = spawn(command, args, {
    env: { HOME: site.dir, PATH: path, TOKEN: token, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a box ended with ${code}:\n${typed}\n${output}`);
  return output;
}

/** Until it does not throw. */
async function until(what: string, ask: () => unknown): Promise<void> {
  const until_ms = performance.now() + WAIT_MS_MAX;
  for (;;)
    try {
      await ask();
      return;
    } catch (error) {
      if (performance.now() > until_ms) throw new Error(`not so: ${what}: ${(error as Error).message}`);
      await sleep(200);
    }
}
function assert(is_so: boolean, what: string): asserts is_so {
  if (!is_so) throw new Error(what);
}
const says = (output: string | undefined, pattern: RegExp) =>
  assert(output !== undefined && pattern.test(output), `${pattern} is not in: ${output}`);
const statusOf = (answer: Promise<{ status: number }>) =>
  answer.then(
    ({ status }) => status,
    () => 0,
  );
const isStatus = async (status: number, answer: Promise<{ status: number }>) => {
  const found = await statusOf(answer);
  assert(found === status, `${found} instead of ${status}`);
};

/** `on` gets the verb and the units, and answers what is printed. */
async function systemd(dir: string, on: (verb: string, units: string[]) => Promise<string>) {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const [verb = '', ...units] = text.split(' ').filter((word) => /^[a-z]/.test(word) && word !== 'cat');
    const printed = await on(
      request.url === '/journalctl' ? 'log' : verb,
      request.url === '/journalctl' ? [verb] : units,
    ).then(
      (answer) => ({ status: 200, answer }),
      (error: Error) => ({ status: 500, answer: error.message }),
    );
    response.writeHead(printed.status).end(`${printed.answer}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  await mkdir(join(dir, 'bin'), { recursive: true });
  for (const name of ['systemctl', 'journalctl']) {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
    const file = join(dir, 'bin', name);
    await writeFile(file, `#!/bin/sh\nexec curl -sS --fail-with-body --data-binary "$*" ${url}\n`, { mode: 0o755 });
  }
  return () => server.close();
}

const UNITS: Record<string, Exclude<ProgramName, 'postgres'>> = {
  'factory-ledger-api': 'api',
  'factory-ledger-projector': 'projector',
  eventstore: 'eventstore',
};

/** Services of one's own: each program by itself. A second instance stands for one that speaks TLS. */
async function services(dir: string) {
  const root = join(dir, 'services');
  await mkdir(join(root, 'etc'), { recursive: true });
  const env_file = join(root, 'etc', 'env');
  const system = await startSystem({
    ...{ durable: true, apis: 2, admin_username: ADMIN.username },
    env: { POSTGRES_SILENT_MS: '600' },
  });
  const { url, admin } = system;
  let client = await login(url, admin);
  await stockUp(client, 1_000_000);
  const settings = {
    EVENTSTORE_URL: system.eventstore_url,
    DATABASE_URL: system.database_url,
    JWT_SECRET: system.jwt_secret,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'\n`);
  await writeFile(env_file, lines.join(''), { mode: 0o600 });
  const closeSystemd = await systemd(root, unitsOf(system, env_file));
  const site: Site = {
    dir: root,
    url: () => url,
    // Asked for anew where sessions have ended.
    async client() {
      if ((await statusOf(client.get('/auth/me'))) === 401) client = await login(url, admin);
      return client;
    },
    words: [
      ['/opt/factory-ledger', process.cwd()],
      ['/etc/factory-ledger', join(root, 'etc')],
      ['http://127.0.0.1:3000', url],
      ['/tmp/metrics', join(root, 'metrics')],
      ...OWNER,
    ],
  };
  const sell = (key?: string) => client.post('/sales', sale, key === undefined ? {} : { 'idempotency-key': key });
  const parts = { site, system, env_file, sell, client: () => site.client() };
  return {
    trials: {
      1: () => postgresFrozen(parts),
      2: () => eventStoreKilled(parts),
      4: () => tableLocked(parts),
      5: () => settingWrong(parts),
      6: () => certificateEnding(parts),
      7: () => reportsFlooding(parts),
      8: () => adminLockedOut(parts),
      9: () => secretsLeaked(parts),
    },
    async stop() {
      closeSystemd();
      await system.stop();
    },
  };
}
interface Parts {
  site: Site;
  system: System;
  env_file: string;
  sell(key?: string): Promise<{ status: number; body: { number?: string } }>;
  client(): Promise<Client>;
}

/** As units of Type=simple: a start that fails later is seen in the log. */
function unitsOf(system: System, env_file: string) {
  const journal = new Map<string, string>();
  const state = new Map<string, string>();
  return async (verb: string, [unit = '']: string[]) => {
    const name = UNITS[unit];
    if (verb === 'try-restart') return '';
    if (verb === 'status') return `${unit}.service: ${state.get(unit) ?? 'active (running)'}`;
    if (verb === 'log')
      return [system.log(name!), journal.get(unit) ?? ''].join('\n').trim().split('\n').slice(-3).join('\n');
    if (verb !== 'restart') throw new Error(`systemctl ${verb} is not tried here`);
    if (unit === 'postgresql') {
      // Systemd kills what is left of a unit, asleep or not.
      system.thawPostgres();
      await system.restart('postgres');
      return '';
    }
    await system.terminate(name!).catch(() => {});
    system.restart(name!, await settingsIn(env_file)).then(
      () => state.set(unit, 'active (running)'),
      ({ message }: Error) => {
        state.set(unit, 'failed (Result: exit-code)');
        journal.set(unit, message);
      },
    );
    return '';
  };
}

async function settingsIn(file: string): Promise<NodeJS.ProcessEnv> {
  const lines = (await readFile(file, 'utf8')).trim().split('\n');
  return Object.fromEntries(lines.map((line) => /^(\w+)='?(.*?)'?$/.exec(line)!.slice(1, 3)));
}

async function postgresFrozen({ site, system, sell, client }: Parts): Promise<Trial> {
  return {
    site,
    provoke: () => system.freezePostgres(),
    async seen() {
      await isStatus(503, (await client()).get('/stock'));
      await isStatus(201, sell());
    },
    async over([output]) {
      says(output, /All is well\./);
      await isStatus(200, (await client()).get('/stock'));
    },
  };
}

async function eventStoreKilled({ site, system, sell, client }: Parts): Promise<Trial> {
  const key = `sale-of-incident-2`;
  return {
    site,
    provoke: () => system.kill('eventstore'),
    async seen() {
      await isStatus(503, sell(key));
      await isStatus(200, (await client()).get('/stock'));
    },
    async over([output]) {
      says(output, /All is well\./);
      const [one, again] = [await sell(key), await sell(key)];
      assert(one.status === 201 && one.body.number === again.body.number, 'the sale is recorded once');
    },
  };
}

async function tableLocked({ site, system, sell, client }: Parts): Promise<Trial> {
  const tool = new pg.Client({ connectionString: system.database_url, application_name: 'a reporting tool' });
  tool.on('error', () => {});
  let position = '';
  return {
    site,
    async provoke() {
      await tool.connect();
      await tool.query('BEGIN');
      await tool.query('LOCK TABLE read.movements IN SHARE MODE');
      const { headers } = expectStatus(await (await client()).post('/sales', sale), 201);
      position = headers.get('ledger-position')!;
    },
    async seen() {
      const lag = /^factory_ledger_projection_lag_seconds ([\d.]+)$/m;
      assert(Number(lag.exec(await metricsOf(site.url()))?.[1]) > 5, 'it is behind');
      await isStatus(201, sell());
    },
    async over([shown, ended]) {
      says(shown, /idle in transaction/);
      says(ended, /"state":"live"/);
      await isStatus(200, (await client()).get(`/stock?min_position=${position}`));
    },
  };
}
const metricsOf = async (url: string) => (await fetch(`${url}/metrics`)).text();

async function settingWrong({ site, system, env_file, client }: Parts): Promise<Trial> {
  const systemctl = (...args: string[]) => run_(join(site.dir, 'bin', 'systemctl'), args);
  return {
    site,
    async provoke() {
      await run_('cp', [env_file, `${env_file}.before`]);
      await appendFile(env_file, "LIMIT_REPORTS_USER='60/60'\n");
      await systemctl('restart', 'factory-ledger-api');
    },
    async seen() {
      await isStatus(0, fetch(`${system.url}/health/live`));
      says((await systemctl('status', 'factory-ledger-api')).stdout, /failed/);
    },
    async over([output]) {
      says(output, /failed[\s\S]*LIMIT_REPORTS_USER is no limit/);
      await isStatus(200, (await client()).get('/stock'));
    },
  };
}

async function certificateEnding({ site, system }: Parts): Promise<Trial> {
  const at = (name: string) => join(site.dir, name);
  const tls = { TLS_CERT_FILE: at('server.crt'), TLS_KEY_FILE: at('server.key') };
  const make = (name: string, days: string) =>
    run_('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', days, '-subj', '/CN=localhost'],
      ...['-keyout', at(`${name}.key`), '-out', at(`${name}.crt`)],
    ]);
  const [{ host: shown_at }] = [new URL(system.urls[1]!)];
  const daysLeft = () =>
    new Promise<number>((resolve, reject) => {
      const [host, port] = shown_at.split(':');
      const socket = connectTls({ host, port: Number(port), rejectUnauthorized: false }, () => {
        resolve((Date.parse(socket.getPeerCertificate().valid_to) - Date.now()) / 86_400_000);
        socket.destroy();
      });
      socket.on('error', reject);
    });
  return {
    site,
    words: [
      ...['new.crt', 'new.key'].map((name): [string, string] => [name, at(name)]),
      // After the address of the API itself, which is longer.
      ['http://127.0.0.1:3000', system.url],
      ['127.0.0.1:3000', shown_at],
    ],
    env: tls,
    async provoke() {
      await make('server', '10');
      await make('new', '365');
      await system.restart('api_2', tls);
    },
    seen: async () => assert((await daysLeft()) < 14, 'the certificate ends soon'),
    async over([output]) {
      says(output, /Certificate will not expire/);
      assert((await daysLeft()) > 300, 'the new certificate is shown');
    },
  };
}

async function reportsFlooding({ site, system, client }: Parts): Promise<Trial> {
  const robot = await newUser(system.url, await client(), { username: 'robot', role: 'viewer' });
  const asked = new Map<number, number>();
  let is_over = false;
  const flood = async () => {
    while (!is_over) {
      const status = await statusOf(robot.get('/reports/profit-loss?group_by=item&from=2026-01-01'));
      asked.set(status, (asked.get(status) ?? 0) + 1);
      if (status === 0) await sleep(100);
    }
  };
  return {
    site,
    provoke: async () => void Array.from({ length: 100 }, flood),
    seen: async () => assert((asked.get(503) ?? 0) > 100, `reports are rejected: ${JSON.stringify([...asked])}`),
    async over([counted, told]) {
      says(counted, /^factory_ledger_requests_rejected_total\{load_class="report"\} [1-9]/m);
      says(counted, /^http_request_duration_seconds_count\{.*\/reports\/profit-loss/m);
      says(told, /"username":"robot"/);
      asked.clear();
      await sleep(2000);
      assert((asked.get(200) ?? 0) < 10 && (asked.get(429) ?? 0) > 0, `it is limited: ${JSON.stringify([...asked])}`);
      is_over = true;
    },
  };
}

async function adminLockedOut({ site, system, client }: Parts): Promise<Trial> {
  const user = { username: 'grace', role: 'admin', password: 'a lost password of hers' };
  const grace = await newUser(system.url, await client(), user);
  const { secret } = expectStatus(await grace.post('/auth/factors/totp'), 201).body;
  const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
  expectStatus(await grace.post('/auth/factors/totp/confirm', { code }), 200);
  return {
    site,
    words: [['ADMIN', user.username]],
    provoke: async () => {},
    async seen() {
      const { username, password } = user;
      const { body } = await clientOf(system.url, '').post('/auth/login', { username, password });
      assert(body.next_step === 'second_factor', 'a second factor is asked for');
    },
    async over([output]) {
      says(output, /grace has no second factor any more/);
      const [, password = ''] = /signs in with {2}(\S+) {2}within/.exec(output!) ?? [];
      const waiting = await login(system.url, { ...user, password });
      const chosen = { current_password: password, new_password: 'another password of hers' };
      expectStatus(await waiting.post('/auth/password', chosen), 204);
      const again = await login(system.url, { ...user, password: chosen.new_password });
      await isStatus(200, again.get('/users'));
    },
  };
}

async function secretsLeaked({ site, system, client, sell }: Parts): Promise<Trial> {
  const admin = await client();
  const maria = await newUser(system.url, admin, { username: 'maria', role: 'staff' });
  const made = expectStatus(await admin.post('/api-keys', { name: 'shop', role: 'staff' }), 201);
  const key = clientOf(system.url, made.body.key);
  return {
    site,
    words: [
      ['NAME', 'maria'],
      ['"KEY"', '"shop"'],
    ],
    provoke: async () => {},
    async seen() {
      for (const each of [admin, maria, key]) await isStatus(200, each.get('/auth/me'));
    },
    async over() {
      for (const each of [admin, maria, key]) await isStatus(401, each.get('/auth/me'));
      await client();
      await isStatus(201, sell());
    },
  };
}

/** Machines on which `npm start` runs everything: one with a small disk, and one that is lost. */
async function machinesIn(dir: string) {
  const root = join(dir, 'machines');
  await mkdir(root, { mode: 0o755 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let data_dir = '';
  let shell: string[] = [];
  let started: ReturnType<typeof spawn> | undefined;
  /** Beside it: they end with the bench. */
  const helpers: ReturnType<typeof spawn>[] = [];
  const start = async () => {
    if (started !== undefined && started.exitCode === null && started.signalCode === null) return;
    const [command = process.execPath, ...args] = [...shell, process.execPath, program('start')];
    const own = { DATA_DIR: data_dir, PORT: `${port}`, PAYMENT_GATEWAY_URL: 'none', POSTGRES_SILENT_MS: '600' };
    const admin = { ADMIN_USERNAME: ADMIN.username, ADMIN_PASSWORD: ADMIN.password };
    started = spawn(command, args, { env: { PATH: process.env.PATH, ...own, ...admin }, stdio: 'ignore' });
  };
  const end = async () => {
    if (started === undefined || started.exitCode !== null || started.signalCode !== null) return;
    const ended = once(started, 'exit');
    started.kill('SIGTERM');
    await ended;
  };
  const closeSystemd = await systemd(root, async (verb) => {
    if (verb !== 'start') throw new Error(`systemctl ${verb} is not tried here`);
    await start();
    return '';
  });
  await mkdir(join(root, 'etc'));
  await writeFile(join(root, 'etc', 'env'), `PORT=${port}\n`);
  const siteOver = (folder: string): Site => ({
    dir: root,
    url: () => url,
    client: () => login(url, ADMIN),
    words: [
      ['/opt/factory-ledger', process.cwd()],
      ['/etc/factory-ledger', join(root, 'etc')],
      ['/var/lib/factory-ledger', folder],
      ['http://127.0.0.1:3000', url],
      ['/mnt/', `${root}/`],
      ...OWNER,
    ],
    shell,
  });
  const begin = async (folder: string) => {
    data_dir = folder;
    await start();
    await until('it runs', () => isStatus(200, fetch(`${url}/health/ready`)));
    const client = await login(url, ADMIN);
    await stockUp(client, 1_000_000);
    return client;
  };
  const sell = async (client: Client) => statusOf(client.post('/sales', sale));

  async function diskFull(): Promise<Trial | undefined> {
    const folder = join(root, 'small');
    await mkdir(folder);
    const mount = `mount -t tmpfs -o size=${SMALL_DISK_MIB}m,mode=755 tmpfs ${folder}`;
    if (process.getuid?.() !== 0 || spawnSync('unshare', ['-m', 'sh', '-c', mount]).status !== 0) return undefined;
    const holder = spawn('unshare', ['-m', 'sh', '-c', `${mount} && echo mounted && exec sleep infinity`]);
    helpers.push(holder);
    await once(holder.stdout, 'data');
    shell = ['nsenter', '-t', `${holder.pid}`, '-m'];
    const client = await begin(join(folder, 'data'));
    return {
      site: siteOver(folder),
      before: 1,
      provoke: async () =>
        spawnSync(shell[0]!, [...shell.slice(1), 'sh', '-c', `head -c 2G /dev/zero > ${folder}/filler`]),
      async seen() {
        // What was set aside in its files has to be used up, too.
        const statuses = await Promise.all(Array.from({ length: 200 }, () => sell(client)));
        assert(
          statuses.every((status) => status !== 201),
          `nothing is recorded: ${statuses.at(-1)}`,
        );
        // Long enough for whoever cannot bear it.
        await sleep(20_000);
      },
      async over() {
        assert((await sell(await login(url, ADMIN))) === 201, 'sales work');
        await verified();
        await end();
        shell = [];
      },
    };
    async function verified(): Promise<void> {
      const [command = '', ...args] = [...shell, process.execPath, program('cli'), 'verify'];
      await run_(command, args, { env: { PATH: process.env.PATH, DATA_DIR: data_dir } });
    }
  }

  async function machineLost(): Promise<Trial> {
    const [lost, found] = [join(root, 'lost'), join(root, 'found')];
    const cli = (...args: string[]) => [program('cli'), ...args];
    const env = { PATH: process.env.PATH, DATA_DIR: lost };
    const client = await begin(lost);
    await run_(process.execPath, cli('backup', join(root, 'backups')), { env });
    const follower = spawn(process.execPath, cli('follow', join(root, 'copy')), { env, stdio: 'ignore' });
    helpers.push(follower);
    let sold = 0;
    return {
      site: siteOver(found),
      async provoke() {
        for (; sold < 50; sold += 1) assert((await sell(client)) === 201, 'a sale');
        const since = new Date().toISOString();
        const state = join(root, 'copy', 'copy.json');
        await until('all is copied', async () =>
          assert(JSON.parse(await readFile(state, 'utf8')).copied_at > since, since),
        );
        const pids = [
          started!.pid!,
          ...JSON.parse(await readFile(join(lost, 'processes.json'), 'utf8')).map(({ pid }: { pid: number }) => pid),
        ];
        for (const pid of pids) process.kill(pid, 'SIGKILL');
        await once(started!, 'exit').catch(() => {});
        await sleep(3000);
        await rm(lost, { recursive: true });
        follower.kill('SIGTERM');
        await once(follower, 'exit');
        data_dir = join(found, 'data');
      },
      seen: () => isStatus(0, fetch(`${url}/health/live`)),
      async over([output]) {
        says(output, /All is well\./);
        const again = await login(url, ADMIN);
        const { data } = expectStatus(await again.get('/sales?limit=100'), 200).body;
        assert(data.length === sold, `${data.length} sales instead of ${sold}`);
        assert((await sell(again)) === 201, 'sales work');
      },
    };
  }
  return {
    trials: { 3: diskFull, 10: machineLost },
    async stop() {
      await end();
      for (const helper of helpers) helper.kill();
      closeSystemd();
    },
  };
}

/**
 * Hours of all faults at once; then every acknowledged command is looked up in the log by its key.
 * npm run soak -- [--minutes 10] [--seed N] [--clients 12]
 * The seed repeats the choices, not the timing. Ctrl-C ends the load and checks. Exit code 1: findings.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { expectStatus, login, stockUp } from '../support/http.js';
import { chanceOf, seedOf } from '../support/random.js';
import { type ProgramName, type System, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { checkLog, verifyRows } from './checks.js';
import { type Clients, type Sent, startClients } from './clients.js';
import { type Faults, startFaults } from './faults.js';

const PROGRESS_MS = 10_000;
const AGAIN_MAX = 300;
/** Other work on the machine must not end an hour's run. */
const READY_MS_MAX = 300_000;
const PIECES = 100_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: `${seedOf()}` },
    clients: { type: 'string', default: '12' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const over = new AbortController();
process.on('SIGINT', () => {
  if (over.signal.aborted) process.exit(130);
  console.log('Interrupted: the load ends, the checks are made.');
  over.abort();
});
process.on('SIGTERM', () => over.abort());

async function soak(system: System, proxy: TcpProxy, peers: readonly TcpProxy[]): Promise<string[]> {
  const by = chanceOf(seed);
  await prepare(system);
  const clients = startClients(system, by, seed, Number(values.clients));
  const faults = startFaults(system, proxy, peers, by);
  const began_ms = performance.now();
  while (!over.signal.aborted && faults.failure === undefined && performance.now() - began_ms < minutes * 60_000) {
    await sleep(Math.min(PROGRESS_MS, minutes * 60_000), undefined, { signal: over.signal }).catch(() => {});
    progress(began_ms, clients, faults);
  }
  await faults.end();
  await clients.settle();
  const lasted_s = (performance.now() - began_ms) / 1000;
  const findings = [...clients.findings];
  if (faults.failure !== undefined) findings.push(`the faults ended: ${faults.failure}`);
  const { events, findings: in_log } = await checkLog(system, clients.sent);
  findings.push(...in_log, ...(await sendAgain(clients)));
  const rows = await verifyRows(system);
  if (rows !== undefined) findings.push(rows);
  for (const name of ['api', 'api_2', 'api_3', 'projector'] as ProgramName[])
    if (/HALTED/.test(system.log(name))) findings.push(`${name}: ${/.*HALTED.*/.exec(system.log(name))![0]}`);
  const types = Map.groupBy(events, ({ type }) => type);
  report(lasted_s, clients, faults, Object.fromEntries([...types].map(([type, of]) => [type, of.length])));
  if (minutes >= 2 && !over.signal.aborted)
    for (const type of [
      'ReservationExpired',
      'ReservationCheckedOut',
      'DocumentVoided',
      'PaymentReceived',
      'SaleReturned',
    ])
      if (!types.has(type as never)) findings.push(`no ${type} came: the soak did not try what it is for`);
  return findings;
}

async function prepare(system: System): Promise<void> {
  const admin = await login(system.url, system.admin);
  await stockUp(admin, PIECES);
  expectStatus(await admin.post('/items', { item_id: 'jar', name: 'Jar', kind: 'other' }), 201);
  expectStatus(await admin.post('/locations', { location_id: 'yard', name: 'Yard' }), 201);
  const line_items = [{ item_id: 'jar', quantity: PIECES, unit_price: 1 }];
  expectStatus(await admin.post('/purchases', { supplier_id: 'SUP', line_items }), 201);
  const money = { from_account_id: 'equity', to_account_id: 'cash', amount: 1_000_000 };
  expectStatus(await admin.post('/transfers', money), 201);
}

async function sendAgain({ sent, again }: Clients): Promise<string[]> {
  const recorded = sent.filter(({ fate }) => fate === 'recorded');
  const step = Math.max(1, Math.floor(recorded.length / AGAIN_MAX));
  const found: string[] = [];
  for (let at = 0; at < recorded.length; at += step) {
    const different = await again(recorded[at]!);
    if (different !== undefined) found.push(different);
  }
  return found;
}

function fates(sent: readonly Sent[]): Record<string, number> {
  const counts = { recorded: 0, refused: 0, unsettled: 0, 'settled by a retry': 0 };
  for (const { fate, tries } of sent) {
    counts[fate] += 1;
    if (fate !== 'unsettled' && tries > 1) counts['settled by a retry'] += 1;
  }
  return counts;
}
const listed = (counts: Iterable<readonly [string, number]>) =>
  [...counts].map(([what, count]) => `${what} ${count}`).join(', ');

function progress(began_ms: number, { sent, slowest_ms, findings }: Clients, { counts }: Faults): void {
  const elapsed_s = Math.round((performance.now() - began_ms) / 1000);
  const found = findings.length === 0 ? '' : `; ${findings.length} FINDINGS, the last: ${findings.at(-1)}`;
  const faults = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${elapsed_s} s: ${listed(Object.entries(fates(sent)))}; ${faults} faults; slowest ${Math.round(slowest_ms)} ms${found}`,
  );
}

function report(lasted_s: number, clients: Clients, { counts }: Faults, types: Record<string, number>): void {
  const { sent, slowest_ms, refusals, outages } = clients;
  console.log(
    `\n${Math.round(lasted_s)} s, ${(sent.length / lasted_s).toFixed(0)} commands/s, slowest answer ${Math.round(slowest_ms)} ms`,
  );
  console.log(`Commands: ${listed(Object.entries(fates(sent)))}`);
  console.log(`Faults: ${listed(counts)}`);
  console.log(`Refusals: ${listed(refusals)}`);
  console.log(`Without an answer: ${listed(outages)}`);
  console.log(`Events: ${listed(Object.entries(types))}`);
}

console.log(`npm run soak -- --minutes ${minutes} --seed ${seed} --clients ${values.clients}`);
let proxy: TcpProxy | undefined;
const peers: TcpProxy[] = [];
const skewed = new URL('./skewed-clock.js', import.meta.url).href;
const system = await startSystem({
  apis: 3,
  ready_ms_max: READY_MS_MAX,
  homes: async (port) => {
    const peer = await startTcpProxy(port);
    peers.push(peer);
    return peer.port;
  },
  env: { NODE_OPTIONS: `--import=${skewed}` },
  through: async (links) => {
    const target = /127\.0\.0\.1:(\d+)/.exec(links.eventstore_url)![1]!;
    proxy = await startTcpProxy(Number(target));
    return { ...links, eventstore_url: links.eventstore_url.replace(`:${target}`, `:${proxy.port}`) };
  },
});
try {
  const findings = await soak(system, proxy!, peers);
  console.log(
    findings.length === 0 ? '\nNothing found.' : `\n${findings.length} FINDINGS\n${findings.slice(0, 50).join('\n')}`,
  );
  process.exitCode = findings.length === 0 ? 0 : 1;
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await system.stop();
  await Promise.all([proxy, ...peers].map((each) => each?.close()));
}
process.exit();

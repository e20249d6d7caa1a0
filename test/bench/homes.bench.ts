/**
 * The home of a hot ledger is killed, and instances are cut off from each other, under load through three of them: how long until the next
 * sale is acknowledged elsewhere, and what the log has of it all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTANCES, untilHomes } from '../support/homes.js';
import { type Client, clientOf, login, stockUp } from '../support/http.js';
import { readLedger } from '../support/log.js';
import { type Known, type Load, settleUnknown, startLoad } from '../support/sales-load.js';
import { type System, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { flagsOf } from './flags.js';
import { percentiles, round } from './load.js';

export const title = 'Homes of a hot ledger lost under load, fsync on';

const BOUGHT = 1_000_000;
const LANES = 8;
const PAUSE_MS = 700;

export async function run(): Promise<object> {
  const { kills, partitions } = flagsOf({ kills: 20, partitions: 20 });
  const peers: TcpProxy[] = [];
  const homes = async (port: number) => {
    peers.push(await startTcpProxy(port));
    return peers.at(-1)!.port;
  };
  const system = await startSystem({ apis: INSTANCES.length, homes, durable: true });
  try {
    const { token } = await login(system.url, system.admin);
    const clients = system.urls.map((url) => clientOf(url, token));
    await stockUp(clients[0]!, BOUGHT);
    const loads = clients.map((client) => startLoad(client, LANES));
    const killed_ms: number[] = [];
    for (let n = 0; n < kills; n += 1) {
      await sleep(PAUSE_MS);
      const [victim] = await untilHomes(system, 'main', (found) => found.length === 1);
      const began_ms = performance.now();
      await system.kill(victim!);
      await Promise.all(loads.filter((_, index) => INSTANCES[index] !== victim).map((load) => load.nextSale()));
      killed_ms.push(performance.now() - began_ms);
      await system.restart(victim!);
    }
    const apart_ms: number[] = [];
    for (let n = 0; n < partitions; n += 1) {
      await sleep(PAUSE_MS);
      const began_ms = performance.now();
      for (const peer of peers) peer.blackHole();
      await untilHomes(system, 'main', (found) => found.length === INSTANCES.length);
      await Promise.all(loads.map((load) => load.nextSale()));
      apart_ms.push(performance.now() - began_ms);
      for (const peer of peers) peer.pass();
      await untilHomes(system, 'main', (found) => found.length === 1);
    }
    await Promise.all(loads.map((load) => load.stop()));
    const books = await booksOf(system, clients[0]!, loads);
    return { lost: { 'killed, ms': timesOf(killed_ms), 'cut off, ms': timesOf(apart_ms) }, books: { sales: books } };
  } finally {
    await system.stop();
    await Promise.all(peers.map((peer) => peer.close()));
  }
}

function timesOf(times_ms: number[]) {
  const { p50 } = percentiles(times_ms);
  return { times: times_ms.length, median: round(p50), longest: round(Math.max(0, ...times_ms)) };
}

async function booksOf(system: System, client: Client, loads: readonly Load[]) {
  const known = new Map<string, Known>(loads.flatMap((load) => [...load.known]));
  const unknown = [...known.values()].filter((outcome) => outcome === 'unknown').length;
  await settleUnknown(client, known);
  const { events } = await readLedger(system.eventstore_url);
  const sales = events.filter(({ type }) => type === 'SaleRecorded');
  const times = new Map<string, number>();
  for (const { metadata } of sales) {
    const key = metadata.idempotency_key.slice(metadata.idempotency_key.indexOf(':') + 1);
    times.set(key, (times.get(key) ?? 0) + 1);
  }
  const count = (wrong: (times: number, outcome: Known) => boolean) =>
    [...known].filter(([key, outcome]) => wrong(times.get(key) ?? 0, outcome)).length;
  return {
    recorded: sales.length,
    'settled by a retry': unknown,
    lost: count((found, outcome) => outcome === 'ok' && found === 0),
    duplicate: count((found) => found > 1),
    'refused and recorded': count((found, outcome) => outcome === 'refused' && found > 0),
  };
}

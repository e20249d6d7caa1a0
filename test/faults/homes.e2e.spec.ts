/** Homes of a hot ledger killed, and cut off from each other, under load. KILLS: how often each. Outcomes: sales-load.ts. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { INSTANCES, untilHomes } from '../support/homes.js';
import { type Client, clientOf, login, stockUp } from '../support/http.js';
import {
  expectExactlyOnce,
  expectReadModelsToAgree,
  type Load,
  settleUnknown,
  startLoad,
} from '../support/sales-load.js';
import { type System, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const kills = Number(process.env.KILLS ?? 1);
const BOUGHT = 1_000_000;
const LANES = 8;
let system: System;
let clients: Client[];
const peers: TcpProxy[] = [];

beforeAll(async () => {
  const homes = async (port: number) => {
    peers.push(await startTcpProxy(port));
    return peers.at(-1)!.port;
  };
  system = await startSystem({ apis: INSTANCES.length, homes });
  const { token } = await login(system.url, system.admin);
  clients = system.urls.map((url) => clientOf(url, token));
  await stockUp(clients[0]!, BOUGHT);
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await Promise.all(peers.map((peer) => peer.close()));
});

async function expectTrue(loads: readonly Load[]): Promise<void> {
  const known = new Map(loads.flatMap((load) => [...load.known]));
  await settleUnknown(clients[0]!, known);
  await expectExactlyOnce(system.eventstore_url, known);
  await expectReadModelsToAgree(clients[0]!, system.eventstore_url, BOUGHT);
}
const startLoads = () => clients.map((client) => startLoad(client, LANES));

it(
  'kill -9 of the home: the next instance in order sells on, and every acknowledged sale is there once',
  async () => {
    const loads = startLoads();
    for (let round = 0; round < kills; round += 1) {
      await sleep(randomInt(300, 900));
      const [victim] = await untilHomes(system, 'main', (homes) => homes.length === 1);
      await system.kill(victim!);
      const others = INSTANCES.filter((name) => name !== victim);
      await Promise.all(others.map((name) => loads[INSTANCES.indexOf(name)]!.nextSale()));
      await untilHomes(system, 'main', (homes) => homes.length === 1 && homes[0] !== victim);
      await system.restart(victim!);
    }
    await Promise.all(loads.map((load) => load.stop()));
    await expectTrue(loads);
  },
  90_000 * kills,
);

it(
  'instances that cannot hear each other all take themselves for the home: slower, never wrong, and it heals by itself',
  async () => {
    const loads = startLoads();
    for (let round = 0; round < kills; round += 1) {
      await sleep(randomInt(300, 900));
      for (const peer of peers) peer.blackHole();
      await untilHomes(system, 'main', (homes) => homes.length === INSTANCES.length);
      await Promise.all(loads.map((load) => load.nextSale()));
      for (const peer of peers) peer.pass();
      await untilHomes(system, 'main', (homes) => homes.length === 1);
    }
    await Promise.all(loads.map((load) => load.stop()));
    await expectTrue(loads);
  },
  90_000 * kills,
);

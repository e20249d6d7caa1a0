/** API_PROCESSES: two that serve and one that decides, behind one port. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Client, login, stockUp } from './support/http.js';
import { expectExactlyOnce, expectReadModelsToAgree, settleUnknown, startLoad } from './support/sales-load.js';
import { type System, startSystem } from './support/system.js';

const BOUGHT = 100_000;
const PROCESSES = ['http-1', 'http-2', 'writer'];
let system: System;
let client: Client;

beforeAll(async () => {
  system = await startSystem({ env: { API_PROCESSES: '2' } });
  client = await login(system.url, system.admin);
  await stockUp(client, BOUGHT);
}, 120_000);
afterAll(async () => {
  await system?.stop();
});

const readProc = (path: string) => {
  try {
    return readFileSync(`/proc/${path}`, 'latin1');
  } catch {
    return '';
  }
};
/** By the setting that tells it apart. */
function pidsOfPool(): Map<string, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid): [string, number][] => {
      if (readProc(`${pid}/stat`).split(') ').at(-1)!.split(' ')[1] !== `${system.pid('api')}`) return [];
      const name = /API_PROCESS=([a-z0-9-]+)/.exec(readProc(`${pid}/environ`))?.[1];
      return name === undefined ? [] : [[name, Number(pid)]];
    }),
  );
}
async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const began_ms = performance.now(); !(await isTrue()); ) {
    if (performance.now() - began_ms > 60_000) throw new Error(`it never came; ${system.log('api')}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
const metrics = async () => (await fetch(`${system.url}/metrics`)).text();

it('one process decides, and each answers for all when it is scraped', async () => {
  expect([...pidsOfPool().keys()].toSorted()).toEqual(PROCESSES);
  const load = startLoad(client, 8);
  await load.stop();
  await until(async () => {
    const text = await metrics();
    const forwarded = /^factory_ledger_commands_forwarded_total\{process="http-\d"\} (\d+)/gm;
    const total = [...text.matchAll(forwarded)].reduce((sum, [, count]) => sum + Number(count), 0);
    return text.includes('factory_ledger_home{ledger="main",process="writer"} 1') && total >= load.known.size;
  });
  expect([...load.known.values()].filter((outcome) => outcome !== 'ok')).toEqual([]);
});

it('the one that decides is killed: sales go on, and it comes back', async () => {
  const load = startLoad(client, 8);
  await load.nextSale();
  process.kill(pidsOfPool().get('writer')!, 'SIGKILL');
  await until(async () => pidsOfPool().has('writer') && (await metrics()).includes('process="writer"} 1'));
  await load.nextSale();
  await load.stop();
  await settleUnknown(client, load.known);
  await expectExactlyOnce(system.eventstore_url, load.known);
  await expectReadModelsToAgree(client, system.eventstore_url, BOUGHT);
}, 120_000);

it('SIGHUP replaces all, one by one, under load: not one request fails', async () => {
  const before = pidsOfPool();
  const load = startLoad(client, 8);
  await load.nextSale();
  process.kill(system.pid('api'), 'SIGHUP');
  await until(() => {
    const now = pidsOfPool();
    return PROCESSES.every((name) => now.has(name) && now.get(name) !== before.get(name)) && now.size === 3;
  });
  await until(() => system.log('api').includes('All processes are replaced'));
  await load.nextSale();
  await load.stop();
  expect([...load.known.values()].filter((outcome) => outcome !== 'ok')).toEqual([]);
  await expectExactlyOnce(system.eventstore_url, load.known);
}, 180_000);

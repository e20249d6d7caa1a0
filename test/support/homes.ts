import { setTimeout as sleep } from 'node:timers/promises';
import type { System } from './system.js';

export const INSTANCES = ['api', 'api_2', 'api_3'] as const;
export type InstanceName = (typeof INSTANCES)[number];

const WAIT_MS_MAX = 60_000;

/** Instances whose metrics say that they are the ledger's home; those that do not answer are left out. */
async function homesOf(system: System, ledger_id: string): Promise<InstanceName[]> {
  const says = `factory_ledger_home{ledger="${ledger_id}"} 1`;
  const isHome = async (url: string) =>
    fetch(`${url}/metrics`, { signal: AbortSignal.timeout(1000) }).then(
      async (answer) => (await answer.text()).includes(says),
      () => false,
    );
  const found = await Promise.all(system.urls.map(isHome));
  return INSTANCES.filter((_, index) => found[index]);
}

export async function untilHomes(
  system: System,
  ledger_id: string,
  wanted: (homes: readonly InstanceName[]) => boolean,
): Promise<readonly InstanceName[]> {
  for (const began_ms = performance.now(); ; await sleep(20)) {
    const homes = await homesOf(system, ledger_id);
    if (wanted(homes)) return homes;
    if (performance.now() - began_ms > WAIT_MS_MAX) throw new Error(`homes of ${ledger_id}: ${homes.join()}`);
  }
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../support/random.js';
import type { ProgramName, System } from '../support/system.js';
import type { TcpProxy } from '../support/tcp-proxy.js';

const HOUR_MS = 3_600_000;
const APIS: ProgramName[] = ['api', 'api_2', 'api_3'];

export interface Faults {
  readonly counts: ReadonlyMap<string, number>;
  /** Of a fault that could not be made or undone: no more come. */
  readonly failure: string | undefined;
  end(): Promise<void>;
}

export function startFaults(system: System, proxy: TcpProxy, peers: readonly TcpProxy[], by: Chance): Faults {
  const counts = new Map<string, number>();
  const over = new AbortController();
  const down = new Set<ProgramName>();
  const pause = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  const setClock = (api: ProgramName, offset_ms: number) =>
    writeFile(join(system.dir, api, 'clock-offset'), `${Math.round(offset_ms)}`);

  const killed = (name: ProgramName) => async () => {
    await system.kill(name);
    await pause(by.whole(50, 3000));
    await system.restart(name);
  };
  const away = async () => {
    const name = by.pick(APIS);
    if (by.percent(50)) await system.kill(name);
    else await system.terminate(name as Exclude<ProgramName, 'postgres'>);
    down.add(name);
    await pause(by.whole(3000, 15_000));
    await system.restart(name);
    down.delete(name);
  };
  const proxied = (fault: () => void, ms_max: number) => async () => {
    fault();
    await pause(by.whole(10, ms_max));
    proxy.pass();
  };
  const faults: Record<string, () => Promise<void>> = {
    'API killed': () => killed(by.pick(APIS))(),
    'API away': away,
    'event store killed': killed('eventstore'),
    'projector killed': killed('projector'),
    'Postgres killed': killed('postgres'),
    'answers lost': proxied(() => proxy.swallowAnswers(), 1500),
    'connections cut': proxied(() => proxy.cut(), 10),
    'black hole': proxied(() => proxy.blackHole(), 6000),
    'clock jumped': () =>
      setClock(by.pick(APIS), by.pick([HOUR_MS, HOUR_MS, -HOUR_MS, 0, by.whole(-HOUR_MS, HOUR_MS)])),
    'Postgres paused': async () => {
      await system.freezePostgres();
      await pause(by.whole(500, 3000));
      system.thawPostgres();
    },
  };
  const between = (name: string, fault: (peer: TcpProxy) => void) => {
    faults[name] = async () => {
      const peer = by.pick(peers);
      fault(peer);
      await pause(by.whole(10, 6000));
      peer.pass();
    };
  };
  between('instance cut off from others', (peer) => peer.cut());
  between('instance unheard by others', (peer) => peer.blackHole());
  between('answers to others lost', (peer) => peer.swallowAnswers());
  const names = [...Object.keys(faults), 'answers lost', 'answers lost', 'clock jumped', 'clock jumped'];
  const running = (async () => {
    await pause(3000);
    while (!over.signal.aborted) {
      const name = by.pick(names);
      await faults[name]!();
      counts.set(name, (counts.get(name) ?? 0) + 1);
      await pause(by.whole(500, 6000));
    }
  })();
  let failure: string | undefined;
  running.catch((error: Error) => {
    failure = error.message;
  });

  return {
    counts,
    get failure() {
      return failure;
    },
    async end() {
      over.abort();
      await running.catch(() => {});
      for (const each of [proxy, ...peers]) each.pass();
      for (const name of down) await system.restart(name);
    },
  };
}

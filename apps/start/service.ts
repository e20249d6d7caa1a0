import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, StartRefused } from '../../libs/process/child.js';

const FAILED_STARTS_MAX = 5;
const HEALTHY_AFTER_MS = 2000;
const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 8000;

export type Service<Answer> = {
  /** Never rejected: a service that cannot start calls `giveUp`. */
  ready: Promise<Answer>;
  stop(): Promise<void>;
};

export type ServiceSpec<Answer> = {
  name: string;
  launch(adopt: (child: Child) => void): Promise<Answer>;
  giveUp(sentence: string): void;
  log(line: string): void;
  log_dir: string;
};

/**
 * `FAILED_STARTS_MAX` failed starts in a row give up, as does StartRefused at the first. A healthy child is always
 * restarted.
 */
export function keepRunning<Answer>({ name, launch, giveUp, log, log_dir }: ServiceSpec<Answer>): Service<Answer> {
  const stopped = new AbortController();
  let child: Child | undefined;
  let was_ready = false;
  let firstReady: (answer: Answer) => void;
  const ready = new Promise<Answer>((resolve) => {
    firstReady = resolve;
  });

  const live = async () => {
    const answer = await launch((adopted) => {
      child = adopted;
      if (stopped.signal.aborted) void child.stop();
    });
    firstReady(answer);
    was_ready = true;
    const since = Date.now();
    const how = await child?.exited;
    return { healthy: Date.now() - since >= HEALTHY_AFTER_MS, how: `${name} ended (${how}).` };
  };
  const run = async () => {
    for (let failed_starts = 0; !stopped.signal.aborted; ) {
      const life = await live().catch((error: Error) => ({ error, healthy: false, how: error.message }));
      if (stopped.signal.aborted) return;
      failed_starts = life.healthy ? 0 : failed_starts + 1;
      const refused = 'error' in life && life.error instanceof StartRefused;
      const why = life.how.split('\n')[0];
      if (refused && (!was_ready || failed_starts >= FAILED_STARTS_MAX)) return giveUp(life.how);
      if (failed_starts >= FAILED_STARTS_MAX)
        return giveUp(`Again and again: ${why} Its last words are in ${log_dir}.`);
      log(`${why} Starting it again.`);
      const pause_ms = Math.min(PAUSE_MS_MIN * 2 ** failed_starts, PAUSE_MS_MAX);
      await sleep(pause_ms, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const running = run();

  return {
    ready,
    stop: async () => {
      stopped.abort();
      await child?.stop();
      await running;
    },
  };
}

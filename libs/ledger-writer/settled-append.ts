/** Retries the same bytes until the log says whether they were written. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppendResult, NewEvent } from '../event-store/event-store.js';
import { untilItWorks, type WriterContext } from './context.js';

export type SettledAppend =
  | { outcome: 'appended' }
  | { outcome: 'conflict' }
  | Extract<AppendResult, { outcome: 'rejected' }>
  | { outcome: 'deleted'; is_certain: boolean };

const RETRY_MS_MAX = 500;

/** @throws where the writer has been closing for `closing_ms_max` and nothing is known */
export async function appendUntilSettled(
  context: WriterContext,
  expected: number,
  events: readonly NewEvent[],
  closing_ms_max: number,
): Promise<SettledAppend> {
  const { store, stream, closing, log } = context;
  const since_ms = performance.now();
  for (let attempt = 0; ; attempt += 1) {
    const result = await store.append(stream, expected, events);
    if (result.outcome === 'rejected' && result.reason === 'stream-deleted')
      return { outcome: 'deleted', is_certain: attempt === 0 };
    if (result.outcome === 'appended') return { outcome: 'appended' };
    if (result.outcome !== 'unknown') {
      // An earlier attempt with these bytes may be what is in the way.
      const may_be_ours = result.outcome === 'conflict' || attempt > 0;
      const is_ours = () => holds(context, expected + events.length, events.at(-1)!.id);
      return may_be_ours && (await untilItWorks(context, 'reading back', is_ours)) ? { outcome: 'appended' } : result;
    }
    if (attempt === 0) log(`an append at ${expected} is without an answer (${result.reason}); retrying the same bytes`);
    if (closing.aborted && performance.now() - since_ms > closing_ms_max)
      throw new Error(`closed without knowing whether the append at ${expected} was written`);
    await sleep(Math.min(RETRY_MS_MAX, 50 * 2 ** attempt) * (0.5 + Math.random()));
  }
}

/** The last id covers all events before it; the first may be another writer's that decided the same. */
async function holds({ store, stream }: WriterContext, position: number, id: string): Promise<boolean> {
  for await (const event of store.read(stream, position, { max: 1 })) return event.id === id;
  return false;
}

import { answeredNumber, answerOf } from '../documents/answers.js';
import type { RecordedEvent } from '../ledger/events.js';
import type { Result } from './batch.js';
import type { WriterContext } from './context.js';
import type { LoadEvent } from './event-loader.js';
import { documentHistory } from './history-loader.js';
import type { WriterOutcome } from './outcomes.js';

/** `late_ms`: the deadline, by `performance.now()`. */
export async function outcomeOf(
  context: WriterContext,
  load: LoadEvent,
  result: Result,
  late_ms: number,
): Promise<WriterOutcome> {
  if (result.outcome === 'refused') {
    const { refusal, of_others } = result;
    return { outcome: 'refused', refusal, ...(of_others && { of_others }) };
  }
  if (result.outcome === 'recorded') {
    const position = result.events.at(-1)?.position ?? context.state.position;
    return { ...result, position, replayed: false };
  }
  try {
    return await before(late_ms, replayed(context, load, result.position, result.count));
  } catch (error) {
    return { outcome: 'unknown', reason: `recorded before, but the log cannot be read: ${(error as Error).message}` };
  }
}

async function replayed(
  context: WriterContext,
  load: LoadEvent,
  position: number,
  count: number,
): Promise<WriterOutcome> {
  const events = await Promise.all(Array.from({ length: count }, (_, index) => load(position + index)));
  const last = position + count - 1;
  const loadOnce: LoadEvent = async (each) => events[each - position] ?? load(each);
  const histories = new Map<string, RecordedEvent[]>();
  const numbers = new Set([answeredNumber(events), ...events.map((event) => answeredNumber([event]))]);
  for (const number of numbers)
    if (number !== undefined) histories.set(number, await documentHistory(context, loadOnce, number, last));
  const answer = answerOf(events, (number) => histories.get(number) ?? [], context.state.config?.digits ?? 2);
  return { outcome: 'recorded', answer, events, position: last, replayed: true };
}

async function before<R>(late_ms: number, work: Promise<R>): Promise<R> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('the log did not answer in time')), late_ms - performance.now());
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}

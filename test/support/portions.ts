import type { StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';

/** One by one what comes in portions. */
export async function* each<T>(portions: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const portion of portions) yield* portion;
}

/** The events among the messages of the log. */
export async function eventsOf(
  portions: AsyncIterable<readonly SubscriptionMessage[]>,
): Promise<(StoredEvent & { position: object })[]> {
  const events = [];
  for await (const message of each(portions)) if (message.kind === 'event') events.push(message.event);
  return events;
}

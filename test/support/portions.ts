import type { StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';

export async function* each<T>(portions: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const portion of portions) yield* portion;
}

export async function eventsOf(
  portions: AsyncIterable<readonly SubscriptionMessage[]>,
): Promise<(StoredEvent & { log_position: object })[]> {
  const events = [];
  for await (const message of each(portions)) if (message.kind === 'event') events.push(message.event);
  return events;
}

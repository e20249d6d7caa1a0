import { randomUUID } from 'node:crypto';
import {
  type AllStreamSubscription,
  binaryEvent,
  type EventData,
  EventStoreDBClient,
  jsonEvent,
  type Position,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { startEventStoreProcess } from '../support/event-store.js';
import { streamsClient } from '../support/streams-rpc.js';

export type Seen = NonNullable<ResolvedEvent['event']>;

/** The suite then expects only what EventStoreDB promises. */
export const named_server = process.env.EVENTSTORE_URL;

export interface ContractServer {
  url: string;
  client: EventStoreDBClient;
  raw: StreamsClient;
  close(): Promise<void>;
}

export async function contractServer(): Promise<ContractServer> {
  const embedded = named_server ? undefined : await startEventStoreProcess();
  const url = named_server ?? embedded!.url;
  const client = connect(url);
  const { hostname, port } = new URL(url.split(',')[0]!);
  const raw = streamsClient(Number(port), hostname);
  const close = async () => {
    raw.close();
    await client.dispose();
    await embedded?.stop();
  };
  return { url, client, raw, close };
}

/** Busy machines need more than the client's ten seconds. */
function connect(url: string): EventStoreDBClient {
  return EventStoreDBClient.connectionString(`${url}${url.includes('?') ? '&' : '?'}defaultDeadline=60000`);
}

/** For one call; without TLS the client does not send it. */
export function credentialsOf(url: string): { username: string; password: string } {
  const { username, password } = new URL(url);
  return { username: decodeURIComponent(username) || 'admin', password: decodeURIComponent(password) || 'changeit' };
}

export function newStream(prefix = 'contract'): string {
  return `${prefix}-${randomUUID()}`;
}

export function newEvent(n = 0, type = 'Counted'): EventData {
  return jsonEvent({ id: randomUUID(), type, data: { n } });
}

export function newEvents(count: number, type = 'Counted'): EventData[] {
  return Array.from({ length: count }, (_, n) => newEvent(n, type));
}

export function linkTo(stream: string, revision: number): EventData {
  return binaryEvent({ id: randomUUID(), type: '$>', data: Buffer.from(`${revision}@${stream}`) });
}

export async function eventsOf(read: AsyncIterable<ResolvedEvent>): Promise<Seen[]> {
  const events: Seen[] = [];
  for await (const { event } of read) if (event) events.push(event);
  return events;
}

export const revisionsOf = (events: Seen[]) => events.map(({ revision }) => Number(revision));
export const idsOf = (events: { id: string }[]) => events.map(({ id }) => id);

/** As the client names it; fails when nothing was refused. */
export async function refusalOf<T = Record<string, unknown>>(promise: Promise<unknown>): Promise<T> {
  const error = await promise.then(
    (answer) => new Error(`nothing was refused, the answer was ${String(answer)}`),
    (reason: Error) => reason,
  );
  if (!('type' in error)) throw error;
  return error as T;
}

/** How the real server ends the subscription of a slow reader. Ours waits instead. */
const FELL_BEHIND = 'Consumer too slow to handle event while live';

/** From a position until `enough`; made anew where a named server ends it. */
export async function follow(
  subscribe: (from: Position) => AllStreamSubscription,
  from: Position,
  enough: (events: Seen[]) => boolean | Promise<boolean>,
): Promise<Seen[]> {
  const events: Seen[] = [];
  for (;;) {
    const subscription = subscribe(events.at(-1)?.position ?? from);
    subscription.on('error', () => {});
    try {
      for await (const { event } of subscription) {
        events.push(event!);
        if (!(await enough(events))) continue;
        await subscription.unsubscribe();
        return events;
      }
    } catch (error) {
      if (!named_server || !(error as Error).message.includes(FELL_BEHIND)) throw error;
    }
  }
}

export async function take(
  subscription: AsyncIterable<ResolvedEvent> & Pick<StreamSubscription, 'on' | 'unsubscribe'>,
  enough: (events: Seen[]) => boolean,
): Promise<Seen[]> {
  const events: Seen[] = [];
  subscription.on('error', () => {});
  for await (const { event } of subscription) {
    if (event) events.push(event);
    if (enough(events)) break;
  }
  await subscription.unsubscribe();
  return events;
}

export async function eventually<T>(ask: () => Promise<T>, wished: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wished(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

import { EventStoreDBClient, isCommandError } from '@eventstore/db-client';
import type { StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type ChannelCredentials, Metadata, status } from '@grpc/grpc-js';
import type { Host } from './cluster.js';
import { readingByHand } from './received.js';

export interface OpenClient {
  readonly client: EventStoreDBClient;
  close(): Promise<void>;
}

interface GrpcCall {
  write?(message: unknown): boolean;
  listeners(event: 'data'): ((message: unknown) => void)[];
  off(event: 'data', listener: (message: unknown) => void): unknown;
  on(event: 'data', listener: (message: unknown) => void): unknown;
}

interface Seams {
  GRPCStreamCreator(
    service: unknown,
    name: string,
    create: (stub: StreamsClient) => GrpcCall,
    cache?: WeakMap<object, unknown>,
  ): () => Promise<GrpcCall>;
  supports(method: unknown, feature?: string): Promise<boolean>;
  handleError(stub: object, error: Error): Promise<void>;
  getChannel(): Promise<Channel>;
  callArguments(options: object, call?: object): [metadata: Metadata, call: object];
}

interface Channel {
  close(): void;
  internalChannel: { options: Record<string, unknown>; credentials: ChannelCredentials };
}

const KEEPALIVE_TIMEOUT_MS = 5_000;
const DISPOSE_MS_MAX = 500;
/** HTTP/2's window. The default of 64 KiB holds some fifty events: reader and server would wait for each other. */
const READ_AHEAD_BYTES = 1024 * 1024;

/**
 * `generation` makes the channel's options unique, since grpc-js would share a dead connection. `on_broken`: the
 * connection is gone or the node does not lead; `leader` is the one it named.
 */
export function openClient(
  url: string,
  generation: number,
  on_broken: (reason: string, leader?: Host) => void,
): OpenClient {
  const { url_without, authorization } = withoutCredentials(url);
  const client = EventStoreDBClient.connectionString(withUniqueChannel(url_without, generation));
  const seams = seamsOf(client);
  const { callArguments } = seams;
  if (authorization)
    seams.callArguments = (options, call) => {
      const made = callArguments(options, call);
      made[0].set('authorization', authorization);
      return made;
    };
  const channels = new Set<Channel>();
  let closed = false;

  const getChannel = seams.getChannel;
  seams.getChannel = async () => {
    const channel = await getChannel();
    channels.add(channel);
    // The client has no option for it. The channel connects with its first call.
    channel.internalChannel.options['grpc-node.flow_control_window'] = READ_AHEAD_BYTES;
    if (closed) channel.close();
    return channel;
  };

  // The client would open a second channel while calls run on the first; it is replaced as a whole instead.
  seams.handleError = async (_stub, error) => {
    if (!closed && meansBroken(error)) on_broken(error.message, leaderNamedBy(error));
  };

  // The client caches a failure from before a call is sent and answers each later call with it.
  const orBroken = async <T>(before: () => Promise<T>, sent = () => false): Promise<T> => {
    try {
      return await before();
    } catch (error) {
      if (!closed && !sent()) on_broken(error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
  const supports = seams.supports;
  seams.supports = (method, feature) => orBroken(() => supports(method, feature));

  const createCall = seams.GRPCStreamCreator;
  seams.GRPCStreamCreator = (service, name, create, cache) => {
    let sent = false;
    const open = createCall(
      service,
      name,
      (stub) => {
        // It may have been closed while the call waited for the server's features.
        if (closed) throw new Error('this client is closed');
        sent = true;
        if (name !== 'appendToStream') return create(readingByHand(stub));
        const call = create(stub);
        closeHoles(call);
        sayJson(call);
        return call;
      },
      cache,
    );
    return () => orBroken(open, () => sent);
  };

  return {
    client,
    async close() {
      closed = true;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, DISPOSE_MS_MAX);
      });
      await Promise.race([client.dispose(), late]);
      clearTimeout(timer);
      for (const channel of channels) channel.close();
    },
  };
}

/** Does not repeat the text, which may hold a password. */
export function checkConnectionString(url: string): void {
  try {
    EventStoreDBClient.connectionString(url);
  } catch (error) {
    // A missing certificate file; its message is safe.
    if (error instanceof Error && !('connectionString' in error)) throw error;
    throw new Error('The URL of the event store is not a connection string (esdb://host:port?tls=…).');
  }
}

export async function credentialsOf(url_of_one: string): Promise<ChannelCredentials> {
  const channel = await seamsOf(EventStoreDBClient.connectionString(url_of_one)).getChannel();
  channel.close();
  return channel.internalChannel.credentials;
}

export function commandError(error: unknown) {
  return error instanceof Error && isCommandError(error) ? error : undefined;
}

function closeHoles(call: GrpcCall): void {
  // When a call breaks, the client rejects each queued write unhandled: the call must never seem full.
  const write = call.write?.bind(call);
  if (write) {
    call.write = (message) => {
      write(message);
      return true;
    };
  }
  // An answer whose append is gone throws inside the listener. Our own timer makes that append `unknown`.
  for (const listener of call.listeners('data')) {
    call.off('data', listener);
    call.on('data', (answer) => {
      try {
        listener(answer);
      } catch {}
    });
  }
}

type Proposed = { getMetadataMap(): { set(key: string, value: string): unknown } };
type AppendMessage = { getProposedMessagesList?(): Proposed[]; getProposedMessage?(): Proposed | undefined };

/** As JSON the client would encode each event as base64 twice: it gets bytes with JSON's content type. */
function sayJson(call: GrpcCall): void {
  const write = call.write?.bind(call);
  if (!write) return;
  call.write = (message) => {
    const { getProposedMessagesList, getProposedMessage } = message as AppendMessage;
    const one = getProposedMessage?.call(message);
    for (const proposed of getProposedMessagesList?.call(message) ?? (one ? [one] : []))
      proposed.getMetadataMap().set('content-type', 'application/json');
    return write(message);
  };
}

function meansBroken(error: Error & { code?: unknown; details?: unknown; metadata?: unknown }): boolean {
  if (error.code === status.UNAVAILABLE || error.code === status.INTERNAL) return true;
  if (error.code === status.CANCELLED) return error.details !== 'Cancelled on client';
  // After a change of leader the cluster is asked again.
  return trailerOf(error, 'exception') === 'not-leader' || doesNotLead(error.message);
}

/** Only the text distinguishes these. */
export function doesNotLead(message: string): boolean {
  return message.includes('Server Is Not Ready') || message.includes('No leader info available');
}

function leaderNamedBy(error: Error & { metadata?: unknown }): Host | undefined {
  const [address, port] = [trailerOf(error, 'leader-endpoint-host'), trailerOf(error, 'leader-endpoint-port')];
  return address === undefined || port === undefined ? undefined : `${address}:${port}`;
}

function trailerOf({ metadata }: { metadata?: unknown }, name: string): string | undefined {
  return metadata instanceof Metadata ? metadata.get(name)[0]?.toString() : undefined;
}

const LOOPBACK = /^(127(\.\d+){3}|localhost)(:\d+)?$/;

/** Without TLS the client sends no user; within this machine it is safe, and the embedded store needs it. */
export function withoutCredentials(url: string): { url_without: string; authorization?: string } {
  const [, scheme, username = '', password = '', hosts = '', options = ''] =
    /^\s*(esdb(?:\+discover)?:\/\/)([^:@/]+):([^@/]+)@([^/?]+)(.*)$/s.exec(url) ?? [];
  if (scheme === undefined || !/[?&]tls=false(&|\s*$)/i.test(options)) return { url_without: url };
  if (!hosts.split(',').every((host) => LOOPBACK.test(host))) return { url_without: url };
  const text = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(text).toString('base64')}`;
  return { url_without: `${scheme}${hosts}${options}`, authorization };
}

function withUniqueChannel(url: string, generation: number): string {
  const chosen = /[?&]keepAliveTimeout=(\d+)/i.exec(url)?.[1];
  const timeout_ms = (chosen ? Number(chosen) : KEEPALIVE_TIMEOUT_MS) + (generation % 1_000);
  const bare = url.trim().replace(/\/+$/, '');
  return `${bare}${bare.includes('?') ? '&' : '?'}keepAliveTimeout=${timeout_ms}`;
}

function seamsOf(client: EventStoreDBClient): Seams {
  const seams = client as unknown as Seams;
  for (const name of ['GRPCStreamCreator', 'supports', 'handleError', 'getChannel', 'callArguments'] as const) {
    if (typeof seams[name] !== 'function') throw new Error(`@eventstore/db-client has no ${name}: it must be 6.2.1`);
  }
  return seams;
}

import gossipGrpc, { type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc, { type IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc, { type IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import { type handleServerStreamingCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { type Access, anyCaller, holdersOfSecret } from './access.js';
import { type AppendLimits, default_append_limits } from './append-limits.js';
import { AppendQueue, default_queue_limits, type QueueLimits } from './append-queue.js';
import { Appending } from './appending.js';
import { Log } from './log.js';
import { Reading } from './reading.js';
import { Refusal } from './refusals.js';

export class PortUnavailable extends Error {}

export interface EventStoreOptions {
  host: string;
  port: number;
  data: { data_dir: string } | 'memory';
  /** `secret`: calls on streams must show the folder's. */
  access: 'secret' | 'open';
  /** Streams that no client can delete or hide events of. */
  keeps?: (stream: string) => boolean;
  append_limits?: AppendLimits;
  queue_limits?: QueueLimits;
  report?: (sentence: string) => void;
  /** A transaction is on the disk: how many appends it had, and how long it took. */
  onCommit?: (appends: number, took_ms: number) => void;
}

export interface RunningEventStore {
  port: number;
  url: string;
  address: string;
  /** Nothing can be written any more; the process should end. */
  broken: Promise<Error>;
  stop(): Promise<void>;
}

export const streams_service = {
  ...streamsGrpc.StreamsService,
  read: {
    ...streamsGrpc.StreamsService.read,
    responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  },
};
export type StreamsCalls = Pick<IStreamsServer, 'append' | 'batchAppend' | 'delete' | 'tombstone'> & {
  read: handleServerStreamingCall<streams.ReadReq, Uint8Array>;
};

/** Whose behaviour is followed; the client asks for it. */
const SERVER_VERSION = '23.10.0';
const CLOSE_MS_MAX = 1_000;

/** @throws LogUnavailable, DamagedLog, PortUnavailable */
export async function startEventStore(options: EventStoreOptions): Promise<RunningEventStore> {
  const log = Log.open(options.data);
  const access = accessOf(options, log);
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  const broken = Promise.withResolvers<Error>();
  const report = onceEach(options.report ?? console.error);
  const queue = new AppendQueue(log, options.queue_limits ?? default_queue_limits, {
    report,
    on_broken: broken.resolve,
    on_commit: options.onCommit ?? (() => {}),
  });
  const appending = new Appending(queue, options.append_limits ?? default_append_limits, options.keeps);
  const reading = new Reading(log, report);
  const open_calls = new Set<OpenCall>();

  const streams_calls: StreamsCalls = {
    append: (call, answer) =>
      access.allows(call.metadata)
        ? void appending.append(tracked(open_calls, call), answer)
        : answer(unauthenticated()),
    batchAppend: (call) =>
      access.allows(call.metadata)
        ? void appending.batchAppend(tracked(open_calls, call))
        : void call.emit('error', unauthenticated()),
    delete: (call, answer) =>
      access.allows(call.metadata) ? appending.delete(call, answer) : answer(unauthenticated()),
    tombstone: (call, answer) =>
      access.allows(call.metadata) ? appending.tombstone(call, answer) : answer(unauthenticated()),
    read: (call) =>
      access.allows(call.metadata)
        ? void reading.read(tracked(open_calls, call))
        : void call.emit('error', unauthenticated()),
  };
  server.addService(streams_service, streams_calls);
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: (_call, answer) => answer(null, supportedMethods()),
  } as IServerFeaturesServer);
  const port = await bind(server, options).catch((error: Error) => {
    log.close();
    throw error;
  });
  const instance = new shared.UUID().setString(crypto.randomUUID());
  server.addService(gossipGrpc.GossipService, {
    read: (_call, answer) => answer(null, onlyMember(instance, options.host, port)),
  } as IGossipServer);

  const stop = async () => {
    queue.flush();
    const reason = new Refusal(status.CANCELLED, 'The event store is stopping.');
    for (const call of open_calls) call.emit('error', reason);
    await shutDown(server);
    queue.flush();
    log.close();
  };
  const host = `${bracketed(options.host)}:${port}?tls=false`;
  const [url, address] = [`esdb://${access.credentials}${host}`, `esdb://${host}`];
  return { port, url, address, broken: broken.promise, stop };
}

function accessOf({ access, data }: EventStoreOptions, log: Log): Access {
  try {
    return access === 'open' ? anyCaller : holdersOfSecret(data);
  } catch (error) {
    log.close();
    throw error;
  }
}

function unauthenticated(): Refusal {
  return new Refusal(
    status.UNAUTHENTICATED,
    'This event store answers only callers that show the secret of its data folder (--open lets every caller in).',
  );
}

interface OpenCall {
  emit(event: 'error', error: Error): boolean;
  once(event: 'close', listener: () => void): unknown;
}

function tracked<T extends OpenCall>(open_calls: Set<OpenCall>, call: T): T {
  open_calls.add(call);
  call.once('close', () => open_calls.delete(call));
  return call;
}

function onceEach(report: (sentence: string) => void): (sentence: string) => void {
  let last = '';
  return (sentence) => {
    if (sentence !== last) report(sentence);
    last = sentence;
  };
}

function shutDown(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.forceShutdown(), CLOSE_MS_MAX);
    server.tryShutdown(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function bind(server: Server, { host, port }: EventStoreOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${bracketed(host)}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(new PortUnavailable(portSentence(host, port, error.message)));
      else resolve(bound);
    });
  });
}

function portSentence(host: string, port: number, reason: string): string {
  if (reason.includes('EADDRINUSE')) return `Port ${port} of ${host} is in use by another program.`;
  return `Port ${port} of ${host} cannot be used: ${reason}.`;
}

export function supportedMethods(): features.SupportedMethods {
  const methods = [...Object.values(streamsGrpc.StreamsService), ...Object.values(gossipGrpc.GossipService)];
  return new features.SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(
    methods.map(({ path }: { path: string }) => {
      const [, service = '', method = ''] = path.split('/');
      return new features.SupportedMethod().setServiceName(service).setMethodName(method.toLowerCase());
    }),
  );
}

function onlyMember(instance: shared.UUID, host: string, port: number): gossip.ClusterInfo {
  const member = new gossip.MemberInfo()
    .setInstanceId(instance)
    .setTimeStamp(`${Date.now()}0000`)
    .setState(gossip.MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new gossip.EndPoint().setAddress(host).setPort(port));
  return new gossip.ClusterInfo().setMembersList([member]);
}

import gossipGrpc, { type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc, { type IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc, { type IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { AppendQueue } from './append-queue.js';
import { Appending, type AppendLimits, default_append_limits } from './appending.js';
import { Log } from './log.js';
import { Reading } from './reading.js';

export interface EventStoreOptions {
  host: string;
  /** 0 takes a free port. */
  port: number;
  /** A folder, or nothing but memory. */
  data: { data_dir: string } | 'memory';
  append_limits?: AppendLimits;
}

export interface RunningEventStore {
  port: number;
  /** Connection string for the official client. */
  url: string;
  /** Answers what was begun, ends open calls with CANCELLED, closes the log. */
  stop(): Promise<void>;
}

/** The version whose behaviour is followed; the client asks for it before its first append. */
const server_version = '23.10.0';

/** Starts the embedded event store. Throws LogUnavailable or DamagedLog, or an Error when the port cannot be used. */
export async function startEventStore(options: EventStoreOptions): Promise<RunningEventStore> {
  const log = Log.open(options.data);
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  const queue = new AppendQueue(log);
  const appending = new Appending(queue, options.append_limits ?? default_append_limits);
  const reading = new Reading(log);
  server.addService(streamsGrpc.StreamsService, {
    append: (call, answer) => void appending.append(call, answer),
    batchAppend: (call) => void appending.batchAppend(call),
    delete: (call, answer) => appending.delete(call, answer),
    tombstone: (call, answer) => appending.tombstone(call, answer),
    read: (call) => void reading.read(call),
  } as IStreamsServer);
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: (_call, answer) => answer(null, supportedMethods()),
  } as IServerFeaturesServer);
  const port = await bind(server, options);
  const instance = new shared.UUID().setString(crypto.randomUUID());
  server.addService(gossipGrpc.GossipService, {
    read: (_call, answer) => answer(null, onlyMember(instance, options.host, port)),
  } as IGossipServer);
  return {
    port,
    url: `esdb://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}?tls=false`,
    stop: async () => {
      server.forceShutdown();
      log.close();
    },
  };
}

function bind(server: Server, { host, port }: EventStoreOptions): Promise<number> {
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error) reject(error);
      else resolve(bound);
    });
  });
}

function supportedMethods(): features.SupportedMethods {
  const methods = [...Object.values(streamsGrpc.StreamsService), ...Object.values(gossipGrpc.GossipService)];
  return new features.SupportedMethods().setEventStoreServerVersion(server_version).setMethodsList(
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

/** Three listeners over one log, behaving as was observed on EventStoreDB 23.10. Replication is not tested. */
import gossipGrpc, { type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import featuresGrpc, { type IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { Metadata, Server, ServerCredentials, type ServerWritableStream, status } from '@grpc/grpc-js';
import { default_append_limits } from '../../libs/event-store-server/append-limits.js';
import { AppendQueue, default_queue_limits } from '../../libs/event-store-server/append-queue.js';
import { Appending } from '../../libs/event-store-server/appending.js';
import { Log } from '../../libs/event-store-server/log.js';
import type { Page } from '../../libs/event-store-server/pages.js';
import { type ReadableLog, Reading } from '../../libs/event-store-server/reading.js';
import { Refusal } from '../../libs/event-store-server/refusals.js';
import { type StreamsCalls, streams_service, supportedMethods } from '../../libs/event-store-server/server.js';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.js';

export interface StandInNode {
  readonly host: string;
  readonly running: boolean;
  /** kill -9. The others name it until loseLeader() or elect(). */
  kill(): Promise<void>;
  start(): Promise<void>;
  join(): void;
  /** SIGSTOP. */
  freeze(): void;
  /** SIGCONT. After an election it still takes itself for the leader until join(), and answers no append. */
  thaw(): void;
  /** Hides later events from its readers, until follow(). */
  lag(): void;
  follow(): void;
}

export interface StandInCluster {
  readonly nodes: readonly StandInNode[];
  readonly leader: StandInNode | undefined;
  readonly url: string;
  readonly log_url: string;
  loseLeader(): void;
  elect(node: StandInNode): void;
  refuseFeatures(times: number): void;
  /** Neither written nor answered. */
  loseNextAppend(): void;
  /** As the real server does with slow readers. @returns how many */
  endSubscriptions(): number;
  /** Removes for ever what stands before a revision of a stream that hides it. */
  scavenge(stream: string, first_left: number): void;
  stop(): Promise<void>;
}

interface Parts {
  queue: AppendQueue;
  subscriptions: Set<Read>;
  features: { refusals: number };
  losses: { appends: number };
  members: () => readonly Node[];
}

type Read = ServerWritableStream<Parameters<Reading['read']>[0]['request'], Uint8Array>;

export async function startStandInCluster(): Promise<StandInCluster> {
  const log = Log.open('memory');
  const queue = new AppendQueue(log, default_queue_limits, { report: fail, on_broken: fail, on_commit: () => {} });
  const subscriptions = new Set<Read>();
  const features = { refusals: 0 };
  const losses = { appends: 0 };
  const scavenged: Scavenged = new Map();
  let leader: Node | undefined;

  const alone: Node = new Node(log, scavenged, () => alone);
  alone.known_leader = alone;
  const [log_server, log_port] = await serve(alone, { queue, subscriptions, features, losses, members: () => [alone] });
  const nodes = [0, 1, 2].map(() => new Node(log, scavenged, () => leader));
  const servers: Server[] = [log_server];
  for (const node of nodes) {
    const [server, port] = await serve(node, { queue, subscriptions, features, losses, members: () => nodes });
    servers.push(server);
    node.front = await startTcpProxy(port);
    node.host = `127.0.0.1:${node.front.port}`;
  }
  const elect = (elected: StandInNode) => {
    leader = nodes.find((node) => node === elected);
    leader?.join();
    for (const node of nodes) if (node.awake) node.known_leader = leader;
  };
  elect(nodes[0]!);

  return {
    nodes,
    get leader() {
      return leader;
    },
    url: `esdb://${nodes.map(({ host }) => host).join()}?tls=false`,
    log_url: `esdb://127.0.0.1:${log_port}?tls=false`,
    loseLeader() {
      leader = undefined;
      for (const node of nodes) if (node.awake) node.known_leader = undefined;
    },
    elect,
    refuseFeatures(times) {
      features.refusals = times;
    },
    loseNextAppend() {
      losses.appends += 1;
    },
    endSubscriptions() {
      const ended = [...subscriptions];
      const reason =
        'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.';
      for (const call of ended) call.emit('error', new Refusal(status.ABORTED, reason));
      return ended.length;
    },
    scavenge: (stream, first_left) => void scavenged.set(stream, first_left),
    async stop() {
      for (const { front } of nodes) await front?.close();
      for (const server of servers) server.forceShutdown();
      log.close();
    },
  };
}

function fail(reason: string | Error): never {
  throw new Error(`the stand-in's log failed: ${reason}`);
}

class Node implements StandInNode {
  host = '';
  front: TcpProxy | undefined;
  known_leader: Node | undefined;
  running = true;
  frozen = false;
  readonly view: View;

  constructor(
    log: Log,
    scavenged: Scavenged,
    private readonly leader: () => Node | undefined,
  ) {
    this.view = new View(log, scavenged);
  }
  get awake() {
    return this.running && !this.frozen;
  }
  get leads() {
    return this.leader() === this;
  }
  async kill() {
    this.running = false;
    this.frozen = false;
    await this.front?.refuse();
  }
  async start() {
    this.known_leader = undefined;
    this.view.follow();
    this.running = true;
    await this.front?.welcome();
  }
  join() {
    this.known_leader = this.leader();
    this.view.follow();
  }
  freeze() {
    this.frozen = true;
    this.view.lag();
    this.front?.freeze();
  }
  thaw() {
    this.frozen = false;
    if (this.leads) this.view.follow();
    this.front?.thaw();
  }
  lag() {
    this.view.lag();
  }
  follow() {
    this.view.follow();
  }
}

/** By stream, the first revision that a scavenge has left. */
type Scavenged = Map<string, number>;

class View implements ReadableLog {
  private horizon = Number.POSITIVE_INFINITY;
  private readonly watchers = new Set<() => void>();
  constructor(
    private readonly log: Log,
    private readonly scavenged: Scavenged,
  ) {}

  lag() {
    this.horizon = Math.min(this.horizon, this.log.end);
  }
  follow() {
    this.horizon = Number.POSITIVE_INFINITY;
    for (const wake of this.watchers) wake();
  }
  get end() {
    return Math.min(this.log.end, this.horizon);
  }
  streamStatus(stream: string): ReturnType<Log['streamStatus']> {
    const { readable, last } = this.log.streamStatus(stream);
    const { events } = this.readStream(stream, last, true, { events_max: 1, bytes_max: 1 });
    return events.length > 0 || this.horizon > this.log.end ? { readable, last } : { readable: 'not_found', last: -1 };
  }
  readStream(...[stream, from, backwards, limits]: Parameters<Log['readStream']>): Page {
    let page = this.log.readStream(stream, from, backwards, limits);
    // Events beyond the horizon come first.
    while (backwards && !page.end && page.events.every(({ position }) => position >= this.horizon))
      page = this.log.readStream(stream, page.next, backwards, limits);
    return this.upToHorizon(page, backwards, 'revision');
  }
  readWritten(...[stream, from, limits]: Parameters<Log['readWritten']>): Page {
    return this.upToHorizon(this.log.readWritten(stream, from, limits), false, 'revision');
  }
  readAll(...[from, backwards, limits]: Parameters<Log['readAll']>): Page {
    if (!backwards && from >= this.horizon) return { events: [], next: from, end: true };
    const page = this.log.readAll(backwards ? Math.min(from, this.end) : from, backwards, limits);
    return this.upToHorizon(page, backwards, 'position');
  }
  eventAt(stream: string, revision: number) {
    const event = this.log.eventAt(stream, revision);
    return event !== undefined && event.position < this.horizon ? event : undefined;
  }
  watch(wake: () => void) {
    const unwatch = this.log.watch(wake);
    this.watchers.add(wake);
    return () => {
      this.watchers.delete(wake);
      return unwatch();
    };
  }
  private upToHorizon(page: Page, backwards: boolean, place: 'revision' | 'position'): Page {
    const left = page.events.filter(({ stream, revision }) => revision >= (this.scavenged.get(stream) ?? 0));
    const events = left.filter(({ position }) => position < this.horizon);
    if (backwards || events.length === left.length) return { ...page, events };
    return { events, next: left[events.length]![place], end: true };
  }
}

async function serve(
  node: Node,
  { queue, subscriptions, features, losses, members }: Parts,
): Promise<[Server, number]> {
  const server = new Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
  const reading = new Reading(node.view, () => {});
  /** `refuse`: the call requires the leader. */
  const appendingFor = (metadata: Metadata, refuse: (reason: Refusal) => void) =>
    new Appending(
      {
        append(request, bytes, deadline_ms, settle) {
          const { known_leader } = node;
          if (known_leader === undefined) return settle(notReady());
          if (known_leader !== node && requiresLeader(metadata)) return refuse(notLeader(known_leader));
          // Forwarded to a former leader: no answer ever comes.
          if (!known_leader.leads || (known_leader !== node && !known_leader.awake)) return;
          if (losses.appends > 0) losses.appends -= 1;
          else queue.append(request, bytes, deadline_ms, settle);
        },
      },
      default_append_limits,
    );
  const calls: StreamsCalls = {
    append: (call, answer) => void appendingFor(call.metadata, answer).append(call, answer),
    batchAppend: (call) => void appendingFor(call.metadata, (reason) => call.emit('error', reason)).batchAppend(call),
    delete: (call, answer) => appendingFor(call.metadata, answer).delete(call, answer),
    tombstone: (call, answer) => appendingFor(call.metadata, answer).tombstone(call, answer),
    read: (call) => {
      const { known_leader } = node;
      if (known_leader === undefined) return void call.emit('error', notReady());
      if (known_leader !== node && requiresLeader(call.metadata))
        return void call.emit('error', notLeader(known_leader));
      if (call.request.getOptions()?.hasSubscription()) {
        subscriptions.add(call);
        call.once('close', () => subscriptions.delete(call));
      }
      void reading.read(call);
    },
  };
  server.addService(streams_service, calls);
  server.addService(featuresGrpc.ServerFeaturesService, {
    getSupportedMethods: (_call, answer) => {
      if (features.refusals-- > 0) answer(new Refusal(status.UNKNOWN, 'Exception was thrown by handler.'));
      else answer(null, supportedMethods());
    },
  } as IServerFeaturesServer);
  server.addService(gossipGrpc.GossipService, {
    read: (_call, answer) =>
      answer(null, new gossip.ClusterInfo().setMembersList(members().map((member) => memberInfo(node, member)))),
  } as IGossipServer);
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve([server, port]),
    );
  });
}

function memberInfo({ known_leader }: Node, member: Node): gossip.MemberInfo {
  const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
  const [address = '', port] = member.host.split(':');
  return new gossip.MemberInfo()
    .setInstanceId(new shared.UUID().setString(crypto.randomUUID()))
    .setTimeStamp(`${Date.now()}0000`)
    .setState(known_leader === undefined ? UNKNOWN : known_leader === member ? LEADER : FOLLOWER)
    .setIsAlive(member.awake || known_leader === member)
    .setHttpEndPoint(new gossip.EndPoint().setAddress(address).setPort(Number(port)));
}

const requiresLeader = (metadata: Metadata) => metadata.get('requires-leader').includes('true');
const notReady = () => new Refusal(status.UNAVAILABLE, 'Server Is Not Ready');

function notLeader({ host }: Node): Refusal {
  const metadata = new Metadata();
  const [address = '', port = ''] = host.split(':');
  metadata.set('exception', 'not-leader');
  metadata.set('leader-endpoint-host', address);
  metadata.set('leader-endpoint-port', port);
  return new Refusal(status.NOT_FOUND, 'Leader info available', metadata);
}

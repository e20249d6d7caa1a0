import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { type ChannelCredentials, Metadata } from '@grpc/grpc-js';

/** The client asks node after node for five seconds each. Here all are asked at once, and a leader says so itself. */

export type Host = string;

export interface Addresses {
  hosts: Host[];
  cluster: boolean;
  urlOf(host: Host): string;
}

interface Member {
  host: Host;
  leads: boolean;
}

const DEFAULT_PORT = 2113;
const ANSWER_MS_MAX = 1_000;
const ASK_AGAIN_MS = 150;

export function addressesOf(url: string): Addresses {
  const parts = /^([^:]+):\/\/([^:]+:[^@]+@)?([^?]*)(.*)$/s.exec(url.trim().replace(/\/+$/, ''));
  const [, protocol = '', user = '', names = '', options = ''] = parts ?? [];
  const hosts = names
    .split(/[,/]/)
    .filter((name) => name !== '')
    .map((name) => (name.includes(':') ? name.trim() : `${name.trim()}:${DEFAULT_PORT}`));
  return {
    hosts,
    cluster: protocol === 'esdb+discover' || hosts.length > 1,
    urlOf: (host) => `esdb://${user}${host}${options}`,
  };
}

/** Also asks the nodes that the others name. `silent`: called once, when all were asked and none leads. */
export function findLeader(
  known: Set<Host>,
  credentials: ChannelCredentials,
  signal: AbortSignal,
  silent?: () => void,
): Promise<Host> {
  signal.throwIfAborted();
  const found = Promise.withResolvers<Host>();
  const nodes = new Map<Host, Node>();
  const answers = new Map<Host, Member[] | undefined>();
  let reported = false;

  const ask = (host: Host) => {
    if (nodes.has(host)) return;
    known.add(host);
    const node = askAgainAndAgain(host, credentials, (members) => {
      answers.set(host, members);
      for (const member of members ?? []) ask(member.host);
      const leader = leaderOf(answers, nodes.size);
      if (leader !== undefined) found.resolve(leader);
      else if (!reported && answers.size === nodes.size) {
        reported = true;
        silent?.();
      }
    });
    nodes.set(host, node);
  };
  for (const host of [...known]) ask(host);
  const abort = () => found.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  return found.promise.finally(() => {
    signal.removeEventListener('abort', abort);
    for (const node of nodes.values()) node.stop();
  });
}

/** Of several leaders the one that most name. Known once a majority agrees, or all have answered or failed. */
export function leaderOf(answers: ReadonlyMap<Host, readonly Member[] | undefined>, asked: number): Host | undefined {
  // A node that answers under another name is also asked under its own.
  const members = [...answers].flatMap(([host, said]) =>
    said?.some((member) => member.host === host) ? [{ host, said, leader: said.find(({ leads }) => leads)?.host }] : [],
  );
  const votes = (host: Host) => members.filter(({ leader }) => leader === host).length;
  const [first, second] = members
    .filter(({ host, leader }) => host === leader)
    .sort((a, b) => votes(b.host) - votes(a.host));
  if (first === undefined || (second !== undefined && votes(second.host) === votes(first.host))) return undefined;
  return 2 * votes(first.host) > first.said.length || answers.size >= asked ? first.host : undefined;
}

interface Node {
  stop(): void;
}

function askAgainAndAgain(
  host: Host,
  credentials: ChannelCredentials,
  tell: (members: Member[] | undefined) => void,
): Node {
  const client = new gossipGrpc.GossipClient(host, credentials, {
    // A shared connection waits up to two minutes after a failure.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.initial_reconnect_backoff_ms': ASK_AGAIN_MS,
    'grpc.max_reconnect_backoff_ms': 2 * ASK_AGAIN_MS,
  });
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const ask = () => {
    const deadline = Date.now() + ANSWER_MS_MAX;
    client.read(new shared.Empty(), new Metadata(), { deadline }, (error, info) => {
      if (stopped) return;
      timer = setTimeout(ask, ASK_AGAIN_MS);
      tell(error ? undefined : membersOf(info));
    });
  };
  ask();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
      client.close();
    },
  };
}

function membersOf(info: gossip.ClusterInfo): Member[] {
  const { LEADER } = gossip.MemberInfo.VNodeState;
  return info.getMembersList().flatMap((member) => {
    const at = member.getHttpEndPoint();
    if (at === undefined) return [];
    const leads = member.getIsAlive() && member.getState() === LEADER;
    return [{ host: `${at.getAddress()}:${at.getPort()}`, leads }];
  });
}

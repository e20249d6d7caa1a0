/**
 * Each ledger has a home: the instance that decides it, so that instances do not race for its stream. The others forward to it. Which one
 * is home is only a matter of speed: the expected revision of the append keeps two of them right.
 */
import { randomUUID } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import type { CommandGroup, Submission } from '../ledger-writer/batch.js';
import { busy } from '../ledger-writer/outcomes.js';
import type { WriterOutcome } from '../ledger-writer/writer.js';
import type { LedgerWriters } from '../ledger-writer/writers.js';
import { openSpan } from '../tracing/tracing.js';
import { type AtomicOutcome, type ForwardedGroup, type Outcome, PROTOCOL } from './messages.js';
import { linkToPeer, type PeerLink } from './peer-link.js';
import { listenForPeers, type PeerServer } from './peer-server.js';
import { inHashOrder } from './rendezvous.js';

export type { AtomicOutcome, Outcome } from './messages.js';

/** What the API needs of a ledger's writer, wherever that is. */
export interface LedgerHome {
  submit(submission: Submission): Promise<Outcome>;
  dryRun(submission: Submission): Promise<Outcome>;
  submitAll(submissions: Submission[]): Promise<AtomicOutcome>;
}
export interface LedgerHomes extends Pick<LedgerWriters, 'halts' | 'ready' | 'close'> {
  of(ledger_id: string): LedgerHome;
  isHome(ledger_id: string): boolean;
  /** Looks for the others. @throws where the port to listen on is in use */
  start(): Promise<void>;
  /** Loads what will be at home here, then lets the others know. Call when the API is ready. */
  join(): Promise<void>;
  /** The others forward elsewhere from now on; what has arrived is still decided. */
  leave(): void;
  stats(): HomesStats;
}
export interface HomesStats {
  /** Without itself. */
  peers_known: number;
  peers_alive: number;
  forwarded: number;
  /** How often a group went to the next in order, its home being lost before it answered, or before it was sent. */
  forwarded_again: number;
  hand_overs: number;
  homes: { ledger_id: string; home: string }[];
}
export interface HomesOptions {
  /** The same after a restart: then the same ledgers come home to their snapshots. */
  name: string;
  writers: LedgerWriters;
  /** Undefined: this process forwards only, as long as another one decides. */
  listen: { host: string; port: number } | undefined;
  /** `host:port`, or `dns:host:port` for all addresses of a name, looked up again and again. Its own may be among them. */
  peers: readonly string[];
  secret: string;
  ledgers(): Promise<string[]>;
  log(line: string): void;
}

type Group = Omit<ForwardedGroup, 'id'>;
type GroupOutcome = Outcome | AtomicOutcome;

/** The home, and the next in order. */
const WRITERS = 2;
const FORWARDED_MAX = 10_000;
/** Made-up ids cannot fill the memory. */
const ORDERS_MAX = 10_000;
const LOOK_MS = 5000;
const FIRST_CONTACT_MS = 1000;
const CONTACT_LOOK_MS = 20;

/** Until `start` it is alone. */
export function openLedgerHomes(options: HomesOptions): LedgerHomes {
  const { name, writers, listen, secret, log } = options;
  const instance_id = randomUUID();
  const links = new Map<string, PeerLink>();
  const orders = new Map<string, string[]>();
  const homes = new Map<string, string>();
  let is_candidate = false;
  let is_closed = false;
  let forwarded = 0;
  let forwarded_again = 0;
  let hand_overs = 0;
  let server: PeerServer | undefined;
  let following: NodeJS.Timeout | undefined;

  const others = () =>
    [...links.values()].filter((link) => {
      const status = link.status();
      return status !== undefined && status.instance_id !== instance_id;
    });
  const peers = () => others().filter((link) => link.status()!.name !== name && link.status()!.protocol === PROTOCOL);
  const candidates = () => peers().flatMap((link) => (link.status()!.is_candidate ? [link.status()!.name] : []));
  const linkOf = (peer: string) => peers().find((link) => link.status()?.name === peer);

  /** Names of those that may decide it, the home first; this instance's where no other is alive. */
  function orderOf(ledger_id: string): string[] {
    const known = orders.get(ledger_id);
    if (known !== undefined) return known;
    const names = candidates();
    const order = inHashOrder(ledger_id, is_candidate || names.length === 0 ? [...names, name] : names);
    if (orders.size >= ORDERS_MAX) orders.clear();
    orders.set(ledger_id, order);
    return order;
  }
  function onChange(): void {
    orders.clear();
    if (others().some((link) => link.status()!.name === name))
      log(`another instance is named ${name}, too: set INSTANCE_NAME`);
    void lookAfterLedgers();
  }
  async function lookAfterLedgers(): Promise<void> {
    const ledgers = await options.ledgers().catch(() => []);
    if (!is_closed) keepWriters(ledgers);
  }
  /** The home and the next in order keep a writer: one to decide, the other to take over at once. */
  function keepWriters(ledgers: readonly string[]): void {
    for (const ledger_id of ledgers) {
      const order = orderOf(ledger_id);
      noteHome(ledger_id, order[0]!);
      if (order.slice(0, WRITERS).includes(name)) writers.of(ledger_id);
      else writers.release(ledger_id);
    }
  }
  function noteHome(ledger_id: string, home: string): void {
    const before = homes.get(ledger_id);
    if (before === home) return;
    if (before !== undefined) hand_overs += 1;
    homes.set(ledger_id, home);
    if (links.size > 0) log(`ledger ${ledger_id}: its home is ${home === name ? 'here' : home}`);
  }

  async function decideHere({ ledger_id, mode, submissions }: Group): Promise<GroupOutcome> {
    const writer = writers.of(ledger_id);
    if (mode === 'all') {
      const done = await writer.submitAll(submissions);
      return done.outcome === 'all' ? { outcome: 'all', outcomes: done.outcomes.map(withoutEvents) } : done;
    }
    return withoutEvents(await (mode === 'dry' ? writer.dryRun(submissions[0]!) : writer.submit(submissions[0]!)));
  }
  async function decide(group: Group): Promise<GroupOutcome> {
    const lost = new Set<string>();
    let is_uncertain = false;
    for (;;) {
      const home = orderOf(group.ledger_id).find((each) => !lost.has(each)) ?? name;
      const link = home === name ? undefined : linkOf(home);
      if (link === undefined) return certain(await decideHere(group), group, is_uncertain);
      if (link.pending() >= FORWARDED_MAX) return busy(`${FORWARDED_MAX} commands are on their way to ${home}`);
      forwarded += 1;
      const answer = await forward(link, group);
      if (answer !== 'lost' && answer !== 'unsent') return certain(answer, group, is_uncertain);
      is_uncertain ||= answer === 'lost';
      forwarded_again += 1;
      lost.add(home);
    }
  }

  async function follow(): Promise<void> {
    const wanted = new Set<string>();
    for (const peer of options.peers) for (const address of await addressesOf(peer)) wanted.add(address);
    if (is_closed) return;
    for (const [address, link] of links) {
      if (wanted.has(address)) continue;
      link.close();
      links.delete(address);
      onChange();
    }
    for (const address of wanted) {
      if (links.has(address)) continue;
      const [host, port] = splitAddress(address);
      links.set(address, linkToPeer({ host, port, secret, onChange }));
    }
  }

  return {
    of: (ledger_id) => ({
      submit: (submission) => decide({ ledger_id, mode: 'one', submissions: [submission] }) as Promise<Outcome>,
      dryRun: (submission) => decide({ ledger_id, mode: 'dry', submissions: [submission] }) as Promise<Outcome>,
      submitAll: (submissions) => decide({ ledger_id, mode: 'all', submissions }) as Promise<AtomicOutcome>,
    }),
    isHome: (ledger_id) => orderOf(ledger_id)[0] === name,
    async start() {
      if (listen !== undefined)
        server = await listenForPeers({
          ...listen,
          secret,
          status: () => ({ protocol: PROTOCOL, name, instance_id, is_candidate, halts: writers.halts() }),
          decide: decideHere,
          log,
        });
      await follow();
      await firstContact(links);
      if (options.peers.length > 0) following = setInterval(() => void follow().then(lookAfterLedgers), LOOK_MS);
    },
    async join() {
      const ledgers = await options.ledgers();
      if (listen !== undefined) {
        const names = [...candidates(), name];
        const ours = ledgers.filter((ledger_id) => inHashOrder(ledger_id, names).slice(0, WRITERS).includes(name));
        await Promise.all(ours.map((ledger_id) => writers.of(ledger_id).loaded()));
        is_candidate = true;
        server?.sendStatus();
      }
      orders.clear();
      keepWriters(ledgers);
    },
    leave() {
      is_candidate = false;
      server?.sendStatus();
      orders.clear();
    },
    halts() {
      const all = [...writers.halts(), ...peers().flatMap((link) => link.status()!.halts)];
      return [...new Map(all.map((halt) => [halt.ledger_id, halt])).values()];
    },
    ready: writers.ready,
    stats: () => ({
      peers_known: [...links.values()].filter((link) => link.status()?.instance_id !== instance_id).length,
      peers_alive: peers().length,
      forwarded,
      forwarded_again,
      hand_overs,
      homes: [...homes].map(([ledger_id, home]) => ({ ledger_id, home })),
    }),
    async close() {
      is_closed = true;
      clearInterval(following);
      for (const link of links.values()) link.close();
      await writers.close();
      await server?.close();
    },
  };
}

/** The trace goes on at the home, beneath a span of the way there. */
async function forward(link: PeerLink, group: Group): Promise<Awaited<ReturnType<PeerLink['forward']>>> {
  const parent = group.submissions[0]?.envelope.trace;
  const span = parent && openSpan('forward', { parent, kind: 'client' });
  if (span?.trace === undefined) return link.forward(group);
  const { trace } = span;
  const submissions = group.submissions.map(({ command, envelope }) => ({ command, envelope: { ...envelope, trace } }));
  const answer = await link.forward({ ...group, submissions });
  const outcome = typeof answer === 'string' ? answer : answer.outcome;
  span.end({ 'factory_ledger.ledger': group.ledger_id, 'factory_ledger.outcome': outcome });
  return answer;
}

function withoutEvents(outcome: WriterOutcome): Outcome {
  if (!('events' in outcome)) return outcome;
  const { events: _, ...rest } = outcome;
  return rest;
}

/**
 * A home that was lost may still live, and decide what it was sent: then only what the log has is certain. The same key settles it.
 */
function certain(answer: GroupOutcome, { mode }: Pick<CommandGroup, 'mode'>, is_uncertain: boolean): GroupOutcome {
  if (!is_uncertain || mode === 'dry' || answer.outcome === 'recorded' || answer.outcome === 'all') return answer;
  return { outcome: 'unknown', reason: `the home of the ledger was lost before it answered; then: ${answer.outcome}` };
}

async function addressesOf(peer: string): Promise<string[]> {
  if (!peer.startsWith('dns:')) return [peer];
  const [host, port] = splitAddress(peer.slice(4));
  const found = await lookup(host, { all: true }).catch(() => []);
  return found.map(({ address, family }) => `${family === 6 ? `[${address}]` : address}:${port}`);
}
function splitAddress(address: string): [host: string, port: number] {
  const at = address.lastIndexOf(':');
  return [address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), Number(address.slice(at + 1))];
}

/** So that a start among others does not begin as if it were alone. */
async function firstContact(links: ReadonlyMap<string, PeerLink>): Promise<void> {
  const until_ms = performance.now() + FIRST_CONTACT_MS;
  while (performance.now() < until_ms && [...links.values()].some((link) => link.status() === undefined))
    await new Promise((resolve) => setTimeout(resolve, CONTACT_LOOK_MS));
}

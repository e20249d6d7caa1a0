/**
 * All streams of this instance. One look at the read models serves them all, every 50 ms while there are any; each is written to when it can
 * take more, so that a slow client makes nobody wait and fills no memory.
 */
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { isPermittedIn, type PermitName, roleIn } from '../auth/permit.js';
import type { Tokens } from '../auth/tokens.js';
import { Problem, type ProblemCode } from '../http/problem.js';
import { type ApiRequest, ledgerOf, type Principal, userOf } from '../http/request.js';
import type { LogLine } from '../log.js';
import type { Feed, Follower } from './feed.js';
import { frameOf, HEARTBEAT, retryFrame } from './frames.js';

export type Ending = 'client' | 'slow' | 'stopping' | 'failed' | ProblemCode;

export interface StreamLimits {
  per_user_max: number;
  look_every_ms: number;
  /** Between two changes of one thing to one client. */
  pace_ms: number;
  heartbeat_ms: number;
  /** Without taking anything. */
  slow_ms_max: number;
  check_every_ms: number;
}
const LIMITS: StreamLimits = {
  per_user_max: 100,
  look_every_ms: 50,
  pace_ms: 200,
  heartbeat_ms: 15_000,
  slow_ms_max: 20_000,
  check_every_ms: 1000,
};
/** A client that lost its stream comes back after so long: not all at the same moment. */
const RETRY_MS_MIN = 1000;
const RETRY_MS_MAX = 5000;
/** Written to before others of this thread have a turn. */
const WRITTEN_TOGETHER = 100;
/** After a round over all streams of a channel follows a pause of so many times what it took of this thread, which commands need as well. */
const PAUSE_TIMES = 4;
/** A feed without streams is kept for as long, since they may come back. */
const IDLE_MS_MAX = 60_000;
const AWAY_PAUSE_MS = 500;

interface Parts {
  positions(): Promise<ReadonlyMap<string, { position: number }>>;
  tokens: Pick<Tokens, 'authenticate'>;
  log: LogLine;
}

/** What a stream shows, by which it shares a feed with others. */
export interface Shown<F extends Feed> {
  name: string;
  permit: PermitName;
  make(ledger: string): F;
  follow(feed: F): Follower;
  /** The position that the client knows. */
  from?: number | undefined;
}

interface Channel {
  feed: Feed;
  streams: Set<Stream>;
  /** When the next round may begin. */
  due_at_ms: number;
  used_at_ms: number;
  advancing?: Promise<void> | undefined;
}

interface Stream {
  request: ApiRequest;
  response: ServerResponse;
  channel: Channel;
  follower: Follower;
  permit: PermitName;
  ledger: string;
  username: string;
  role: string;
  principal: Principal;
  written_at_ms: number;
  /** Since when the client takes no more. */
  full_since_ms: number | undefined;
  is_reading: boolean;
  is_checking: boolean;
  ending: Ending | undefined;
}

export class LiveStreams {
  readonly ended = new Map<Ending, number>();
  private readonly channels = new Map<string, Channel>();
  private readonly streams = new Set<Stream>();
  private readonly of_user = new Map<string, number>();
  private readonly limits: StreamLimits;
  private positions: ReadonlyMap<string, { position: number }> = new Map();
  private is_running = false;
  private is_closed = false;

  constructor(
    private readonly parts: Parts,
    limits: Partial<StreamLimits> = {},
  ) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** By what they show. */
  open(): Map<string, number> {
    const open = new Map<string, number>();
    for (const [key, { streams }] of this.channels) {
      const name = key.split(' ', 1)[0]!;
      open.set(name, (open.get(name) ?? 0) + streams.size);
    }
    return open;
  }

  /** Answers by a stream that ends when either side leaves. @throws Problem too_many_streams, unknown_ledger, unavailable */
  async begin<F extends Feed>(request: ApiRequest, reply: FastifyReply, shown: Shown<F>): Promise<void> {
    const { username, role } = userOf(request);
    const ledger = ledgerOf(request);
    this.take(username);
    try {
      const channel = await this.channelOf(ledger, shown);
      await this.reach(channel, shown.from ?? -1);
      const { raw: response } = reply;
      if (this.is_closed) throw stopping();
      if (response.closed || request.method === 'HEAD') {
        this.giveBack(username);
        if (!response.closed) reply.headers(HEADERS).send();
        return;
      }
      const stream: Stream = {
        request,
        response,
        channel,
        ledger,
        username,
        role,
        permit: shown.permit,
        follower: shown.follow(channel.feed as F),
        principal: request.principal!,
        written_at_ms: performance.now(),
        full_since_ms: undefined,
        is_reading: false,
        is_checking: false,
        ending: undefined,
      };
      this.writeHead(stream, reply);
    } catch (error) {
      this.giveBack(username);
      throw error;
    }
  }

  /** Ends all, and takes no more. */
  close(): void {
    this.is_closed = true;
    for (const stream of this.streams) this.end(stream, 'stopping');
  }

  private take(username: string): void {
    if (this.is_closed) throw stopping();
    const open = this.of_user.get(username) ?? 0;
    const { per_user_max } = this.limits;
    if (open >= per_user_max)
      throw new Problem('too_many_streams', { streams_max: per_user_max }, { headers: { 'retry-after': '5' } });
    this.of_user.set(username, open + 1);
  }
  private giveBack(username: string): void {
    const left = this.of_user.get(username)! - 1;
    if (left > 0) this.of_user.set(username, left);
    else this.of_user.delete(username);
  }

  private async channelOf<F extends Feed>(ledger: string, { name, make }: Shown<F>): Promise<Channel> {
    const key = `${name} ${ledger}`;
    const known = this.channels.get(key);
    if (known !== undefined && known.feed.position >= 0) {
      known.used_at_ms = performance.now();
      return known;
    }
    if (!this.positions.has(ledger)) this.positions = await this.parts.positions();
    if ((this.positions.get(ledger)?.position ?? -1) < 0) throw new Problem('unknown_ledger', { ledger_id: ledger });
    const now_ms = performance.now();
    const channel = this.channels.get(key) ?? {
      feed: make(ledger),
      streams: new Set(),
      due_at_ms: Number.NEGATIVE_INFINITY,
      used_at_ms: now_ms,
    };
    this.channels.set(key, channel);
    if (!this.is_running) void this.run();
    await this.advance(channel);
    return channel;
  }

  /** A client that comes from another instance may know more than this one has read: it must not be taken back. */
  private async reach(channel: Channel, position: number): Promise<void> {
    // A second time where the first has joined a reading that had begun before.
    for (let looks = 0; position > channel.feed.position && looks < 2; looks += 1) {
      this.positions = await this.parts.positions();
      if ((this.positions.get(channel.feed.ledger)?.position ?? -1) <= channel.feed.position) return;
      await this.readAndWrite(channel);
    }
  }

  private writeHead(stream: Stream, reply: FastifyReply): void {
    const { response, username, channel } = stream;
    this.streams.add(stream);
    channel.streams.add(stream);
    response.on('error', () => {});
    response.once('close', () => {
      this.leave(stream, 'client');
      this.giveBack(username);
    });
    response.on('drain', () => {
      stream.full_since_ms = undefined;
      this.pump(stream);
    });
    reply.hijack();
    // The end of the connection is the end of the answer, which spares a header a write.
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
    response.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...HEADERS });
    response.write(retryFrame(Math.round(RETRY_MS_MIN + Math.random() * (RETRY_MS_MAX - RETRY_MS_MIN))));
    this.pump(stream);
  }

  /** Writes what there is, for as long as the client takes it. */
  private pump(stream: Stream): void {
    while (stream.ending === undefined && !stream.is_reading && stream.full_since_ms === undefined) {
      const frame = stream.follower.next();
      if (frame === undefined) return;
      if (!(frame instanceof Promise)) {
        this.write(stream, frame);
        continue;
      }
      stream.is_reading = true;
      frame.then(
        (read) => {
          stream.is_reading = false;
          if (read !== undefined) this.write(stream, read);
          this.pump(stream);
        },
        (error) => this.end(stream, 'failed', error),
      );
    }
  }

  private write(stream: Stream, frame: Buffer): void {
    if (stream.ending !== undefined) return;
    stream.written_at_ms = performance.now();
    if (!stream.response.write(frame)) stream.full_since_ms = stream.written_at_ms;
  }

  /** A client that takes nothing could not be told either. */
  private end(stream: Stream, ending: Ending, error?: unknown): void {
    if (stream.ending !== undefined) return;
    if (error !== undefined) this.parts.log('warn', 'A stream could not go on', { error: `${error}` });
    const { response } = stream;
    if (stream.full_since_ms === undefined) response.end(frameOf({ event: 'end', data: { code: ending } }));
    else response.destroy();
    this.leave(stream, ending);
  }

  private leave(stream: Stream, ending: Ending): void {
    if (stream.ending !== undefined) return;
    stream.ending = ending;
    this.ended.set(ending, (this.ended.get(ending) ?? 0) + 1);
    this.streams.delete(stream);
    stream.channel.streams.delete(stream);
    stream.channel.used_at_ms = performance.now();
  }

  private async run(): Promise<void> {
    this.is_running = true;
    let checked_at_ms = performance.now();
    let is_away = false;
    while (!this.is_closed && this.channels.size > 0) {
      try {
        this.positions = await this.parts.positions();
        await Promise.all([...this.channels.values()].map((channel) => this.advanceIfDue(channel)));
        if (is_away) this.parts.log('info', 'Streams go on');
        is_away = false;
      } catch (error) {
        if (!is_away) this.parts.log('warn', 'Streams wait for the read models', { error: `${error}` });
        is_away = true;
      }
      if (performance.now() - checked_at_ms > this.limits.check_every_ms) {
        checked_at_ms = performance.now();
        await this.checkAll();
      }
      await sleep(is_away ? AWAY_PAUSE_MS : this.limits.look_every_ms);
    }
    this.is_running = false;
  }

  private async advanceIfDue(channel: Channel): Promise<void> {
    const { feed } = channel;
    const latest = this.positions.get(feed.ledger)?.position;
    if (latest === undefined || latest < 0) return;
    if (feed.pace_ms === undefined && latest === feed.position) return;
    if (performance.now() < channel.due_at_ms) return;
    await this.readAndWrite(channel);
  }

  private async readAndWrite(channel: Channel): Promise<void> {
    await this.advance(channel);
    const busy_ms = await inTurns([...channel.streams], (stream) => this.pump(stream));
    channel.due_at_ms = Math.max(channel.due_at_ms, performance.now() + busy_ms * PAUSE_TIMES);
  }

  /** One at a time. */
  private advance(channel: Channel): Promise<void> {
    const { feed } = channel;
    channel.due_at_ms = performance.now() + (feed.pace_ms ?? this.limits.pace_ms);
    channel.advancing ??= feed.advance(this.positions.get(feed.ledger)?.position ?? -1).finally(() => {
      channel.advancing = undefined;
    });
    return channel.advancing;
  }

  private async checkAll(): Promise<void> {
    const now_ms = performance.now();
    await inTurns([...this.streams], (stream) => this.check(stream, now_ms));
    for (const [key, { streams, used_at_ms }] of this.channels)
      if (streams.size === 0 && now_ms - used_at_ms > IDLE_MS_MAX) this.channels.delete(key);
  }

  private check(stream: Stream, now_ms: number): void {
    const { full_since_ms, written_at_ms } = stream;
    if (full_since_ms !== undefined) {
      if (now_ms - full_since_ms > this.limits.slow_ms_max) this.end(stream, 'slow');
    } else if (now_ms - written_at_ms > this.limits.heartbeat_ms) this.write(stream, HEARTBEAT);
    this.checkToken(stream);
  }

  /** An open stream is no use of a session, which may end of idleness meanwhile. */
  private checkToken(stream: Stream): void {
    if (stream.is_checking || stream.ending !== undefined) return;
    const refuse = (error: unknown) => {
      // Postgres may be away for a moment; after five minutes its absence is a Problem.
      if (error instanceof Problem) this.end(stream, error.code);
    };
    try {
      const principal = this.parts.tokens.authenticate(stream.request, false);
      if (!(principal instanceof Promise)) {
        this.admit(stream, principal);
        return;
      }
      stream.is_checking = true;
      principal
        .then((found) => this.admit(stream, found), refuse)
        .finally(() => {
          stream.is_checking = false;
        });
    } catch (error) {
      refuse(error);
    }
  }

  private admit(stream: Stream, principal: Principal): void {
    if (principal === stream.principal) return;
    const { ledger, permit, role } = stream;
    const is_same = isPermittedIn(principal, ledger, permit) && roleIn(principal, ledger) === role;
    if (is_same && principal.step === undefined) stream.principal = principal;
    else this.end(stream, 'forbidden');
  }
}

/** Lets others of this thread have their turns in between. @returns ms of this thread that it took */
async function inTurns<T>(all: readonly T[], visit: (each: T) => void): Promise<number> {
  let busy_ms = 0;
  for (let n = 0; n < all.length; n += WRITTEN_TOGETHER) {
    const began_ms = performance.now();
    for (const each of all.slice(n, n + WRITTEN_TOGETHER)) visit(each);
    busy_ms += performance.now() - began_ms;
    await nextTurn();
  }
  return busy_ms;
}

/** The second is for nginx, which would wait for more. */
const HEADERS = { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' };

function stopping(): Problem {
  return new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
}

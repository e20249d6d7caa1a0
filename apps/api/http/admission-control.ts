/**
 * Answers 503 beyond a number of requests in flight: exports and reports first, then queries, then commands. A request is in flight once its body
 * has arrived; before that it counts as arriving, limited in number per address and in time. So one without a body is rejected before Fastify sees
 * it, one with a body perhaps once more when that is there. Streams are open for hours and have places of their own. Of those with a place, few
 * begin in one iteration of the event loop, and while it is busy few reports and exports run at once.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server as TlsServer } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import { PRIVATE } from './adapter.js';
import type { Addresses } from './address.js';
import { AtOnce, type AtOnceLimits } from './at-once.js';
import { PerIteration, watchThread } from './event-loop.js';
import { LOAD_CLASSES, type LoadClass, loadClassOf } from './load-class.js';
import { Problem } from './problem.js';
import { traceIdOf } from './request-spans.js';

/** About half a second of work on two cores. */
export const IN_FLIGHT_MAX = 2000;
/**
 * Of each class, and the share of all places beyond which it gives way. Reports and exports work in Postgres and on the log for long after the
 * request is read, so a few of them are already a load.
 */
export const PLACES: Record<LoadClass, Places> = {
  operations: { max: Number.POSITIVE_INFINITY, share: Number.POSITIVE_INFINITY },
  command: { max: Number.POSITIVE_INFINITY, share: 1 },
  query: { max: 1000, share: 0.5 },
  stream: { max: 10_000, share: 0.5 },
  report: { max: 16, share: 0.25, at_once: { busy: 0.5, min: 2 } },
  export: { max: 8, share: 0.25, at_once: { busy: 0.5, min: 2 } },
};
interface Places {
  max: number;
  share: number;
  at_once?: Omit<AtOnceLimits, 'max'>;
}
const BUSY_EVERY_MS = 50;
const BEGUN_AN_ITERATION_MAX = 32;
const ARRIVING_PER_ADDRESS_MAX = 256;
const ARRIVING_MAX = 4000;
/** Until a body has arrived; and of a body that is streamed without a byte in either direction. */
const BODY_MS_MAX = 10_000;
const BATCH_SILENCE_MS_MAX = 60_000;
const CHECK_EVERY_MS = 1000;

const QUIET_MS = 250;
const DRAIN_MS_MAX = 2000;

const overloaded = new Problem('overloaded', {}, { headers: { 'retry-after': '1' } });
const too_many_arriving = new Problem('too_many_requests', {}, { headers: { 'retry-after': '1' } });
const too_slow = new Problem('request_timeout');
const STREAMED = /^(?:application\/(?:x-)?ndjson|text\/csv)/i;

export interface AdmissionLimits {
  in_flight_max: number;
  places: Record<LoadClass, Places>;
  arriving_per_address_max: number;
  arriving_max: number;
  body_ms_max: number;
  batch_silence_ms_max: number;
  check_every_ms: number;
}
const LIMITS: AdmissionLimits = {
  in_flight_max: IN_FLIGHT_MAX,
  places: PLACES,
  arriving_per_address_max: ARRIVING_PER_ADDRESS_MAX,
  arriving_max: ARRIVING_MAX,
  body_ms_max: BODY_MS_MAX,
  batch_silence_ms_max: BATCH_SILENCE_MS_MAX,
  check_every_ms: CHECK_EVERY_MS,
};

const classOf = ({ method = '', url = '' }: IncomingMessage) => loadClassOf(method, url);
const zeros = () => Object.fromEntries(LOAD_CLASSES.map((each) => [each, 0])) as Record<LoadClass, number>;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
interface Arriving {
  response: ServerResponse;
  address: string;
  since_ms: number;
  moved_bytes: number;
}

export class AdmissionControl {
  in_flight = 0;
  rejected = 0;
  readonly in_flight_of = zeros();
  readonly rejected_of = zeros();
  private readonly at_once = new Map<LoadClass, AtOnce>();
  private readonly iteration = new PerIteration(BEGUN_AN_ITERATION_MAX);
  private readonly arriving = new Map<IncomingMessage, Arriving>();
  private readonly arriving_per_address = new Map<string, number>();
  private readonly not_admitted = new WeakSet<IncomingMessage>();
  /** Connections without a request so far, and since when. */
  private readonly unused = new Map<Socket, number>();
  private stopping = false;
  private last_request_ms = 0;
  private readonly limits: AdmissionLimits;

  constructor(
    private readonly addresses: Addresses,
    limits: Partial<AdmissionLimits> = {},
  ) {
    this.limits = { ...LIMITS, ...limits };
    for (const load_class of LOAD_CLASSES) {
      const { max, at_once } = this.limits.places[load_class];
      if (at_once !== undefined) this.at_once.set(load_class, new AtOnce({ max, ...at_once }));
    }
  }

  /** Once the body has been read. Call before any route is registered. */
  admitArrived(fastify: FastifyInstance): void {
    fastify.addHook('preValidation', ({ raw }, reply, done) => {
      if (!this.not_admitted.delete(raw)) return done();
      const refuse = () => {
        this.countRejected(raw);
        done(overloaded);
      };
      const load_class = classOf(raw);
      if (this.hasRoom(load_class)) this.admit(load_class, reply.raw, done, refuse);
      else refuse();
    });
  }

  protect(server: Server): void {
    const handlers = server.listeners('request') as Handler[];
    server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.last_request_ms = performance.now();
      this.unused.delete(request.socket);
      if (this.stopping) response.shouldKeepAlive = false;
      const has_body =
        request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
      const load_class = classOf(request);
      const refusal =
        (has_body ? this.startArriving(request, response) : undefined) ??
        (this.hasRoom(load_class) ? undefined : overloaded);
      if (refusal !== undefined) return this.reject(refusal, request, response);
      const handle = () => {
        if (!response.closed) for (const handler of handlers) handler.call(server, request, response);
      };
      const begin = () => (load_class === 'operations' ? handle() : this.iteration.begin(handle));
      if (!has_body) return this.admit(load_class, response, begin, () => this.reject(overloaded, request, response));
      this.not_admitted.add(request);
      begin();
    });
    server.on(server instanceof TlsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.unused.set(socket, performance.now());
      socket.once('close', () => this.unused.delete(socket));
    });
    const timer = setInterval(() => this.checkArriving(), this.limits.check_every_ms);
    timer.unref();
    const watching = watchThread((busy) => {
      for (const at_once of this.at_once.values()) at_once.look(busy);
    }, BUSY_EVERY_MS);
    server.once('close', () => {
      clearInterval(timer);
      clearInterval(watching);
    });
  }

  /** Each answer now ends its connection, so that a load balancer opens new ones elsewhere. Resolves when quiet. */
  async drain(): Promise<void> {
    this.stopping = true;
    const give_up_at_ms = performance.now() + DRAIN_MS_MAX;
    this.last_request_ms = performance.now();
    while (performance.now() < give_up_at_ms && performance.now() - this.last_request_ms < QUIET_MS)
      await sleep(QUIET_MS / 10);
  }

  /** Also those on which nothing was ever asked, which Node does not count as idle. */
  closeIdle(server: Server): void {
    server.closeIdleConnections();
    for (const [socket, since_ms] of this.unused) if (performance.now() - since_ms > QUIET_MS) socket.destroy();
  }

  private hasRoom(load_class: LoadClass): boolean {
    const { max, share } = this.limits.places[load_class];
    return this.in_flight < this.limits.in_flight_max * share && this.in_flight_of[load_class] < max;
  }

  private admit(load_class: LoadClass, response: ServerResponse, begin: () => void, refuse: () => void): void {
    if (response.closed) {
      begin();
      return;
    }
    const places = load_class === 'stream' ? 0 : 1;
    this.in_flight += places;
    this.in_flight_of[load_class] += 1;
    response.once('close', () => {
      this.in_flight -= places;
      this.in_flight_of[load_class] -= 1;
    });
    const at_once = this.at_once.get(load_class);
    if (at_once === undefined) begin();
    else at_once.run(response, begin, refuse);
  }

  private countRejected(request: IncomingMessage): void {
    this.rejected += 1;
    this.rejected_of[classOf(request)] += 1;
  }

  /** Counts until its body is there, even if answered before. @returns why it is rejected at once */
  private startArriving(request: IncomingMessage, response: ServerResponse): Problem | undefined {
    const address = this.addresses.of(request);
    const refusal = () => {
      if ((this.arriving_per_address.get(address) ?? 0) >= this.limits.arriving_per_address_max)
        return too_many_arriving;
      return this.arriving.size >= this.limits.arriving_max ? overloaded : undefined;
    };
    if (refusal() !== undefined) this.endArrived();
    const refused = refusal();
    if (refused !== undefined) return refused;
    this.arriving.set(request, { response, address, since_ms: performance.now(), moved_bytes: 0 });
    this.arriving_per_address.set(address, (this.arriving_per_address.get(address) ?? 0) + 1);
    request.once('close', () => this.endArriving(request));
    return undefined;
  }

  private endArriving(request: IncomingMessage): void {
    const address = this.arriving.get(request)?.address;
    if (address === undefined) return;
    this.arriving.delete(request);
    const others = this.arriving_per_address.get(address)! - 1;
    if (others > 0) this.arriving_per_address.set(address, others);
    else this.arriving_per_address.delete(address);
  }

  /** A body may have arrived and not be read while the token is checked: its client is not slow. */
  private endArrived(): void {
    for (const request of this.arriving.keys()) if (request.complete) this.endArriving(request);
  }

  private checkArriving(): void {
    this.endArrived();
    const now_ms = performance.now();
    for (const [request, arriving] of this.arriving) {
      const { socket } = request;
      const is_streamed = STREAMED.test(request.headers['content-type'] ?? '');
      const moved_bytes = socket.bytesRead + socket.bytesWritten;
      if (is_streamed && moved_bytes !== arriving.moved_bytes)
        Object.assign(arriving, { moved_bytes, since_ms: now_ms });
      const limit_ms = is_streamed ? this.limits.batch_silence_ms_max : this.limits.body_ms_max;
      if (now_ms - arriving.since_ms < limit_ms) continue;
      this.endArriving(request);
      if (arriving.response.headersSent) socket.destroy();
      else this.reject(too_slow, request, arriving.response);
    }
  }

  /** Ends the connection where the rest of the body is not counted as arriving. */
  private reject(problem: Problem, request: IncomingMessage, response: ServerResponse): void {
    this.countRejected(request);
    const body = JSON.stringify(problem.toDocument(traceIdOf(request)));
    const headers = { ...problem.headers, ...PRIVATE, 'content-type': 'application/problem+json' };
    const cut_off = !this.arriving.has(request) && !request.complete;
    response.writeHead(problem.status, {
      ...headers,
      'content-length': Buffer.byteLength(body),
      ...(cut_off && { connection: 'close' }),
    });
    response.end(body, () => cut_off && request.socket.destroySoon());
  }
}

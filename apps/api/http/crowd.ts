/**
 * How many may be inside at a time, and how long they may stand in the door. Whoever comes while the house is full is told so at once, before
 * anything is read of them: a system that lets everybody in answers nobody in time, since what it has begun keeps it from ending anything.
 * A place is taken when the request is whole; until then a slow sender takes one of a few that their address has.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { PRIVATE, traceIdOf } from './adapter.js';
import type { Addresses } from './address.js';
import { Problem } from './problem.js';

/** About half a second of work on two cores: who is let in is answered within the time that people wait. */
export const REQUESTS_MAX = 2000;
/** Requests that are not whole yet, batches among them: of one address, and of all. */
const ARRIVING_OF_ONE_MAX = 256;
const ARRIVING_MAX = 4000;
/** For a body to be whole, and for a batch to move on in either direction. */
const body_ms_max = 10_000;
const batch_silence_ms_max = 60_000;
const look_every_ms = 1000;

/** While we stop: nobody came for so long, and at the most this long. */
const quiet_ms = 250;
const drain_ms_max = 2000;

const full = new Problem('overloaded', {}, { headers: { 'retry-after': '1' } });
const tooManySlow = new Problem('too_many_requests', {}, { headers: { 'retry-after': '1' } });
const tooSlow = new Problem('request_timeout');
/** Who watches the process is answered above all when it is full. */
const OPERATIONS = /^(?:\/api\/v1)?\/(?:health\/|metrics)/;
const BATCH = /^application\/(?:x-)?ndjson/i;

export interface CrowdLimits {
  requests_max: number;
  arriving_of_one_max: number;
  arriving_max: number;
  body_ms_max: number;
  batch_silence_ms_max: number;
  look_every_ms: number;
}
const LIMITS: CrowdLimits = {
  requests_max: REQUESTS_MAX,
  arriving_of_one_max: ARRIVING_OF_ONE_MAX,
  arriving_max: ARRIVING_MAX,
  body_ms_max,
  batch_silence_ms_max,
  look_every_ms,
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
interface Arriving {
  response: ServerResponse;
  address: string;
  since_ms: number;
  /** What the socket had moved when it was last looked at. */
  moved_bytes: number;
}

export class Crowd {
  inside = 0;
  /** Since the start. */
  turned_away = 0;
  private readonly arriving = new Map<IncomingMessage, Arriving>();
  private readonly arriving_of = new Map<string, number>();
  /** Have a body and no place yet. */
  private readonly without_place = new WeakSet<IncomingMessage>();
  private stopping = false;
  private last_came_ms = 0;
  private readonly limits: CrowdLimits;

  constructor(
    private readonly addresses: Addresses,
    limits: Partial<CrowdLimits> = {},
  ) {
    this.limits = { ...LIMITS, ...limits };
  }

  /** A request with a body takes its place here, when that is read. To be called before any route is registered. */
  admitWhole(fastify: FastifyInstance): void {
    fastify.addHook('preValidation', ({ raw }, reply, done) => {
      if (!this.without_place.delete(raw)) return done();
      if (!this.hasRoom(raw)) {
        this.turned_away += 1;
        return done(full);
      }
      this.letIn(reply.raw);
      done();
    });
  }

  /** Stands before all that `server` does with a request, so everything must have been put in place there. */
  bound(server: Server): void {
    const handlers = server.listeners('request') as Handler[];
    server.removeAllListeners('request').on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.last_came_ms = performance.now();
      if (this.stopping) response.shouldKeepAlive = false;
      const has_body =
        request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0;
      const refusal =
        (has_body ? this.watch(request, response) : undefined) ?? (this.hasRoom(request) ? undefined : full);
      if (refusal !== undefined) return this.refuse(refusal, request, response);
      if (has_body) this.without_place.add(request);
      else this.letIn(response);
      for (const handle of handlers) handle.call(server, request, response);
    });
    const looking = setInterval(() => this.lookAtArriving(), this.limits.look_every_ms);
    looking.unref();
    server.once('close', () => clearInterval(looking));
  }

  /**
   * Every answer from now on ends its connection, so that a load balancer makes new ones elsewhere. Resolves when nobody has come for a
   * moment: what is open then is idle, and may be closed without a request being lost on its way.
   */
  async drain(): Promise<void> {
    this.stopping = true;
    const give_up_at_ms = performance.now() + drain_ms_max;
    this.last_came_ms = performance.now();
    while (performance.now() < give_up_at_ms && performance.now() - this.last_came_ms < quiet_ms)
      await sleep(quiet_ms / 10);
  }

  private hasRoom({ url = '' }: IncomingMessage): boolean {
    return this.inside < this.limits.requests_max || OPERATIONS.test(url);
  }

  private letIn(response: ServerResponse): void {
    if (response.closed) return;
    this.inside += 1;
    response.once('close', () => {
      this.inside -= 1;
    });
  }

  /** Until the request is whole, also where it is answered before. @returns why it is refused at once. */
  private watch(request: IncomingMessage, response: ServerResponse): Problem | undefined {
    const address = this.addresses.of(request);
    const refusal = () => {
      if ((this.arriving_of.get(address) ?? 0) >= this.limits.arriving_of_one_max) return tooManySlow;
      return this.arriving.size >= this.limits.arriving_max ? full : undefined;
    };
    if (refusal() !== undefined) this.forgetWhole();
    const refused = refusal();
    if (refused !== undefined) return refused;
    this.arriving.set(request, { response, address, since_ms: performance.now(), moved_bytes: 0 });
    this.arriving_of.set(address, (this.arriving_of.get(address) ?? 0) + 1);
    request.once('close', () => this.endArriving(request));
    return undefined;
  }

  private endArriving(request: IncomingMessage): void {
    const address = this.arriving.get(request)?.address;
    if (address === undefined) return;
    this.arriving.delete(request);
    const others = this.arriving_of.get(address)! - 1;
    if (others > 0) this.arriving_of.set(address, others);
    else this.arriving_of.delete(address);
  }

  /** What has come whole but was not read yet, since its sender is looked up, is nobody's slowness. */
  private forgetWhole(): void {
    for (const request of this.arriving.keys()) if (request.complete) this.endArriving(request);
  }

  private lookAtArriving(): void {
    this.forgetWhole();
    const now_ms = performance.now();
    for (const [request, arriving] of this.arriving) {
      const { socket } = request;
      const is_batch = BATCH.test(request.headers['content-type'] ?? '');
      const moved_bytes = socket.bytesRead + socket.bytesWritten;
      if (is_batch && moved_bytes !== arriving.moved_bytes) Object.assign(arriving, { moved_bytes, since_ms: now_ms });
      const most_ms = is_batch ? this.limits.batch_silence_ms_max : this.limits.body_ms_max;
      if (now_ms - arriving.since_ms < most_ms) continue;
      this.endArriving(request);
      if (arriving.response.headersSent) socket.destroy();
      else this.refuse(tooSlow, request, arriving.response);
    }
  }

  /** Where nobody watches that the rest of it comes, the connection ends with the answer. */
  private refuse(problem: Problem, request: IncomingMessage, response: ServerResponse): void {
    this.turned_away += 1;
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

/** Refuses who asks too often, by the rows of limit-table.ts, before the body is read. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Addresses } from './address.js';
import { ExactLimit, type LimitStore } from './exact-limit.js';
import { refuseSlowly } from './hold.js';
import { LIMITED_CLASSES, type LimitTable, type Rate, SUBJECTS, type Subject } from './limit-table.js';
import { type LoadClass, loadClassOf } from './load-class.js';
import { LocalLimit, type Taken } from './local-limit.js';
import { Problem } from './problem.js';
import type { ApiRequest } from './request.js';
import type { SecurityNotes } from './security-notes.js';

interface Options {
  table: LimitTable;
  store: LimitStore;
  /** How many share a rate. */
  instances: () => number;
  addresses: Addresses;
  notes: SecurityNotes;
}

type Row = { name: string; by: Subject; limit: LocalLimit };

export class Limits {
  /** By row. */
  readonly refused = new Map<string, number>();
  private readonly anonymous: ExactLimit | undefined;
  private readonly sign_in: ExactLimit | undefined;
  private readonly rows = new Map<LoadClass, Row[]>();

  constructor(private readonly options: Options) {
    const { table, store, instances } = options;
    const exact = (name: string, rate: Rate | undefined) =>
      rate === undefined ? undefined : new ExactLimit(name, rate, store, instances);
    this.anonymous = exact('anonymous-address', table.anonymous.address);
    this.sign_in = exact('sign-in-name', table.sign_in.name);
    for (const load_class of LIMITED_CLASSES) {
      const rows = SUBJECTS.flatMap((by): Row[] => {
        const rate = table[load_class][by];
        return rate === undefined ? [] : [{ name: `${load_class}-${by}`, by, limit: new LocalLimit(rate, instances) }];
      });
      this.rows.set(load_class, rows);
    }
  }

  /** Of requests that need no token, or name no route. Call before any route is registered, and after the authentication hook. */
  limitRequests(fastify: FastifyInstance): void {
    fastify.addHook('onRequest', (request: ApiRequest, reply, done) => {
      const load_class = loadClassOf(request.method, request.url);
      if (load_class === 'operations') return done();
      if (request.principal === undefined) {
        this.takeAnonymous(request, reply).then(() => done(), done);
        return;
      }
      try {
        this.takeOfUser(load_class, request, reply);
        done();
      } catch (error) {
        done(error as Error);
      }
    });
  }

  /** Also of a request whose token does not hold. @throws Problem rate_limited, after a while */
  async takeAnonymous(request: ApiRequest, reply: FastifyReply): Promise<void> {
    if (this.anonymous === undefined) return;
    const taken = await this.anonymous.take(this.options.addresses.of(request.raw));
    await this.settle('anonymous-address', this.anonymous.rate, taken, request, reply).catch(refuseSlowly);
  }

  /** It was not anonymous after all. */
  giveBackAnonymous(request: ApiRequest): void {
    void this.anonymous?.giveBack(this.options.addresses.of(request.raw));
  }

  /** @param from an address or a known device @throws Problem rate_limited, after a while */
  async takeSignIn(username: string, from: string, request: ApiRequest, reply: FastifyReply): Promise<void> {
    if (this.sign_in === undefined) return;
    const taken = await this.sign_in.take(`${username} ${from}`);
    await this.settle('sign-in-name', this.sign_in.rate, taken, request, reply).catch(refuseSlowly);
  }

  private takeOfUser(load_class: LoadClass, request: ApiRequest, reply: FastifyReply): void {
    for (const { name, by, limit } of this.rows.get(load_class)!) {
      const taken = limit.take(this.subjectOf(by, request));
      if (!taken.is_allowed || taken.remaining * 4 < limit.rate.burst) this.show(name, limit.rate, taken, reply);
      if (!taken.is_allowed) throw this.refusal(name, taken, request);
    }
  }

  private subjectOf(by: Subject, { principal, raw, headers }: ApiRequest): string {
    switch (by) {
      case 'user':
        return principal?.username ?? '';
      case 'address':
        return this.options.addresses.of(raw);
      case 'ledger':
        return typeof headers.ledger === 'string' ? headers.ledger : 'main';
    }
  }

  private async settle(name: string, rate: Rate, taken: Taken, request: ApiRequest, reply: FastifyReply) {
    this.show(name, rate, taken, reply);
    if (!taken.is_allowed) throw this.refusal(name, taken, request);
  }

  /** draft-ietf-httpapi-ratelimit-headers-11. */
  private show(name: string, { requests, per_s }: Rate, { remaining, wait_ms }: Taken, reply: FastifyReply): void {
    reply.header('ratelimit-policy', `"${name}";q=${requests};w=${per_s}`);
    reply.header('ratelimit', `"${name}";r=${remaining};t=${wait_ms > 0 ? Math.ceil(wait_ms / 1000) : per_s}`);
  }

  private refusal(name: string, { wait_ms }: Taken, request: ApiRequest): Problem {
    this.refused.set(name, (this.refused.get(name) ?? 0) + 1);
    const { principal, raw, is404, method, routeOptions } = request;
    this.options.notes.countRefusal({
      ...(principal !== undefined && { username: principal.username }),
      ...{ status: 429, route: is404 ? 'none' : `${method} ${routeOptions.url}` },
      address: this.options.addresses.of(raw),
    });
    const retry_after_s = Math.max(1, Math.ceil(wait_ms / 1000));
    return new Problem('rate_limited', { limit: name }, { headers: { 'retry-after': `${retry_after_s}` } });
  }
}

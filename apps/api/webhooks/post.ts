/** One attempt to send: to addresses that were just checked, without redirects and proxies, bounded in time and in what is read. */
import { lookup } from 'node:dns/promises';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { BlockList, LookupFunction } from 'node:net';
import { retryAfterIn } from './schedule.js';
import { addressesOf, type LookUp, type Resolved, TargetRefused, targetOf } from './target.js';

export const ATTEMPT_MS_MAX = 10_000;
const ANSWER_BYTES_MAX = 64 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;
/** Name look-ups block a thread each, of which this process has few. */
const LOOK_UPS_MAX = 2;

export type Failure = 'address_refused' | 'connection_failed' | 'timeout';
export interface Attempted {
  /** null: no answer. */
  status: number | null;
  error: Failure | null;
  duration_ms: number;
  retry_after_s: number;
}

export interface PostOptions {
  /** Networks of the operator's own. */
  allowed: BlockList;
  lookUp?: LookUp;
  attempt_ms_max?: number;
  /** Certificates that are trusted besides those of Node. */
  ca?: string;
}

export class Poster {
  private readonly agents: Record<'http:' | 'https:', HttpAgent>;
  private readonly lookUp: LookUp;
  private readonly attempt_ms_max: number;

  constructor(private readonly options: PostOptions) {
    const kept = { keepAlive: true, maxFreeSockets: 256, timeout: 4 * ATTEMPT_MS_MAX };
    this.agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent({ ...kept, ca: options.ca }) };
    this.lookUp = options.lookUp ?? lookUpInTurn();
    this.attempt_ms_max = options.attempt_ms_max ?? ATTEMPT_MS_MAX;
  }

  /** Whether a URL may be sent to, as far as can be said now. */
  async isTaken(url: string): Promise<boolean> {
    const target = targetOf(url);
    if (target === undefined) return false;
    return addressesOf(target, this.options.allowed, this.lookUp).then(
      () => true,
      () => false,
    );
  }

  /** @param signal aborts the attempt, which then fails */
  async post(url: string, headers: Record<string, string>, body: string, signal?: AbortSignal): Promise<Attempted> {
    const since_ms = performance.now();
    const ended = (outcome: Partial<Attempted>): Attempted => ({
      ...{ status: null, error: null, retry_after_s: 0 },
      ...outcome,
      duration_ms: Math.round(performance.now() - since_ms),
    });
    const timeout = AbortSignal.timeout(this.attempt_ms_max);
    const over = signal === undefined ? timeout : AbortSignal.any([timeout, signal]);
    try {
      const target = targetOf(url);
      if (target === undefined) throw new TargetRefused();
      const addresses = await before(over, addressesOf(target, this.options.allowed, this.lookUp));
      const sent = { ...headers, 'content-type': 'application/json', 'user-agent': 'factory-ledger' };
      const answer = await this.send(target.url, addresses, sent, body, over);
      const { statusCode: status = 0, headers: answered } = answer;
      return ended({ status, retry_after_s: retryAfterIn(answered['retry-after'], Date.now()) });
    } catch (error) {
      if (error instanceof TargetRefused) return ended({ error: 'address_refused' });
      return ended({ error: timeout.aborted ? 'timeout' : 'connection_failed' });
    }
  }

  close(): void {
    for (const agent of Object.values(this.agents)) agent.destroy();
  }

  /** The status decides; of the rest a little is read, so that the connection can be used again. */
  private send(
    url: URL,
    addresses: Resolved[],
    headers: Record<string, string>,
    body: string,
    signal: AbortSignal,
    is_again = false,
  ): Promise<IncomingMessage> {
    const is_tls = url.protocol === 'https:';
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options: RequestOptions = {
      method: 'POST',
      headers: { ...headers, 'content-length': `${Buffer.byteLength(body)}` },
      agent: is_again ? false : this.agents[is_tls ? 'https:' : 'http:'],
      lookup: leadingTo(addresses),
      maxHeaderSize: HEADER_BYTES_MAX,
      signal,
      ...(is_again && this.options.ca !== undefined && { ca: this.options.ca }),
    };
    const request = is_tls ? httpsRequest(url, options) : httpRequest(url, options);
    request.on('error', (error: Error & { code?: string }) => {
      // The receiver has closed a connection that was idle, just then.
      const is_stale = request.reusedSocket && error.code === 'ECONNRESET' && !is_again;
      if (is_stale) this.send(url, addresses, headers, body, signal, true).then(resolve, reject);
      else reject(error);
    });
    request.on('response', (answer) => {
      resolve(answer);
      let bytes = 0;
      answer.on('error', () => {});
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) answer.destroy();
      });
    });
    request.end(body);
    return promise;
  }
}

/** Node asks for all addresses of a name or for one; of a literal address it asks nothing. */
function leadingTo(addresses: Resolved[]): LookupFunction {
  return (_host, { all }, done) => {
    if (all) done(null, addresses);
    else done(null, addresses[0]!.address, addresses[0]!.family);
  };
}

function before<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    if (signal.aborted) reject(signal.reason);
    work.then(resolve, reject);
  });
}

function lookUpInTurn(): LookUp {
  let free = LOOK_UPS_MAX;
  const waiting: (() => void)[] = [];
  return async (host) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      return await lookup(host, { all: true });
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Costs little: keep-alive sockets, one request at a time, no parser beyond status and content-length. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Shot {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: string;
  headers?: Record<string, string>;
}
export interface LoadOptions {
  url: string;
  token: string;
  connections: number;
  next: (n: number) => Shot | undefined;
  /** A second, sent at their intended time (open loop). Without it each connection sends as soon as it can. */
  rate?: number;
  /** So many addresses of this machine, one after the other: the API limits each. Default: one. */
  addresses?: number;
  /** Asked again on the same connection, so many milliseconds later. */
  again_after_ms?: (status: number) => number | undefined;
  /** `ms` from the sending; `head`: status line and headers. */
  onAnswer?: (n: number, status: number, body: string, ms: number, head: string) => void;
}
interface Reply {
  status: number;
  head: string;
  body: string;
}
export interface LoadResult {
  answers: number;
  seconds: number;
  per_second: number;
  statuses: Record<string, number>;
  /** In an open loop from the intended time. */
  latency_ms: { p50: number; p99: number; p999: number; max: number };
}

const noReply = ({ message }: Error): Reply => ({ status: 0, head: '', body: message });

/** The system drops what a listener has not accepted beyond some number, and retries a second later. */
const CONNECTING_MAX = 200;

interface Lane {
  connect(): Promise<void>;
  send(request: string): Promise<Reply>;
  close(): void;
}

function openLane(host: string, port: number, localAddress?: string): Lane {
  let socket: Socket | undefined;
  let received: Buffer = Buffer.alloc(0);
  let waiting: PromiseWithResolvers<Reply> | undefined;
  const fail = (error: Error) => {
    socket?.destroy();
    socket = undefined;
    waiting?.reject(error);
    waiting = undefined;
  };
  const onData = (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    if (received.length < end + 4 + length) return;
    const body = received.toString('utf8', end + 4, end + 4 + length);
    received = received.subarray(end + 4 + length);
    const done = waiting;
    waiting = undefined;
    done?.resolve({ status: Number(head.slice(9, 12)), head, body });
  };
  const reach = () => {
    received = Buffer.alloc(0);
    return connect({ host, port, noDelay: true, ...(localAddress !== undefined && { localAddress }) })
      .on('data', onData)
      .on('error', fail)
      .on('close', () => fail(new Error('closed')));
  };
  return {
    async connect() {
      socket = reach();
      await once(socket, 'connect').catch(() => {});
    },
    async send(request) {
      waiting = Promise.withResolvers();
      socket ??= reach();
      socket.write(request);
      return waiting.promise;
    },
    close: () => socket?.destroy(),
  };
}

function render({ method, path, body = '', headers = {} }: Shot, host: string, token: string): string {
  const extra = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const type =
    method === 'POST' ? `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` : '';
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${token}\r\n${type}${extra.join('')}\r\n${body}`;
}

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { url, token, connections, next, rate, addresses = 1, onAnswer, again_after_ms } = options;
  const { hostname, port, host } = new URL(url);
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const lanes = Array.from({ length: connections }, (_, n) =>
    openLane(hostname, Number(port), addresses === 1 ? undefined : addressOf(n % addresses)),
  );
  for (let n = 0; n < connections; n += CONNECTING_MAX)
    await Promise.all(lanes.slice(n, n + CONNECTING_MAX).map((each) => each.connect()));
  const began_ms = performance.now();
  let sent = 0;
  const drive = async ({ send, close }: Lane) => {
    for (;;) {
      const n = sent;
      const shot = next(n);
      if (shot === undefined) break;
      sent += 1;
      const intended_ms = rate === undefined ? performance.now() : began_ms + (n / rate) * 1000;
      const early_ms = intended_ms - performance.now();
      if (early_ms > 0) await sleep(early_ms);
      for (let pause_ms: number | undefined = 0; pause_ms !== undefined; ) {
        if (pause_ms > 0) await sleep(pause_ms);
        const sent_ms = performance.now();
        const { status, head, body } = await send(render(shot, host, token)).catch(noReply);
        const now_ms = performance.now();
        latencies.push(now_ms - intended_ms);
        statuses[status] = (statuses[status] ?? 0) + 1;
        onAnswer?.(n, status, body, now_ms - sent_ms, head);
        pause_ms = again_after_ms?.(status);
      }
    }
    close();
  };
  await Promise.all(lanes.map(drive));
  const seconds = (performance.now() - began_ms) / 1000;
  return {
    answers: latencies.length,
    seconds,
    per_second: latencies.length / seconds,
    statuses,
    latency_ms: percentiles(latencies),
  };
}

/** All of 127.0.0.0/8 is this machine (Linux). */
function addressOf(n: number): string {
  return `127.0.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`;
}

export function percentiles(values: number[]): LoadResult['latency_ms'] {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99), p999: at(0.999), max: sorted.at(-1) ?? 0 };
}

/** Seeded, in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function zipf(size: number, exponent: number, random: () => number): () => number {
  const cumulative = new Float64Array(size);
  let total = 0;
  for (let rank = 0; rank < size; rank += 1) {
    total += 1 / (rank + 1) ** exponent;
    cumulative[rank] = total;
  }
  return () => {
    const aim = random() * total;
    let low = 0;
    let high = size - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle]! < aim) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

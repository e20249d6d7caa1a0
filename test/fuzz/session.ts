/** Sends requests to one ledger, and holds each answer to what must be true of any. */
import { setTimeout as sleep } from 'node:timers/promises';
import { csvText } from '../../libs/csv/write.js';
import { DOCUMENT_KINDS, KINDS } from '../../libs/ledger/document-kinds.js';
import { complaintsAbout, type OpenApi } from '../support/contract.js';
import { type Answer, type Client, expectStatus } from '../support/http.js';
import { FromPool, type FuzzRequest, isCommand, Lines, type Role, Table, takesParameter } from './arbitraries.js';

export type Clients = Record<Role, Client>;

export interface Counts {
  requests: number;
  recorded: number;
  refused: number;
  by_code: Map<string, number>;
}

/** Documents of these paths can be named by others of these pools. */
const BILLS = new Set(['sale', 'purchase']);

export class Session {
  private readonly pools: Record<string, string[]> = {
    items: ['preform', 'bottle', 'cap'],
    suppliers: ['SUP'],
    customers: ['CUST'],
    locations: ['main', 'yard'],
    accounts: ['cash', 'bank', 'equity', 'inventory', 'receivable:CUST', 'petty'],
    users: ['fuzz-staff', 'fuzz-manager', 'nobody'],
    targets: ['fuzz-target', 'nobody'],
    periods: ['2026-01', '2026-02', '2026-03'],
    cursors: ['x'],
    any: ['SO-260101-0001'],
    bills: ['SO-260101-0001'],
  };
  private keys = 0;

  constructor(
    private readonly document: OpenApi,
    private readonly clients: Clients,
    private readonly ledger: string,
    private readonly counts: Counts,
  ) {}

  /** @throws Error that says what was sent, answered, and is wrong with it */
  async ask(request: FuzzRequest): Promise<void> {
    const { at, dry_before, again, strange } = request;
    // A table is many commands, each with a key of its own.
    if (strange !== undefined || !isCommand(this.document, at) || request.body instanceof Table) {
      await this.send(request, strange?.key === undefined ? {} : { 'idempotency-key': strange.key });
      return;
    }
    const dry = dry_before && takesParameter(this.document, at, 'dry_run') ? await this.tryDry(request) : undefined;
    const key = { 'idempotency-key': `${this.ledger}-${++this.keys}` };
    const sent = [this.send(request, key), ...(again === 'beside' ? [this.send(request, key)] : [])];
    const [answer, second] = (await Promise.all(sent)) as [Answer, Answer?];
    if (second !== undefined) this.mustBeTheSame(request, answer, second);
    if (dry !== undefined) this.mustAgree(request, dry, answer);
    if (again === 'after') this.mustBeTheSame(request, answer, await this.send(request, key));
    if (answer.status < 300) this.learn(answer.body);
  }

  private async tryDry(request: FuzzRequest): Promise<Answer> {
    const before = await this.head();
    const dry = await this.send({ ...request, query: { ...request.query, dry_run: 'true' } }, {});
    const after = await this.head();
    if (after !== before) throw wrong(request, dry, `a dry run moved the ledger from ${before} to ${after}`);
    return dry;
  }

  /** What would be recorded is, and what would be refused is refused so. */
  private mustAgree(request: FuzzRequest, dry: Answer, real: Answer): void {
    const said = dry.status === 200 ? 'recorded' : dry.body.code;
    const done = real.status < 300 ? 'recorded' : real.body.code;
    if (said !== done) throw wrong(request, real, `the dry run said ${said}`);
  }

  /** One of the two was recorded, if any, and the other was told of it. */
  private mustBeTheSame(request: FuzzRequest, one: Answer, other: Answer): void {
    const fault = (why: string) =>
      wrong(request, other, `${why}; the same key was answered ${one.status} ${JSON.stringify(one.body)}`);
    if (other.status !== one.status) throw fault('another status');
    if (one.status >= 300) {
      if (other.body.code !== one.body.code) throw fault('another code');
      return;
    }
    const replays = [one, other].filter(({ headers }) => headers.get('idempotency-replayed') === 'true');
    if (replays.length !== 1) throw fault(`${replays.length} replays`);
    if (!sameJson(one.body, other.body)) throw fault('another answer');
  }

  private async send(request: FuzzRequest, more_headers: Record<string, string>): Promise<Answer> {
    const { at, role } = request;
    const path = at.path
      .slice('/api/v1'.length)
      .replaceAll(/\{(\w+)\}/g, (_, name) => encoded(`${this.resolve(request.path[name])}`));
    const query = Object.entries(request.query).flatMap(([name, value]) =>
      value === undefined ? [] : `${encoded(name)}=${encoded(`${this.resolve(value)}`)}`,
    );
    const body = this.bytesOf(request.body);
    const headers: Record<string, string> = { ledger: request.strange?.ledger ?? this.ledger, ...more_headers };
    for (const [name, value] of Object.entries(request.headers))
      if (value !== undefined && value !== null) headers[name] = `${value}`.replaceAll(/[^\x20-\x7e]/g, '');
    if (body !== undefined) headers['content-type'] = typeOf(request.body);
    const address = query.length === 0 ? path : `${path}?${query.join('&')}`;
    const answer = await untilAnswered(() => this.clients[role].send(at.method, address, body, headers));
    this.count(answer);
    const about = {
      ...request,
      sent: { address, headers, body: body === undefined ? undefined : `${Buffer.from(body)}` },
    };
    if (answer.status >= 500 && answer.body.code !== 'projection_behind')
      throw wrong(about, answer, 'the server is at fault');
    // A path that was emptied by its hostile word is another route.
    if (answer.body?.code === 'unknown_route' || answer.body?.code === 'method_not_allowed') return answer;
    const complaints = complaintsAbout(this.document, at.operation, answer);
    if (complaints.length > 0) throw wrong(about, answer, complaints.join('; '));
    return answer;
  }

  private bytesOf(body: unknown): Uint8Array<ArrayBuffer> | undefined {
    if (body === undefined) return undefined;
    if (body instanceof Uint8Array) return body as Uint8Array<ArrayBuffer>;
    if (body instanceof Table) {
      const cell = (value: unknown) => (typeof value === 'string' ? value : `${this.resolve(value)}`);
      return new TextEncoder().encode(csvText(body.rows.map((row) => row.map(cell))));
    }
    const json = (value: unknown) => JSON.stringify(value, (_, each) => this.resolve(each)) ?? 'null';
    const text = body instanceof Lines ? body.lines.map((line) => `${json(line)}\n`).join('') : json(body);
    return new TextEncoder().encode(text);
  }

  private resolve(value: unknown): unknown {
    if (!(value instanceof FromPool)) return value;
    const pool = this.pools[value.pool] ?? ['nobody-7'];
    return pool[value.at % pool.length];
  }

  private count({ status, body }: Answer): void {
    this.counts.requests += 1;
    if (status < 300) this.counts.recorded += 1;
    else this.counts.refused += 1;
    if (status >= 400) this.counts.by_code.set(body.code, (this.counts.by_code.get(body.code) ?? 0) + 1);
  }

  /** What was made can be named from now on. */
  learn(body: Record<string, unknown>): void {
    const { kind, number } = body;
    if (typeof number !== 'string' || typeof kind !== 'string') return;
    const path = PATHS[kind];
    for (const pool of ['any', ...(BILLS.has(kind) ? ['bills'] : []), ...(path === undefined ? [] : [path])])
      this.pools[pool] = [...(this.pools[pool] ?? []), number];
  }

  async head(): Promise<number> {
    const asked = () => this.clients.admin.get('/audit/chain/head', { ledger: this.ledger });
    const { body } = expectStatus(await untilAnswered(asked), 200);
    return body.position;
  }

  /** Debits equal credits, stock and its account agree, and the log says the same as the read models. */
  async checkBooks(): Promise<void> {
    const headers = { ledger: this.ledger, 'ledger-position': `${await this.head()}` };
    const get = async (path: string) =>
      expectStatus(await untilAnswered(() => this.clients.admin.get(path, headers)), 200).body;
    const { totals, data } = await get('/trial-balance');
    const state = await get('/audit/state');
    const inventory = data.find(({ account_id }: { account_id: string }) => account_id === 'inventory')?.balance ?? 0;
    const checked = { debit: totals.debit, inventory, state: state.trial_balance.totals };
    const expected = { debit: totals.credit, inventory: state.stock_value, state: totals };
    if (!sameJson(checked, expected))
      throw new Error(`The books of ${this.ledger} do not agree: ${JSON.stringify({ checked, expected })}`);
  }
}

const PATHS: Record<string, string> = Object.fromEntries(KINDS.map((kind) => [kind, DOCUMENT_KINDS[kind].path]));

const AGAIN_MAX = 5;
/** On a busy machine a part of the system may be silent for seconds; then 503 says to come back, and with which key. */
export async function untilAnswered(send: () => Promise<Answer>): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await send();
    const is_busy = answer.status === 503 && answer.body.code !== 'projection_behind';
    if (!is_busy || tries === AGAIN_MAX) return answer;
    await sleep(Number(answer.headers.get('retry-after')) * 1000);
  }
}

/** Lone surrogates cannot be encoded; nobody can send them. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

function wrong(request: object, { status, body }: Answer, why: string): Error {
  const { at, ...sent } = request as FuzzRequest;
  const text = JSON.stringify(sent, (_, value) => (value instanceof Uint8Array ? `${Buffer.from(value)}` : value));
  return new Error(
    `${at.method} ${at.path} → ${status}: ${why}\nsent ${text.slice(0, 3000)}\ngot ${JSON.stringify(body).slice(0, 2000)}`,
  );
}

function typeOf(body: unknown): string {
  if (body instanceof Table) return 'text/csv';
  return body instanceof Lines ? 'application/x-ndjson' : 'application/json';
}

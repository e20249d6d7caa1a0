/** Each command is sent under its key until it is answered. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, type Client, login } from '../support/http.js';
import type { Chance } from '../support/random.js';
import type { System } from '../support/system.js';

export type Fate = 'recorded' | 'refused' | 'unsettled';

export interface Sent {
  key: string;
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string;
  body: object | undefined;
  fate: Fate;
  answer?: Record<string, unknown>;
  position?: number;
  tries: number;
}

export interface Clients {
  readonly sent: readonly Sent[];
  readonly refusals: ReadonlyMap<string, number>;
  /** Answers without outcome: statuses, codes, connection errors. */
  readonly outages: ReadonlyMap<string, number>;
  readonly slowest_ms: number;
  readonly findings: string[];
  /** Commands without an answer are sent on until they have one. */
  settle(): Promise<void>;
  /** Must give the same answer. */
  again(sent: Sent): Promise<string | undefined>;
}

const ANSWER_MS_MAX = 10_000;
const SETTLE_MS_MAX = 180_000;

export function startClients(system: System, by: Chance, seed: number, lanes: number): Clients {
  const sent: Sent[] = [];
  const refusals = new Map<string, number>();
  const outages = new Map<string, number>();
  const findings: string[] = [];
  const clients = new Map<string, Client>();
  const seen = { bills: [] as string[], reservations: [] as string[], voidable: [] as string[] };
  const began_ms = Date.now();
  let slowest_ms = 0;
  let running = true;
  let give_up_at_ms = Number.POSITIVE_INFINITY;
  const count = (map: Map<string, number>, what: string) => map.set(what, (map.get(what) ?? 0) + 1);

  async function clientAt(url: string): Promise<Client> {
    const client = clients.get(url) ?? (await login(url, system.admin));
    clients.set(url, client);
    return client;
  }
  async function tryOnce(command: Sent): Promise<Answer | undefined> {
    const url = by.pick(system.urls);
    const since_ms = performance.now();
    try {
      const client = await clientAt(url);
      command.tries += 1;
      const answer = await send(client, command);
      if (answer.status === 401) clients.delete(url);
      else if (answer.status < 500) return answer;
      count(outages, `${answer.status} ${answer.body?.code ?? ''}`);
      if (answer.status === 500) findings.push(`${command.method} ${command.path}: ${JSON.stringify(answer.body)}`);
    } catch (error) {
      const { name, cause, message } = error as Error & { cause?: { code?: string } };
      count(outages, cause?.code ?? (name === 'TimeoutError' ? name : message.slice(0, 60)));
    } finally {
      const took_ms = performance.now() - since_ms;
      slowest_ms = Math.max(slowest_ms, took_ms);
      if (took_ms > ANSWER_MS_MAX)
        findings.push(
          `${command.method} ${command.path} under ${command.key} was without an answer for ${Math.round(took_ms)} ms`,
        );
    }
    return undefined;
  }
  function send(client: Client, { key, method, path, body }: Sent): Promise<Answer> {
    const headers = { 'idempotency-key': key };
    if (method === 'DELETE') return client.delete(path, headers);
    return method === 'POST' ? client.post(path, body, headers) : client.patch(path, body ?? {}, headers);
  }
  async function carryOut(command: Sent): Promise<void> {
    while (performance.now() < give_up_at_ms) {
      const answer = await tryOnce(command);
      if (answer === undefined) {
        await sleep(50 + 400 * Math.random());
        continue;
      }
      if (answer.status >= 400) {
        command.fate = 'refused';
        count(refusals, `${answer.body?.code}`);
        return;
      }
      command.fate = 'recorded';
      command.answer = answer.body;
      command.position = Number(answer.headers.get('ledger-position'));
      remember(command);
      return;
    }
    findings.push(`${command.method} ${command.path} under ${command.key} could not be settled`);
  }
  function remember({ path, answer = {} }: Sent): void {
    const { number, reservation_id } = answer as { number?: string; reservation_id?: string };
    if (path === '/reservations' && reservation_id !== undefined) seen.reservations.push(reservation_id);
    if (number === undefined) return;
    if (number.startsWith('SO-') || number.startsWith('PO-')) seen.bills.push(number);
    seen.voidable.push(number);
  }

  function next(): Omit<Sent, 'key' | 'fate' | 'tries'> {
    const item_id = by.pick(['bottle', 'jar']);
    const line = (quantity: number) => ({ item_id, quantity });
    const priced = (quantity: number, unit_price: number) => [{ ...line(quantity), unit_price }];
    const dated = by.percent(25)
      ? { effective_at: new Date(by.whole(began_ms, Math.max(began_ms, Date.now() - 1000))).toISOString() }
      : {};
    const recent = (list: readonly string[]) => list.at(-by.whole(1, Math.min(list.length, 20))) ?? 'SO-990101-0001';
    const post = (path: string, body: object) => ({ method: 'POST' as const, path, body });
    const sale = () => post('/sales', { customer_id: 'CUST', line_items: priced(by.whole(1, 4), 4), ...dated });
    const reserve = () =>
      post('/reservations', { customer_id: 'CUST', line_items: [line(by.whole(1, 5))], ttl_seconds: by.whole(1, 20) });
    const document = recent(seen.voidable);
    const kinds: Record<string, string> = {
      SO: 'sales',
      PO: 'purchases',
      WS: 'wastes',
      ST: 'stock-transfers',
      PY: 'payments',
      RT: 'returns',
    };
    return by.pick([
      sale,
      sale,
      sale,
      () => post('/purchases', { supplier_id: 'SUP', line_items: priced(by.whole(1, 20), 2), ...dated }),
      reserve,
      reserve,
      () => post(`/reservations/${recent(seen.reservations)}/checkout`, { line_items: [{ item_id, unit_price: 4 }] }),
      () => ({ method: 'DELETE' as const, path: `/reservations/${recent(seen.reservations)}`, body: undefined }),
      () => post('/payments', { bill_number: recent(seen.bills), amount: by.whole(1, 8) }),
      () => post(`/sales/${recent(seen.bills)}/returns`, { line_items: [line(1)], reason: 'soak' }),
      () => post(`/${kinds[document.slice(0, 2)] ?? 'sales'}/${document}/void`, { reason: 'soak' }),
      () => post('/wastes', { line_items: [line(1)], reason: 'soak', ...dated }),
      () =>
        post('/stock-transfers', { from_location_id: 'main', to_location_id: 'yard', line_items: [line(1)], ...dated }),
      () => ({ method: 'PATCH' as const, path: `/items/${item_id}`, body: { name: by.pick(['One name', 'Another']) } }),
    ])();
  }
  const lane = async () => {
    while (running) {
      const command: Sent = { ...next(), key: `soak-${seed}-${sent.length}`, fate: 'unsettled', tries: 0 };
      sent.push(command);
      await carryOut(command);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));

  return {
    sent,
    refusals,
    outages,
    findings,
    get slowest_ms() {
      return slowest_ms;
    },
    async settle() {
      running = false;
      give_up_at_ms = performance.now() + SETTLE_MS_MAX;
      await all;
    },
    async again(command) {
      const { status, body } = await send(await clientAt(by.pick(system.urls)), command);
      if (status < 300 && JSON.stringify(body) === JSON.stringify(command.answer)) return undefined;
      return `${command.key} sent again is answered ${status} ${JSON.stringify(body)} instead of ${JSON.stringify(command.answer)}`;
    },
  };
}

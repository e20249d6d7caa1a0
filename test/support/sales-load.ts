/** The log must hold every ok once, no refused sale, every unknown at most once, settled by its key. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { type Client, expectStatus } from './http.js';
import { readLedger } from './log.js';

export type Known = 'ok' | 'refused' | 'unknown';

const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };

/** Anything but a clear answer is unknown. */
export async function trySale(client: Client, key: string): Promise<Known> {
  try {
    const { status } = await client.post('/sales', sale, { 'idempotency-key': key });
    if (status === 201) return 'ok';
    return status >= 400 && status < 500 ? 'refused' : 'unknown';
  } catch {
    return 'unknown';
  }
}

export interface Load {
  readonly known: Map<string, Known>;
  longestAnswerMs(): number;
  nextSale(): Promise<void>;
  stop(): Promise<void>;
}

const PAUSE_MS = 10;
/** Fewer prove nothing: the load goes on for as many. */
const SALES_MIN = 50;
const soldIn = (known: Map<string, Known>) => [...known.values()].filter((outcome) => outcome === 'ok').length;

export function startLoad(client: Client, lanes: number): Load {
  const known = new Map<string, Known>();
  let running = true;
  let longest_ms = 0;
  let next = Promise.withResolvers<void>();
  const lane = async () => {
    while (running) {
      const key = randomUUID();
      const since_ms = performance.now();
      known.set(key, await trySale(client, key));
      longest_ms = Math.max(longest_ms, performance.now() - since_ms);
      if (known.get(key) !== 'unknown') {
        next.resolve();
        next = Promise.withResolvers();
      }
      await sleep(known.get(key) === 'unknown' ? 100 : PAUSE_MS);
    }
  };
  const all = Promise.all(Array.from({ length: lanes }, lane));
  return {
    known,
    longestAnswerMs() {
      const ms = longest_ms;
      longest_ms = 0;
      return ms;
    },
    nextSale: () => next.promise,
    async stop() {
      for (const until_ms = performance.now() + 30_000; running && soldIn(known) <= SALES_MIN; await sleep(PAUSE_MS))
        if (performance.now() > until_ms) break;
      running = false;
      await all;
    },
  };
}

export async function settleUnknown(client: Client, known: Map<string, Known>): Promise<void> {
  const settle = async (key: string) => {
    for (let tries = 0; known.get(key) === 'unknown' && tries < 200; tries += 1) {
      known.set(key, await trySale(client, key));
      if (known.get(key) === 'unknown') await sleep(100);
    }
    if (known.get(key) === 'unknown') throw new Error(`${key} cannot be settled`);
  };
  await Promise.all([...known].filter(([, outcome]) => outcome === 'unknown').map(([key]) => settle(key)));
}

function salesByKey(events: readonly RecordedEvent[]): Map<string, number> {
  const count = new Map<string, number>();
  for (const { type, metadata } of events) {
    if (type !== 'SaleRecorded') continue;
    const key = metadata.idempotency_key.slice(-36);
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  return count;
}

export async function expectExactlyOnce(eventstore_url: string, known: Map<string, Known>): Promise<void> {
  const { events } = await readLedger(eventstore_url);
  const count = salesByKey(events);
  const wrong = [...known].filter(([key, outcome]) => (count.get(key) ?? 0) !== (outcome === 'ok' ? 1 : 0));
  expect(wrong).toEqual([]);
  expect(soldIn(known)).toBeGreaterThan(SALES_MIN);
}

/** At the log's end, a fold of it. `bought`: bottles at first. */
export async function expectReadModelsToAgree(client: Client, eventstore_url: string, bought: number): Promise<void> {
  const { events, state } = await readLedger(eventstore_url);
  const position = events.length - 1;
  const stock = expectStatus(await client.get(`/stock/bottle?min_position=${position}`), 200).body;
  expect(stock.on_hand).toBe(state.stock.get('bottle main')!.on_hand);
  const { data, totals } = expectStatus(await client.get(`/trial-balance?min_position=${position}`), 200).body;
  expect(totals.debit).toBe(totals.credit);
  const revenue = data.find((row: { account_id: string }) => row.account_id === 'revenue').balance;
  expect(revenue).toBe(-Number(state.balances.get('revenue') ?? 0n) / 100);
  expect(events.filter(({ type }) => type === 'SaleRecorded').length).toBe(bought - stock.on_hand);
}

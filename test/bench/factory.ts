import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { DOCUMENT_KINDS } from '../../libs/ledger/document-kinds.js';
import { login } from '../support/http.js';
import { type System, startSystem } from '../support/system.js';
import type { Books } from './books.js';
import { sleep } from './load.js';

export interface Line {
  type: string;
  body: object;
}
export interface Factory {
  system: System;
  url: string;
  token: string;
  get<T>(path: string, ledger?: string): Promise<T>;
  post<T>(path: string, ledger?: string): Promise<T>;
  open(ledger: string): Promise<void>;
  give(lines: readonly Line[], ledger?: string): Promise<void>;
  /** Until the read models hold what the log holds now. */
  caughtUp(ledger?: string): Promise<{ events: number; seconds: number }>;
  stock(ledger?: string): Promise<Map<string, number>>;
  books(ledger?: string): Promise<Books>;
  stop(): Promise<void>;
}

export interface FactoryOptions {
  apis?: number;
  /** Instances that do not know each other race for each append. */
  apart?: boolean;
  ledgers?: readonly string[];
  items: readonly string[];
  stock: number;
  env?: NodeJS.ProcessEnv;
}

interface Page<Row> {
  data: Row[];
  next_cursor: string | null;
  position: number;
}

export const ITEMS = 10_000;
export const WARM = 'warm';
export const PLENTY = 1_000_000;
const CATCH_UP_S_MAX = 300;

export const saleOf = (item_id: string) => ({
  customer_id: 'CUST',
  line_items: [{ item_id, quantity: 1, unit_price: 4 }],
});
export const itemId = (n: number) => `item-${n}`;
export function allItems(count = ITEMS): string[] {
  return Array.from({ length: count }, (_, n) => itemId(n));
}

/** Each ledger gets items, supplier SUP, customer CUST, a location `store`, and an item to warm up with. */
export async function startFactory(options: FactoryOptions): Promise<Factory> {
  const { apis = 1, apart = false, ledgers = ['main'], items, stock, env } = options;
  const system = await startSystem({ durable: true, apis, env, ...(apis > 1 && !apart && { homes: true }) });
  try {
    const factory = await factoryOf(system);
    for (const ledger_id of ledgers) {
      if (ledger_id !== 'main') await factory.open(ledger_id);
      await factory.give(furnishing(items, stock), ledger_id);
      await factory.caughtUp(ledger_id);
    }
    return factory;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

async function factoryOf(system: System): Promise<Factory> {
  const { token } = await login(system.url, system.admin);
  const log = connectEventStore({ url: system.eventstore_url });
  const get = async <T>(path: string, ledger = 'main') => JSON.parse(await call(path, ledger)) as T;
  async function call(path: string, ledger: string, type?: string, body?: string, method = 'GET'): Promise<string> {
    const headers = { authorization: `Bearer ${token}`, ledger, ...(type !== undefined && { 'content-type': type }) };
    const given = body === undefined ? { method } : { method: 'POST', body };
    const response = await fetch(`${system.url}/api/v1${path}`, { headers, ...given });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    return text;
  }
  async function allRows<Row>(path: string, ledger: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor = ''; ; ) {
      const page = await get<Page<Row>>(`${path}?limit=1000${cursor}`, ledger);
      rows.push(...page.data);
      if (page.next_cursor === null) return rows;
      cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
    }
  }
  /** −1 while the read models do not know the ledger. */
  async function positionOf(ledger: string): Promise<number> {
    try {
      return (await get<Page<unknown>>('/stock?limit=1', ledger)).position;
    } catch (error) {
      if (!(error as Error).message.includes(': 404 ')) throw error;
      return -1;
    }
  }
  async function caughtUp(ledger = 'main') {
    const began_ms = performance.now();
    const head = await lastRevision(log, `ledger-${ledger}`);
    const behind = async () => head - (await positionOf(ledger));
    const events = await behind();
    for (let left = events; left > 0; left = await behind()) {
      if (performance.now() - began_ms > CATCH_UP_S_MAX * 1000) throw new Error('the read models did not catch up');
      await sleep(20);
    }
    return { events: Math.max(0, events), seconds: (performance.now() - began_ms) / 1000 };
  }
  async function stock(ledger = 'main') {
    await caughtUp(ledger);
    const pieces = new Map<string, number>();
    for (const { item_id, on_hand } of await allRows<{ item_id: string; on_hand: number }>('/stock', ledger))
      pieces.set(item_id, (pieces.get(item_id) ?? 0) + on_hand);
    return pieces;
  }
  return {
    system,
    url: system.url,
    token,
    get,
    post: async <T>(path: string, ledger = 'main') =>
      JSON.parse(await call(path, ledger, undefined, undefined, 'POST')) as T,
    caughtUp,
    stock,
    async open(ledger_id) {
      await call('/ledgers', ledger_id, 'application/json', JSON.stringify({ ledger_id, currency: 'USD' }));
    },
    async give(lines, ledger = 'main') {
      const text = lines.map((line) => JSON.stringify(line)).join('\n');
      const answers = (await call('/batches', ledger, 'application/x-ndjson', text)).trim().split('\n');
      const bad = answers.find((line) => JSON.parse(line).status !== 201);
      if (bad !== undefined) throw new Error(`not recorded: ${bad}`);
    },
    async books(ledger = 'main') {
      await caughtUp(ledger);
      const numbers: string[] = [];
      for (const { path } of Object.values(DOCUMENT_KINDS))
        for (const { number } of await allRows<{ number: string }>(`/${path}`, ledger)) numbers.push(number);
      return { numbers, stock: await stock(ledger) };
    },
    async stop() {
      await log.close();
      await system.stop();
    },
  };
}

async function lastRevision(log: EventStore, stream: string): Promise<number> {
  for await (const { revision } of log.readBackwards(stream, { max: 1 })) return revision;
  return -1;
}

function furnishing(items: readonly string[], stock: number): Line[] {
  const purchase = (item_ids: readonly string[], quantity: number) => ({
    type: 'purchases',
    body: { supplier_id: 'SUP', line_items: item_ids.map((item_id) => ({ item_id, quantity, unit_price: 3.5 })) },
  });
  return [
    { type: 'suppliers', body: { supplier_id: 'SUP', name: 'Supplier' } },
    { type: 'customers', body: { customer_id: 'CUST', name: 'Customer' } },
    { type: 'locations', body: { location_id: 'store', name: 'Store' } },
    ...[...items, WARM].map((item_id) => ({ type: 'items', body: { item_id, name: item_id, kind: 'bottle' } })),
    ...chunks(items, 100).map((part) => purchase(part, stock)),
    purchase([WARM], PLENTY),
  ];
}

function chunks<T>(list: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, n) => list.slice(n * size, (n + 1) * size));
}

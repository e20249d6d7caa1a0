import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import type { Command } from '../../libs/ledger/commands.js';
import { type LedgerWriter, openWriter, type WriterOutcome } from '../../libs/ledger-writer/writer.js';
import { type EventStoreProcess, startEventStoreProcess } from '../support/event-store.js';
import { openLedger } from '../support/given.js';
import { readLedger } from '../support/log.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

/**
 * F2, F4 and F5 through the ledger writer: clients repeat the key of an `unknown` or `busy` answer at the other
 * instance.
 */
const STOCK = 9_000;
const CLIENTS = 200;
const APPEND_TIMEOUT_MS = 600;

let server: EventStoreProcess;
let proxy: TcpProxy;
let store: EventStore;
let writers: [LedgerWriter, LedgerWriter];
let over: AbortController;
let unanswered: number;

beforeEach(async () => {
  over = new AbortController();
  server = await startEventStoreProcess();
  proxy = await startTcpProxy(server.port);
  const url = `esdb://127.0.0.1:${proxy.port}?tls=false`;
  store = connectEventStore({ url, append_timeout_ms: APPEND_TIMEOUT_MS, read_timeout_ms: 1_000 });
  unanswered = 0;
  const log = (line: string) => {
    if (line.includes('without an answer')) unanswered++;
  };
  writers = [openWriter({ store, ledger_id: 'main', log }), openWriter({ store, ledger_id: 'main', log })];
  await openBooks();
});
afterEach(async () => {
  over.abort(new Error('the test is over'));
  proxy.pass();
  await Promise.all(writers.map((writer) => writer.close()));
  await store.close();
  await proxy.close();
  await server.stop();
});

let keys = 0;
async function submit(writer: LedgerWriter, command: Command, idempotency_key: string): Promise<WriterOutcome> {
  const now = new Date().toISOString();
  const envelope = { actor: 'ann', role: 'manager', now, idempotency_key, request_hash: 'the request' } as const;
  return await writer.submit({ command, envelope });
}

async function openBooks(): Promise<void> {
  const opening: Command[] = [
    openLedger(),
    { type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } },
    { type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } },
    { type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Customer' } },
    {
      type: 'record_purchase',
      supplier_id: 'SUP',
      line_items: [{ item_id: 'bottle', quantity: STOCK, unit_price: '3.5' }],
    },
  ];
  for (const command of opening) {
    const { outcome } = await submit(writers[0], command, `opening-${keys++}`);
    if (outcome !== 'recorded') throw new Error(`${command.type}: ${outcome}`);
  }
}

const sale: Command = {
  type: 'record_sale',
  customer_id: 'CUST',
  line_items: [{ item_id: 'bottle', quantity: 1, unit_price: '4' }],
};

interface Told {
  recorded: Map<string, string>;
  refused: Set<string>;
}

async function sellThrough(commands: number, every: number, fault: (round: number) => Promise<void>): Promise<Told> {
  const told: Told = { recorded: new Map(), refused: new Set() };
  const answered = () => told.recorded.size + told.refused.size;
  let sent = 0;
  const client = async () => {
    while (sent < commands) {
      const key = `sale-${sent++}`;
      for (let attempt = sent; !(await sellOnce(writers[attempt % 2]!, key, told)); attempt++) await tick();
    }
  };
  const selling = Promise.all(Array.from({ length: CLIENTS }, client));
  selling.catch(() => {});
  for (let round = 0; (round + 1) * every < commands; round++) {
    while (answered() < (round + 1) * every) await Promise.race([tick(), selling]);
    await fault(round);
  }
  await selling;
  return told;
}

async function sellOnce(writer: LedgerWriter, key: string, told: Told): Promise<boolean> {
  const outcome = await submit(writer, sale, key);
  if (outcome.outcome === 'recorded') told.recorded.set(key, outcome.answer.number as string);
  else if (outcome.outcome === 'refused') {
    expect(outcome.refusal.code).toBe('insufficient_stock');
    told.refused.add(key);
  } else return false;
  return true;
}

/** Each recorded sale once, under its client's number; each refused one not at all. */
async function expectTrue(told: Told): Promise<void> {
  const { events, state } = await readLedger(server.url);
  const sales = events.filter(({ type }) => type === 'SaleRecorded');
  const in_log = sales.map(({ metadata, data }) => [
    metadata.idempotency_key,
    'number' in data ? data.number : undefined,
  ]);
  expect(in_log.sort()).toEqual([...told.recorded].sort());
  expect(new Set(told.recorded.values()).size).toBe(told.recorded.size);
  expect(state.stock.get('bottle main')).toMatchObject({ on_hand: STOCK - told.recorded.size, reserved: 0 });
}

const tick = () => sleep(5, undefined, { signal: over.signal });

it('F4: answers are lost, 10,000 commands for 9,000 bottles', async () => {
  const told = await sellThrough(10_000, 400, async (round) => {
    const before = proxy.answered_bytes;
    proxy.swallowAnswers();
    await sleep(round % 10 === 9 ? 2 * APPEND_TIMEOUT_MS : 10);
    // A fault must strike something.
    while (proxy.answered_bytes === before) await tick();
    proxy.pass();
  });
  expect(told.recorded.size).toBe(STOCK);
  expect(told.refused.size).toBe(10_000 - STOCK);
  expect(unanswered).toBeGreaterThan(10);
  await expectTrue(told);
});

it('F5: a black hole, then a connection that is forgotten', async () => {
  const told = await sellThrough(2_000, 500, async (round) => {
    if (round % 2 === 1) return proxy.forget();
    proxy.blackHole();
    await sleep(2 * APPEND_TIMEOUT_MS);
    proxy.pass();
  });
  expect(told.recorded.size).toBe(2_000);
  await expectTrue(told);
});

it('F2: kill -9 and restart of the log', async () => {
  const told = await sellThrough(2_000, 500, async () => {
    await server.kill();
    await server.restart();
  });
  expect(told.recorded.size).toBe(2_000);
  await expectTrue(told);
});

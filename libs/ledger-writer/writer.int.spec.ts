import { copyFile, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { contentOf } from '../../test/support/state-content.js';
import type { EventStore } from '../event-store/event-store.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { decode, hashedContent } from '../ledger/codec.js';
import type { Command, Envelope, RecordSale } from '../ledger/commands.js';
import type { RecordedEvent } from '../ledger/events.js';
import { applyEvent, emptyState, type LedgerState } from '../ledger/state/state.js';
import { type StateSnapshotFile, stateSnapshotFile } from './state-snapshot-file.js';
import { type LedgerWriter, openWriter, type WriterOutcome } from './writer.js';

let server: EventStoreProcess;
let store: EventStore;
let folder: string;
const open: LedgerWriter[] = [];
let ledgers = 0;

beforeAll(async () => {
  server = await startEventStoreProcess();
  store = connectEventStore({ url: server.url });
  folder = await mkdtemp(join(tmpdir(), 'ledger-writer-'));
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((writer) => writer.close()));
});
afterAll(async () => {
  await store.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function writerOf(ledger_id: string, options: { now?: () => string; snapshot?: boolean } = {}): LedgerWriter {
  const snapshots = options.snapshot ? stateSnapshotFile(folder, ledger_id) : undefined;
  const writer = openWriter({
    store,
    ledger_id,
    snapshots,
    wait_ms_max: 30_000,
    ...(options.now && { now: options.now }),
  });
  open.push(writer);
  return writer;
}

let keys = 0;
function envelope(given: Partial<Envelope> = {}): Envelope {
  keys += 1;
  const now = new Date().toISOString();
  return { actor: 'ann', role: 'manager', now, idempotency_key: `key-${keys}`, request_hash: 'same', ...given };
}
async function done(
  writer: LedgerWriter,
  command: Command,
  given: Partial<Envelope> = {},
): Promise<Extract<WriterOutcome, { outcome: 'recorded' }>> {
  const outcome = await writer.submit({ command, envelope: envelope(given) });
  if (outcome.outcome !== 'recorded') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
  return outcome;
}
function codeOf(outcome: WriterOutcome): string {
  return outcome.outcome === 'refused' ? outcome.refusal.code : outcome.outcome;
}

async function newLedger(pieces: number): Promise<string> {
  ledgers += 1;
  const ledger_id = `book-${ledgers}`;
  const writer = writerOf(ledger_id);
  await done(writer, {
    type: 'open_ledger',
    ledger_id,
    currency: 'USD',
    digits: 2,
    time_zone: 'UTC',
    approval_threshold: '5000.00',
  });
  await done(writer, { type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  await done(writer, { type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } });
  await done(writer, { type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Customer' } });
  await done(writer, {
    type: 'record_purchase',
    supplier_id: 'SUP',
    line_items: [{ item_id: 'bottle', quantity: pieces, unit_price: '3.5' }],
  });
  await writer.close();
  open.splice(open.indexOf(writer), 1);
  return ledger_id;
}
const sale = (quantity = 1): RecordSale => ({
  type: 'record_sale',
  customer_id: 'CUST',
  line_items: [{ item_id: 'bottle', quantity, unit_price: '4' }],
});

async function eventsOf(ledger_id: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of store.read(`ledger-${ledger_id}`, 0)) events.push(decode(event));
  return events;
}
async function replayed(ledger_id: string): Promise<LedgerState> {
  const state = emptyState();
  for (const event of await eventsOf(ledger_id)) applyEvent(state, event);
  return state;
}

describe('one writer', () => {
  it('sells exactly what is there to 200 buyers at once, with numbers without a gap', async () => {
    const ledger_id = await newLedger(100);
    const writer = writerOf(ledger_id);
    const outcomes = await Promise.all(
      Array.from({ length: 200 }, () => writer.submit({ command: sale(), envelope: envelope() })),
    );
    const sold = outcomes.flatMap((outcome) =>
      outcome.outcome === 'recorded' ? [outcome.answer.number as string] : [],
    );
    expect(sold.map((number) => Number(number.slice(10))).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 1),
    );
    expect(new Set(outcomes.map(codeOf))).toEqual(new Set(['recorded', 'insufficient_stock']));
    expect((await replayed(ledger_id)).stock.get('bottle main')).toEqual({ on_hand: 0, value: 0n, reserved: 0 });
  });

  it('answers a key with its first answer, at once, later and after a restart, and refuses it for another request', async () => {
    const ledger_id = await newLedger(100);
    const writer = writerOf(ledger_id);
    const again = { idempotency_key: 'mine' };
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => done(writer, sale(2), again)));
    const first = outcomes[0]!;
    expect(new Set(outcomes.map(({ answer }) => JSON.stringify(answer)))).toEqual(
      new Set([JSON.stringify(first.answer)]),
    );
    expect(outcomes.filter((outcome) => !outcome.replayed)).toHaveLength(1);
    await done(writer, { type: 'record_payment', bill_number: first.answer.number as string, amount: '3' });
    const restarted = writerOf(ledger_id);
    expect(await done(restarted, sale(2), again)).toMatchObject({
      answer: first.answer,
      replayed: true,
      position: first.position,
    });
    const other = await restarted.submit({ command: sale(3), envelope: envelope({ ...again, request_hash: 'other' }) });
    expect(codeOf(other)).toBe('idempotency_key_reused');
    expect((await replayed(ledger_id)).stock.get('bottle main')!.on_hand).toBe(98);
  });

  it('gives thousands of first answers again at once, as when a file is imported a second time', async () => {
    const ledger_id = await newLedger(3000);
    const writer = writerOf(ledger_id);
    const sellAll = () =>
      Promise.all(Array.from({ length: 3000 }, (_, n) => done(writer, sale(), { idempotency_key: `file-${n}` })));
    const first = await sellAll();
    const again = await sellAll();
    expect(again.map(({ answer }) => answer)).toEqual(first.map(({ answer }) => answer));
    expect(again.every((outcome) => outcome.replayed)).toBe(true);
  });

  it('decides a dry run like the real thing and appends nothing', async () => {
    const ledger_id = await newLedger(10);
    const writer = writerOf(ledger_id);
    const dry = await writer.dryRun({ command: sale(4), envelope: envelope() });
    expect(dry).toMatchObject({
      outcome: 'would_record',
      answer: { total_price: 16, total_cost: 14, total_profit: 2 },
    });
    expect(codeOf(await writer.dryRun({ command: sale(11), envelope: envelope() }))).toBe('insufficient_stock');
    const real = await done(writer, sale(4));
    expect(real.answer.number).toBe((dry as Extract<WriterOutcome, { outcome: 'would_record' }>).answer.number);
  });

  it('takes all of an atomic batch or nothing, and lets its neighbours be', async () => {
    const ledger_id = await newLedger(10);
    const writer = writerOf(ledger_id);
    const all = (...quantities: number[]) =>
      writer.submitAll(quantities.map((quantity) => ({ command: sale(quantity), envelope: envelope() })));
    const [refused, taken, neighbour] = await Promise.all([
      all(3, 4, 5),
      all(3, 3),
      writer.submit({ command: sale(4), envelope: envelope() }),
    ]);
    expect(refused).toMatchObject({
      outcome: 'none',
      index: 2,
      refusal: { code: 'insufficient_stock', details: { available: 3, requested: 5, shortage: 2 } },
    });
    expect(taken).toMatchObject({
      outcome: 'all',
      outcomes: [
        { answer: { number: expect.stringMatching(/-0001$/) } },
        { answer: { number: expect.stringMatching(/-0002$/) } },
      ],
    });
    expect(neighbour).toMatchObject({ outcome: 'recorded', answer: { number: expect.stringMatching(/-0003$/) } });
  });

  it('ends a reservation that ran out, in the log and without anybody asking', async () => {
    const ledger_id = await newLedger(10);
    const writer = writerOf(ledger_id);
    await done(writer, { type: 'reserve_stock', line_items: [{ item_id: 'bottle', quantity: 8 }], ttl_seconds: 1 });
    expect(codeOf(await writer.submit({ command: sale(5), envelope: envelope() }))).toBe('insufficient_stock');
    while ((await eventsOf(ledger_id)).at(-1)!.type !== 'ReservationExpired') await sleep(50);
    expect(codeOf(await writer.submit({ command: sale(5), envelope: envelope() }))).toBe('recorded');
  });

  it('links every event to the one before it', async () => {
    const ledger_id = await newLedger(10);
    const writer = writerOf(ledger_id);
    await Promise.all(Array.from({ length: 5 }, () => done(writer, sale())));
    const { createHash } = await import('node:crypto');
    let before = '';
    for (const event of await eventsOf(ledger_id)) {
      expect(event.metadata.previous_hash).toBe(before);
      before = createHash('sha256').update(hashedContent(event)).digest('hex');
      expect(event.metadata.hash).toBe(before);
    }
  });

  it('never lets recorded time run backwards, whatever the clock does', async () => {
    const ledger_id = await newLedger(10);
    const writer = writerOf(ledger_id);
    const late = new Date(Date.now() + 3_600_000).toISOString();
    await done(writer, sale(), { now: late });
    const outcome = await done(writer, sale());
    expect(outcome.events[0]!.metadata.recorded_at).toBe(late);
  });
});

describe('snapshots', () => {
  it('restore the very state that a replay gives, and are ignored when the log is another', async () => {
    const ledger_id = await newLedger(50);
    const writer = writerOf(ledger_id, { snapshot: true });
    for (let n = 0; n < 20; n += 1) await done(writer, sale());
    await writer.close();
    const restored = await stateSnapshotFile(folder, ledger_id).load(store, `ledger-${ledger_id}`);
    expect(contentOf(restored!)).toEqual(contentOf(await replayed(ledger_id)));
    const other = await newLedger(50);
    await copyFile(join(folder, `${ledger_id}.snapshot`), join(folder, `${other}.snapshot`));
    expect(await stateSnapshotFile(folder, other).load(store, `ledger-${other}`)).toBeUndefined();
    const again = writerOf(ledger_id, { snapshot: true });
    expect((await done(again, sale())).answer.number).toMatch(/-0021$/);
  });

  it('are no snapshots when they are torn, altered or of another version', async () => {
    const ledger_id = await newLedger(50);
    const files = stateSnapshotFile(folder, ledger_id);
    const state = await replayed(ledger_id);
    await files.save(state);
    const path = join(folder, `${ledger_id}.snapshot`);
    const whole = await readFile(path);
    for (const at of [0, 10, 40, 300, whole.length >> 1, whole.length - 1]) {
      await writeFile(path, whole.subarray(0, at));
      expect(await files.load(store, `ledger-${ledger_id}`)).toBeUndefined();
      await writeFile(path, whole.with(at, whole[at]! ^ 1));
      expect(await files.load(store, `ledger-${ledger_id}`)).toBeUndefined();
    }
    await writeFile(path, whole);
    expect(contentOf((await files.load(store, `ledger-${ledger_id}`))!)).toEqual(contentOf(state));
  });

  it('are saved by several instances in one folder, and what one left behind that was killed goes', async () => {
    const ledger_id = await newLedger(50);
    const state = await replayed(ledger_id);
    const abandoned = join(folder, `${ledger_id}.snapshot.${crypto.randomUUID()}.new`);
    const fresh = join(folder, `${ledger_id}.snapshot.${crypto.randomUUID()}.new`);
    for (const path of [abandoned, fresh]) await writeFile(path, 'torn');
    await utimes(abandoned, new Date(0), new Date(0));
    await Promise.all(Array.from({ length: 20 }, () => stateSnapshotFile(folder, ledger_id).save(state)));
    const restored = await stateSnapshotFile(folder, ledger_id).load(store, `ledger-${ledger_id}`);
    expect(contentOf(restored!)).toEqual(contentOf(state));
    const left = (await readdir(folder)).filter((name) => name.startsWith(`${ledger_id}.`));
    expect(left.sort()).toEqual([`${ledger_id}.snapshot`, basename(fresh)].sort());
  });

  it('are of exactly one position, though commands go on while they are saved', async () => {
    const ledger_id = await newLedger(5000);
    const taken: { state: LedgerState; expected: unknown }[] = [];
    const files = stateSnapshotFile(folder, ledger_id);
    const snapshots: StateSnapshotFile = {
      exists: async () => false,
      load: async () => undefined,
      async save(state) {
        const expected = contentOf(state);
        await files.save(state);
        taken.push({ state: (await files.load(store, `ledger-${ledger_id}`))!, expected });
      },
    };
    const writer = openWriter({ store, ledger_id, snapshots, snapshot_every: 100, wait_ms_max: 30_000 });
    open.push(writer);
    let sold = 0;
    const buyer = async () => {
      while (sold++ < 1500) {
        const { answer } = await done(writer, sale());
        const bill_number = answer.number as string;
        if (sold % 5 === 0) await done(writer, { type: 'record_payment', bill_number, amount: '1' });
      }
    };
    await Promise.all(Array.from({ length: 50 }, buyer));
    await writer.close();
    expect(taken.length).toBeGreaterThan(3);
    for (const { state, expected } of taken) expect(contentOf(state)).toEqual(expected);
    expect(contentOf(taken.at(-1)!.state)).toEqual(contentOf(await replayed(ledger_id)));
  });
});

describe('two and three writers on one ledger', () => {
  it('sell a hot item without a piece too many, a gap in numbers or a starving writer', async () => {
    const ledger_id = await newLedger(600);
    const writers = [writerOf(ledger_id), writerOf(ledger_id), writerOf(ledger_id)];
    const outcomes = await Promise.all(
      Array.from({ length: 900 }, (_, n) => writers[n % 3]!.submit({ command: sale(), envelope: envelope() })),
    );
    const sold = outcomes.flatMap((outcome) =>
      outcome.outcome === 'recorded' ? [Number((outcome.answer.number as string).slice(10))] : [],
    );
    expect(sold.sort((a, b) => a - b)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(outcomes.filter((outcome) => codeOf(outcome) === 'insufficient_stock')).toHaveLength(300);
    expect((await replayed(ledger_id)).stock.get('bottle main')!.on_hand).toBe(0);
  });

  it('give one key one event, wherever it is sent', async () => {
    const ledger_id = await newLedger(100);
    const writers = [writerOf(ledger_id), writerOf(ledger_id)];
    const outcomes = await Promise.all(
      Array.from({ length: 60 }, (_, n) => done(writers[n % 2]!, sale(), { idempotency_key: `shared-${n % 10}` })),
    );
    expect(new Set(outcomes.map(({ answer }) => answer.number)).size).toBe(10);
    expect((await replayed(ledger_id)).stock.get('bottle main')!.on_hand).toBe(90);
  });

  it('never refuse for want of stock that another writer has acknowledged', async () => {
    const ledger_id = await newLedger(1);
    const [one, two] = [writerOf(ledger_id), writerOf(ledger_id)] as const;
    await done(two, sale());
    for (let n = 0; n < 20; n += 1) {
      await done(one, {
        type: 'record_purchase',
        supplier_id: 'SUP',
        line_items: [{ item_id: 'bottle', quantity: 1, unit_price: '3' }],
      });
      await done(two, sale());
    }
  });

  it('let a reservation end or be checked out, never both', async () => {
    const ledger_id = await newLedger(100);
    const [one, two] = [writerOf(ledger_id), writerOf(ledger_id)] as const;
    const ids = await Promise.all(
      Array.from({ length: 30 }, async () => {
        const command: Command = {
          type: 'reserve_stock',
          customer_id: 'CUST',
          line_items: [{ item_id: 'bottle', quantity: 1 }],
          ttl_seconds: 1,
        };
        return (await done(one, command)).answer.reservation_id as string;
      }),
    );
    await sleep(950);
    await Promise.all(
      ids.map(async (reservation_id, n) => {
        await sleep(n * 4);
        return (n % 2 === 0 ? one : two).submit({
          command: { type: 'check_out', reservation_id, line_items: [{ item_id: 'bottle', unit_price: '4' }] },
          envelope: envelope(),
        });
      }),
    );
    await sleep(300);
    const events = await eventsOf(ledger_id);
    for (const id of ids) {
      const ends = events.filter(
        (event) =>
          'reservation_id' in event.data &&
          event.data.reservation_id === id &&
          event.type !== 'StockReserved' &&
          event.type !== 'SaleRecorded',
      );
      expect(ends).toHaveLength(1);
    }
    expect((await replayed(ledger_id)).stock.get('bottle main')!.reserved).toBe(0);
  });
});

it('stops loudly at an event that no ledger could have written', async () => {
  const ledger_id = await newLedger(10);
  const events = await eventsOf(ledger_id);
  const forged = { ...events.at(-1)!.metadata };
  const id = crypto.randomUUID();
  await store.append(`ledger-${ledger_id}`, events.length - 1, [
    { id, type: 'StockVanished', data: {}, metadata: forged },
  ]);
  const writer = writerOf(ledger_id);
  const outcome = await writer.submit({ command: sale(), envelope: envelope() });
  expect(outcome).toMatchObject({ outcome: 'halted', reason: expect.stringContaining('StockVanished') });
});

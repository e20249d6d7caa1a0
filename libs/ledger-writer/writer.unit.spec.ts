/** The writer over a log in memory, where every fault can be put exactly where it hurts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { forge, type MemoryLog, memoryLog } from '../../test/support/memory-log.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { randomFactory } from '../../test/support/random-orders.js';
import { contentOf, restoredFrom } from '../../test/support/state-content.js';
import type { StoredEvent } from '../event-store/event-store.js';
import { decode } from '../ledger/codec.js';
import type { Command, Envelope, RecordSale } from '../ledger/commands.js';
import type { LedgerEvent } from '../ledger/events.js';
import { type Section, saveState } from '../ledger/snapshot.js';
import { emptyState, evolve, type LedgerState } from '../ledger/state.js';
import { resumeLedger } from './halts.js';
import type { SnapshotFile } from './snapshot-file.js';
import { type LedgerWriter, type Outcome, openWriter, type WriterOptions } from './writer.js';

const STREAM = 'ledger-main';
const SEED = seedOf();

let log: MemoryLog;
const open: LedgerWriter[] = [];
beforeEach(() => {
  log = memoryLog();
});
afterEach(async () => {
  log.before = () => undefined;
  await Promise.all(open.splice(0).map((writer) => writer.close()));
});

function writerOf(options: Partial<WriterOptions> = {}): LedgerWriter {
  const writer = openWriter({ store: log, ledger_id: 'main', behind_ms_max: 50, ...options });
  open.push(writer);
  return writer;
}
async function restarted(writer: LedgerWriter, options: Partial<WriterOptions> = {}): Promise<LedgerWriter> {
  open.splice(open.indexOf(writer), 1);
  await writer.close();
  return writerOf(options);
}

let keys = 0;
function submission(command: Command, given: Partial<Envelope> = {}) {
  keys += 1;
  const now = new Date().toISOString();
  const envelope = { actor: 'ann', role: 'manager', now, idempotency_key: `k-${keys}`, request_hash: 'same' } as const;
  return { command, envelope: { ...envelope, ...given } };
}
async function give(writer: LedgerWriter, command: Command, given: Partial<Envelope> = {}): Promise<Outcome> {
  return writer.submit(submission(command, given));
}
async function done(writer: LedgerWriter, ...commands: Command[]): Promise<void> {
  for (const command of commands) {
    const outcome = await give(writer, command);
    if (outcome.outcome !== 'recorded') throw new Error(`${command.type}: ${JSON.stringify(outcome)}`);
  }
}
const sale = (quantity = 1): RecordSale => ({
  type: 'record_sale',
  customer_id: 'CUST',
  line_items: [{ item_id: 'bottle', quantity, unit_price: '4' }],
});
const purchase = (quantity: number): Command => ({
  type: 'record_purchase',
  supplier_id: 'SUP',
  line_items: [{ item_id: 'bottle', quantity, unit_price: '1' }],
});
const reservation = (ttl_seconds: number, quantity = 1): Command => ({
  type: 'reserve_stock',
  line_items: [{ item_id: 'bottle', quantity }],
  ttl_seconds,
});
const FACTORY: Command[] = [
  { type: 'open_ledger', ledger_id: 'main', currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000' },
  { type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } },
  { type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } },
  { type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Customer' } },
  { type: 'change', kind: 'item', id: 'bottle', changes: { name: 'Big bottle' } },
  purchase(1000),
];

function fold(events: readonly StoredEvent[]): LedgerState {
  const state = emptyState();
  for (const event of events) evolve(state, decode(structuredClone(event)));
  return state;
}
const numbersOf = (events: readonly StoredEvent[]) =>
  events.flatMap(({ data }) => ('number' in (data as object) ? [(data as { number: string }).number] : []));

/** Snapshots in memory, and what was saved. */
function snapshotsInMemory() {
  const saved: Section[][] = [];
  const snapshots: SnapshotFile = {
    load: async () => (saved.length === 0 ? undefined : restoredFrom(saved.at(-1)!)),
    async save(state) {
      saved.push(Array.from(saveState(state), (section) => ({ ...section, bytes: section.bytes.slice() })));
    },
  };
  return { saved, snapshots };
}

describe('two writers that decide the same in the same millisecond', () => {
  const at = '2026-03-02T08:00:00.000Z';
  const later = '2026-03-02T08:01:00.000Z';

  it('do not take each other’s expiry for their own: what stands behind it was not recorded by both', async () => {
    let clock = at;
    const [one, two] = [writerOf({ now: () => clock }), writerOf({ now: () => clock })];
    for (const command of [...FACTORY, reservation(30)]) await give(one, command, { now: at });
    // Both have read up to the same head. Both decide, and only then append.
    for (const writer of [one, two])
      expect(await give(writer, sale(5000), { now: at })).toMatchObject({ outcome: 'refused' });
    let waiting = 0;
    const both = Promise.withResolvers<void>();
    log.before = async ({ kind, events }) => {
      if (kind !== 'append' || events[0]!.type !== 'ReservationExpired') return undefined;
      waiting += 1;
      if (waiting === 2) both.resolve();
      await both.promise;
      return undefined;
    };
    clock = later;
    const outcomes = await Promise.all([give(one, sale(2), { now: later }), give(two, sale(3), { now: later })]);
    expect(waiting).toBeGreaterThanOrEqual(2);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['recorded', 'recorded']);
    const told = outcomes.flatMap((outcome) => (outcome.outcome === 'recorded' ? [outcome.answer.number] : []));
    const stored = log.stream(STREAM).filter(({ type }) => type === 'SaleRecorded');
    expect(numbersOf(stored).slice(-2).sort()).toEqual(told.sort());
    expect(log.stream(STREAM).filter(({ type }) => type === 'ReservationExpired')).toHaveLength(1);
    expect(fold(log.stream(STREAM)).stock.get('bottle main')!.on_hand).toBe(1000 - 5);
    expect([one, two].map((writer) => writer.halted())).toEqual([undefined, undefined]);
  });
});

describe('an event that no ledger could have written', () => {
  /** Some are caught at their link, others only when they are folded. */
  const forgeries: [string, (events: StoredEvent[]) => Omit<StoredEvent, 'id'>][] = [
    ['a copy of the last one', (events) => events.at(-1)!],
    ['another change of a name', (events) => changed(events, {})],
    ['one of an unknown type', (events) => linked(events, { type: 'StockVanished' })],
    ['one without a hash', (events) => changed(events, { hash: undefined, previous_hash: hashOf(events) })],
    ['a sale of what is not there', (events) => linked(events, { data: { stock: [moved(-99_999)] } })],
    [
      'a journal that does not sum to zero',
      (events) => linked(events, { data: { journal: [{ account_id: 'cash', amount: '1' }] } }),
    ],
    ['a number that is not the next', (events) => linked(events, {})],
  ];
  const hashOf = (events: StoredEvent[]) => (events.at(-1)!.metadata as { hash: string }).hash;
  /** Nothing but its link and its hash tells that this is none of the ledger's. */
  function changed(events: StoredEvent[], metadata: object) {
    const change = events.find(({ type }) => type === 'ItemChanged')!;
    const { recorded_at } = events.at(-1)!.metadata as { recorded_at: string };
    return { ...change, metadata: { ...(change.metadata as object), recorded_at, ...metadata } };
  }
  const moved = (quantity: number) => ({ item_id: 'bottle', location_id: 'main', quantity, value: '-1' });
  function linked(
    events: StoredEvent[],
    { type, data, metadata }: { type?: string; data?: object; metadata?: object },
  ) {
    const last = events.at(-1)!;
    return {
      ...last,
      type: type ?? last.type,
      data: { ...(last.data as object), ...data },
      metadata: { ...(last.metadata as object), previous_hash: hashOf(events), ...metadata },
    };
  }

  it.each(forgeries)(
    '%s halts it, changes nothing that is known and is not forgotten by a restart',
    async (_, forgery) => {
      const { saved, snapshots } = snapshotsInMemory();
      let writer = writerOf({ snapshots });
      await done(writer, ...FACTORY, sale(), sale());
      const good = fold(log.stream(STREAM));
      forge(log, STREAM, forgery(log.stream(STREAM)));
      const length = log.stream(STREAM).length;
      const halted = { outcome: 'halted', position: good.position };
      expect(await give(writer, sale())).toMatchObject(halted);
      expect(await give(writer, sale())).toMatchObject(halted);
      expect(await writer.dryRun(submission(sale()))).toMatchObject(halted);
      expect(await writer.submitAll([submission(sale())])).toMatchObject(halted);
      expect(writer.halted()).toMatchObject({ position: good.position });
      for (const options of [{ snapshots }, {}, { snapshots }]) {
        writer = await restarted(writer, options);
        expect(await give(writer, sale())).toMatchObject(halted);
      }
      expect(saved).toEqual([]);
      expect(log.stream(STREAM)).toHaveLength(length);
    },
  );

  it('halts it from a snapshot of before, too', async () => {
    const { saved, snapshots } = snapshotsInMemory();
    let writer = writerOf({ snapshots });
    await done(writer, ...FACTORY, sale());
    writer = await restarted(writer, { snapshots });
    await done(writer, sale());
    forge(log, STREAM, log.stream(STREAM).at(-1)!);
    expect(await give(writer, sale())).toMatchObject({ outcome: 'halted' });
    writer = await restarted(writer, { snapshots });
    expect(await give(writer, sale())).toMatchObject({ outcome: 'halted', position: log.stream(STREAM).length - 2 });
    expect(saved).toHaveLength(1);
  });
});

describe('a log that has lost what was read from it', () => {
  const lost = { outcome: 'halted', reason: expect.stringContaining('ends before position') };

  it.each([
    ['a sale', (writer: LedgerWriter) => give(writer, sale())],
    ['what would be refused', (writer: LedgerWriter) => give(writer, sale(5000))],
    ['a dry run', (writer: LedgerWriter) => writer.dryRun(submission(sale()))],
  ])(
    'halts the ledger at %s, and it stays so with and without snapshots until an operator resumes it',
    async (_, ask) => {
      const { snapshots } = snapshotsInMemory();
      let writer = writerOf({ snapshots });
      await done(writer, ...FACTORY, sale(), sale());
      const cut = log.stream(STREAM).splice(-1);
      expect(await ask(writer)).toMatchObject(lost);
      for (const options of [{ snapshots }, {}]) {
        writer = await restarted(writer, options);
        expect(await give(writer, sale())).toMatchObject(lost);
      }
      log.stream(STREAM).push(...cut);
      writer = await restarted(writer);
      expect(await give(writer, sale())).toMatchObject(lost);
      const ended = await resumeLedger(log, 'main', { actor: 'ops', reason: 'undone' });
      expect(ended).toMatchObject({ position: cut[0]!.revision });
      expect(await resumeLedger(log, 'main', { actor: 'ops', reason: 'again' })).toBeUndefined();
      writer = await restarted(writer);
      await done(writer, sale());
    },
  );

  it('is remembered though the log answers only later, and once by several writers', async () => {
    const writers = [writerOf(), writerOf()];
    await done(writers[0]!, ...FACTORY, sale());
    await done(writers[1]!, sale());
    await done(writers[0]!, sale());
    log.stream(STREAM).splice(-2);
    let faults = 0;
    log.before = ({ kind, stream }) =>
      kind === 'append' && stream === 'halts-main' && faults++ < 3
        ? faults % 2 === 1
          ? 'unanswered'
          : 'unwritten'
        : undefined;
    for (const writer of writers) expect(await give(writer, sale())).toMatchObject(lost);
    while (log.stream('halts-main').length === 0) await sleep(5);
    for (const writer of writers) await restarted(writer);
    expect(log.stream('halts-main').map(({ type }) => type)).toEqual(['LedgerHalted']);
  });

  it('halts nothing where a read was only behind for a moment', async () => {
    const writer = writerOf({ behind_ms_max: 2000 });
    await done(writer, ...FACTORY, sale());
    const cut = log.stream(STREAM).splice(-1);
    const refused = give(writer, sale(5000));
    await sleep(50);
    log.stream(STREAM).push(...cut);
    expect(await refused).toMatchObject({ outcome: 'refused' });
    await done(writer, sale());
  });
});

describe('a snapshot is a fold of the log', () => {
  /** A copy of an event that fails somewhere on its way through the state. */
  const spoil: ((event: LedgerEvent) => void)[] = [
    ({ metadata }) => Object.assign(metadata, { recorded_at: '2000-01-01T00:00:00.000Z' }),
    ({ data }) => Object.assign(data, { journal: [{ account_id: 'cash', amount: '7' }] }),
    ({ data }) => Object.assign(data, { holds: [{ item_id: 'bottle', location_id: 'main', quantity: 10 ** 13 }] }),
    ({ data }) => Object.assign(data, { stock: [{ item_id: 'bottle', location_id: 'main', quantity: 1, value: 'x' }] }),
    ({ data }) => Object.assign(data, { stock: [{ item_id: 'jar', location_id: 'main', quantity: 1, value: '1' }] }),
    (event) => Object.assign(event, { type: 'WasteRecorded', data: { ...event.data, number: 'WS-990101-0007' } }),
    (event) => Object.assign(event, { type: 'Unknown' }),
  ];

  it(`whatever fails at any event, from seed ${SEED}`, async () => {
    const by = chanceOf(SEED);
    const factory = randomFactory(by);
    const good = memoryLog();
    const author = openWriter({ store: good, ledger_id: 'main' });
    const written = emptyState();
    for (let orders = factory.opening(), tries = 0; tries < 120; orders = [factory.order(written)], tries += 1)
      for (const order of orders) {
        const outcome = await author.submitAll(order.submissions);
        if (outcome.outcome !== 'all') continue;
        const known = written.position + 1;
        const fresh = good
          .stream(STREAM)
          .slice(known)
          .map((event) => decode(structuredClone(event)));
        for (const event of fresh) evolve(written, event);
        factory.saw(fresh);
      }
    await author.close();
    const events = good.stream(STREAM);
    const folded = emptyState();
    for (const [position, event] of events.entries()) {
      const before = JSON.stringify(contentOf(folded), whole);
      const bad = structuredClone(event);
      // Nothing is earlier than the first event.
      by.pick(position === 0 ? spoil.slice(1) : spoil)(bad as unknown as LedgerEvent);
      expect(() => evolve(folded, decode(structuredClone(bad)))).toThrow();
      expect(JSON.stringify(contentOf(folded), whole)).toBe(before);
      evolve(folded, decode(structuredClone(event)));
      if (position % 10 > 0) continue;
      const damaged = memoryLog();
      damaged.stream(STREAM).push(...events.slice(0, position), bad);
      const { saved, snapshots } = snapshotsInMemory();
      const writer = openWriter({ store: damaged, ledger_id: 'main', snapshots, snapshot_every: 1 });
      expect(await writer.dryRun(submission(sale()))).toMatchObject({ outcome: 'halted', position: position - 1 });
      await writer.close();
      for (const sections of saved) {
        const state = restoredFrom(sections);
        expect(contentOf(state)).toEqual(contentOf(fold(events.slice(0, state.position + 1))));
      }
    }
  }, 60_000);
  const whole = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
});

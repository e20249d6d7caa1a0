import { setTimeout as sleep } from 'node:timers/promises';
import { forge, type MemoryLog, memoryLog } from '../../test/support/memory-log.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { randomFactory } from '../../test/support/random-commands.js';
import { contentOf, restoredFrom } from '../../test/support/state-content.js';
import { examine } from '../audit/chain.js';
import { chainedEventOf } from '../audit/signed-checkpoint.js';
import type { StoredEvent } from '../event-store/event-store.js';
import { decode } from '../ledger/codec.js';
import type { Command, Envelope, RecordSale } from '../ledger/commands.js';
import type { LedgerEvent } from '../ledger/events.js';
import { type Section, saveState } from '../ledger/state/snapshot.js';
import { applyEvent, emptyState, type LedgerState } from '../ledger/state/state.js';
import { resumeLedger } from './remembered-halts.js';
import type { StateSnapshotFile } from './state-snapshot-file.js';
import { type LedgerWriter, openWriter, type WriterOptions, type WriterOutcome } from './writer.js';

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
async function give(writer: LedgerWriter, command: Command, given: Partial<Envelope> = {}): Promise<WriterOutcome> {
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
  for (const event of events) applyEvent(state, decode(structuredClone(event)));
  return state;
}
const numbersOf = (events: readonly StoredEvent[]) =>
  events.flatMap(({ data }) => ('number' in (data as object) ? [(data as { number: string }).number] : []));

function snapshotsInMemory() {
  const saved: Section[][] = [];
  const snapshots: StateSnapshotFile = {
    exists: async () => saved.length > 0,
    load: async () => (saved.length === 0 ? undefined : restoredFrom(saved.at(-1)!)),
    async save(state) {
      saved.push(Array.from(saveState(state), (section) => ({ ...section, bytes: section.bytes.slice() })));
    },
  };
  return { saved, snapshots };
}

test('an event names the trace of its command, under its hash; the same command again is the first, in whatever trace', async () => {
  const writer = writerOf();
  await done(writer, ...FACTORY);
  const { length } = log.stream(STREAM);
  const [trace, another] = ['a', 'b'].map((digit) => ({ trace_id: digit.repeat(32), span_id: digit.repeat(16) }));
  const command = submission(sale());
  const inTrace = (of: Envelope['trace']) => ({ ...command, envelope: { ...command.envelope, trace: of } });
  const first = await writer.submit(inTrace(trace));
  expect(await writer.submit(inTrace(another))).toMatchObject({ ...first, replayed: true });
  const [of_sale, ...more] = log.stream(STREAM).slice(length);
  expect(more).toEqual([]);
  expect(of_sale!.metadata).toMatchObject({ $correlationId: trace!.trace_id, $causationId: trace!.span_id });
  const metadata = { ...(of_sale!.metadata as object), $causationId: 'b'.repeat(16) };
  expect(examine(chainedEventOf(of_sale!)).flaw).toBeUndefined();
  expect(examine(chainedEventOf({ ...of_sale!, metadata })).flaw).toMatch('does not have the hash');
  expect(log.stream(STREAM)[0]!.metadata).not.toHaveProperty('$correlationId');
});

describe('two writers that decide the same in the same millisecond', () => {
  const at = '2026-03-02T08:00:00.000Z';
  const later = '2026-03-02T08:01:00.000Z';

  it('do not take each other’s expiry for their own: what stands behind it was not recorded by both', async () => {
    let clock = at;
    const [one, two] = [writerOf({ now: () => clock }), writerOf({ now: () => clock })];
    for (const command of [...FACTORY, reservation(30)]) await give(one, command, { now: at });
    // Both have read the same head; both decide, then append.
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

function limitAppends(bytes_max: number): { appends: string[] } {
  const appends: string[] = [];
  log.before = ({ kind, stream, events }) => {
    if (kind === 'read' || stream !== STREAM) return undefined;
    const size = (part: unknown) => Buffer.byteLength(JSON.stringify(part));
    const bytes = events.reduce(
      (sum, { type, data, metadata }) => sum + size(data) + size(metadata) + 2 * type.length,
      0,
    );
    appends.push(events.map(({ id }) => id).join());
    return bytes > bytes_max ? { rejected: 'maximum-append-size-exceeded' } : undefined;
  };
  return { appends };
}

describe('what the log does not take in one append', () => {
  const START = '2026-03-02T08:00:00.000Z';
  const LATER = '2026-03-02T09:00:00.000Z';
  const lines = (count: number): Command =>
    ({
      ...reservation(60),
      line_items: Array.from({ length: count }, () => ({ item_id: 'bottle', quantity: 1 })),
    }) as Command;

  it('is never made of reservations that end together', async () => {
    let clock = START;
    const writer = writerOf({ now: () => clock });
    for (const command of [...FACTORY, purchase(30_000)]) await give(writer, command, { now: START });
    await Promise.all(Array.from({ length: 200 }, () => give(writer, lines(100), { now: START })));
    limitAppends(1024 * 1024);
    clock = LATER;
    expect(await give(writer, sale(), { now: LATER })).toMatchObject({ outcome: 'recorded' });
    expect(log.stream(STREAM).filter(({ type }) => type === 'ReservationExpired')).toHaveLength(200);
  });

  it('is split until it does, and refused where it cannot be', async () => {
    let clock = START;
    const writer = writerOf({ now: () => clock });
    for (const command of [...FACTORY, purchase(30_000)]) await give(writer, command, { now: START });
    await Promise.all(Array.from({ length: 100 }, () => give(writer, lines(100), { now: START })));
    const { appends } = limitAppends(60_000);
    clock = LATER;
    const large = { ...sale(), notes: 'x'.repeat(70_000) };
    const outcomes = await Promise.all(
      [sale(), large, sale(2), sale(3)].map((command) => give(writer, command, { now: LATER })),
    );
    expect(outcomes).toMatchObject([
      { outcome: 'recorded' },
      { outcome: 'refused', refusal: { code: 'batch_too_large' } },
      { outcome: 'recorded' },
      { outcome: 'recorded' },
    ]);
    expect(new Set(appends).size).toBe(appends.length);
    expect(fold(log.stream(STREAM)).stock.get('bottle main')).toMatchObject({ on_hand: 31_000 - 6, reserved: 0 });
  });

  it('is not tried without a pause, for a command or for a reservation that ends', async () => {
    let clock = START;
    const writer = writerOf({ now: () => clock });
    for (const command of [...FACTORY, lines(1)]) await give(writer, command, { now: START });
    let appends = 0;
    log.before = ({ kind, stream }) => {
      if (kind === 'read' || stream !== STREAM) return undefined;
      appends += 1;
      return { rejected: 'access-denied' };
    };
    clock = LATER;
    expect(await give(writer, sale(), { now: LATER })).toMatchObject({ outcome: 'away' });
    await sleep(1000);
    expect(appends).toBeGreaterThan(1);
    expect(appends).toBeLessThan(10);
    log.before = () => undefined;
    expect(await give(writer, sale(), { now: LATER })).toMatchObject({ outcome: 'recorded' });
  });

  it('is recorded nevertheless where an earlier try was, though its answer was lost', async () => {
    const writer = writerOf();
    await done(writer, ...FACTORY);
    let tries = 0;
    log.before = ({ kind, stream }) => {
      if (kind === 'read' || stream !== STREAM) return undefined;
      tries += 1;
      return tries === 1 ? 'unanswered' : { rejected: 'access-denied' };
    };
    expect(await give(writer, sale())).toMatchObject({ outcome: 'recorded' });
    expect(log.stream(STREAM).filter(({ type }) => type === 'SaleRecorded')).toHaveLength(1);
  });

  it('halts the ledger where its stream was deleted for good', async () => {
    const writer = writerOf();
    await done(writer, ...FACTORY);
    log.before = ({ kind, stream }) =>
      kind === 'append' && stream === STREAM ? { rejected: 'stream-deleted' } : undefined;
    expect(await give(writer, sale())).toMatchObject({ outcome: 'halted' });
  });
});

describe('a log that takes nothing, though nothing follows', () => {
  it('is not asked for ever', async () => {
    const writer = writerOf();
    await done(writer, ...FACTORY, sale());
    let appends = 0;
    const { append } = log;
    log.append = async (stream, expected, events) => {
      if (stream !== STREAM) return append(stream, expected, events);
      appends += 1;
      return { outcome: 'conflict' };
    };
    const reason = expect.stringContaining('takes nothing behind position');
    expect(await give(writer, sale())).toMatchObject({ outcome: 'halted', reason });
    expect(appends).toBeLessThan(5);
  });
});

describe('a document that is read from the log', () => {
  it('is never older than what was folded meanwhile: no bill is paid twice', async () => {
    const one = writerOf({ documents_max: 0, keys_max: 0 });
    const two = writerOf();
    await done(one, ...FACTORY, sale());
    const first = log.stream(STREAM).length - 1;
    for (let n = 0; n < 20; n += 1) await done(one, sale());
    const second = log.stream(STREAM).length - 1;
    const bill = (position: number) => (log.stream(STREAM)[position]!.data as { number: string }).number;
    const pay = (position: number, amount = '4'): Command => ({
      type: 'record_payment',
      bill_number: bill(position),
      amount,
    });
    const late = Promise.withResolvers<void>();
    const asked = new Set<number>();
    log.before = async ({ kind, at }) => {
      if (kind === 'append' || (at !== first && at !== second) || asked.has(at)) return undefined;
      asked.add(at);
      if (at === first) return 'away';
      await late.promise;
      return undefined;
    };
    const both = await Promise.all([give(one, pay(first)), give(one, pay(second))]);
    expect(both.map(({ outcome }) => outcome)).toEqual(['away', 'away']);
    await done(two, pay(second));
    await done(one, sale());
    late.resolve();
    await sleep(20);
    expect(await give(one, pay(second))).toMatchObject({ outcome: 'refused', refusal: { code: 'already_paid' } });
    await done(one, pay(first));
  });
});

describe('who waits while the log does not answer', () => {
  const limits = { wait_ms_max: 300, settle_ms_max: 600 };
  /** The log takes an append and answers nothing, or does not even take it. */
  function silence(fault: 'unanswered' | 'unwritten') {
    log.before = async ({ kind, stream }) => {
      if (kind === 'read') return stream === STREAM ? 'away' : undefined;
      await sleep(20);
      return fault;
    };
  }

  it.each(['unanswered', 'unwritten'] as const)(
    'is told in time what is certain, and told the truth: %s',
    async (fault) => {
      const writer = writerOf(limits);
      await done(writer, ...FACTORY, sale());
      silence(fault);
      const since_ms = performance.now();
      const sent = submission(sale(2));
      const first = writer.submit(sent);
      await sleep(50);
      const again = writer.submit(sent);
      const behind = give(writer, sale(3));
      const dry = writer.dryRun(submission(sale(4)));
      const all = writer.submitAll([submission(sale(5)), submission(sale(6))]);
      const outcomes = await Promise.all([first, again, behind, dry, all]);
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(['unknown', 'unknown', 'away', 'away', 'away']);
      expect(performance.now() - since_ms).toBeLessThan(2 * limits.settle_ms_max);
      log.before = () => undefined;
      let settled = await writer.submit(sent);
      while (settled.outcome === 'unknown') settled = await writer.submit(sent);
      expect(settled).toMatchObject({ outcome: 'recorded' });
      expect(fold(log.stream(STREAM)).stock.get('bottle main')!.on_hand).toBe(1000 - 1 - 2);
    },
  );

  it('is told, too, while the ledger or a document is read, or a first answer is looked up', async () => {
    const writer = writerOf({ ...limits, documents_max: 0, keys_max: 0 });
    await done(writer, ...FACTORY);
    const kept = submission(sale());
    await writer.submit(kept);
    const bill_number = 'SO-nowhere';
    const over = Promise.withResolvers<undefined>();
    log.before = ({ kind, stream }) => (kind === 'read' && stream === STREAM ? over.promise : undefined);
    const since_ms = performance.now();
    const fresh = writerOf(limits);
    const outcomes = await Promise.all([
      give(fresh, sale()),
      fresh.dryRun(submission(sale())),
      writer.submit(kept),
      give(writer, { type: 'record_payment', bill_number, amount: '1' }),
    ]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['away', 'away', 'away', 'away']);
    expect(performance.now() - since_ms).toBeLessThan(2 * limits.settle_ms_max);
    over.resolve(undefined);
  });
});

describe('a clock far ahead of the log’s', () => {
  const ahead = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

  it('records nothing, ends no reservation and leaves the ledger’s time alone', async () => {
    const right = writerOf();
    await done(right, ...FACTORY, reservation(600, 990));
    let reads = 0;
    log.before = ({ kind }) => {
      if (kind === 'read') reads += 1;
      return undefined;
    };
    const wrong = writerOf({ now: () => ahead(24 * 365) });
    const refused = { outcome: 'clock_ahead', log_time: expect.any(String) };
    expect(await give(wrong, sale(), { now: ahead(24 * 365) })).toMatchObject(refused);
    expect(await wrong.dryRun(submission(sale(), { now: ahead(24 * 365) }))).toMatchObject(refused);
    expect(await wrong.submitAll([submission(sale(), { now: ahead(24 * 365) })])).toMatchObject(refused);
    expect(await give(wrong, sale(11))).toMatchObject({ refusal: { code: 'insufficient_stock' } });
    reads = 0;
    await sleep(300);
    expect(reads).toBeLessThan(5);
    await done(right, sale(10));
    const { recorded_at } = log.stream(STREAM).at(-1)!.metadata as { recorded_at: string };
    expect(recorded_at < ahead(1)).toBe(true);
    expect(log.stream(STREAM).some(({ type }) => type === 'ReservationExpired')).toBe(false);
  });

  it('is not what a ledger’s is after a long night, nor one that is wrong by an hour', async () => {
    const then_ms = Date.now() - 9 * 24 * 3_600_000;
    const then = new Date(then_ms).toISOString();
    log.now_ms = () => then_ms;
    let writer = writerOf({ now: () => then });
    for (const command of [...FACTORY, reservation(3600, 1000)]) await give(writer, command, { now: then });
    log.now_ms = Date.now;
    writer = await restarted(writer);
    expect(await give(writer, sale(), { now: ahead(1) })).toMatchObject({ outcome: 'recorded' });
    const started = writerOf({ now: () => ahead(-1) });
    expect(await give(started, sale(), { now: ahead(-1) })).toMatchObject({ outcome: 'recorded' });
    expect(log.stream('clock')).toHaveLength(2);
  });
});

test('a command without a time of its own is of the moment at which it arrives', async () => {
  let clock = '2026-03-02T08:00:00.000Z';
  const writer = writerOf({ now: () => clock });
  for (const command of FACTORY) await give(writer, command, { now: clock });
  clock = '2026-03-02T09:00:00.000Z';
  expect(await give(writer, sale(), { now: '' })).toMatchObject({ answer: { recorded_at: clock } });
});

describe('two and three writers of one ledger', () => {
  const RUNS = 6;
  const CLIENTS = 8;
  const COMMANDS = 20;

  /** Lost answers, failing reads, slow clocks, expiries; every key is sent until it has its answer. */
  async function history(seed: number): Promise<void> {
    const by = chanceOf(seed);
    const store = memoryLog();
    let clock_ms = Date.now();
    store.now_ms = () => clock_ms;
    store.before = async ({ kind, stream }) => {
      for (let ticks = by.whole(0, 3); ticks > 0; ticks -= 1) await new Promise(setImmediate);
      if (stream !== STREAM) return undefined;
      if (kind === 'read') return by.percent(2) ? 'away' : undefined;
      return by.percent(6) ? by.pick(['unanswered', 'unwritten'] as const) : undefined;
    };
    const { saved, snapshots } = snapshotsInMemory();
    const clocks = Array.from({ length: by.whole(2, 3) }, () => by.pick([0, 0, 0, -3_600_000, -5]));
    const at = (writer: number) => new Date(clock_ms + clocks[writer]!).toISOString();
    const writers = clocks.map((_, index) =>
      openWriter({
        store,
        ledger_id: 'main',
        now: () => at(index),
        ...(index === 0 && { snapshots, snapshot_every: 10 }),
        documents_max: 3,
        keys_max: 3,
      }),
    );
    const recorded = new Map<string, Extract<WriterOutcome, { outcome: 'recorded' }>>();
    const refused = new Set<string>();
    let sent = 0;
    async function give(command: Command): Promise<WriterOutcome> {
      sent += 1;
      const idempotency_key = `${seed}-${sent}`;
      for (;;) {
        const index = by.whole(0, writers.length - 1);
        const envelope = {
          actor: 'ann',
          role: 'manager',
          now: at(index),
          idempotency_key,
          request_hash: 'same',
        } as const;
        const outcome = await writers[index]!.submit({ command, envelope });
        if (outcome.outcome === 'recorded') recorded.set(idempotency_key, outcome);
        else if (outcome.outcome === 'refused') refused.add(idempotency_key);
        else if (outcome.outcome === 'halted') throw new Error(`halted: ${outcome.reason}`);
        else continue;
        return outcome;
      }
    }
    for (const command of FACTORY) await give(command);
    const reservations: string[] = [];
    const bills: string[] = ['SO-none'];
    const any = (): Command =>
      by.pick([
        () => sale(by.whole(1, 5)),
        () => sale(by.whole(1, 5)),
        () => reservation(by.whole(1, 4), by.whole(1, 5)),
        () => reservation(by.whole(1, 4), by.whole(1, 5)),
        (): Command => ({ type: 'release_reservation', reservation_id: reservations.at(-1) ?? 'RV-none' }),
        (): Command => ({
          type: 'check_out',
          reservation_id: reservations.at(-1) ?? 'RV-none',
          customer_id: 'CUST',
          line_items: [{ item_id: 'bottle', unit_price: '4' }],
        }),
        (): Command => ({ type: 'record_payment', bill_number: by.pick(bills), amount: '4' }),
        (): Command => ({ type: 'change', kind: 'customer', id: 'CUST', changes: { name: by.pick(['a', 'b']) } }),
      ])();
    const client = async () => {
      for (let n = 0; n < COMMANDS; n += 1) {
        if (by.percent(30)) clock_ms += by.pick([1000, 1000, 2500]);
        const outcome = await give(any());
        if (outcome.outcome !== 'recorded') continue;
        const { reservation_id, number, kind } = outcome.answer as Record<string, string | undefined>;
        if (reservation_id !== undefined && kind !== 'sale') reservations.push(reservation_id);
        if (kind === 'sale') bills.push(number!);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    store.before = () => undefined;
    await Promise.all(writers.map((writer) => writer.close()));

    const events = store.stream(STREAM);
    const state = fold(events);
    const keysOf = (event: StoredEvent) => (event.metadata as { idempotency_key: string }).idempotency_key;
    for (const [key, { events: told, position }] of recorded) {
      const logged = events.filter((event) => keysOf(event) === key);
      expect(logged.map(({ revision, data }) => [revision, data])).toEqual(
        told.map((each) => [each.position, each.data]),
      );
      expect(position).toBe(told.at(-1)!.position);
    }
    expect(events.filter((event) => refused.has(keysOf(event)))).toEqual([]);
    const system = events.filter((event) => (event.metadata as { actor: string }).actor === 'system');
    expect(events).toHaveLength(
      system.length + [...recorded.values()].reduce((sum, { events: each }) => sum + each.length, 0),
    );
    expect(new Set(system.map(keysOf)).size).toBe(system.length);
    expect(saved.length).toBeGreaterThan(1);
    for (const sections of saved) {
      const snapshot = restoredFrom(sections);
      expect(contentOf(snapshot)).toEqual(contentOf(fold(events.slice(0, snapshot.position + 1))));
    }
    expect(state.position).toBe(events.length - 1);
  }

  it(`acknowledge what the log holds and nothing else: ${RUNS} histories from seed ${SEED}`, async () => {
    const seeds = Array.from({ length: RUNS }, (_, run) => SEED + run);
    await Promise.all(
      seeds.map((seed) =>
        history(seed).catch((error: Error) => {
          throw new Error(`SEED=${seed} repeats it: ${error.message}`, { cause: error });
        }),
      ),
    );
  }, 120_000);
});

describe('a snapshot is a fold of the log', () => {
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
    for (let groups = factory.opening(), tries = 0; tries < 120; groups = [factory.group(written)], tries += 1)
      for (const group of groups) {
        const outcome = await author.submitAll(group.submissions);
        if (outcome.outcome !== 'all') continue;
        const known = written.position + 1;
        const fresh = good
          .stream(STREAM)
          .slice(known)
          .map((event) => decode(structuredClone(event)));
        for (const event of fresh) applyEvent(written, event);
        factory.saw(fresh);
      }
    await author.close();
    const events = good.stream(STREAM);
    const folded = emptyState();
    for (const [position, event] of events.entries()) {
      const before = JSON.stringify(contentOf(folded), whole);
      const bad = structuredClone(event);
      by.pick(position === 0 ? spoil.slice(1) : spoil)(bad as unknown as LedgerEvent);
      expect(() => applyEvent(folded, decode(structuredClone(bad)))).toThrow();
      expect(JSON.stringify(contentOf(folded), whole)).toBe(before);
      applyEvent(folded, decode(structuredClone(event)));
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

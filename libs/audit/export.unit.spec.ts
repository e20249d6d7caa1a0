import { generateKeyPairSync, hash } from 'node:crypto';
import { type FactoryEvent, factoryLog, WORKED_EXAMPLE } from '../../test/support/factory-log.js';
import type { EventStore, NewEvent } from '../event-store/event-store.js';
import { hashedContent, uuidOf } from '../ledger/codec.js';
import type { Command } from '../ledger/commands.js';
import type { Postings } from '../ledger/events.js';
import { loadAuditKey } from './audit-key.js';
import type { ChainedEvent } from './chain.js';
import { exportLines, inspectExport } from './export.js';
import { checkProof, limitsOf, NotProven, type Proof, proveDocument } from './proof.js';
import { openSignedCheckpoints } from './signed-checkpoint.js';
import { findDocument } from './state-at.js';

const secret = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const KEY = loadAuditKey(secret(), '');
const NOW = () => '2026-03-31T12:00:00.000Z';
const SEED = Math.floor(Math.random() * 2 ** 31);
const LOG = factoryLog(WORKED_EXAMPLE);

function memoryLog(streams: Record<string, NewEvent[]>): EventStore {
  const eventsOf = (stream: string) => (streams[stream] ?? []).map((event, revision) => ({ ...event, revision }));
  async function* list(events: object[], max = events.length) {
    yield* events.slice(0, max) as never[];
  }
  return {
    append: (stream: string, expected: number, events: NewEvent[]) => {
      streams[stream] ??= [];
      if (streams[stream].length !== expected + 1) return Promise.resolve({ outcome: 'conflict' });
      streams[stream].push(...events);
      return Promise.resolve({ outcome: 'appended', revision: streams[stream].length - 1 });
    },
    read: (stream: string, from: number, { max }: { max?: number } = {}) => list(eventsOf(stream).slice(from), max),
    readBackwards: (stream: string, { max }: { max?: number } = {}) => list(eventsOf(stream).toReversed(), max),
  } as unknown as EventStore;
}

async function sealedLog(events: readonly FactoryEvent[], sizes: readonly number[], key = KEY) {
  const streams: Record<string, NewEvent[]> = { 'ledger-main': events as FactoryEvent[] };
  const store = memoryLog(streams);
  const checkpoints = openSignedCheckpoints(store, 'main', key, NOW);
  let size = 0;
  for (const next of sizes) {
    await checkpoints.make(next - size);
    size = next;
  }
  return { store, streams, checkpoints };
}

function sealedAnew(events: readonly FactoryEvent[]): FactoryEvent[] {
  let previous_hash = '';
  return events.map((event) => {
    const { hash: _, ...metadata } = { ...(event.metadata as object), previous_hash } as Record<string, string>;
    previous_hash = hash('sha256', hashedContent({ ...event, metadata }));
    return { ...event, id: uuidOf(previous_hash), metadata: { ...metadata, hash: previous_hash } };
  });
}

async function exported(store: EventStore): Promise<Buffer> {
  let text = '';
  for await (const line of exportLines(store, 'main')) text += line;
  return Buffer.from(text);
}
async function* chunks(bytes: Buffer, size = 1000) {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
const findingsIn = async (bytes: Buffer, trusted_key?: string) =>
  (await inspectExport(chunks(bytes), { trusted_key })).inspection.findings;
const kindsOf = async (bytes: Buffer, trusted_key?: string) =>
  (await findingsIn(bytes, trusted_key)).map(({ position, kind }) => `${kind} at ${position}`);
const linesOf = (bytes: Buffer) => bytes.toString().split('\n').slice(0, -1);
const fromLines = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

async function expectFound(bytes: Buffer, bit: number, lines_before: number): Promise<void> {
  const byte = bit >> 3;
  const position = bytes.subarray(0, byte).toString('latin1').split('\n').length - 1 - lines_before;
  const last = linesOf(bytes).length - lines_before - 2;
  bytes[byte]! ^= 1 << (bit & 7);
  const findings = await findingsIn(bytes);
  bytes[byte]! ^= 1 << (bit & 7);
  const where = `bit ${bit} (position ${position}): ${JSON.stringify(findings)}`;
  if (findings.length === 0) throw new Error(`not found: ${where}`);
  if (position >= 0 && position <= last && findings[0]!.position !== position) throw new Error(`misplaced: ${where}`);
}

describe('an export', () => {
  it('is found whole, folds to the figures of the worked example, and is the same at every cut of the bytes', async () => {
    const { store } = await sealedLog(LOG, [10, LOG.length]);
    const bytes = await exported(store);
    for (const size of [1, 7, 1000, bytes.length]) {
      const { header, inspection } = await inspectExport(chunks(bytes, size));
      expect(inspection.findings).toEqual([]);
      expect(header).toMatchObject({ ledger: 'main', events: LOG.length, checkpoints: 2 });
      expect(inspection.keys).toEqual([KEY.public_key]);
      expect(inspection.state?.balances.get('inventory')).toBe(224000n);
      expect(inspection.state?.balances.get('receivable:CUST-001')).toBe(50000n);
    }
  });

  it('gives away every single flipped bit of a small ledger, and says where', async () => {
    const bytes = await exported(memoryLog({ 'ledger-main': LOG.slice(0, 2) }));
    for (let bit = 0; bit < bytes.length * 8; bit += 1) await expectFound(bytes, bit, 1);
  });

  it('gives away every single flipped bit of a checkpoint', async () => {
    const { store } = await sealedLog(LOG.slice(0, 1), [1]);
    const bytes = await exported(store);
    const begin = bytes.indexOf(10) + 1;
    for (let bit = begin * 8; bit < bytes.indexOf(10, begin) * 8; bit += 1) await expectFound(bytes, bit, 2);
  });

  it(`gives away flipped bits at random in documents (seed ${SEED})`, async () => {
    const { store } = await sealedLog(LOG, [10, LOG.length]);
    const bytes = await exported(store);
    let random = SEED;
    for (let run = 0; run < 500; run += 1) {
      random = (Math.imul(random, 1_103_515_245) + 12_345) >>> 0;
      await expectFound(bytes, random % (bytes.length * 8), 3);
    }
  });

  it('gives away lines that are missing, added, moved or cut off', async () => {
    const { store } = await sealedLog(LOG, [10, LOG.length]);
    const lines = linesOf(await exported(store));
    const event_8 = 3 + 8;
    expect(await kindsOf(fromLines(lines.toSpliced(event_8, 1)))).toContain('missing at 8');
    expect(await kindsOf(fromLines(lines.toSpliced(event_8, 0, lines[event_8]!)))).toContain('added at 8');
    expect(
      await kindsOf(fromLines(lines.with(event_8, lines[event_8 + 1]!).with(event_8 + 1, lines[event_8]!))),
    ).toContain('reordered at 8');
    for (const left of [3, 5, lines.length - 2])
      expect(await kindsOf(fromLines(lines.slice(0, left)))).toContain(`truncated at ${Math.max(left - 3, 0)}`);
    expect(await kindsOf(fromLines(lines.slice(0, -1)))).toEqual([`truncated at ${LOG.length}`]);
    expect(await kindsOf(fromLines([...lines, lines.at(-2)!]))).toEqual([`unreadable at ${LOG.length}`]);
    expect(await kindsOf(fromLines(lines.toSpliced(1, 1)))).toContain('checkpoint at 0');
    expect(await kindsOf(fromLines([]))).toEqual(['unreadable at 0']);
  });

  it('finds a log that was written anew from its middle, even if it was sealed again', async () => {
    const { streams } = await sealedLog(LOG, [10, LOG.length - 2]);
    const forged = factoryLog(WORKED_EXAMPLE, '2026-03-02T09:00:00.000Z');
    streams['ledger-main'] = [...forged];
    expect(await kindsOf(await exported(memoryLog(streams)))).toEqual(['checkpoint at 0']);
  });

  it('gives away a log that ends before its checkpoint', async () => {
    const { streams } = await sealedLog(LOG, [10, LOG.length]);
    const bytes = await exported(memoryLog(streams));
    const lines = linesOf(bytes);
    const short = linesOf(await exported(memoryLog({ 'ledger-main': LOG.slice(0, -2) })));
    const header = JSON.stringify({ ...JSON.parse(short[0]!), checkpoints: 2 });
    expect(await kindsOf(fromLines([header, lines[1]!, lines[2]!, ...short.slice(1)]))).toEqual([
      `truncated at ${LOG.length - 2}`,
    ]);
  });

  it('gives away events that were sealed well but break the rules', async () => {
    const broken = structuredClone(LOG);
    const sale = broken.findIndex(({ type }) => type === 'SaleRecorded');
    (broken[sale]!.data as { stock: { value: string }[] }).stock[0]!.value = '-34999';
    const sealed = sealedAnew(broken);
    expect(await kindsOf(await exported(memoryLog({ 'ledger-main': sealed })))).toEqual([`rule at ${sale}`]);
  });

  it('folds adjusted costs, and gives away those that do not sum to zero', async () => {
    const late: Command = {
      type: 'record_purchase',
      supplier_id: 'SUP-1',
      line_items: [{ item_id: 'bottle-500ml-a', quantity: 500, unit_price: '4.5' }],
      // Between the first purchase and the sale: pieces of 3.50 cost 4.00.
      effective_at: '2026-03-02T08:06:30.000Z',
    };
    const log = factoryLog([...WORKED_EXAMPLE, late]);
    const { inspection } = await inspectExport(chunks(await exported(memoryLog({ 'ledger-main': log }))));
    expect(inspection.findings).toEqual([]);
    expect(['cogs', 'inventory'].map((account) => inspection.state?.balances.get(account))).toEqual([
      61_000n,
      444_000n,
    ]);
    const broken = structuredClone(log);
    const [group] = (broken.at(-1)!.data as Postings).adjusted!;
    delete group!.account_id;
    const bytes = await exported(memoryLog({ 'ledger-main': sealedAnew(broken) }));
    expect(await kindsOf(bytes)).toEqual([`rule at ${log.length - 1}`]);
  });

  it('gives away an event that names another event before than its document has', async () => {
    for (const previous_positions of [[LOG.length - 3], [], [LOG.length - 2, 0], [0.5]]) {
      const wrong = LOG.with(-1, {
        ...LOG.at(-1)!,
        metadata: { ...(LOG.at(-1)!.metadata as object), previous_positions },
      });
      const bytes = await exported(memoryLog({ 'ledger-main': sealedAnew(wrong) }));
      expect(await kindsOf(bytes)).toEqual([`rule at ${LOG.length - 1}`]);
    }
  });

  it('notices that an event whose hash was noted is gone', async () => {
    const bytes = await exported(memoryLog({ 'ledger-main': LOG }));
    const noted = async (noted_hash: string) =>
      (await inspectExport(chunks(bytes), { noted_hash })).inspection.findings.length;
    expect(await noted((LOG[7]!.metadata as { hash: string }).hash)).toBe(0);
    expect(await noted('f'.repeat(64))).toBe(1);
  });

  it('gives away checkpoints of a key that is not the trusted one', async () => {
    const other = loadAuditKey(secret(), '');
    const { store } = await sealedLog(LOG, [LOG.length], other);
    const bytes = await exported(store);
    expect(await kindsOf(bytes)).toEqual([]);
    expect(await kindsOf(bytes, other.public_key)).toEqual([]);
    expect(await kindsOf(bytes, KEY.public_key)).toEqual(['checkpoint at 0']);
  });
});

describe('checkpoints', () => {
  it('go on from the last one in the log, in whichever process, and say the same as one made at once', async () => {
    const { streams } = await sealedLog(LOG, [3, 11]);
    const elsewhere = openSignedCheckpoints(memoryLog(streams), 'main', KEY, NOW);
    const at_once = await sealedLog(LOG, [LOG.length]);
    expect((await elsewhere.make())?.checkpoint).toEqual((await at_once.checkpoints.latest())?.checkpoint);
    expect(streams['checkpoints-main']).toHaveLength(3);
    await elsewhere.make();
    expect(streams['checkpoints-main']).toHaveLength(3);
  });

  it('are not signed over a log that was altered', async () => {
    const altered = LOG.with(12, { ...LOG[12]!, type: 'ItemChanged' });
    const { checkpoints } = await sealedLog(altered, [10]);
    await expect(checkpoints.make()).rejects.toThrow('Position 12 of ledger main: Its content does not have the hash');
    const { streams } = await sealedLog(LOG, [20]);
    streams['ledger-main'] = [...factoryLog(WORKED_EXAMPLE, '2026-03-02T09:00:00.000Z')];
    await expect(openSignedCheckpoints(memoryLog(streams), 'main', KEY).make()).rejects.toThrow(
      'not those of the last checkpoint',
    );
  });
});

describe('the proof of a document', () => {
  const SALE = { ledger_id: 'main', number: 'SO-260302-0001', positions: [LOG.length - 2, LOG.length - 1] };

  it('holds without the log, and names the document', async () => {
    const { store, checkpoints } = await sealedLog(LOG, [10]);
    const proof = JSON.parse(JSON.stringify(await proveDocument(store, checkpoints, SALE)));
    const { document, checkpoint } = checkProof(proof);
    expect(document).toMatchObject({
      number: SALE.number,
      total_price: 700,
      total_profit: 140,
      payment_status: 'partial',
    });
    expect(checkpoint).toMatchObject({ size: LOG.length, key_id: KEY.key_id });
  });

  it('does not hold when any value in it is another', async () => {
    const { store, checkpoints } = await sealedLog(LOG, [LOG.length]);
    const proof = await proveDocument(store, checkpoints, SALE);
    expect(() => checkProof(proof)).not.toThrow();
    let edits = 0;
    for (const edited of editsOf(proof)) {
      edits += 1;
      expect(() => checkProof(edited)).toThrow(NotProven);
    }
    expect(edits).toBeGreaterThan(80);
  });

  const pay = (amount: string): Command => ({ type: 'record_payment', bill_number: 'SO-260302-0001', amount });
  const take_back = (number: string): Command => ({ type: 'void_document', number, reason: 'bounced' });
  const PAID = factoryLog([
    ...WORKED_EXAMPLE,
    pay('15'),
    take_back('PY-260302-0002'),
    pay('25'),
    pay('1'),
    take_back('PY-260302-0001'),
  ]);
  const proofOf = async (events: readonly FactoryEvent[]): Promise<Proof> => {
    const { store, checkpoints } = await sealedLog(events, [events.length]);
    const positions = await findDocument(store.read('ledger-main', 0), SALE.number);
    return proveDocument(store, checkpoints, { ...SALE, positions });
  };

  it('shows every gap between two of its events, and names the last one that it has', async () => {
    const proof = await proofOf(PAID.slice(0, -1));
    const { document, position, unlinked } = checkProof(proof);
    expect([document.paid_amount, position, unlinked]).toEqual([226, PAID.length - 2, []]);
    expect(proof.events).toHaveLength(6);
    for (let left_out = 0; left_out < proof.events.length - 1; left_out += 1)
      expect(() => checkProof({ ...proof, events: proof.events.toSpliced(left_out, 1) })).toThrow(NotProven);
    const earlier = checkProof({ ...proof, events: proof.events.slice(0, 3) });
    expect([earlier.document.paid_amount, earlier.position]).toEqual([215, PAID.length - 5]);
    expect(limitsOf(earlier)[0]).toContain(`after position ${earlier.position}`);
  });

  it('counts no event twice, whatever its position is written as', async () => {
    const proof = await proofOf(PAID);
    const { event, path } = proof.events[1]!;
    for (const position of [event.position + 0.5, `${event.position}`, event.position, -1, 2 ** 53, Number.NaN, null]) {
      const again = { event: { ...event, position: position as number }, path };
      for (const at of [1, 2])
        for (const edited of [
          { ...proof, events: proof.events.toSpliced(at, 0, again) },
          { ...proof, events: proof.events.with(at, again) },
        ])
          if (at === 2 || position !== event.position) expect(() => checkProof(edited)).toThrow(NotProven);
    }
    const opening = { ...proof.opening, event: { ...proof.opening.event, position: 0.5 } };
    expect(() => checkProof({ ...proof, opening })).toThrow(NotProven);
  });

  it('has a link to the event before of each document that an event adds to', () => {
    const links = PAID.flatMap(({ type, position, metadata }) => {
      const { previous_positions } = metadata as { previous_positions?: number[] };
      return previous_positions === undefined
        ? []
        : [[type, position - PAID.length, ...previous_positions.map((each) => each - PAID.length)]];
    });
    expect(links).toEqual([
      ['PaymentReceived', -6, -7],
      ['PaymentReceived', -5, -6],
      ['DocumentVoided', -4, -5, -5],
      ['PaymentReceived', -3, -4],
      ['PaymentReceived', -2, -3],
      ['DocumentVoided', -1, -6, -2],
    ]);
  });

  it('of a log from before events named the one before still holds, and says that some may be missing', async () => {
    const old = sealedAnew(
      PAID.map((event) => {
        const { previous_positions: _, ...metadata } = event.metadata as Record<string, unknown>;
        return event.position < PAID.length - 2 ? { ...event, metadata } : event;
      }),
    );
    expect(await kindsOf(await exported(memoryLog({ 'ledger-main': old })))).toEqual([]);
    const proof = await proofOf(old);
    const proven = checkProof(proof);
    expect(proven.document).toEqual(checkProof(await proofOf(PAID)).document);
    expect(proven.unlinked).toEqual([-6, -5, -4, -3].map((each) => each + PAID.length));
    expect(limitsOf(proven)[0]).toContain('may be missing ahead of each');
    expect(() => checkProof({ ...proof, events: proof.events.toSpliced(-2, 1) })).toThrow('events are missing');
  });
});

function* editsOf<T extends object>(original: T): Generator<T> {
  const copy = structuredClone(original);
  const visit = function* (parent: Record<string, unknown>, key: string): Generator<T> {
    const value = parent[key];
    if (typeof value === 'object' && value !== null) {
      for (const inner of Object.keys(value)) yield* visit(value as ChainedEvent & Record<string, unknown>, inner);
      return;
    }
    parent[key] = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value}x`;
    yield structuredClone(copy);
    parent[key] = value;
  };
  for (const key of Object.keys(copy)) yield* visit(copy as Record<string, unknown>, key);
}

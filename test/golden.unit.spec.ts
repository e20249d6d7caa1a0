import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { viewDocument } from '../libs/documents/documents.js';
import { decode, EVENT_TYPES, hashedContent, type RawEvent, uuidOf } from '../libs/ledger/codec.js';
import { toMajor } from '../libs/ledger/money.js';
import { applyEvent, emptyState, type LedgerState } from '../libs/ledger/state/state.js';
import { STOCK, TRIAL_BALANCE } from './support/month-of-a-factory.js';

const FOLDER = 'test/golden';
const FILES = readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson'));

function linesOf(file: string): string[] {
  return readFileSync(join(FOLDER, file), 'utf8').trimEnd().split('\n');
}
function rawOf(line: string): RawEvent & { id: string } {
  return JSON.parse(line) as RawEvent & { id: string };
}
function fold(raws: readonly RawEvent[]): LedgerState {
  const state = emptyState();
  for (const raw of raws) applyEvent(state, decode(raw));
  return state;
}
function byName<V>(map: Map<string, V>): [string, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
function totalsOf({ position, recorded_at, head_hash, closed_through, balances, stock, series }: LedgerState): unknown {
  return {
    position,
    recorded_at,
    head_hash,
    closed_through,
    trial_balance: Object.fromEntries(
      byName(balances).flatMap(([id, amount]) => (amount === 0n ? [] : [[id, `${amount}`]])),
    ),
    stock: byName(stock).map(([place, { on_hand, value, reserved }]) => ({
      place,
      on_hand,
      value: `${value}`,
      reserved,
    })),
    numbers: Object.fromEntries(byName(series)),
  };
}

describe.each(FILES)('%s', (file) => {
  const lines = linesOf(file);
  const totals = JSON.parse(readFileSync(join(FOLDER, file.replace('.ndjson', '.totals.json')), 'utf8')) as unknown;

  it('is read to the totals of its day', () => {
    expect(totalsOf(fold(lines.map(rawOf)))).toEqual(totals);
  });

  it('is read to the same totals with fields that nobody knows', () => {
    const raws = lines.map(rawOf).map(({ data, metadata, ...raw }) => ({
      ...raw,
      data: { ...(data as object), weather: { sky: 'blue' } },
      metadata: { ...(metadata as object), trace_id: 'a1' },
    }));
    expect(totalsOf(fold(raws))).toEqual(totals);
  });

  it('is a whole chain', () => {
    let previous = '';
    for (const line of lines) {
      const { id, ...raw } = rawOf(line);
      const { type, data, metadata } = decode(raw);
      expect(metadata.previous_hash).toBe(previous);
      previous = createHash('sha256').update(hashedContent({ type, data, metadata })).digest('hex');
      expect([metadata.hash, id]).toEqual([previous, uuidOf(previous)]);
    }
  });

  it('stops at a type that nobody knows, wherever it stands', () => {
    const raws = lines.map(rawOf);
    for (const at of [0, raws.length >> 1, raws.length - 1]) {
      const spoilt = raws.with(at, { ...raws[at]!, type: 'InvoicePrinted' });
      expect(() => fold(spoilt)).toThrow(`position ${at} holds an event of unknown type "InvoicePrinted"`);
    }
  });

  it('tells every document', () => {
    const { documents } = fold(lines.map(rawOf));
    for (const [number, history] of documents) expect(viewDocument(history, 2).number).toBe(number);
  });
});

describe('the golden files', () => {
  it('hold every type of event', () => {
    const types = new Set(FILES.flatMap(linesOf).map((line) => rawOf(line).type));
    expect(EVENT_TYPES.filter((type) => !types.has(type))).toEqual([]);
  });

  it('have the totals that were computed by hand', () => {
    const { balances, stock } = fold(linesOf('every-event-1.ndjson').map(rawOf));
    // Then a return left at its bill's cost, 75.00 instead of 105.00, and the count found 2.64 missing.
    const of_its_day: Record<string, number> = { inventory: 5644.56, 'count-difference': 2.41, 'price-variance': 0 };
    for (const [account_id, amount] of balances)
      expect(toMajor(amount, 2)).toBe(of_its_day[account_id] ?? TRIAL_BALANCE[account_id] ?? 0);
    for (const { item_id, location_id, on_hand, value } of STOCK) {
      const place = stock.get(`${item_id} ${location_id}`)!;
      expect([place.on_hand, toMajor(place.value, 2)]).toEqual([on_hand, item_id === 'preform-28g' ? 4647.36 : value]);
    }
  });
});

/** From the log alone, without the read models, in the shapes of their answers. */
import { withAdjustedCosts } from '../documents/adjusted-costs.js';
import { type DocumentView, viewDocument } from '../documents/documents.js';
import { type AccountBalance, balanceOf, levelOf, type StockLevel, totalsOf } from '../documents/figures.js';
import type { EventStore } from '../event-store/event-store.js';
import { ledgerStream } from '../event-store/streams.js';
import { describeUnregistered } from '../ledger/accounts.js';
import { adjustedPostings } from '../ledger/adjustments.js';
import { decode } from '../ledger/codec.js';
import { type DocumentKind, documentsNamed, kindOf } from '../ledger/document-kinds.js';
import type { AccountType, Postings, RecordedEvent } from '../ledger/events.js';
import { toMajor } from '../ledger/money.js';
import { costChanges, documentPositions, emptyState, type LedgerState } from '../ledger/state/state.js';
import { foldNext } from './fold.js';
import { Tampered } from './signed-checkpoint.js';

/** A position or an instant of recording (ISO 8601 UTC), included; neither: all. */
export interface Moment {
  position?: number | undefined;
  recorded_at?: string | undefined;
}

/** `snapshot` saves reading, and is changed. A ledger that did not exist has no `config`. @throws Tampered */
export async function stateAt(
  store: EventStore,
  ledger_id: string,
  moment: Moment,
  options: { snapshot?: LedgerState | undefined; signal?: AbortSignal; on_event?: (position: number) => void } = {},
): Promise<LedgerState> {
  const { position = Number.POSITIVE_INFINITY, recorded_at = '9999' } = moment;
  const { snapshot, signal, on_event } = options;
  const usable = snapshot !== undefined && snapshot.position <= position && snapshot.recorded_at <= recorded_at;
  const state = usable ? snapshot : emptyState();
  for await (const event of eventsUntil(store, ledger_id, moment, state, signal)) {
    try {
      foldNext(state, event);
    } catch (error) {
      throw new Tampered(`Position ${event.position} of ledger ${ledger_id}: ${(error as Error).message}.`);
    }
    on_event?.(event.position);
  }
  return state;
}

/** After `known`. @throws Tampered */
async function* eventsUntil(
  store: EventStore,
  ledger_id: string,
  { position = Number.POSITIVE_INFINITY, recorded_at = '9999' }: Moment,
  known: Pick<LedgerState, 'position' | 'head_hash'>,
  signal: AbortSignal | undefined,
): AsyncGenerator<RecordedEvent> {
  let expected = known.position + 1;
  let { head_hash } = known;
  for await (const stored of store.read(ledgerStream(ledger_id), expected, { signal })) {
    if (stored.revision > position) return;
    const wrong = (what: string) => new Tampered(`Position ${expected} of ledger ${ledger_id}: ${what}.`);
    if (stored.revision !== expected) throw wrong('it is missing');
    let event: RecordedEvent;
    try {
      event = decode(stored);
    } catch (error) {
      throw wrong((error as Error).message);
    }
    const { previous_hash = '', hash = '' } = event.metadata;
    if (previous_hash !== head_hash) throw wrong('it does not follow the one before it by its hash');
    if (event.metadata.recorded_at > recorded_at) return;
    yield event;
    head_hash = hash;
    expected += 1;
  }
}

export type Books = Pick<LedgerState, 'config' | 'position' | 'recorded_at' | 'master' | 'stock' | 'balances'>;

/** By what had happened by `as_of`, as known at the moment. Reads from the first event on. */
export async function booksAsOf(
  store: EventStore,
  ledger_id: string,
  moment: Moment,
  as_of: string,
  options: { signal?: AbortSignal } = {},
): Promise<Books> {
  const { stock, balances, ...books } = emptyState();
  for await (const event of eventsUntil(store, ledger_id, moment, emptyState(), options.signal)) {
    Object.assign(books, { position: event.position, recorded_at: event.metadata.recorded_at });
    const { effective_at } = event.metadata;
    if (effective_at <= as_of) addPostings(stock, balances, event.data as Postings);
    for (const { effective_ms, postings } of adjustedPostings((event.data as Postings).adjusted))
      if (effective_ms <= Date.parse(as_of)) addPostings(stock, balances, postings);
    if (event.type === 'LedgerOpened')
      books.config = { ...event.data, approval_threshold: BigInt(event.data.approval_threshold) };
    if ('kind' in event.data) {
      const { kind, id, attributes } = event.data;
      (books.master[kind] as Map<string, object>).set(id, { active: true, attributes });
    }
  }
  return { ...books, stock, balances };
}

function addPostings(stock: LedgerState['stock'], balances: LedgerState['balances'], data: Postings): void {
  const at = (item_id: string, location_id: string) => {
    const key = `${item_id} ${location_id}`;
    const known = stock.get(key) ?? { on_hand: 0, value: 0n, reserved: 0 };
    stock.set(key, known);
    return known;
  };
  for (const { item_id, location_id, quantity, value } of data.stock ?? []) {
    const place = at(item_id, location_id);
    place.on_hand += quantity;
    place.value += BigInt(value);
  }
  for (const { item_id, location_id, quantity } of data.holds ?? []) at(item_id, location_id).reserved += quantity;
  for (const { account_id, amount } of data.journal ?? [])
    balances.set(account_id, (balances.get(account_id) ?? 0n) + BigInt(amount));
}

export interface Figures {
  currency: string;
  digits: number;
  position: number;
  recorded_at: string;
  stock: (StockLevel & { item_id: string; location_id: string })[];
  stock_value: number;
  trial_balance: { data: AccountBalance[]; totals: { debit: number; credit: number } };
  profit: number;
}
export function figuresOf({ config, position, recorded_at, master, stock, balances }: Books): Figures | undefined {
  if (config === undefined) return undefined;
  const { digits, currency } = config;
  const major = (amount: bigint) => toMajor(amount, digits);
  const accounts = new Set([...master.account.keys(), ...balances.keys()]);
  const rows = [...accounts].sort(byBytes).map((account_id) => {
    const amount = balances.get(account_id) ?? 0n;
    const attributes = master.account.get(account_id)?.attributes;
    return { account_id, amount, ...(attributes ?? describeUnregistered(account_id)) };
  });
  const total = (amounts: readonly bigint[]) => major(amounts.reduce((sum, amount) => sum + amount, 0n));
  const of_type = (...types: AccountType[]) =>
    rows.filter(({ type }) => types.includes(type)).map(({ amount }) => amount);
  return {
    currency,
    digits,
    position,
    recorded_at,
    stock: [...stock]
      .sort(([a], [b]) => byBytes(a, b))
      .map(([place, { on_hand, value, reserved }]) => {
        const [item_id, location_id] = place.split(' ') as [string, string];
        const level = { on_hand: BigInt(on_hand), value, reserved: BigInt(reserved) };
        return { item_id, location_id, ...levelOf(level, digits) };
      }),
    stock_value: total([...stock.values()].map(({ value }) => value)),
    trial_balance: {
      data: rows.map((row) => balanceOf(row, row.amount, digits)),
      totals: totalsOf(
        rows.map(({ amount }) => amount),
        digits,
      ),
    },
    profit: -total(of_type('income', 'expense')) || 0,
  };
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export function documentCounts(state: LedgerState): Partial<Record<DocumentKind, number>> {
  const counts: Partial<Record<DocumentKind, number>> = {};
  for (const [series, count] of state.series) {
    const kind = kindOf(series)!;
    counts[kind] = (counts[kind] ?? 0) + count;
  }
  return counts;
}

export async function documentAt(
  store: EventStore,
  state: LedgerState,
  number: string,
): Promise<DocumentView | undefined> {
  const positions = documentPositions(state, number);
  if (positions === undefined || state.config === undefined) return undefined;
  const history = await readEvents(store, state.config.ledger_id, positions);
  const [first, { digits }] = [history[0]!, state.config];
  return withAdjustedCosts(
    viewDocument(history, digits),
    first,
    { changes: costChanges(state, first.position) },
    digits,
  );
}

async function readEvents(
  store: EventStore,
  ledger_id: string,
  positions: readonly number[],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for (const position of positions)
    for await (const stored of store.read(ledgerStream(ledger_id), position, { max: 1 })) events.push(decode(stored));
  return events;
}

/** Reads the log once; empty where there is none. */
export async function findDocument(
  events: AsyncIterable<{ type: string; data: unknown; metadata: unknown; revision: number }>,
  number: string,
): Promise<number[]> {
  const positions: number[] = [];
  for await (const stored of events) {
    const { first, more } = documentsNamed(decode(stored));
    if (first === number || more.includes(number)) positions.push(stored.revision);
  }
  return positions;
}

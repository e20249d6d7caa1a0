/**
 * By plain sums in memory. Shares libs/ledger and the view of a document (libs/documents) with the read models, and none of their code, so that a bug
 * of theirs is found.
 */
import { viewDocument } from '../../libs/documents/documents.js';
import { folded, valuesOf, wordsOf } from '../../libs/documents/folded.js';
import { thingsNamed } from '../../libs/documents/things-named.js';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { adjustedPostings, adjustmentsIn } from '../../libs/ledger/adjustments.js';
import { billOf, openAmount, paymentStatus } from '../../libs/ledger/bill.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import type { Postings, RecordedEvent } from '../../libs/ledger/events.js';

export type Row = Record<string, string | number | bigint | boolean | null>;

export const MEASURES = {
  movements: ['quantity', 'value', 'hold'],
  entries: ['amount'],
  sales: ['quantity', 'revenue', 'cost'],
  purchases: ['bills', 'purchased', 'returned', 'written_off', 'paid'],
  allotments: ['remaining', 'held', 'sold', 'returned'],
} as const;
/** Summed up by day, too. */
const DAY_MEASURES = { sales_by_day: MEASURES.sales, purchases_by_day: [...MEASURES.purchases, 'waste'] } as const;
export const KEYS = {
  movements: ['item_id', 'location_id'],
  entries: ['account_id'],
  sales: ['dimension', 'id'],
  purchases: ['supplier_id'],
  allotments: ['flash_sale_id'],
} as const;

const BLOCKS = [1, 4, 16, 64] as const;

const balanceColumns = (table: keyof typeof MEASURES) => {
  const prefixes = ['', 'run_', ...BLOCKS.map((days) => `backdated_${days}_`)];
  const own = MEASURES[table].flatMap((measure) => prefixes.map((prefix) => `${prefix}${measure}`));
  return ['effective_at', ...BLOCKS.map((days) => `backdated_${days}`), ...own];
};
/** What an event adjusts of earlier ones has rows of its own, by the position of each. */
const balanceTable = (table: keyof typeof MEASURES) => ({
  key: [...KEYS[table], 'position', 'of_position'],
  columns: balanceColumns(table),
});

const dayTable = (table: keyof typeof DAY_MEASURES) => ({
  key: ['day', 'position', 'of_position'],
  columns: ['effective_at', ...DAY_MEASURES[table], ...DAY_MEASURES[table].map((measure) => `run_${measure}`)],
});

/** Tables with rows for single events. `key` without the ledger; `columns` beside the key. */
export const BY_EVENT = {
  events: {
    key: ['position'],
    columns: ['type', 'actor', 'recorded_at', 'effective_at', 'data', 'metadata', 'backdated_day'],
  },
  mentions: { key: ['entity', 'position'], columns: [] },
  movements: balanceTable('movements'),
  entries: balanceTable('entries'),
  sales: balanceTable('sales'),
  purchases: balanceTable('purchases'),
  allotments: balanceTable('allotments'),
  sales_by_day: dayTable('sales_by_day'),
  purchases_by_day: dayTable('purchases_by_day'),
  cost_adjustments: {
    key: ['of_position', 'line', 'position'],
    columns: ['item_id', 'location_id', 'effective_at', 'value'],
  },
  documents: {
    key: ['position', 'number'],
    columns: [
      ...['kind', 'last_position', 'status', 'payment_status', 'party_id', 'created_by', 'effective_at', 'due_day'],
      ...['total', 'open', 'backdated_day'],
    ],
  },
  document_parts: { key: ['position', 'part'], columns: ['kind', 'effective_at', 'total', 'due_day', 'number'] },
};
export const AT_THE_END = {
  stock: { key: ['item_id', 'location_id'], columns: ['on_hand', 'value', 'reserved', 'first_position'] },
  balances: { key: ['account_id'], columns: ['balance'] },
  masters: { key: ['kind', 'id'], columns: ['active', 'attributes', 'position', 'registered', 'name', 'words'] },
  master_words: { key: ['kind', 'word', 'id'], columns: [] },
  backdated_days: { key: ['day'], columns: ['first_position', 'position'] },
  party_months: { key: ['kind', 'month', 'party_id'], columns: ['position'] },
  ledgers: {
    key: [] as string[],
    columns: [
      ...['position', 'recorded_at', 'event_id', 'currency', 'digits', 'time_zone', 'approval_threshold'],
      'halted_position',
    ],
  },
};
export const OF_SECURITY = {
  security_events: BY_EVENT.events,
  security_days: AT_THE_END.backdated_days,
  security_book: { key: [] as string[], columns: ['position', 'event_id', 'halted_position'] },
};
export const USERS = { users: { key: ['username'], columns: ['roles', 'active'] } };
export type SecurityTable = keyof typeof OF_SECURITY;
export type EventTable = keyof typeof BY_EVENT;
export type EndTable = keyof typeof AT_THE_END;

export interface Expected {
  /** `follow_ups`: later events that name the document which this one begins, as far as the read models go. */
  next(
    event: RecordedEvent & Pick<StoredEvent, 'id' | 'bytes'>,
    follow_ups: readonly RecordedEvent[],
  ): { table: EventTable; row: Row }[];
  end(): Record<EndTable, Row[]>;
}

export function expectSecurityRows() {
  const days = new Map<string, Row>();
  let latest = '';
  let recorded_at = '';
  return {
    next({ id, revision: position, type, metadata, bytes, created_ms }: StoredEvent): [SecurityTable, Row][] {
      const { actor = null, recorded_at: effective_at = '' } = metadata as Record<string, string>;
      recorded_at = [recorded_at, new Date(created_ms).toISOString()].sort()[1]!;
      const backdated = effective_at < latest;
      if (!backdated) latest = effective_at;
      const day = effective_at.slice(0, 10);
      if (backdated) days.set(day, { day, first_position: days.get(day)?.first_position ?? position, position });
      const backdated_day = backdated ? Date.parse(day) / 86_400_000 : null;
      return [
        ['security_events', { position, type, actor, recorded_at, effective_at, ...textsOf(bytes), backdated_day }],
        ['security_book', { position, event_id: id, halted_position: null }],
      ];
    },
    end: (): [SecurityTable, Row][] => [...days.values()].map((row) => ['security_days', row]),
  };
}

/** `from`: for a caller that begins behind the first event; running sums are then wrong. */
export function expectRows(from: { time_zone: string; digits: number } = { time_zone: 'UTC', digits: 2 }): Expected {
  const movements = sumUp('movements');
  const entries = sumUp('entries');
  const sales = sumUp('sales');
  const purchases = sumUp('purchases');
  const allotments = sumUp('allotments');
  const sales_by_day = sumUpDays('sales_by_day');
  const purchases_by_day = sumUpDays('purchases_by_day');
  const masters = new Map<string, Row>();
  const master_words = new Map<string, Row>();
  const backdated_days = new Map<string, Row>();
  const party_months = new Map<string, Row>();
  let ledger: Row = {};
  let { time_zone, digits } = from;

  return {
    next(event, follow_ups) {
      const { position, type, data, metadata, id, bytes } = event;
      const { recorded_at, effective_at, actor } = metadata;
      if (event.type === 'LedgerOpened') {
        const { currency, approval_threshold } = event.data;
        ({ time_zone, digits } = event.data);
        ledger = { currency, digits, time_zone, approval_threshold: BigInt(approval_threshold), halted_position: null };
      }
      if (event.type === 'ApprovalThresholdChanged') ledger.approval_threshold = BigInt(event.data.new);
      Object.assign(ledger, { position, recorded_at, event_id: id });
      const day = calendarDay(effective_at, time_zone);
      const backdated = effective_at < recorded_at;
      const moments = momentsOf(event, time_zone);
      for (const { day } of moments.filter(({ backdated }) => backdated))
        backdated_days.set(day, { day, first_position: backdated_days.get(day)?.first_position ?? position, position });
      const backdated_day = backdated ? Date.parse(day) / 86_400_000 : null;
      const month = `${day.slice(0, 7)}-01`;
      for (const [kind, party_id] of partiesOf(data as Postings)) {
        const name = `${kind} ${month} ${party_id}`;
        if (!party_months.has(name)) party_months.set(name, { kind, month, party_id, position });
      }
      const mentioned = new Set(documentsNamed(event).more);
      if ('kind' in event.data) {
        const { kind, id: of_kind, attributes } = event.data;
        const { name: given = '' } = attributes;
        const words = wordsOf(`${of_kind} ${given}`);
        const active = 'active' in event.data ? event.data.active : true;
        mentioned.add(`${kind}:${of_kind}`);
        const { registered = position } = masters.get(`${kind} ${of_kind}`) ?? {};
        masters.set(`${kind} ${of_kind}`, {
          kind,
          id: of_kind,
          active,
          attributes: JSON.stringify(attributes),
          position,
          registered,
          name: folded(given),
          words: words.join(' '),
        });
        for (const word of [...words, ...valuesOf(attributes)])
          master_words.set(`${kind} ${of_kind} ${word}`, { kind, word, id: of_kind });
      }
      const number = documentsNamed(event).first;
      const document =
        number === undefined ? undefined : documentRow([event, ...follow_ups], number, digits, time_zone);
      return [
        ...named('events', [{ position, type, actor, recorded_at, effective_at, ...textsOf(bytes), backdated_day }]),
        ...named(
          'mentions',
          [...mentioned].map((entity) => ({ entity, position })),
        ),
        ...named('movements', movements.next(moments)),
        ...named('entries', entries.next(moments)),
        ...named('sales', sales.next(moments)),
        ...named('purchases', purchases.next(moments)),
        ...named('allotments', allotments.next(moments)),
        ...named('sales_by_day', sales_by_day(moments, salesOf)),
        ...named('purchases_by_day', purchases_by_day(moments, purchasesOf)),
        ...named('cost_adjustments', ofCosts(event)),
        ...named('documents', document === undefined ? [] : [{ ...document, backdated_day }]),
        // All of a document's columns: only those of a part are compared.
        ...named(
          'document_parts',
          document === undefined ? [] : thingsNamed(event).map((part) => ({ ...document, part })),
        ),
      ];
    },
    end: () => ({
      stock: movements.sums().map(([[item_id, location_id], [on_hand, value, reserved], first_position]) => ({
        first_position,
        item_id: item_id!,
        location_id: location_id!,
        on_hand: on_hand!,
        value: value!,
        reserved: reserved!,
      })),
      balances: entries.sums().map(([[account_id], [balance]]) => ({ account_id: account_id!, balance: balance! })),
      masters: [...masters.values()],
      master_words: [...master_words.values()],
      backdated_days: [...backdated_days.values()],
      party_months: [...party_months.values()],
      ledgers: [ledger],
    }),
  };
}

function textsOf({ data, metadata }: StoredEvent['bytes']): Row {
  return { data: data.toString(), metadata: metadata.toString() };
}
function named(table: EventTable, rows: readonly Row[]): { table: EventTable; row: Row }[] {
  return rows.map((row) => ({ table, row }));
}
function sum(lists: readonly bigint[][]): bigint[] {
  return lists.reduce((a, b) => a.map((amount, index) => amount + b[index]!));
}

type Posting = { key: string[]; amounts: bigint[] };

function postingsOf(event: RecordedEvent, postings: Postings): Record<keyof typeof MEASURES, Posting[]> {
  const { stock = [], holds = [], journal = [], sales = [], allotments = [] } = postings;
  return {
    movements: [
      ...stock.map((p) => ({ key: [p.item_id, p.location_id], amounts: [BigInt(p.quantity), BigInt(p.value), 0n] })),
      ...holds.map((p) => ({ key: [p.item_id, p.location_id], amounts: [0n, 0n, BigInt(p.quantity)] })),
    ],
    entries: journal.map((p) => ({ key: [p.account_id], amounts: [BigInt(p.amount)] })),
    sales: sales.flatMap((p) => {
      const amounts = [BigInt(p.quantity), BigInt(p.revenue), BigInt(p.cost)];
      return [
        { key: ['item', p.item_id], amounts },
        ...(p.customer_id === undefined ? [] : [{ key: ['customer', p.customer_id], amounts }]),
      ];
    }),
    purchases: journal.flatMap(({ account_id, amount }) =>
      account_id.startsWith('payable:')
        ? [{ key: [account_id.slice('payable:'.length)], amounts: purchaseOf(event, BigInt(amount)) }]
        : [],
    ),
    allotments: allotments.map((p) => ({
      key: [p.flash_sale_id],
      amounts: [p.remaining, p.held, p.sold, event.type === 'FlashOrderReleased' ? -p.held : 0].map(BigInt),
    })),
  };
}

/** A void has the number of what it voids. */
function purchaseOf({ type, data }: RecordedEvent, amount: bigint): bigint[] {
  switch ((data as { number?: string }).number?.slice(0, 3)) {
    case 'PO-':
      return [type === 'DocumentVoided' ? -1n : 1n, -amount, 0n, 0n, 0n];
    case 'LC-':
      return [0n, -amount, 0n, 0n, 0n];
    case 'RT-':
      return [0n, 0n, amount, 0n, 0n];
    case 'WO-':
      return [0n, 0n, 0n, amount, 0n];
    default:
      return [0n, 0n, 0n, 0n, amount];
  }
}
function wasteOf({ journal = [] }: Postings): bigint {
  return journal.reduce((total, { account_id, amount }) => total + (account_id === 'waste' ? BigInt(amount) : 0n), 0n);
}

/** Customers with sales, and suppliers whose account was posted to. */
function partiesOf({ sales = [], journal = [] }: Postings): [kind: string, party_id: string][] {
  return [
    ...sales.flatMap(({ customer_id }): [string, string][] =>
      customer_id === undefined ? [] : [['customer', customer_id]],
    ),
    ...journal.flatMap(({ account_id }): [string, string][] =>
      account_id.startsWith('payable:') ? [['supplier', account_id.slice('payable:'.length)]] : [],
    ),
  ];
}

/** What an event posts at one moment: its own postings, and what it adjusts of each earlier event. */
interface Moment {
  event: RecordedEvent;
  position: number;
  of_position: number | null;
  effective_at: string;
  day: string;
  backdated: boolean;
  postings: Postings;
}
function momentsOf(event: RecordedEvent, time_zone: string): Moment[] {
  const { position, data, metadata } = event;
  const at = (effective_at: string, of_position: number | null, postings: Postings): Moment => ({
    ...{ event, position, of_position, effective_at, postings },
    day: calendarDay(effective_at, time_zone),
    backdated: effective_at < metadata.recorded_at,
  });
  const adjusted = adjustedPostings((data as Postings).adjusted);
  return [
    at(metadata.effective_at, null, data as Postings),
    ...adjusted.map((each) => at(new Date(each.effective_ms).toISOString(), each.position, each.postings)),
  ];
}
function ofCosts({ position, data }: RecordedEvent): Row[] {
  const of_stock = adjustmentsIn((data as Postings).adjusted).filter(({ location_id }) => location_id !== undefined);
  return of_stock.map(({ position: of_position, line, item_id, location_id, effective_ms, value }) => ({
    ...{ position, of_position, line, value: BigInt(value) },
    ...{ item_id: item_id!, location_id: location_id!, effective_at: new Date(effective_ms).toISOString() },
  }));
}

function salesOf({ postings: { sales = [] } }: Moment): bigint[][] {
  return sales.map((p) => [BigInt(p.quantity), BigInt(p.revenue), BigInt(p.cost)]);
}
function purchasesOf({ event, postings }: Moment): bigint[][] {
  const waste = wasteOf(postings);
  return [
    ...postingsOf(event, postings).purchases.map(({ amounts }) => [...amounts, 0n]),
    ...(waste === 0n ? [] : [[0n, 0n, 0n, 0n, 0n, waste]]),
  ];
}

/** Every row of an event has the sums after the whole of it. */
function sumUpDays(table: keyof typeof DAY_MEASURES) {
  const days = new Map<string, bigint[]>();
  return (moments: readonly Moment[], amountsOf: (moment: Moment) => bigint[][]): Row[] => {
    const all = moments.flatMap((moment) => {
      const amounts = amountsOf(moment);
      return amounts.length === 0 ? [] : [{ ...moment, own: sum(amounts) }];
    });
    for (const { day, own } of all) days.set(day, sum([...(days.has(day) ? [days.get(day)!] : []), own]));
    return all.map(({ day, position, of_position, effective_at, own }) => {
      const row: Row = { day, position, of_position, effective_at };
      for (const [index, measure] of DAY_MEASURES[table].entries()) {
        row[measure] = own[index]!;
        row[`run_${measure}`] = days.get(day)![index]!;
      }
      return row;
    });
  };
}

/** Running sums by key, and of backdated rows by key and block of days. */
function sumUp(table: keyof typeof MEASURES) {
  const measures = MEASURES[table];
  const keys = KEYS[table];
  const runs = new Map<string, bigint[]>();
  const first_positions = new Map<string, number>();
  const of_blocks = BLOCKS.map((days) => ({ days, sums: new Map<string, bigint[]>() }));
  const zero = measures.map(() => 0n);
  const add = (of: Map<string, bigint[]>, name: string, amounts: bigint[]) => {
    const total = sum([of.get(name) ?? zero, amounts]);
    of.set(name, total);
    return total;
  };
  return {
    next(moments: readonly Moment[]): Row[] {
      const blockOf = (day: string, days: number) => Math.floor(Date.parse(day) / (days * 86_400_000));
      const all = moments.flatMap((moment) => {
        const by_key = new Map<string, bigint[]>();
        for (const { key, amounts } of postingsOf(moment.event, moment.postings)[table])
          add(by_key, key.join('\n'), amounts);
        return [...by_key].map(([name, own]) => ({ ...moment, name, own }));
      });
      // Every row of an event has the sums after the whole of it.
      for (const { name, own, day, backdated } of all) {
        add(runs, name, own);
        if (backdated) for (const { days, sums } of of_blocks) add(sums, `${name}\n${blockOf(day, days)}`, own);
      }
      return all.map(({ name, own, position, of_position, effective_at, day, backdated }) => {
        const row: Row = { position, of_position, effective_at };
        for (const [index, column] of keys.entries()) row[column] = name.split('\n')[index]!;
        const put = (prefix: string, amounts: bigint[] | undefined) => {
          for (const [index, measure] of measures.entries()) row[`${prefix}${measure}`] = amounts?.[index] ?? null;
        };
        if (!first_positions.has(name)) first_positions.set(name, position);
        put('', own);
        put('run_', runs.get(name));
        for (const { days, sums } of of_blocks) {
          const block = blockOf(day, days);
          row[`backdated_${days}`] = backdated ? block : null;
          put(`backdated_${days}_`, backdated ? sums.get(`${name}\n${block}`) : undefined);
        }
        return row;
      });
    },
    sums: () => [...runs].map(([name, total]) => [name.split('\n'), total, first_positions.get(name)!] as const),
  };
}

function documentRow(history: readonly RecordedEvent[], number: string, digits: number, time_zone: string): Row {
  const first = history[0]!;
  const document = viewDocument(history, digits);
  const bill = billOf(history);
  const data = first.data as Record<string, string | undefined>;
  const asked = first.type === 'ApprovalRequested' ? (first.data.command as Record<string, unknown>) : data;
  const party = asked.customer_id ?? asked.supplier_id ?? asked.party_id;
  const total = data.total_price ?? data.amount ?? data.total_cost;
  const { effective_at } = first.metadata;
  return {
    number,
    position: first.position,
    kind: document.kind,
    last_position: history.at(-1)!.position,
    status: document.status,
    payment_status: bill === undefined ? null : paymentStatus(bill),
    party_id: (party as string | undefined) ?? null,
    created_by: document.created_by,
    effective_at,
    due_day: bill === undefined ? null : (data.due_date ?? calendarDay(effective_at, time_zone)),
    total: total === undefined ? null : BigInt(total),
    open: bill === undefined ? null : openAmount(bill),
  };
}

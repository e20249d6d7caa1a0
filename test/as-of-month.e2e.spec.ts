/**
 * The month of test/support/month-of-a-factory.ts, asked at ten moments by `as_of`, by `known_at` or `position`, and by
 * both. Figures are computed by hand. The late sale happened on the 24th and was recorded on the 26th: moments 7 and 8
 * are the same noon between, as known on the 25th and since.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Client,
  getApproval,
  getProfitLoss,
  getPurchase,
  getSale,
  getState,
  getTrialBalance,
  isProblem,
  listEntries,
  listStock,
} from '../libs/client/index.js';
import { connectEventStore } from '../libs/event-store/eventstoredb.js';
import type { Command, Role } from '../libs/ledger/commands.js';
import { type LedgerWriter, openWriter } from '../libs/ledger-writer/writer.js';
import { programOf, programOfNew } from './support/client.js';
import { openLedger } from './support/given.js';
import { FACTORY, MONTH } from './support/month-of-a-factory.js';
import { type System, startSystem } from './support/system.js';

type Pieces = [item_and_place: string, on_hand: number, reserved: number, value: number];
type Line = [number: string, debit: number, credit: number, balance: number];
type Earned = [item_id: string, quantity: number, revenue: number, cost: number, profit: number];

type AsOf = { as_of?: string; known_at?: string; position?: number };

interface Moment {
  title: string;
  /** `at`: the position of the last event of a step. */
  asked: (at: (step: string) => number) => AsOf;
  /** The last step known by then: asked right after it, the answers are the same as in the end. */
  known_since?: string;
  stock: Pieces[];
  /** Debit positive. */
  balances: Record<string, number>;
  /** The last recorded first; none before the account was there. */
  statement?: Line[];
  /** None before it was there. */
  document: [kind: 'sale' | 'purchase' | 'approval', number: string, fields?: Record<string, unknown>];
  profit: Earned[];
}

const PREFORM = 'preform-28g main';
const SMALL = 'bottle-500ml main';
const YARD = 'bottle-500ml yard';
const LARGE = 'bottle-1500ml main';

const FIRST_SALE: Line = ['SO-260309-0001', 3750, 0, 3750];
const PART_PAYMENT: Line = ['PY-260310-0001', 0, 1250, 2500];
const RETURN: Line = ['RT-260311-0001', 0, 75, 2425];
const REST: Line = ['PY-260312-0001', 0, 2425, 0];
const LATE_SALE: Line = ['SO-260326-0001', 100, 0, 100];

/** 750.00 − 234.42 */
const FIRST_LARGE: Earned = ['bottle-1500ml', 3000, 750, 234.42, 515.58];
/** with the reserved sale: 750.00 + 240.00 and 234.42 + 78.14 */
const ALL_LARGE: Earned = ['bottle-1500ml', 4000, 990, 312.56, 677.44];
/** 2,925.00 + 6,000.00 + 160.00 + 100.00 and 1,439.62 + 1,476.54 + 73.83 + 36.91 */
const ALL_SMALL: Earned = ['bottle-500ml', 41_000, 9185, 3026.9, 6158.1];

const MOMENTS: Moment[] = [
  {
    title: '1. the end of the first day',
    asked: () => ({ as_of: '2026-03-02' }),
    stock: [[PREFORM, 50_000, 0, 1875]],
    balances: { bank: 19_000, cash: 1000, equity: -20_000, inventory: 1875, 'payable:SUP-PET': -1875 },
    document: ['purchase', 'PO-260302-0001', { payment_status: 'pending', open_amount: 1875, returned_amount: 0 }],
    profit: [],
  },
  {
    title: '2. the very moment of the second blow',
    asked: () => ({ as_of: '2026-03-05T09:00:00Z' }),
    stock: [
      [LARGE, 7500, 0, 586.04],
      // 39,000 + 12,000; 2,827.50 + 937.66
      [SMALL, 51_000, 0, 3765.16],
      // 150,000 − 40,000 − 20,000; 7,875.00 − 2,100.00 − 1,050.00
      [PREFORM, 90_000, 0, 4725],
    ],
    balances: {
      bank: 19_000,
      cash: 1000,
      // 780.00 + 499.95
      conversion: -1279.95,
      equity: -20_000,
      // 586.04 + 3,765.16 + 4,725.00
      inventory: 9076.2,
      // 1,875.00 + 6,000.00
      'payable:SUP-PET': -7875,
      // 52.50 + 26.25
      waste: 78.75,
    },
    document: ['sale', 'SO-260309-0001'],
    profit: [],
  },
  {
    title: '3. what was known on the evening of the 9th: the first sale',
    asked: () => ({ known_at: '2026-03-09' }),
    known_since: 'first sale',
    stock: [
      // 586.04 − 234.42
      [LARGE, 4500, 0, 351.62],
      // 51,000 − 5,000 − 20,000; 3,765.16 − 369.13 − 1,476.53
      [SMALL, 26_000, 0, 1919.5],
      [YARD, 5000, 0, 369.13],
      [PREFORM, 90_000, 0, 4725],
    ],
    balances: {
      bank: 19_000,
      cash: 1000,
      // 1,476.53 + 234.42
      cogs: 1710.95,
      conversion: -1279.95,
      equity: -20_000,
      // 9,076.20 − 1,710.95
      inventory: 7365.25,
      'payable:SUP-PET': -7875,
      'receivable:CUST-001': 3750,
      revenue: -3750,
      waste: 78.75,
    },
    statement: [FIRST_SALE],
    document: ['sale', 'SO-260309-0001', { payment_status: 'pending', open_amount: 3750, payments: [], returns: [] }],
    profit: [FIRST_LARGE, ['bottle-500ml', 20_000, 3000, 1476.53, 1523.47]],
  },
  {
    title: '4. what was known when a part was paid, by its position',
    asked: (at) => ({ position: at('part payment') }),
    known_since: 'part payment',
    stock: [
      [LARGE, 4500, 0, 351.62],
      [SMALL, 26_000, 0, 1919.5],
      [YARD, 5000, 0, 369.13],
      [PREFORM, 90_000, 0, 4725],
    ],
    balances: {
      // 19,000.00 + 1,250.00
      bank: 20_250,
      cash: 1000,
      cogs: 1710.95,
      conversion: -1279.95,
      equity: -20_000,
      inventory: 7365.25,
      'payable:SUP-PET': -7875,
      'receivable:CUST-001': 2500,
      revenue: -3750,
      waste: 78.75,
    },
    statement: [PART_PAYMENT, FIRST_SALE],
    document: ['sale', 'SO-260309-0001', { payment_status: 'partial', paid_amount: 1250, open_amount: 2500 }],
    profit: [FIRST_LARGE, ['bottle-500ml', 20_000, 3000, 1476.53, 1523.47]],
  },
  {
    title: '5. the last moment of the mistaken sale',
    asked: () => ({ as_of: '2026-03-13T09:59:59.999Z' }),
    stock: [
      [LARGE, 4500, 0, 351.62],
      // 26,000 + 500 − 1,000; 1,919.50 + 36.91 − 73.83
      [SMALL, 25_500, 0, 1882.58],
      [YARD, 5000, 0, 369.13],
      [PREFORM, 90_000, 0, 4725],
    ],
    balances: {
      // 20,250.00 + 2,425.00
      bank: 22_675,
      cash: 1000,
      // 1,710.95 − 36.91 + 73.83
      cogs: 1747.87,
      conversion: -1279.95,
      equity: -20_000,
      inventory: 7328.33,
      'payable:SUP-PET': -7875,
      'receivable:CUST-002': 150,
      // 3,750.00 − 75.00 + 150.00
      revenue: -3825,
      waste: 78.75,
    },
    statement: [REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['sale', 'SO-260313-0001', { status: 'confirmed', payment_status: 'pending', open_amount: 150 }],
    // 3,000.00 − 75.00 + 150.00; 1,476.53 − 36.91 + 73.83
    profit: [FIRST_LARGE, ['bottle-500ml', 20_500, 3075, 1513.45, 1561.55]],
  },
  {
    title: '6. what was known while the large sale waited, an hour after it was asked for',
    asked: () => ({ known_at: '2026-03-16T10:00:00Z' }),
    known_since: 'more than is left beside it',
    stock: [
      [LARGE, 4500, 0, 351.62],
      [SMALL, 26_500, 20_000, 1956.41],
      [YARD, 5000, 0, 369.13],
      [PREFORM, 90_000, 0, 4725],
    ],
    balances: {
      bank: 22_675,
      cash: 1000,
      // 1,710.95 − 36.91
      cogs: 1674.04,
      conversion: -1279.95,
      equity: -20_000,
      inventory: 7402.16,
      'payable:SUP-PET': -7875,
      revenue: -3675,
      waste: 78.75,
    },
    statement: [REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['approval', 'AP-260316-0001', { status: 'pending', amount: 6000, requested_by: 'sam' }],
    profit: [FIRST_LARGE, ['bottle-500ml', 19_500, 2925, 1439.62, 1485.38]],
  },
  {
    title: '7. noon of the 24th, as it was believed on the evening of the 25th',
    asked: () => ({ as_of: '2026-03-24T12:00:00Z', known_at: '2026-03-25' }),
    known_since: 'stock count',
    stock: [
      // 4,500 − 1,000; 351.62 − 78.14
      [LARGE, 3500, 0, 273.48],
      // 26,500 − 20,000 − 1,000; 1,956.41 − 1,476.54 − 73.83
      [SMALL, 5500, 0, 406.04],
      // 5,000 − 200; 369.13 − 14.77
      [YARD, 4800, 0, 354.36],
      // 90,000 − 2,000; 4,725.00 − 105.00
      [PREFORM, 88_000, 0, 4620],
    ],
    balances: {
      // 22,675.00 − 1,000.00 − 6,000.00
      bank: 15_675,
      cash: 1000,
      // 1,674.04 + 1,476.54 + 151.97
      cogs: 3302.55,
      conversion: -1279.95,
      equity: -20_000,
      inventory: 5653.88,
      // 7,875.00 − 7,000.00 − 75.00
      'payable:SUP-PET': -800,
      // 105.00 − 75.00
      'price-variance': 30,
      'receivable:CUST-002': 6400,
      // 3,675.00 + 6,000.00 + 400.00
      revenue: -10_075,
      // 78.75 + 14.77
      waste: 93.52,
    },
    statement: [REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['sale', 'SO-260326-0001'],
    // 2,925.00 + 6,000.00 + 160.00; 1,439.62 + 1,476.54 + 73.83
    profit: [ALL_LARGE, ['bottle-500ml', 40_500, 9085, 2989.99, 6095.01]],
  },
  {
    title: '8. the same noon as it is known since: the late sale was made by then',
    asked: () => ({ as_of: '2026-03-24T12:00:00Z' }),
    stock: [
      [LARGE, 3500, 0, 273.48],
      [SMALL, 5500, 0, 406.04],
      // 4,800 − 500; 354.36 − 36.91
      [YARD, 4300, 0, 317.45],
      [PREFORM, 88_000, 0, 4620],
    ],
    balances: {
      bank: 15_675,
      cash: 1000,
      // 3,302.55 + 36.91
      cogs: 3339.46,
      conversion: -1279.95,
      equity: -20_000,
      // 5,653.88 − 36.91
      inventory: 5616.97,
      'payable:SUP-PET': -800,
      'price-variance': 30,
      'receivable:CUST-001': 100,
      'receivable:CUST-002': 6400,
      // 10,075.00 + 100.00
      revenue: -10_175,
      waste: 93.52,
    },
    statement: [LATE_SALE, REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['sale', 'SO-260326-0001', { payment_status: 'pending', open_amount: 100, total_cost: 36.91 }],
    profit: [ALL_LARGE, ALL_SMALL],
  },
  {
    title: '9. the day of the count, as it was known at the position of the late sale',
    asked: (at) => ({ as_of: '2026-03-25', position: at('late sale') }),
    known_since: 'late sale',
    stock: [
      // 3,500 + 3; 273.48 + 0.23
      [LARGE, 3503, 0, 273.71],
      [SMALL, 5500, 0, 406.04],
      [YARD, 4300, 0, 317.45],
      // 88,000 − 50; 4,620.00 − 2.62
      [PREFORM, 87_950, 0, 4617.38],
    ],
    balances: {
      bank: 15_675,
      cash: 1000,
      cogs: 3339.46,
      conversion: -1279.95,
      'count-difference': 2.39,
      equity: -20_000,
      // 5,616.97 − 2.39
      inventory: 5614.58,
      'payable:SUP-PET': -800,
      'price-variance': 30,
      'receivable:CUST-001': 100,
      'receivable:CUST-002': 6400,
      revenue: -10_175,
      waste: 93.52,
    },
    statement: [LATE_SALE, REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['purchase', 'PO-260302-0001', { payment_status: 'partial', returned_amount: 75, open_amount: 800 }],
    profit: [ALL_LARGE, ALL_SMALL],
  },
  {
    title: '10. the end of March, as it was known then',
    asked: () => ({ as_of: '2026-03-31', known_at: '2026-03-31' }),
    known_since: 'power and wages',
    stock: [
      [LARGE, 3503, 0, 273.71],
      [SMALL, 5500, 0, 406.04],
      [YARD, 4300, 0, 317.45],
      [PREFORM, 87_950, 0, 4617.38],
    ],
    balances: {
      // 15,675.00 + 4,000.00 − 1,200.00
      bank: 18_475,
      cash: 1000,
      cogs: 3339.46,
      // 1,200.00 − 1,279.95
      conversion: -79.95,
      'count-difference': 2.39,
      equity: -20_000,
      inventory: 5614.58,
      'payable:SUP-PET': -800,
      'price-variance': 30,
      'receivable:CUST-001': 100,
      // 6,400.00 − 4,000.00
      'receivable:CUST-002': 2400,
      revenue: -10_175,
      waste: 93.52,
    },
    statement: [LATE_SALE, REST, RETURN, PART_PAYMENT, FIRST_SALE],
    document: ['sale', 'SO-260316-0001', { payment_status: 'partial', paid_amount: 4000, open_amount: 2000 }],
    profit: [ALL_LARGE, ALL_SMALL],
  },
];

const LEDGER = 'march';
const DAY_ONE = '2026-03-02T08:00:00.000Z';

let system: System;
let olga: Client;
const positions = new Map<string, number>();
const at = (step: string) => positions.get(step)!;
const then = new Map<string, Answers>();

beforeAll(async () => {
  system = await startSystem();
  const user = { username: 'olga', role: 'auditor' } as const;
  olga = await programOfNew(system, await programOf(system), user, { ledger: LEDGER });
  await liveThrough();
}, 120_000);
afterAll(() => system?.stop());

/** With the writer's clock in March; asks on the way what can be asked already. */
async function liveThrough(): Promise<void> {
  let now = DAY_ONE;
  const store = connectEventStore({ url: system.eventstore_url });
  const writer = openWriter({ store, ledger_id: LEDGER, now: () => now });
  try {
    const founder = { actor: 'ada', role: 'admin' } as const;
    for (const command of [openLedger({ ledger_id: LEDGER }), ...FACTORY]) await give(writer, command, founder, now);
    const numbers = new Map<string, string>();
    for (const { name, at: day, by, order } of MONTH) {
      now = day;
      const outcome = await give(
        writer,
        order((step) => numbers.get(step)!),
        by,
        now,
      );
      if (outcome.outcome === 'recorded') {
        const { document, number } = outcome.answer as { document?: { number: string }; number?: string };
        numbers.set(name, document?.number ?? number ?? '');
        positions.set(name, outcome.position);
      }
      for (const moment of MOMENTS)
        if (moment.known_since === name) then.set(moment.title, await answersAt(moment, writer.position()));
    }
  } finally {
    await writer.close();
    await store.close();
  }
}
let keys = 0;
function give(writer: LedgerWriter, command: Command, by: { actor: string; role: Role }, now: string) {
  keys += 1;
  return writer.submit({ command, envelope: { ...by, now, idempotency_key: `step-${keys}` } });
}

interface Answers {
  position: number;
  stock: Pieces[];
  balances: Record<string, number>;
  statement: Line[] | undefined;
  document: object | undefined;
  profit: Earned[];
}

/** Once the read models know of `known`; undefined for what is not there. */
async function answersAt({ asked, document }: Moment, known: number, as_of = asked(at)): Promise<Answers> {
  const query = { ...as_of, min_position: known };
  const [client, id] = [olga, 'receivable:CUST-001'];
  const [stock, balances, statement, found, profit] = await Promise.all([
    listStock({ client, query }),
    getTrialBalance({ client, query }),
    unlessUnknown(listEntries({ client, path: { id }, query })),
    unlessUnknown(documentAt(document, query)),
    getProfitLoss({ client, query: { ...query, group_by: 'item' } }),
  ]);
  const echoed = new Set([stock, balances, statement ?? stock, profit].map(({ position }) => position));
  expect(echoed.size).toBe(1);
  expect(balances.totals.debit).toBe(balances.totals.credit);
  return {
    position: stock.position,
    stock: piecesIn(stock.data),
    balances: netIn(balances.data),
    statement: statement?.data.map(({ number, debit, credit, balance }) => [number!, debit, credit, balance]),
    document: found,
    profit: profit.data.map(({ key, quantity, revenue, cost, profit }) => [key!, quantity, revenue, cost, profit]),
  };
}
function documentAt([kind, number]: Moment['document'], query: AsOf & { min_position: number }): Promise<object> {
  const client = olga;
  switch (kind) {
    case 'sale':
      return getSale({ client, path: { number }, query });
    case 'purchase':
      return getPurchase({ client, path: { number }, query });
    case 'approval':
      return getApproval({ client, path: { id: number }, query });
  }
}
async function unlessUnknown<A>(call: Promise<A>): Promise<A | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isProblem(error, 'unknown_document', 'unknown_approval', 'unknown_account')) return undefined;
    throw error;
  }
}
type StockRow = { item_id: string; location_id: string; on_hand: number; reserved: number; value: number };
const piecesIn = (rows: StockRow[]): Pieces[] =>
  rows.map(({ item_id, location_id, on_hand, reserved, value }) => [
    `${item_id} ${location_id}`,
    on_hand,
    reserved,
    value,
  ]);
/** Debit positive; zeros are left out. */
const netIn = (rows: { account_id: string; debit: number; credit: number }[]) =>
  Object.fromEntries(
    rows.flatMap(({ account_id, debit, credit }) => (debit === credit ? [] : [[account_id, debit - credit]])),
  );

describe.each(MOMENTS)('$title', (moment) => {
  let found: Answers;
  beforeAll(async () => {
    found = await answersAt(moment, at('close'));
  });

  test('stock', () => {
    expect(found.stock).toEqual(moment.stock);
  });
  test('trial balance', () => {
    expect(found.balances).toEqual(moment.balances);
    const cents = moment.stock.reduce((sum, [, , , value]) => sum + Math.round(value * 100), 0);
    expect(Math.round(found.balances.inventory! * 100)).toBe(cents);
  });
  test('statement', () => {
    expect(found.statement).toEqual(moment.statement);
  });
  test('document', () => {
    const [, , fields] = moment.document;
    if (fields === undefined) expect(found.document).toBeUndefined();
    else expect(found.document).toMatchObject(fields);
  });
  test('profit', () => {
    expect(found.profit).toEqual(moment.profit);
  });

  test('is the same for ever: as it was answered then, and by the position that was told', async () => {
    const { known_since } = moment;
    expect(found.position).toBe(known_since === undefined ? at('close') : then.get(moment.title)!.position);
    if (known_since !== undefined) expect(found).toEqual(then.get(moment.title));
    const { as_of } = moment.asked(at);
    expect(await answersAt(moment, at('close'), { position: found.position, as_of })).toEqual(found);
  });

  test('is what the log says, folded without the read models', async () => {
    const query = { at: `${found.position}`, as_of: moment.asked(at).as_of };
    const state = await getState({ client: olga, query });
    expect(piecesIn(state.stock)).toEqual(moment.stock);
    expect(netIn(state.trial_balance.data)).toEqual(moment.balances);
  });
});

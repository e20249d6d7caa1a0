/** Any order by any filters, against plain lists in memory; and how Postgres finds them. */
import { sql } from 'kysely';
import type pg from 'pg';
import { folded, wordsOf } from '../../libs/documents/folded.js';
import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { chanceOf, seedOf } from '../../test/support/random.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase, UNNAMED } from '../database/database.js';
import { QueryRefused } from '../database/query-refused.js';
import type { Db } from '../database/tables.js';
import { ROWS_READ_MAX } from '../engine/search.js';
import { rowsOf } from '../engine/upsert-rows.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { document_parts, documents } from './documents.js';
import { listMasterData, type MasterDataFilter, masters } from './master-data.js';
import {
  DOCUMENT_ORDERS,
  type DocumentOrder,
  type DocumentSearch,
  searchDocuments,
  totalsOfDocuments,
} from './search-documents.js';
import { listStock, STOCK_ORDERS, type StockFilter, type StockOrder, stock } from './stock.js';

const SALES = 20_400;
const ledger = { ledger: 'main' };
const seed = seedOf();
const chance = chanceOf(seed);

interface Sale {
  number: string;
  position: number;
  status: string;
  payment_status: string;
  party_id: string | null;
  created_by: string;
  effective_at: string;
  due_day: string;
  total: number;
  open: number;
  parts: string[];
}

const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10);
/** The first thousand are of a customer of their own, and dear. */
const sales = Array.from({ length: SALES }, (_, n): Sale => {
  const total = n < 1000 ? 900_000 + n : chance.whole(0, 500_000 - 1);
  const is_open = chance.percent(20);
  return {
    number: `SO-26${String(1 + Math.floor(n / 2000)).padStart(4, '0')}-${String((n % 2000) + 1).padStart(4, '0')}`,
    position: 1000 + n,
    status: chance.percent(1) ? 'void' : 'confirmed',
    payment_status: is_open ? 'pending' : 'paid',
    party_id: n < 1000 ? 'OLD' : chance.percent(2) ? null : `CUST-${chance.whole(0, 150 - 1)}`,
    created_by: chance.percent(3) ? 'bob' : 'ann',
    effective_at: new Date(Date.UTC(2026, 0, 1, 0, n - (chance.percent(5) ? 5000 : 0))).toISOString(),
    due_day: day(chance.whole(0, 60 - 1)),
    total,
    open: is_open ? total : 0,
    parts: [
      `item:I-${chance.whole(0, 40 - 1)}`,
      'location:main',
      ...(chance.percent(1) ? ['location:yard'] : []),
      ...(chance.percent(10) ? [`order:OR-${n}`, 'flash_sale:FS-1'] : [`reservation:RS-${n % 5000}`]),
    ],
  };
});

const CUSTOMERS = 12_000;
interface Customer {
  id: string;
  active: boolean;
  attributes: Record<string, string>;
  position: number;
}
/** Most in the order of their ids, some changed since. */
const customers = Array.from({ length: CUSTOMERS }, (_, n): Customer => {
  const [adjective, noun] = [
    chance.pick(['Blue', 'Große', 'Old', 'Été']),
    chance.pick(['Springs', 'Water', 'Café', 'Mills']),
  ];
  return {
    id: `C-${String(n).padStart(5, '0')}`,
    active: !chance.percent(1),
    attributes: {
      name: `${adjective} ${noun} ${n % 97} Ltd.`,
      ...(chance.percent(50) && { email: `${n % 500}@x.example` }),
    },
    position: chance.percent(5) ? 200_000 - n : 20_000 + n,
  };
});

/** More than a list sorts; each location has few enough. */
const places = Array.from({ length: ROWS_READ_MAX + 1000 }, (_, n) => {
  const on_hand = chance.whole(0, 500);
  return {
    item_id: `I-${String(Math.floor(n / 10)).padStart(4, '0')}`,
    location_id: `L-${n % 10}`,
    on_hand,
    value: on_hand * chance.whole(1, 300),
    reserved: chance.percent(10) ? Math.min(on_hand, 20) : 0,
  };
});
type Place = (typeof places)[number];

let postgres: PostgresServer;
let db: Db;
/** Of the statements asked meanwhile: what each reads, and how. */
let plans: Plan[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  db = openDatabase(await createDatabase(postgres), { around: explaining });
  await createTables(db, 'read');
  const book = new LedgerHistory('main', '2026-03-01T00:00:00.000Z');
  await applyEvents(db, logOf(book));
  const rows = sales.map(({ parts: _, ...sale }) => ({
    ...{ ...ledger, kind: 'sale', last_position: sale.position, backdated_day: null, ...sale },
  }));
  const parts = sales.flatMap(({ parts, ...sale }) =>
    parts.map((part) => ({ ...ledger, kind: 'sale', part, ...sale })),
  );
  const of_places = places.map((place) => ({ ...ledger, first_position: 1, ...place }));
  for (const [table, of] of [
    [documents, rows],
    [document_parts, parts],
    [stock, of_places],
  ] as const) {
    const names = sql.join(Object.keys(table.columns).map((name) => sql.ref(name)));
    await sql`INSERT INTO ${sql.table(table.name)} (${names}) SELECT * FROM ${rowsOf(table.columns, of)}`.execute(db);
  }
  // Rows that are none of a list's.
  await sql`INSERT INTO documents (ledger, number, kind, position, last_position, status, created_by, effective_at, total, open, due_day)
    SELECT 'main', 'PO-' || n, 'purchase', 100000 + n, 100000 + n, 'confirmed', 'ann', '2026-01-01', n, n, '2026-01-01'
    FROM generate_series(1, 5000) n`.execute(db);
  await sql`INSERT INTO mentions SELECT 'main', 'SO-260001-0007', position FROM documents WHERE kind = 'sale' AND position % 1000 = 7`.execute(
    db,
  );
  const rows_of_masters = customers.map(({ attributes, ...customer }) => ({
    ...{ ...ledger, kind: 'customer', attributes: JSON.stringify(attributes), registered: 0, ...customer },
    ...{ name: folded(attributes.name!), words: wordsOf(`${customer.id} ${attributes.name}`).join(' ') },
  }));
  const names = sql.join(Object.keys(masters.columns).map((name) => sql.ref(name)));
  const cells = sql.join(
    Object.entries(masters.columns).map(([name, type]) =>
      type === 'json' ? sql`r.attributes::json` : sql.ref(`r.${name}`),
    ),
  );
  await sql`INSERT INTO masters (${names}) SELECT ${cells} FROM ${rowsOf(masters.columns, rows_of_masters)}`.execute(
    db,
  );
  await sql`INSERT INTO master_words SELECT DISTINCT ledger, kind, word, id FROM masters, regexp_split_to_table(words, ' ') word WHERE kind = 'customer'`.execute(
    db,
  );
  await sql`INSERT INTO master_words SELECT ledger, kind, 'email=' || (attributes->>'email'), id FROM masters WHERE attributes->>'email' IS NOT NULL`.execute(
    db,
  );
  // One that had another name.
  await sql`INSERT INTO master_words VALUES ('main', 'customer', 'formerly', 'C-00007')`.execute(db);
  await sql`VACUUM ANALYZE`.execute(db);
});
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Heap Fetches'?: number;
  Plans?: Plan[];
}
/** Asks Postgres for the plan of each search before it is run, as it is run. */
function explaining(pool: pg.Pool): pg.Pool {
  const connect = async () => {
    const client = await pool.connect();
    const query = async (config: unknown, values?: unknown[]) => {
      const { text, values: given } = config as { text?: string; values?: unknown[] };
      if (text?.startsWith(UNNAMED)) {
        const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, given);
        plans.push(rows[0]['QUERY PLAN'][0].Plan);
      }
      return client.query(config as string, values);
    };
    return new Proxy(client, { get: (of, name) => (name === 'query' ? query : Reflect.get(of, name, of)) });
  };
  return { connect, end: () => pool.end() } as unknown as pg.Pool;
}
function tablesReadWhole({ 'Node Type': type, 'Relation Name': table, Plans = [] }: Plan): string[] {
  return [...(type === 'Seq Scan' ? [table!] : []), ...Plans.flatMap((plan) => tablesReadWhole(plan))];
}

/** Rows read of tables, not of indexes alone. */
function rowsFetched(plan: Plan): number {
  const {
    'Node Type': type,
    'Actual Loops': loops,
    'Actual Rows': rows,
    'Heap Fetches': fetches = 0,
    Plans = [],
  } = plan;
  const is_read = ['Seq Scan', 'Index Scan', 'Bitmap Heap Scan'].includes(type);
  const own = is_read ? loops * (rows + (plan['Rows Removed by Filter'] ?? 0)) : fetches;
  return Plans.reduce((all, each) => all + rowsFetched(each), own);
}

const AN_ORDER = sales
  .flatMap(({ parts }) => parts)
  .find((part) => part.startsWith('order:'))!
  .slice('order:'.length);
/** What a list is asked, and which sales it then has. */
const FILTERS: [name: string, search: Omit<DocumentSearch, 'kind'>, has: (sale: Sale) => boolean][] = [
  ['all', {}, () => true],
  ['of a customer', { party_id: 'CUST-7' }, ({ party_id }) => party_id === 'CUST-7'],
  ['of no customer', { party_id: null }, ({ party_id }) => party_id === null],
  ['of an author', { created_by: 'bob' }, ({ created_by }) => created_by === 'bob'],
  ['of a rare status', { status: 'void' }, ({ status }) => status === 'void'],
  ['of a common status', { status: 'confirmed' }, ({ status }) => status === 'confirmed'],
  ['of a payment status', { payment_status: 'pending' }, ({ payment_status }) => payment_status === 'pending'],
  ['of an item', { item_id: 'I-7' }, ({ parts }) => parts.includes('item:I-7')],
  ['of a rare location', { location_id: 'yard' }, ({ parts }) => parts.includes('location:yard')],
  ['of the common location', { location_id: 'main' }, ({ parts }) => parts.includes('location:main')],
  ['of an account', { account_id: 'cash' }, () => false],
  ['of a flash sale', { flash_sale_id: 'FS-1' }, ({ parts }) => parts.includes('flash_sale:FS-1')],
  ['of an order', { order_id: AN_ORDER }, ({ parts }) => parts.includes(`order:${AN_ORDER}`)],
  ['of a reservation', { reservation_id: 'RS-7' }, ({ parts }) => parts.includes('reservation:RS-7')],
  ['of a bill', { bill_number: 'SO-260001-0007' }, ({ position }) => position % 1000 === 7],
  [
    'of great totals',
    { total: { least: '9000', most: '9004.999' } },
    ({ total }) => total >= 900_000 && total <= 900_499,
  ],
  ['of most totals', { total: { most: '4000.005' } }, ({ total }) => total <= 400_000],
  ['that are open', { open: { least: '0.001' } }, ({ open }) => open > 0],
  [
    'due within days',
    { due_day: { least: day(3), most: day(5) } },
    ({ due_day }) => due_day >= day(3) && due_day <= day(5),
  ],
  [
    'of a day',
    { from: '2026-01-05T00:00:00.000Z', to: '2026-01-05T23:59:59.999Z' },
    ({ effective_at }) => effective_at.startsWith('2026-01-05'),
  ],
  ['of a number', { q: 'so-260003-01' }, ({ number }) => number.startsWith('SO-260003-01')],
  ['of a number without its letters', { q: '260003-0' }, ({ number }) => number.startsWith('SO-260003-0')],
  ['of no number', { q: '\u{10ffff}ü' }, () => false],
  [
    'by several',
    { party_id: 'CUST-7', created_by: 'ann', status: 'confirmed', location_id: 'main', total: { least: '1000' } },
    ({ party_id, created_by, status, total }) =>
      party_id === 'CUST-7' && created_by === 'ann' && status === 'confirmed' && total >= 100_000,
  ],
  ['of two things that none has both of', { party_id: 'OLD', location_id: 'yard', created_by: 'eve' }, () => false],
];

const CELLS: Record<DocumentOrder, (sale: Sale) => (string | number)[]> = {
  recorded_at: ({ position }) => [position],
  number: ({ number }) => [number],
  effective_at: ({ effective_at, position }) => [effective_at, position],
  total: ({ total, position }) => [total, position],
  open: ({ open, position }) => [open, position],
  due_day: ({ due_day, position }) => [due_day, position],
};
function inOrder(found: readonly Sale[], by: DocumentOrder, descending: boolean): Sale[] {
  const compare = (one: Sale, other: Sale): number => {
    const [cells, others] = [CELLS[by](one), CELLS[by](other)];
    const at = cells.findIndex((cell, index) => cell !== others[index]);
    return at < 0 ? 0 : (cells[at]! < others[at]! ? -1 : 1) * (descending ? -1 : 1);
  };
  return found.toSorted(compare);
}

describe.each(FILTERS)(`documents %s (SEED=${seed})`, (name, search, has) => {
  const found = sales.filter(has);
  const page = (by: DocumentOrder, descending: boolean, paging: { after?: readonly string[]; limit: number }) =>
    ask(db, ledger, searchDocuments, { kind: 'sale', ...search }, by, descending, paging);

  it.each(DOCUMENT_ORDERS.map((by, at) => ((at + name.length) % 2 === 0 ? by : `-${by}`)))(
    'by %s: the rows of a plain list, by index',
    async (sort) => {
      const [by, descending] = [sort.replace('-', '') as DocumentOrder, sort.startsWith('-')];
      const expected = inOrder(found, by, descending).map(({ number }) => number);
      plans = [];
      const first = await page(by, descending, { limit: 50 });
      expect(first.map(({ number }) => number)).toEqual(expected.slice(0, 50));
      const after = first.at(-1)?.key;
      if (after !== undefined) {
        const next = await page(by, descending, { after, limit: 50 });
        expect(next.map(({ number }) => number)).toEqual(expected.slice(50, 100));
        const back = await page(by, !descending, { after, limit: 50 });
        expect(back.map(({ number }) => number)).toEqual(expected.slice(0, Math.min(50, found.length) - 1).reverse());
      }
      expect(plans.length).toBeGreaterThan(0);
      expect(plans.flatMap(tablesReadWhole)).toEqual([]);
    },
  );

  it('are summed up, by index', async () => {
    plans = [];
    const totals = await ask(db, ledger, totalsOfDocuments, { kind: 'sale', ...search });
    const sum = (field: 'total' | 'open') => BigInt(found.reduce((all, sale) => all + sale[field], 0));
    expect(totals).toEqual({ complete: true, count: found.length, total: sum('total'), open: sum('open') });
    expect(plans.flatMap(tablesReadWhole)).toEqual([]);
  });
});

it.each(DOCUMENT_ORDERS.flatMap((by) => [by, `-${by}`]))(
  'documents of an item, by %s: only those of the page are read',
  async (sort) => {
    const [by, descending] = [sort.replace('-', '') as DocumentOrder, sort.startsWith('-')];
    const search = { kind: 'sale', item_id: 'I-7', total: { least: '10' }, open: { least: '0' } } as const;
    const found = sales.filter(({ parts, total }) => parts.includes('item:I-7') && total >= 1000);
    plans = [];
    const rows = await ask(db, ledger, searchDocuments, search, by, descending, { limit: 5 });
    expect(rows.map(({ number }) => number)).toEqual(
      inOrder(found, by, descending)
        .slice(0, 5)
        .map(({ number }) => number),
    );
    expect(found.length).toBeGreaterThan(300);
    expect(plans.map(rowsFetched).reduce((all, count) => all + count, 0)).toBeLessThan(50);
  },
);

it('are refused where too many would have to be read', async () => {
  // More than half have one, all the other; none of the last recorded has both.
  await sql`UPDATE documents SET created_by = 'zoe' WHERE kind = 'sale' AND position < ${1000 + ROWS_READ_MAX + 100}`.execute(
    db,
  );
  const search = { kind: 'sale', created_by: 'zoe', total: { most: '9000000' } } as const;
  const asked = ask(db, ledger, searchDocuments, search, 'recorded_at', true, { limit: 10 });
  await expect(asked).rejects.toEqual(new QueryRefused('list_too_broad', { rows_max: ROWS_READ_MAX }));
  const found = await ask(db, ledger, searchDocuments, search, 'recorded_at', false, { limit: 10 });
  expect(found.map(({ position }) => Number(position))).toEqual(sales.slice(0, 10).map(({ position }) => position));
});

const PLACE_FILTERS: [name: string, filter: StockFilter, has: (place: Place) => boolean][] = [
  ['of a location', { location_id: 'L-3' }, ({ location_id }) => location_id === 'L-3'],
  ['of an item', { item_id: 'I-0042' }, ({ item_id }) => item_id === 'I-0042'],
  [
    'that are short at a location',
    { location_id: 'L-3', measures: { available: { most: '5' } } },
    ({ location_id, on_hand, reserved }) => location_id === 'L-3' && on_hand - reserved <= 5,
  ],
  [
    'with reservations, of a value',
    { location_id: 'L-4', measures: { reserved: { least: '1' }, value: { least: '10.001', most: '500.009' } } },
    ({ location_id, reserved, value }) => location_id === 'L-4' && reserved >= 1 && value >= 1001 && value <= 50_000,
  ],
];
const PLACE_CELLS: Record<StockOrder, (place: Place) => (string | number)[]> = {
  item_id: ({ item_id, location_id }) => [item_id, location_id],
  location_id: ({ item_id, location_id }) => [location_id, item_id],
  on_hand: ({ item_id, location_id, on_hand }) => [on_hand, item_id, location_id],
  value: ({ item_id, location_id, value }) => [value, item_id, location_id],
};
const placesOf = ({ data }: { data: readonly { item_id: string; location_id: string }[] }) =>
  data.map(({ item_id, location_id }) => `${item_id} ${location_id}`);

describe.each(PLACE_FILTERS)(`places %s (SEED=${seed})`, (_name, filter, has) => {
  it.each(STOCK_ORDERS.flatMap((by) => [by, `-${by}`]))('by %s: the rows of a plain list, by index', async (sort) => {
    const [by, descending] = [sort.replace('-', '') as StockOrder, sort.startsWith('-')];
    const compare = (one: Place, other: Place) => {
      const [cells, others] = [PLACE_CELLS[by](one), PLACE_CELLS[by](other)];
      const at = cells.findIndex((cell, index) => cell !== others[index]);
      return (cells[at]! < others[at]! ? -1 : 1) * (descending ? -1 : 1);
    };
    const expected = placesOf({ data: places.filter(has).toSorted(compare) });
    const page = (cursor?: string) =>
      ask(db, ledger, listStock, { ...filter, sort: { by, descending }, limit: 7, cursor });
    plans = [];
    const first = await page();
    expect(placesOf(first)).toEqual(expected.slice(0, 7));
    expect(first.prev_cursor).toBeNull();
    if (expected.length <= 7) return expect(first.next_cursor).toBeNull();
    const next = await page(first.next_cursor!);
    expect(placesOf(next)).toEqual(expected.slice(7, 14));
    expect(await page(next.prev_cursor!)).toEqual(first);
    return expect(plans.flatMap(tablesReadWhole)).toEqual([]);
  });
});

it('sorts no more places by an amount than it may read, and none of the past', async () => {
  const all = { sort: { by: 'value', descending: true }, limit: 3 } as const;
  const too_broad = new QueryRefused('list_too_broad', { rows_max: ROWS_READ_MAX });
  await expect(ask(db, ledger, listStock, all)).rejects.toEqual(too_broad);
  const empty = { measures: { on_hand: { most: '0' } }, limit: 3 };
  const expected = placesOf({ data: places.filter(({ on_hand }) => on_hand === 0) });
  expect(placesOf(await ask(db, ledger, listStock, empty))).toEqual(expected.slice(0, 3));
  for (const [filter, parameters] of [
    [all, ['sort']],
    [empty, ['on_hand']],
  ] as const)
    await expect(ask(db, { ...ledger, position: 0 }, listStock, filter)).rejects.toEqual(
      new QueryRefused('only_at_present', { parameters }),
    );
});

const CUSTOMER_FILTERS: [name: string, filter: MasterDataFilter, has: (customer: Customer) => boolean][] = [
  ['all', {}, () => true],
  ['that are not active', { active: false }, ({ active }) => !active],
  ['whose id begins so', { q: 'c-0042' }, ({ id }) => id.startsWith('C-0042')],
  ['of a common word', { q: 'WATER' }, ({ attributes: { name } }) => name!.includes('Water')],
  [
    'of words in any order',
    { q: 'mill ete 12' },
    ({ id, attributes: { name } }) => /Été Mills 12/.test(name!) || (/Été Mills/.test(name!) && id.startsWith('C-12')),
  ],
  ['of a name with accents', { q: 'grosse café', active: true }, () => false],
  [
    'as they are written',
    { q: 'große cafe 1' },
    ({ id, attributes: { name } }) => /Große Café 1/.test(name!) || (/Große Café/.test(name!) && id.startsWith('C-1')),
  ],
  ['of a former name', { q: 'formerly' }, () => false],
  ['of no word', { q: '-%_' }, () => false],
  ['of an address', { attributes: { email: '7@x.example' } }, ({ attributes: { email } }) => email === '7@x.example'],
  ['of no address', { attributes: { email: null } }, ({ attributes: { email } }) => email === undefined],
];
const CUSTOMER_CELLS = {
  id: ({ id }: Customer) => [id],
  name: ({ id, attributes }: Customer) => [folded(attributes.name!), id],
  position: ({ position }: Customer) => [position],
} as const;

describe.each(CUSTOMER_FILTERS)(`customers %s (SEED=${seed})`, (_name, filter, has) => {
  it.each(['id', '-id', 'name', '-name', 'position', '-position'])(
    'by %s: the rows of a plain list, by index',
    async (sort) => {
      const [by, descending] = [sort.replace('-', '') as keyof typeof CUSTOMER_CELLS, sort.startsWith('-')];
      const compare = (one: Customer, other: Customer) => {
        const [cells, others] = [CUSTOMER_CELLS[by](one), CUSTOMER_CELLS[by](other)];
        const at = cells.findIndex((cell, index) => cell !== others[index]);
        return (cells[at]! < others[at]! ? -1 : 1) * (descending ? -1 : 1);
      };
      const expected = customers
        .filter(has)
        .toSorted(compare)
        .map(({ id }) => id);
      const page = (cursor?: string) =>
        ask(db, ledger, listMasterData, { kind: 'customer', ...filter, sort: { by, descending }, limit: 20, cursor });
      const idsOf = ({ data }: { data: Record<string, unknown>[] }) => data.map(({ customer_id }) => customer_id);
      plans = [];
      const first = await page();
      expect(idsOf(first)).toEqual(expected.slice(0, 20));
      expect(first.prev_cursor).toBeNull();
      if (expected.length > 20) {
        const next = await page(first.next_cursor!);
        expect(idsOf(next)).toEqual(expected.slice(20, 40));
        expect(await page(next.prev_cursor!)).toEqual(first);
      } else expect(first.next_cursor).toBeNull();
      expect(plans.flatMap(tablesReadWhole)).toEqual([]);
    },
  );
});

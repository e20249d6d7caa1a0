/** An answer about an old quarter reads nothing of what came since, nor what a filter leaves out. */
import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { SECURITY_STREAM } from '../../libs/event-store/streams.js';
import { bytesOf, LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import type { AsOfQuery } from '../as-of/as-of.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { aging } from '../reports/aging.js';
import { customerSales } from '../reports/customer-sales.js';
import { dashboard } from '../reports/dashboard.js';
import { stockMovement } from '../reports/stock-movement.js';
import { stockValuation } from '../reports/stock-valuation.js';
import { supplierCosts } from '../reports/supplier-costs.js';
import { trends } from '../reports/trends.js';
import { listEntries } from './balances.js';
import { listPeriods } from './closed-periods.js';
import type { Entity } from './event-sources.js';
import { history as historyOf } from './history.js';
import { type DocumentFilter, listDocuments } from './list-documents.js';
import { type EventFilter, listEvents } from './list-events.js';
import { listMasterData } from './master-data.js';
import { listMovements } from './movements.js';
import { profit } from './profit.js';
import { listSecurityEvents } from './security.js';
import { listStock, stockOfItem } from './stock.js';

const NEW_SALES = 3000;
const CUSTOMERS = 200;
/** Registered after the old days, with ids before all others. */
const NEWCOMERS = 1000;
const SECURITY_EVENTS = 3000;
const start_ms = Date.parse('2020-01-01T08:00:00.000Z');
const hour = (n: number) => new Date(start_ms + n * 3_600_000).toISOString();
const OLD_END = 40;
const LIMIT = 5;

let postgres: PostgresServer;
let db: Db;
const book = new LedgerHistory('main', hour(0));
let old_position = 0;

beforeAll(async () => {
  postgres = await startPostgres();
  // One connection: what it reads is counted in one place.
  db = openDatabase(await createDatabase(postgres), { connections_max: 1 });
  await createTables(db, 'read');
  fill();
  const log = [...logOf(book), ...securityEvents()];
  for (let from = 0; from < log.length; from += 1000) await applyEvents(db, log.slice(from, from + 1000));
  await sql`VACUUM ANALYZE`.execute(db);
}, 180_000);
afterAll(async () => {
  await db?.destroy();
  await postgres?.stop();
});

function fill(): void {
  const line = (item_id: string, quantity: number) => [{ item_id, quantity, unit_price: '1.00' }];
  book.give({ type: 'register', kind: 'location', id: 'yard', attributes: { name: 'Yard' } });
  for (const id of ['bottle', 'cap'])
    book.give({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'other' } });
  for (const id of ['SUP', 'OLD-SUP']) book.give({ type: 'register', kind: 'supplier', id, attributes: { name: id } });
  for (let n = 0; n < CUSTOMERS; n += 1)
    book.give({ type: 'register', kind: 'customer', id: `CUST-${n}`, attributes: { name: 'x' } });
  book.give({ type: 'change', kind: 'customer', id: 'CUST-77', changes: { active: false } });
  book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: line('bottle', 1_000_000) });
  book.give({ type: 'record_purchase', supplier_id: 'OLD-SUP', line_items: line('cap', 1000) });
  for (let n = 1; n < OLD_END; n += 1) {
    book.now = hour(n);
    sell('CUST-1', 1, n % 10 === 0 ? hour(n - 5) : undefined, 'bob');
  }
  const bill = (n: number) => `SO-200101-${String(n).padStart(4, '0')}`;
  book.give({ type: 'void_document', number: bill(1), reason: 'mistake' });
  book.give({ type: 'record_payment', bill_number: bill(2), amount: '1.00' });
  book.give({
    type: 'transfer_stock',
    from_location_id: 'main',
    to_location_id: 'yard',
    line_items: [{ item_id: 'cap', quantity: 5 }],
  });
  old_position = book.events.length - 1;
  book.now = hour(999);
  for (let n = 0; n < NEWCOMERS; n += 1)
    book.give({ type: 'register', kind: 'customer', id: `A-${n}`, attributes: { name: 'x' } });
  for (let n = 0; n < NEW_SALES; n += 1) {
    book.now = hour(1000 + n);
    const paid = n % 2 === 0;
    const late = n % 20 === 0 ? hour(1000 + n - 30) : undefined;
    const number = sell(paid ? `CUST-${4 + (n % 50)}` : 'CUST-3', 1, late, paid ? 'ann' : 'eve');
    if (paid) book.give({ type: 'record_payment', bill_number: number, amount: '1.00' });
    else book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: line('bottle', 1) });
  }
}
/** Of two instances, their clocks a second apart. */
function securityEvents(): StoredEvent[] {
  const [last] = logOf(book).slice(-1);
  return Array.from({ length: SECURITY_EVENTS }, (_, revision) => {
    const noted_ms = Date.parse(hour(revision)) - (revision % 3 === 0 ? 1000 : 0);
    const failed = revision % 2 === 0;
    const username = failed ? 'maria' : 'ann';
    const event = {
      type: failed ? 'SignInFailed' : 'SignedIn',
      data: { username },
      metadata: { actor: failed ? 'anonymous' : 'ann', recorded_at: new Date(noted_ms).toISOString() },
    };
    const commit = last!.log_position!.commit + BigInt(revision + 1) * 100n;
    return {
      ...{ ...last!, ...event, id: randomUUID(), stream: SECURITY_STREAM, revision },
      log_position: { commit, prepare: commit },
      bytes: bytesOf(event),
      created_ms: Date.parse(hour(revision)) + 5,
    };
  });
}
function sell(customer_id: string, quantity: number, effective_at: string | undefined, actor: string): string {
  const line_items = [{ item_id: 'bottle', quantity, unit_price: '1.00' }];
  const dated = effective_at === undefined ? {} : { effective_at };
  const event = book.give({ type: 'record_sale', customer_id, line_items, ...dated }, { actor });
  return (event.data as { number: string }).number;
}

async function rowsReadFor(work: () => Promise<unknown>): Promise<number> {
  const count = async () => {
    await sql`SELECT pg_stat_force_next_flush()`.execute(db);
    const { rows } = await sql<{ rows: bigint }>`SELECT (
      (SELECT sum(seq_tup_read) FROM pg_stat_user_tables) + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes))::bigint AS rows`.execute(
      db,
    );
    return Number(rows[0]!.rows);
  };
  await work();
  const before = await count();
  await work();
  return (await count()) - before;
}

const now = { ledger: 'main' };
const then: Record<string, () => AsOfQuery> = {
  'as of then': () => ({ ledger: 'main', as_of: hour(OLD_END) }),
  'known then': () => ({ ledger: 'main', known_at: hour(OLD_END) }),
  'at a position of then': () => ({ ledger: 'main', position: old_position }),
};
const old_days = { from: '2020-01-01', to: '2020-01-02' };
const old_hours = { from: hour(1), to: hour(OLD_END) };
/** Some rows for each shown, and what it is made of. */
const PAGE_ROWS = 400;
/** Totals read a row and an entry of an index for each day. */
const days_rows = PAGE_ROWS + (2 * NEW_SALES) / 24;
/** Both ends of a month look through the days that have backdated events. */
const months_rows = days_rows + (2 * (LIMIT + 1) * NEW_SALES) / 24;
/** Names come from a table that Postgres reads whole, totals are of each day. */
const few_customers = PAGE_ROWS + 2 * CUSTOMERS;

const DOCUMENTS: [string, DocumentFilter][] = [
  ['of one kind', { kinds: ['sale'] }],
  ['of all kinds', {}],
  ['of old days', { kinds: ['sale'], ...old_hours }],
  ['until an old day', { kinds: ['sale'], to: hour(OLD_END) }],
  ['from a day of backdated entries on', { kinds: ['sale'], from: hour(1000 + NEW_SALES - 10) }],
  ['of a rare status', { kinds: ['sale'], status: 'void' }],
  ['of a status that none has', { kinds: ['sale'], status: 'expired' }],
  ['of a rare payment status', { kinds: ['purchase'], payment_status: 'paid' }],
  ['of a payment status that none has', { kinds: ['sale'], payment_status: 'refund_due' }],
  ['of a party', { kinds: ['sale'], party_id: 'CUST-1' }],
  ['of a party with none', { kinds: ['sale'], party_id: 'CUST-150' }],
  ['by an author', { kinds: ['sale'], created_by: 'bob' }],
  ['by an author, of a status', { kinds: ['sale'], created_by: 'bob', status: 'void' }],
  ['of a party on old days', { kinds: ['sale'], party_id: 'CUST-1', ...old_hours }],
  // Many are of the one and many of the other, but none of both.
  ['by an author, of a payment status', { kinds: ['sale'], created_by: 'eve', payment_status: 'paid' }],
  ['of a party, by an author', { kinds: ['sale'], party_id: 'CUST-3', created_by: 'ann' }],
  ['of a party, of a payment status', { kinds: ['sale'], party_id: 'CUST-3', payment_status: 'paid' }],
  ['of a status and a payment status', { kinds: ['sale'], status: 'void', payment_status: 'pending' }],
  [
    'by all filters',
    { kinds: ['sale'], party_id: 'CUST-3', created_by: 'eve', status: 'void', payment_status: 'paid' },
  ],
];
const EVENTS: [string, EventFilter][] = [
  ['all', {}],
  ['the first', { order: 'oldest_first' }],
  ['of old days', old_hours],
  ['until an old day', { to: hour(OLD_END) }],
  ['from a day of backdated entries on', { from: hour(1000 + NEW_SALES - 3) }],
  ['by an actor', { actor: 'bob' }],
  ['of a rare type', { types: ['StockTransferred'] }],
  ['of a type that there is none of', { types: ['StockCounted'] }],
  ['by an actor, of a type that only others have', { actor: 'eve', types: ['PaymentReceived'] }],
];
const SECURITY: [string, EventFilter][] = [
  ['all', {}],
  ['the first', { order: 'oldest_first' }],
  ['of old days', old_hours],
  ['until an old day', { to: hour(OLD_END) }],
  ['of new days, the first', { from: hour(SECURITY_EVENTS - 20), order: 'oldest_first' }],
  ['by an actor, of a type that only others have', { actor: 'ann', types: ['SignInFailed'] }],
  ['about a user', { entity: { kind: 'user', id: 'maria' } }],
  ['about a user, of a type that only others have', { entity: { kind: 'user', id: 'maria' }, types: ['SignedIn'] }],
  ['about a user, by an actor', { entity: { kind: 'user', id: 'maria' }, actor: 'ann' }],
];
const ENTITIES: Entity[] = [
  { kind: 'item', id: 'bottle' },
  { kind: 'item', id: 'cap' },
  { kind: 'location', id: 'yard' },
  { kind: 'location', id: 'main' },
  { kind: 'customer', id: 'CUST-1' },
  { kind: 'supplier', id: 'OLD-SUP' },
  { kind: 'account', id: 'cash' },
  { kind: 'account', id: 'receivable:CUST-3' },
  { kind: 'user', id: 'bob' },
  { kind: 'user', id: 'ann' },
  { kind: 'document', id: 'SO-200101-0002' },
];

type Question = [name: string, ask: () => Promise<unknown>, rows?: number];
const questions: Question[] = [
  ...DOCUMENTS.map(
    ([name, filter]): Question => [`documents ${name}`, () => ask(db, now, listDocuments, { ...filter, limit: LIMIT })],
  ),
  ...EVENTS.map(
    ([name, filter]): Question => [`events: ${name}`, () => ask(db, now, listEvents, { ...filter, limit: LIMIT })],
  ),
  ...SECURITY.map(
    ([name, filter]): Question => [
      `security events: ${name}`,
      () => ask(db, now, listSecurityEvents, { ...filter, limit: LIMIT }),
    ],
  ),
  ...ENTITIES.flatMap((entity) =>
    (['newest_first', 'oldest_first'] as const).map(
      (order): Question => [
        `the history of ${entity.kind} ${entity.id}, ${order}`,
        () => ask(db, now, historyOf, { entity, order, limit: LIMIT }),
      ],
    ),
  ),
  ...Object.entries(then).flatMap(([when, scope]): Question[] => [
    ...DOCUMENTS.map(
      ([name, filter]): Question => [
        `documents ${name}, ${when}`,
        () => ask(db, scope(), listDocuments, { ...filter, limit: LIMIT }),
      ],
    ),
    ...EVENTS.map(
      ([name, filter]): Question => [
        `events: ${name}, ${when}`,
        () => ask(db, scope(), listEvents, { ...filter, limit: LIMIT }),
      ],
    ),
    ...SECURITY.map(
      ([name, filter]): Question => [
        `security events: ${name}, ${when}`,
        () => ask(db, scope(), listSecurityEvents, { ...filter, limit: LIMIT }),
      ],
    ),
    ...[undefined, true, false].map(
      (active): Question => [
        `customers, active ${active}, ${when}`,
        () => ask(db, scope(), listMasterData, { kind: 'customer', active, limit: LIMIT }),
        // Whether it was active then is looked up for each that there was.
        active === undefined ? PAGE_ROWS : PAGE_ROWS + 2 * CUSTOMERS,
      ],
    ),
    ...ENTITIES.map(
      (entity): Question => [
        `the history of ${entity.kind} ${entity.id}, ${when}`,
        () => ask(db, scope(), historyOf, { entity, limit: LIMIT }),
      ],
    ),
    [`stock, ${when}`, () => ask(db, scope(), listStock, { limit: LIMIT })],
    [`movements, ${when}`, () => ask(db, scope(), listMovements, { item_id: 'bottle', limit: LIMIT })],
    [`entries, ${when}`, () => ask(db, scope(), listEntries, { account_id: 'inventory', limit: LIMIT })],
    [`aging, ${when}`, () => ask(db, scope(), aging, { day: '2020-01-02', limit: LIMIT })],
    [`trends, ${when}`, () => ask(db, scope(), trends, { group_by: 'day', limit: LIMIT })],
    [`stock movement, ${when}`, () => ask(db, scope(), stockMovement, { group_by: 'place', limit: LIMIT })],
    [`stock valuation, ${when}`, () => ask(db, scope(), stockValuation, { group_by: 'place', limit: LIMIT })],
  ]),
  ['stock at a location', () => ask(db, now, listStock, { location_id: 'yard', limit: LIMIT })],
  ['stock of an item', () => ask(db, now, stockOfItem, 'bottle')],
  ['movements of old days', () => ask(db, now, listMovements, { item_id: 'bottle', ...old_hours, limit: LIMIT })],
  ['entries of old days', () => ask(db, now, listEntries, { account_id: 'inventory', ...old_hours, limit: LIMIT })],
  ['what is not active', () => ask(db, now, listMasterData, { kind: 'customer', active: false, limit: LIMIT })],
  ['closed months', () => ask(db, now, listPeriods)],
  ['customers by month', () => ask(db, now, customerSales, { group_by: 'month', limit: LIMIT }), few_customers],
  [
    'customers by month, of old days',
    () => ask(db, now, customerSales, { group_by: 'month', ...old_days, limit: LIMIT }),
    few_customers,
  ],
  ['suppliers by month', () => ask(db, now, supplierCosts, { group_by: 'month', limit: LIMIT }), months_rows],
  [
    'suppliers by month, of old days',
    () => ask(db, now, supplierCosts, { group_by: 'month', ...old_days, limit: LIMIT }),
    days_rows,
  ],
  ['suppliers', () => ask(db, now, supplierCosts, { group_by: 'party', limit: LIMIT }), months_rows],
  ['trends of all days', () => ask(db, now, trends, { group_by: 'month', limit: LIMIT }), 2 * days_rows],
  [
    'customers of old days',
    () => ask(db, now, customerSales, { group_by: 'party', ...old_days, limit: LIMIT }),
    days_rows,
  ],
  ['profit of old days', () => ask(db, now, profit, { group_by: 'day', ...old_days, limit: LIMIT })],
  ['trends of old days', () => ask(db, now, trends, { group_by: 'day', ...old_days, limit: LIMIT })],
  ['stock movement of old days', () => ask(db, now, stockMovement, { group_by: 'place', ...old_days, limit: LIMIT })],
  ['the dashboard', () => ask(db, now, dashboard, '2020-05-01'), 4 * CUSTOMERS],
];

it.each(questions)('%s: nothing is read that does not matter', async (_, question, rows = PAGE_ROWS) => {
  expect(await rowsReadFor(question)).toBeLessThan(rows);
});

it('asks with as many statements whatever the sizes of pages are', async () => {
  const askAll = async (limit: number) => {
    for (const entity of ENTITIES) await ask(db, now, historyOf, { entity, limit });
    await ask(db, now, listDocuments, { limit });
    await ask(db, now, listEvents, { limit });
  };
  const prepared = async () => (await sql`SELECT FROM pg_prepared_statements`.execute(db)).rows.length;
  await askAll(3);
  const before = await prepared();
  for (const limit of [4, 7, 11, 20]) await askAll(limit);
  expect(await prepared()).toBe(before);
});

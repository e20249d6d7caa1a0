import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import type { Entity } from './event-sources.js';
import { history } from './history.js';

let server: PostgresServer;
let db: Db;
beforeAll(async () => {
  server = await startPostgres();
  db = openDatabase(await createDatabase(server));
  await createTables(db, 'read');
  await applyEvents(db, logOf(factory()));
});
afterAll(async () => {
  await db?.destroy();
  await server?.stop();
});

function factory(): LedgerHistory {
  const book = new LedgerHistory('main', '2026-03-02T08:00:00.000Z');
  book.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  book.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Preforms Ltd' } });
  book.give({ type: 'register', kind: 'customer', id: 'CUST', attributes: { name: 'Corner shop' } });
  const line = (quantity: number, unit_price: string) => [{ item_id: 'bottle', quantity, unit_price }];
  book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: line(500, '3.50') });
  book.now = '2026-03-03T08:00:00.000Z';
  book.give({ type: 'record_sale', customer_id: 'CUST', line_items: line(100, '4.00') }, { actor: 'bob' });
  book.give({ type: 'record_payment', bill_number: 'SO-260303-0001', amount: '200' });
  book.give({ type: 'change', kind: 'customer', id: 'CUST', changes: { name: 'Corner stores', phone: '+49 30 1' } });
  book.now = '2026-03-04T08:00:00.000Z';
  const earlier = '2026-03-02T12:00:00.000Z';
  book.give({ type: 'record_sale', customer_id: 'CUST', line_items: line(10, '4.00'), effective_at: earlier });
  book.give({ type: 'void_document', number: 'SO-260304-0001', reason: 'typed twice' });
  return book;
}

const of = async (kind: Entity['kind'], id: string, scope: object = {}) =>
  (await ask(db, { ledger: 'main', ...scope }, history, { entity: { kind, id }, order: 'oldest_first' })).data;
const told = async (...asked: Parameters<typeof of>) =>
  (await of(...asked)).map(({ type, actor, changes }) => [
    type,
    actor,
    ...changes.map(({ field, old, new: now }) => [field, old, now]),
  ]);

it('of a customer: what was registered and changed, and what they owed before and after', async () => {
  expect(await told('customer', 'CUST')).toEqual([
    ['CustomerRegistered', 'ann', ['name', null, 'Corner shop']],
    ['SaleRecorded', 'bob', ['receivable', 0, 400]],
    ['PaymentReceived', 'ann', ['receivable', 400, 200]],
    ['CustomerChanged', 'ann', ['name', 'Corner shop', 'Corner stores'], ['phone', null, '+49 30 1']],
    ['SaleRecorded', 'ann', ['receivable', 200, 240]],
    ['DocumentVoided', 'ann', ['receivable', 240, 200]],
  ]);
});

it('of an item, a place, a supplier and an account: the figures before and after', async () => {
  expect((await told('item', 'bottle')).slice(1, 3)).toEqual([
    ['PurchaseRecorded', 'ann', ['locations.main.on_hand', 0, 500], ['locations.main.value', 0, 1750]],
    ['SaleRecorded', 'bob', ['locations.main.on_hand', 500, 400], ['locations.main.value', 1750, 1400]],
  ]);
  expect((await told('location', 'main')).at(-1)).toEqual([
    'DocumentVoided',
    'ann',
    ['items.bottle.on_hand', 390, 400],
    ['items.bottle.value', 1365, 1400],
  ]);
  expect((await told('supplier', 'SUP')).at(-1)).toEqual(['PurchaseRecorded', 'ann', ['payable', 0, 1750]]);
  expect((await told('account', 'inventory')).map(([type, , change]) => [type, change]).slice(-2)).toEqual([
    ['SaleRecorded', ['balance', 1400, 1365]],
    ['DocumentVoided', ['balance', 1365, 1400]],
  ]);
});

it('of a bill: how it read before and after each event', async () => {
  const [sold, paid] = await of('document', 'SO-260303-0001');
  expect(sold).toMatchObject({ type: 'SaleRecorded', actor: 'bob', number: 'SO-260303-0001' });
  expect(sold!.changes).toContainEqual({
    ...{ kind: 'sale', id: 'SO-260303-0001', field: 'total_profit', old: null, new: 50 },
  });
  expect(paid!.number).toBe('PY-260303-0001');
  expect(paid!.changes.map(({ field, old, new: now }) => [field, old, now])).toEqual([
    ['payment_status', 'pending', 'partial'],
    ['paid_amount', 0, 200],
    ['open_amount', 400, 200],
    ['payments', [], ['PY-260303-0001']],
  ]);
  expect((await told('document', 'SO-260304-0001')).at(-1)).toEqual(
    expect.arrayContaining([
      ['status', 'confirmed', 'void'],
      ['void_reason', null, 'typed twice'],
    ]),
  );
});

it('of a user: what they changed, of whatever', async () => {
  const [entry, ...more] = await of('user', 'bob');
  expect(more).toEqual([]);
  expect(entry!.changes).toContainEqual({
    ...{ kind: 'sale', id: 'SO-260303-0001', field: 'status', old: null, new: 'confirmed' },
  });
});

it('as of both times: a late sale changes what came after it only for who knew of it', async () => {
  const by_noon = { as_of: '2026-03-02T12:00:00.000Z' };
  expect((await told('item', 'bottle', by_noon)).at(-1)).toEqual([
    'SaleRecorded',
    'ann',
    ['locations.main.on_hand', 500, 490],
    ['locations.main.value', 1750, 1715],
  ]);
  const known = { ...by_noon, known_at: '2026-03-03T23:59:59.999Z' };
  expect((await told('item', 'bottle', known)).map(([type]) => type)).toEqual(['ItemRegistered', 'PurchaseRecorded']);
  expect(await of('document', 'SO-260304-0001', known)).toEqual([]);
});

it('page by page', async () => {
  const scope = { ledger: 'main' };
  const entity = { kind: 'customer' as const, id: 'CUST' };
  const first = await ask(db, scope, history, { entity, limit: 4 });
  const second = await ask(db, scope, history, { entity, limit: 4, cursor: first.next_cursor! });
  expect([...first.data, ...second.data].map(({ type }) => type)).toEqual(
    (await of('customer', 'CUST')).map(({ type }) => type).reverse(),
  );
  expect(second.next_cursor).toBeNull();
});

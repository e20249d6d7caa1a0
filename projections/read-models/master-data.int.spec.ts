import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { customerSales } from '../reports/customer-sales.js';
import { accountBalance, trialBalance } from './balances.js';
import { findMasterData, isKnown, listMasterData } from './master-data.js';

let server: PostgresServer;
let db: Db;
beforeAll(async () => {
  server = await startPostgres();
  db = openDatabase(await createDatabase(server));
  await createTables(db, 'read');
  await applyEvents(db, logOf(shop()));
});
afterAll(async () => {
  await db?.destroy();
  await server?.stop();
});

function shop(): LedgerHistory {
  const book = new LedgerHistory('main', '2026-03-02T08:00:00.000Z');
  book.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  book.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Preforms Ltd' } });
  book.give({ type: 'register', kind: 'customer', id: 'CUST-1', attributes: { name: 'Corner shop' } });
  const line = (quantity: number) => [{ item_id: 'bottle', quantity, unit_price: '4' }];
  book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: line(100) });
  book.give({ type: 'record_sale', customer_id: 'CUST-1', line_items: line(10) });
  book.now = '2026-03-03T08:00:00.000Z';
  book.give({ type: 'change', kind: 'customer', id: 'CUST-1', changes: { name: 'Corner stores' } });
  book.now = '2026-03-04T08:00:00.000Z';
  book.give({ type: 'register', kind: 'customer', id: 'CUST-2', attributes: { name: 'Late riser' } });
  const safe = { name: 'Safe', type: 'asset', may_go_negative: false } as const;
  book.give({ type: 'register', kind: 'account', id: 'safe', attributes: safe });
  book.give({ type: 'register', kind: 'account', id: 'till', attributes: safe });
  const dated = { effective_at: '2026-03-02T12:00:00.000Z' };
  book.give({ type: 'record_sale', customer_id: 'CUST-2', line_items: line(1), ...dated });
  book.give({
    ...{ type: 'transfer_money', from_account_id: 'equity', to_account_id: 'safe', amount: '50' },
    ...dated,
  });
  book.now = '2026-03-05T08:00:00.000Z';
  book.give({ type: 'change', kind: 'customer', id: 'CUST-1', changes: { active: false } });
  book.give({ type: 'change', kind: 'account', id: 'safe', changes: { name: 'Strong box' } });
  return book;
}

const by = (day: string, hour = '23') => `2026-03-${day}T${hour}:59:59.999Z`;
const customers = async (scope: object, active?: boolean) =>
  (await ask(db, { ledger: 'main', ...scope }, listMasterData, { kind: 'customer', active })).data.map(
    ({ customer_id, name, active }) => [customer_id, name, active],
  );

it('tells things as they were by either time, and not what came later', async () => {
  expect(await customers({})).toEqual([
    ['CUST-1', 'Corner stores', false],
    ['CUST-2', 'Late riser', true],
  ]);
  for (const time of ['as_of', 'known_at']) {
    expect(await customers({ [time]: by('01') })).toEqual([]);
    expect(await customers({ [time]: '2026-03-02T08:00:00.000Z' })).toEqual([['CUST-1', 'Corner shop', true]]);
    expect(await customers({ [time]: by('03', '07') })).toEqual([['CUST-1', 'Corner shop', true]]);
    expect(await customers({ [time]: by('03') })).toEqual([['CUST-1', 'Corner stores', true]]);
    expect(await customers({ [time]: by('04') })).toEqual([
      ['CUST-1', 'Corner stores', true],
      ['CUST-2', 'Late riser', true],
    ]);
  }
});

it('filters and pages by what they were', async () => {
  expect(await customers({}, true)).toEqual([['CUST-2', 'Late riser', true]]);
  expect(await customers({ as_of: by('04') }, false)).toEqual([]);
  const scope = { ledger: 'main', as_of: by('04') };
  const paging = { kind: 'customer', active: true, limit: 1 } as const;
  const first = await ask(db, scope, listMasterData, paging);
  const second = await ask(db, scope, listMasterData, { ...paging, cursor: first.next_cursor! });
  expect([...first.data, ...second.data].map(({ customer_id }) => customer_id)).toEqual(['CUST-1', 'CUST-2']);
  expect(second.next_cursor).toBeNull();
});

it('knows nobody before they were registered, and where they were changed last by then', async () => {
  const find = (scope: object, id: string) =>
    ask(db, { ledger: 'main', ...scope }, findMasterData, { kind: 'customer', id });
  expect(await find({ as_of: by('03') }, 'CUST-2')).toBeUndefined();
  expect(await find({ known_at: by('03') }, 'CUST-2')).toBeUndefined();
  const renamed = await find({ as_of: by('04') }, 'CUST-1');
  expect(await find({ position: renamed!.position as number }, 'CUST-1')).toEqual(renamed);
  expect(await find({ position: (renamed!.position as number) - 1 }, 'CUST-1')).toMatchObject({ name: 'Corner shop' });
  const known = async (scope: object) =>
    ask(db, { ledger: 'main', ...scope }, isKnown, { kind: 'customer', id: 'CUST-2' });
  expect([await known({ as_of: by('03') }), await known({ known_at: by('03') })]).toEqual([true, false]);
});

it('gives figures the names of their moment, and those of the registration to what is dated before it', async () => {
  const sold = async (scope: object) =>
    (await ask(db, { ledger: 'main', ...scope }, customerSales, { group_by: 'party' })).data.map(
      ({ name, quantity }) => [name, quantity],
    );
  expect(await sold({ known_at: by('02') })).toEqual([['Corner shop', 10]]);
  expect(await sold({ as_of: by('02') })).toEqual([
    ['Corner shop', 10],
    ['Late riser', 1],
  ]);
  expect(await sold({})).toEqual([
    ['Corner stores', 10],
    ['Late riser', 1],
  ]);
});

it('balances the accounts that there were, and those that entries are backdated to', async () => {
  const listed = async (scope: object) =>
    (await ask(db, { ledger: 'main', ...scope }, trialBalance)).data.flatMap(({ account_id, name, balance }) =>
      ['safe', 'till'].includes(account_id) ? [[account_id, name, balance]] : [],
    );
  expect(await listed({ as_of: by('01') })).toEqual([]);
  expect(await listed({ known_at: by('03') })).toEqual([]);
  expect(await listed({ as_of: by('03') })).toEqual([['safe', 'Safe', 50]]);
  expect(await listed({ as_of: by('04') })).toEqual([
    ['safe', 'Safe', 50],
    ['till', 'Safe', 0],
  ]);
  expect(await listed({})).toEqual([
    ['safe', 'Strong box', 50],
    ['till', 'Safe', 0],
  ]);
  expect((await ask(db, { ledger: 'main', as_of: by('01') }, trialBalance)).data).toEqual([]);
  expect(await ask(db, { ledger: 'main', as_of: by('03') }, accountBalance, 'till')).toBeUndefined();
});

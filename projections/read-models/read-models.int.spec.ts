import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { dashboard } from '../reports/dashboard.js';
import { accountBalance, listEntries, trialBalance } from './balances.js';
import { listPeriods } from './closed-periods.js';
import { findDocument, listDocuments } from './list-documents.js';
import { listEvents } from './list-events.js';
import { findMasterData, listMasterData } from './master-data.js';
import { listMovements } from './movements.js';
import { profit } from './profit.js';
import { listStock, stockOfItem } from './stock.js';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.stop());

function workedExample(): LedgerHistory {
  const history = new LedgerHistory('main', '2025-12-22T08:00:00.000Z');
  for (const id of ['bottle-500ml-a', 'bottle-1500ml-a'])
    history.give({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'bottle', reorder_level: 300 } });
  history.give({ type: 'register', kind: 'supplier', id: 'SUPP-001', attributes: { name: 'Preforms Ltd' } });
  history.give({ type: 'register', kind: 'customer', id: 'CUST-001', attributes: { name: 'Corner shop' } });
  history.give({
    type: 'record_purchase',
    supplier_id: 'SUPP-001',
    line_items: [
      { item_id: 'bottle-500ml-a', quantity: 500, unit_price: '3.50' },
      { item_id: 'bottle-1500ml-a', quantity: 250, unit_price: '4.20' },
    ],
  });
  history.now = '2025-12-23T10:00:00.000Z';
  history.give({
    type: 'record_sale',
    customer_id: 'CUST-001',
    line_items: [
      { item_id: 'bottle-500ml-a', quantity: 100, unit_price: '4.00' },
      { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: '6.00' },
    ],
  });
  return history;
}

describe('the worked example', () => {
  const scope = { ledger: 'main' };
  let db: Db;
  beforeAll(async () => {
    db = openDatabase(await createDatabase(server));
    await createTables(db, 'read');
    await applyEvents(db, logOf(workedExample()));
  });
  afterAll(() => db?.destroy());

  it('leaves 400 worth 1400.00 and 200 worth 840.00', async () => {
    const { data, position } = await ask(db, scope, listStock);
    expect(position).toBe(17);
    expect(data).toEqual([
      expect.objectContaining({
        item_id: 'bottle-1500ml-a',
        on_hand: 200,
        available: 200,
        average_cost: 4.2,
        value: 840,
      }),
      expect.objectContaining({ item_id: 'bottle-500ml-a', on_hand: 400, reserved: 0, average_cost: 3.5, value: 1400 }),
    ]);
    expect(await ask(db, scope, stockOfItem, 'bottle-500ml-a')).toMatchObject({
      on_hand: 400,
      value: 1400,
      locations: [{ location_id: 'main', on_hand: 400 }],
      position: 17,
    });
  });

  it('knows what it was before the sale', async () => {
    const before = { ledger: 'main', as_of: '2025-12-23T09:59:59.999Z' };
    expect((await ask(db, before, listStock)).data.map(({ on_hand, value }) => [on_hand, value])).toEqual([
      [250, 1050],
      [500, 1750],
    ]);
    expect((await ask(db, { ledger: 'main', position: 16 }, trialBalance)).totals).toEqual({
      debit: 2800,
      credit: 2800,
    });
  });

  it('earned 140.00', async () => {
    const by_item = await ask(db, scope, profit, { group_by: 'item' });
    expect(by_item.data).toEqual([
      { key: 'bottle-1500ml-a', quantity: 50, revenue: 300, cost: 210, profit: 90 },
      { key: 'bottle-500ml-a', quantity: 100, revenue: 400, cost: 350, profit: 50 },
    ]);
    expect(by_item.totals).toEqual({ quantity: 150, revenue: 700, cost: 560, profit: 140 });
    expect((await ask(db, scope, profit, { group_by: 'day' })).data).toEqual([
      { key: '2025-12-23', quantity: 150, revenue: 700, cost: 560, profit: 140 },
    ]);
    const of_december = { from: '2025-12-01', to: '2025-12-31', group_by: 'customer' } as const;
    expect((await ask(db, scope, profit, of_december)).data).toMatchObject([{ key: 'CUST-001', profit: 140 }]);
    expect((await ask(db, scope, profit, { ...of_december, to: '2025-12-22' })).data).toEqual([]);
  });

  it('balances', async () => {
    const trial = await ask(db, scope, trialBalance);
    expect(trial.totals).toEqual({ debit: 3500, credit: 3500 });
    expect(trial.data.find(({ account_id }) => account_id === 'receivable:CUST-001')).toEqual({
      account_id: 'receivable:CUST-001',
      name: 'Receivable CUST-001',
      type: 'asset',
      debit: 700,
      credit: 0,
      balance: 700,
    });
    expect(await ask(db, scope, accountBalance, 'revenue')).toMatchObject({
      credit: 700,
      balance: 700,
      type: 'income',
    });
    expect(await ask(db, scope, accountBalance, 'nothing')).toBeUndefined();
    expect((await ask(db, scope, listEntries, { account_id: 'inventory' })).data).toMatchObject([
      { type: 'SaleRecorded', number: 'SO-251223-0001', credit: 560, balance: 2240 },
      { type: 'PurchaseRecorded', debit: 2800, balance: 2800 },
    ]);
  });

  it('is told at a glance', async () => {
    expect(await ask(db, scope, dashboard, '2025-12-23')).toMatchObject({
      stock: { items: 2, pieces: 600, reserved: 0, value: 2240 },
      low_stock: [{ item_id: 'bottle-1500ml-a', available: 200, reorder_level: 300 }],
      today: { revenue: 700, profit: 140 },
      owed: { to_us: 700, by_us: 2800 },
      last_documents: [{ number: 'SO-251223-0001' }, { number: 'PO-251222-0001' }],
      position: 17,
    });
    expect(await ask(db, scope, dashboard, '2025-12-24')).toMatchObject({ today: { revenue: 0, profit: 0 } });
  });

  it('shows movements, documents, master data and events', async () => {
    expect((await ask(db, scope, listMovements, { item_id: 'bottle-500ml-a' })).data).toMatchObject([
      { number: 'SO-251223-0001', quantity: -100, value: -350, on_hand: 400, value_on_hand: 1400 },
      { number: 'PO-251222-0001', quantity: 500, value: 1750, on_hand: 500, value_on_hand: 1750 },
    ]);
    const sales = await ask(db, scope, listDocuments, { kinds: ['sale'], payment_status: 'pending' });
    expect(sales).toMatchObject({ data: [{ number: 'SO-251223-0001', total_profit: 140 }], next_cursor: null });
    expect(await ask(db, scope, findDocument, 'SO-251223-0001')).toEqual(sales.data[0]);
    expect(await ask(db, { ledger: 'main', position: 16 }, findDocument, 'SO-251223-0001')).toBeUndefined();
    expect((await ask(db, scope, listMasterData, { kind: 'customer' })).data).toMatchObject([
      { customer_id: 'CUST-001' },
    ]);
    expect(await ask(db, scope, findMasterData, { kind: 'item', id: 'bottle-500ml-a' })).toMatchObject({
      reorder_level: 300,
    });
    const named = await ask(db, scope, listEvents, { entity: { kind: 'customer', id: 'CUST-001' } });
    expect(named.data.map(({ type }) => type)).toEqual(['SaleRecorded', 'CustomerRegistered']);
  });
});

describe('periods', () => {
  it('are all told, also those that an older version closed without a closing of their own', async () => {
    const book = new LedgerHistory('old', '2026-01-10T08:00:00.000Z');
    book.give({ type: 'transfer_money', from_account_id: 'equity', to_account_id: 'cash', amount: '100' });
    book.now = '2026-04-01T08:00:00.000Z';
    book.give({ type: 'close_period', month: '2026-03' }, { actor: 'mia' });
    const own = (month: string) => book.events.findIndex(({ data }) => 'trial_balance' in data && data.month === month);
    book.events.splice(own('2026-01'), 2);
    for (const [position, event] of book.events.entries()) event.position = position;
    const closed_at = own('2026-03');
    book.state.position = closed_at;
    book.give({ type: 'reopen_period', month: '2026-03', reason: 'a late bill' }, { actor: 'ada' });
    const db = openDatabase(await createDatabase(server));
    await createTables(db, 'read');
    await applyEvents(db, logOf(book));
    const closed = { status: 'closed', decided_by: 'mia', decided_at: book.now, position: closed_at };
    const { data } = await ask(db, { ledger: 'old' }, listPeriods);
    expect(data).toEqual([
      { ...closed, month: '2026-03', status: 'open', decided_by: 'ada', position: closed_at + 1 },
      { ...closed, month: '2026-02' },
      { ...closed, month: '2026-01' },
    ]);
    expect(
      (await ask(db, { ledger: 'old', position: closed_at }, listPeriods)).data.map(({ status }) => status),
    ).toEqual(['closed', 'closed', 'closed']);
    expect((await ask(db, { ledger: 'old', position: closed_at - 1 }, listPeriods)).data).toEqual([]);
    await db.destroy();
  });
});

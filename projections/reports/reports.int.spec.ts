import { LedgerHistory, logOf } from '../../test/support/ledger-history.js';
import { createDatabase, type PostgresServer, startPostgres } from '../../test/support/postgres.js';
import { ask } from '../../test/support/read-models.js';
import { resolveAsOf } from '../as-of/as-of.js';
import { openDatabase } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from '../projector/projector.js';
import { createTables } from '../projector/schema.js';
import { explainStock } from '../read-models/movements.js';
import { stockOfItem } from '../read-models/stock.js';
import { aging, agingDay } from './aging.js';
import { customerSales } from './customer-sales.js';
import { type RestatementFilter, restatement } from './restatement.js';
import { stockMovement } from './stock-movement.js';
import { stockValuation } from './stock-valuation.js';
import { supplierCosts } from './supplier-costs.js';
import { trends } from './trends.js';

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

const books = { ledger: 'main' };
/** Before the sale of 6 March was recorded. */
const in_march = { ...books, known_at: '2026-03-31T23:59:59.999Z' };
const march = { from: '2026-03-03', to: '2026-03-31' };

function factory(): LedgerHistory {
  const book = new LedgerHistory('main', '2026-03-02T08:00:00.000Z');
  book.give({ type: 'register', kind: 'location', id: 'yard', attributes: { name: 'Yard' } });
  for (const id of ['preform', 'bottle', 'cap'])
    book.give({ type: 'register', kind: 'item', id, attributes: { name: id, kind: 'other' } });
  book.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Preforms Ltd' } });
  for (const id of ['A', 'B'])
    book.give({ type: 'register', kind: 'customer', id, attributes: { name: `Shop ${id}` } });
  const line = (item_id: string, quantity: number, unit_price: string) => ({ item_id, quantity, unit_price });
  const bottles = (quantity: number) => [{ item_id: 'bottle', quantity }];
  const on = (day: string) => {
    book.now = `2026-${day}T08:00:00.000Z`;
  };
  const goods = [line('preform', 1000, '0.05'), line('bottle', 100, '3.50')];
  book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: goods });
  on('03-03');
  const inputs = [{ item_id: 'preform', quantity: 200 }];
  book.give({ type: 'record_blow', inputs, outputs: bottles(190), rejected_quantity: 10, conversion_cost: '5' });
  on('03-04');
  book.give({ type: 'record_sale', customer_id: 'A', line_items: [line('bottle', 29, '5')] });
  on('03-05');
  book.give({ type: 'record_waste', line_items: bottles(29), reason: 'broken' });
  on('03-09');
  book.give({ type: 'transfer_stock', from_location_id: 'main', to_location_id: 'yard', line_items: bottles(58) });
  on('03-10');
  book.give({ type: 'transfer_money', from_account_id: 'equity', to_account_id: 'cash', amount: '100' });
  book.give({ type: 'record_payment', bill_number: 'PO-260302-0001', amount: '100' });
  const back = [{ item_id: 'preform', quantity: 100 }];
  book.give({ type: 'return_bill', bill_number: 'PO-260302-0001', line_items: back, reason: 'bent' });
  on('04-02');
  const late = { effective_at: '2026-03-06T12:00:00.000Z' };
  book.give({ type: 'record_sale', customer_id: 'B', line_items: [line('bottle', 10, '5')], ...late });
  book.give({ type: 'record_sale', customer_id: 'A', line_items: [line('bottle', 4, '5')] });
  on('04-03');
  book.give({ type: 'record_purchase', supplier_id: 'SUP', line_items: [line('cap', 10, '1')] });
  book.give({ type: 'void_document', number: 'PO-260403-0001', reason: 'never came' });
  return book;
}

const pieces = (quantity: number, value: number) => ({ quantity, value });

describe('stock movement', () => {
  const out = { waste: pieces(29, 36.45), stock_transfer: pieces(58, 72.9) };
  const came = { blow: pieces(190, 14.5), stock_transfer: pieces(58, 72.9) };
  it('opens, comes in, goes out and closes, by kind of event', async () => {
    const { data } = await ask(db, books, stockMovement, { ...march, group_by: 'item' });
    expect(data).toEqual([
      {
        ...{ item_id: 'bottle', location_id: null, opening: pieces(100, 350) },
        ...{ in: came, total_in: pieces(248, 87.4) },
        ...{ out: { ...out, sale: pieces(39, 49.02) }, total_out: pieces(126, 158.37) },
        closing: pieces(222, 279.03),
      },
      {
        ...{ item_id: 'preform', location_id: null, opening: pieces(1000, 50) },
        ...{ in: {}, total_in: pieces(0, 0) },
        ...{ out: { blow: pieces(200, 10), purchase_return: pieces(100, 5) }, total_out: pieces(300, 15) },
        closing: pieces(700, 35),
      },
    ]);
  });

  it('as it was known in March', async () => {
    const { data } = await ask(db, in_march, stockMovement, { ...march, group_by: 'item' });
    expect(data[0]).toMatchObject({ out: { ...out, sale: pieces(29, 36.45) }, closing: pieces(232, 291.6) });
  });

  it('by place and by location, page by page', async () => {
    const rows = [];
    for (let cursor: string | undefined; ; ) {
      const page = await ask(db, books, stockMovement, { ...march, group_by: 'place', limit: 1, cursor });
      rows.push(...page.data);
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(rows.map(({ item_id, location_id, closing }) => [item_id, location_id, closing.value])).toEqual([
      ['bottle', 'main', 206.13],
      ['bottle', 'yard', 72.9],
      ['preform', 'main', 35],
    ]);
    const { data } = await ask(db, books, stockMovement, { ...march, group_by: 'location' });
    expect(data.map(({ location_id, closing }) => [location_id, closing])).toEqual([
      ['main', pieces(864, 241.13)],
      ['yard', pieces(58, 72.9)],
    ]);
  });
});

describe('stock valuation', () => {
  it('now and at any moment, at each place or all together', async () => {
    const { data, totals } = await ask(db, books, stockValuation, { group_by: 'place' });
    expect(data).toEqual([
      { item_id: 'bottle', location_id: 'main', on_hand: 160, average_cost: 1.256875, value: 201.1 },
      { item_id: 'bottle', location_id: 'yard', on_hand: 58, average_cost: 1.256897, value: 72.9 },
      { item_id: 'preform', location_id: 'main', on_hand: 700, average_cost: 0.05, value: 35 },
    ]);
    expect(totals).toEqual({ on_hand: 918, value: 309 });
    const at_end = { ...books, as_of: '2026-03-31T23:59:59.999Z' };
    expect((await ask(db, at_end, stockValuation, { group_by: 'item' })).totals.value).toBe(314.03);
    expect((await ask(db, in_march, stockValuation, { group_by: 'item' })).totals.value).toBe(326.6);
    const first = await ask(db, books, stockValuation, { group_by: 'item', limit: 1 });
    const second = await ask(db, books, stockValuation, { group_by: 'item', limit: 1, cursor: first.next_cursor! });
    expect(second).toMatchObject({ data: [{ item_id: 'preform' }], next_cursor: null, totals: { value: 309 } });
  });

  it('is explained by the movements that led there', async () => {
    const explained = await ask(db, books, explainStock, { item_id: 'bottle', location_id: 'main' });
    expect(explained.summary).toMatchObject({ on_hand: 160, value: 201.1, average_cost: 1.256875 });
    expect(explained.data.map(({ number, value, average_cost }) => [number, value, average_cost])).toEqual([
      ['SO-260402-0002', -5.03, 1.256875],
      ['SO-260402-0001', -12.57, 1.25689],
      ['ST-260309-0001', -72.9, 1.256897],
      ['WS-260305-0001', -36.45, 1.256897],
      ['SO-260304-0001', -36.45, 1.256897],
      ['BL-260303-0001', 14.5, 1.256897],
      ['PO-260302-0001', 350, 3.5],
    ]);
    for (const scope of [books, in_march, { ...books, as_of: '2026-03-08T00:00:00.000Z' }]) {
      const { locations: _, item_id: __, ...summary } = await ask(db, scope, stockOfItem, 'bottle');
      const { summary: same, position } = await ask(db, scope, explainStock, { item_id: 'bottle', limit: 1 });
      expect({ ...same, position }).toEqual(summary);
    }
    expect((await ask(db, books, explainStock, { item_id: 'cap', location_id: 'yard' })).summary.on_hand).toBe(0);
  });
});

describe('customers and suppliers', () => {
  const of_a = { quantity: 33, revenue: 165, cost: 41.48, profit: 123.52 };
  const of_b = { quantity: 10, revenue: 50, cost: 12.57, profit: 37.43 };
  it('what each customer bought, in all and by month', async () => {
    const { data, totals } = await ask(db, books, customerSales, { group_by: 'party' });
    const always = { month: null, from: null, to: null };
    expect(data).toEqual([
      { ...always, customer_id: 'A', name: 'Shop A', ...of_a },
      { ...always, customer_id: 'B', name: 'Shop B', ...of_b },
    ]);
    expect(totals).toEqual({ quantity: 43, revenue: 215, cost: 54.05, profit: 160.95 });
    const months = [];
    for (let cursor: string | undefined; ; ) {
      const page = await ask(db, books, customerSales, { group_by: 'month', limit: 2, cursor });
      months.push(...page.data.map(({ month, customer_id, revenue }) => [month, customer_id, revenue]));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(months).toEqual([
      ['2026-03', 'A', 145],
      ['2026-03', 'B', 50],
      ['2026-04', 'A', 20],
    ]);
    expect((await ask(db, in_march, customerSales, { group_by: 'party' })).data).toHaveLength(1);
  });

  it('what each supplier cost, less what went back or never came', async () => {
    const { data, totals } = await ask(db, books, supplierCosts, { group_by: 'party' });
    const sums = { purchases: 1, purchased: 400, returned: 5, cost: 395, paid: 100, written_off: 0 };
    expect(data).toEqual([
      { month: null, from: null, to: null, supplier_id: 'SUP', name: 'Preforms Ltd', ...sums, owed: 295 },
    ]);
    expect(totals).toEqual(sums);
    const by_month = await ask(db, books, supplierCosts, { group_by: 'month', to: '2026-03-31' });
    expect(by_month.data).toMatchObject([{ month: '2026-03', to: '2026-03-31', cost: 395, owed: 295 }]);
    const first_days = await ask(db, books, supplierCosts, { group_by: 'party', to: '2026-03-08' });
    expect(first_days.data).toMatchObject([{ cost: 400, paid: 0, owed: 400 }]);
  });

  it('how it all went on from week to week, also where nothing happened', async () => {
    const { data, totals } = await ask(db, books, trends, { group_by: 'week' });
    const nothing = { revenue: 0, cost: 0, profit: 0, purchases: 0, waste: 0 };
    const week = (key: string, to: string) => ({ key, from: key, to, ...nothing });
    expect(data).toEqual([
      {
        ...week('2026-03-02', '2026-03-08'),
        ...{ revenue: 195, cost: 49.02, profit: 145.98, purchases: 400, waste: 36.95 },
      },
      { ...week('2026-03-09', '2026-03-15'), purchases: -5 },
      week('2026-03-16', '2026-03-22'),
      week('2026-03-23', '2026-03-29'),
      { ...week('2026-03-30', '2026-04-03'), revenue: 20, cost: 5.03, profit: 14.97 },
    ]);
    expect(totals).toEqual({ revenue: 215, cost: 54.05, profit: 160.95, purchases: 395, waste: 36.95 });
    const months = await ask(db, in_march, trends, { group_by: 'month', from: '2026-03-05' });
    expect(months.data).toEqual([
      { key: '2026-03', from: '2026-03-05', to: '2026-03-10', ...nothing, purchases: -5, waste: 36.45 },
    ]);
  });
});

describe('restatement', () => {
  const known = [in_march.known_at, '2026-05-01T00:00:00.000Z'] as const;
  const restated = (filter: RestatementFilter) => ask(db, { ledger: 'main' }, restatement, known, filter);
  const backdated_sale = { number: 'SO-260402-0001', type: 'SaleRecorded', actor: 'ann', backdated: true };

  it('of profit: what March looked like, what it looks like, and the late sale between', async () => {
    const { data, totals, known_at, versus } = await restated({
      ...{ report: 'profit-loss', group_by: 'item', from: '2026-03-01', to: '2026-03-31' },
    });
    const before = { quantity: 29, revenue: 145, cost: 36.45, profit: 108.55 };
    const after = { quantity: 39, revenue: 195, cost: 49.02, profit: 145.98 };
    const difference = { quantity: 10, revenue: 50, cost: 12.57, profit: 37.43 };
    expect(data).toMatchObject([
      { key: 'bottle', before, after, difference, events: [backdated_sale], events_total: 1 },
    ]);
    expect(totals).toEqual({ before, after, difference });
    expect(versus.position).toBe(known_at.position + 4);
    for (const [group_by, key] of [
      ['day', '2026-03-06'],
      ['month', '2026-03'],
      ['customer', 'B'],
    ] as const) {
      const { data: rows } = await restated({ report: 'profit-loss', group_by, to: '2026-03-31' });
      expect(rows).toMatchObject([{ key, difference: { profit: 37.43 }, events: [backdated_sale] }]);
    }
  });

  it('of the trial balance at the end of March', async () => {
    const { data, totals } = await restated({ report: 'trial-balance', group_by: 'account', to: '2026-03-31' });
    expect(data.map(({ key, before, after, events }) => [key, before, after, events.length])).toEqual([
      ['cogs', { debit: 36.45, credit: 0 }, { debit: 49.02, credit: 0 }, 1],
      ['inventory', { debit: 326.6, credit: 0 }, { debit: 314.03, credit: 0 }, 1],
      ['receivable:B', { debit: 0, credit: 0 }, { debit: 50, credit: 0 }, 1],
      ['revenue', { debit: 0, credit: 145 }, { debit: 0, credit: 195 }, 1],
    ]);
    expect(totals.difference).toEqual({ debit: 50, credit: 50 });
  });

  it('of the value of stock, backdated events before new business', async () => {
    const { data } = await restated({ report: 'stock-valuation', group_by: 'place' });
    expect(data).toMatchObject([
      {
        ...{ key: 'bottle', location_id: 'main', before: { on_hand: 174, value: 218.7 } },
        ...{ after: { on_hand: 160, value: 201.1 }, difference: { on_hand: -14, value: -17.6 } },
        ...{ events: [backdated_sale, { number: 'SO-260402-0002', backdated: false }], events_total: 2 },
      },
    ]);
    for (const group_by of ['item', 'location'] as const) {
      const rows = (await restated({ report: 'stock-valuation', group_by })).data;
      expect(rows).toMatchObject([{ key: group_by === 'item' ? 'bottle' : 'main', difference: { value: -17.6 } }]);
    }
  });

  it('is nothing between a moment and itself', async () => {
    const twice = [known[0], known[0]] as const;
    const { data } = await ask(db, { ledger: 'main' }, restatement, twice, {
      report: 'trial-balance',
      group_by: 'account',
    });
    expect(data).toEqual([]);
  });
});

it('counts ages to the day of the position asked for, whatever day it is now, and through all pages', async () => {
  const { events } = factory();
  const sold = events.findIndex(({ type }) => type === 'SaleRecorded');
  const scope = { ...books, position: sold };
  const as_of = await resolveAsOf(db, scope);
  const days = ['2026-04-01T12:00:00.000Z', '2031-01-01T12:00:00.000Z'].map((now) => agingDay(as_of, scope, now));
  expect(days).toEqual(['2026-03-04', '2026-03-04']);
  expect(agingDay(as_of, { as_of: '2026-05-01', position: sold }, days[0]!)).toBe('2026-05-01');
  expect(agingDay(as_of, { known_at: '2026-05-01T23:00:00.000Z' }, days[0]!)).toBe('2026-05-01');
  expect(agingDay(await resolveAsOf(db, books), {}, '2031-01-01T12:00:00.000Z')).toBe('2031-01-01');

  // Midnight comes between two pages.
  const all = await ask(db, books, aging, { day: '2026-04-30' });
  const first = await ask(db, books, aging, { day: '2026-04-30', limit: 1 });
  const second = await ask(db, books, aging, { day: '2026-08-01', limit: 1, cursor: first.next_cursor! });
  expect(all.data.length).toBeGreaterThan(1);
  expect([...first.data, ...second.data]).toEqual(all.data.slice(0, 2));
  expect(second.totals).toEqual(all.totals);
});

it('gives the same trends by position for ever, also when news of old come', async () => {
  const history = new LedgerHistory('news', '2026-03-02T08:00:00.000Z');
  history.give({ type: 'register', kind: 'item', id: 'bottle', attributes: { name: 'Bottle', kind: 'bottle' } });
  history.give({ type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Preforms Ltd' } });
  const buy = (effective_at?: string) =>
    history.give({
      type: 'record_purchase',
      supplier_id: 'SUP',
      ...(effective_at !== undefined && { effective_at }),
      line_items: [{ item_id: 'bottle', quantity: 1, unit_price: '1' }],
    });
  buy();
  await applyEvents(db, logOf(history));
  const scope = { ledger: 'news', position: history.events.length - 1 };
  const before = history.events.length;
  const then = [
    await ask(db, scope, trends, { group_by: 'day' }),
    await ask(db, scope, stockMovement, { group_by: 'place', limit: 1 }),
  ];
  history.now = '2026-03-05T08:00:00.000Z';
  buy('2026-02-20T08:00:00.000Z');
  history.give({ type: 'register', kind: 'item', id: 'a-new-one', attributes: { name: 'New', kind: 'bottle' } });
  history.give({
    type: 'record_purchase',
    supplier_id: 'SUP',
    line_items: [{ item_id: 'a-new-one', quantity: 1, unit_price: '1' }],
  });
  await applyEvents(db, logOf(history).slice(before));
  expect([
    await ask(db, scope, trends, { group_by: 'day' }),
    await ask(db, scope, stockMovement, { group_by: 'place', limit: 1 }),
  ]).toEqual(then);
});

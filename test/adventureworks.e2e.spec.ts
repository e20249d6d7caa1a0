/** A real history of 4,012 purchase orders, imported by the command line through /batches and /imports, must come out to the cent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import Papa from 'papaparse';
import {
  getProfitLoss,
  getPurchase,
  getTrialBalance,
  listPurchases,
  listStock,
  listSuppliers,
  listWastes,
  openLedger,
  type Client as Program,
  recordSale,
  registerCustomer,
  registerLocation,
} from '../libs/client/index.js';
import { adventureWorksLines } from './support/adventureworks.js';
import { everyRow, programWith } from './support/client.js';
import { type Client, expectStatus, login, newUser } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const data_dir = fileURLToPath(new URL('data/adventureworks', import.meta.url));
const cli = fileURLToPath(new URL('../dist/apps/cli/main.js', import.meta.url));

describe('the purchase orders of AdventureWorks', () => {
  let system: System;
  /** For tables. */
  let admin: Client;
  let client: Program;
  let file: string;

  beforeAll(async () => {
    system = await startSystem();
    admin = await login(system.url, system.admin);
    client = await programWith(admin.token, system);
    file = join(system.dir, 'adventureworks.ndjson');
    const lines = [...adventureWorksLines(data_dir)].map((line) => JSON.stringify(line));
    await writeFile(file, `${lines.join('\n')}\n`);
  });
  afterAll(async () => {
    await system?.stop();
    await rm(file, { force: true });
  });

  function startImport(name: string, ...options: string[]) {
    const { username, password } = system.admin;
    const args = [cli, 'import', name, '--url', system.url, '--username', username, ...options];
    const env = { ...process.env, FACTORY_LEDGER_PASSWORD: password };
    return spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  }
  async function importFile(name = file, ...options: string[]): Promise<{ code: number; said: string }> {
    const child = startImport(name, ...options);
    child.stdin.end();
    let said = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { code, said };
  }
  const limit = 1000;
  const allStock = () => everyRow((cursor) => listStock({ client, query: { limit, cursor } }));
  /** Behind its last event. */
  async function nextPosition(of: Program): Promise<number> {
    const body = { location_id: 'x', name: 'X' };
    return (await registerLocation({ client: of, body, query: { dry_run: true } })).position;
  }
  const cents = (amounts: number[]) => amounts.reduce((sum, amount) => sum + Math.round(amount * 100), 0);

  test('are imported, and a second time change nothing', async () => {
    const first = await importFile();
    process.stdout.write(`AdventureWorks: ${first.said}`);
    expect(first).toEqual({ code: 0, said: expect.stringMatching(/^4870 recorded, 0 refused, /) });
    const second = await importFile();
    expect(second).toEqual({
      code: 0,
      said: expect.stringMatching(/^0 recorded, 4870 had been recorded before, 0 refused, /),
    });
  });

  test('leave what was received less what was rejected', async () => {
    await listStock({ client, query: { min_position: (await nextPosition(client)) - 1 } });
    const stock = await allStock();
    expect(stock).toHaveLength(265);
    expect(stock.reduce((sum, { on_hand }) => sum + on_hand, 0)).toBe(2_254_599);
    const suppliers = await everyRow((cursor) => listSuppliers({ client, query: { limit: 50, cursor } }));
    expect(suppliers).toHaveLength(86);

    const { data, totals } = await getTrialBalance({ client });
    const balance = (id: string) => data.find(({ account_id }) => account_id === id)!.balance;
    expect(cents(stock.map(({ value }) => value))).toBe(cents([balance('inventory')]));
    expect(cents([balance('inventory'), balance('waste')])).toBe(6_324_054_159);
    const owed = data.filter(({ account_id }) => account_id.startsWith('payable:'));
    expect(owed).toHaveLength(86);
    expect(cents(owed.map(({ balance }) => balance))).toBe(6_324_054_159);
    expect(totals.debit).toBe(totals.credit);
  });

  test('are there as documents, at the day they happened', async () => {
    const purchases = await everyRow((cursor) => listPurchases({ client, query: { limit, cursor } }));
    const wastes = await everyRow((cursor) => listWastes({ client, query: { limit, cursor } }));
    expect([purchases.length, wastes.length]).toEqual([4012, 507]);
    expect(cents(purchases.map(({ total_price }) => total_price))).toBe(6_324_054_159);
    const pieces = (documents: readonly { line_items: { quantity: number }[] }[]) =>
      documents.flatMap(({ line_items }) => line_items).reduce((sum, { quantity }) => sum + quantity, 0);
    expect([pieces(purchases), pieces(wastes)]).toEqual([2_327_299, 72_700]);
    const before = await getTrialBalance({ client, query: { as_of: '2022-04-23' } });
    expect(before.totals).toEqual({ debit: 0, credit: 0 });
  });

  test('sold nothing yet, and sell at what they cost', async () => {
    expect((await getProfitLoss({ client })).totals).toEqual({ quantity: 0, revenue: 0, cost: 0, profit: 0 });
    const stock = await allStock();
    await registerCustomer({ client, body: { customer_id: 'EVERYONE', name: 'Everyone' } });
    // Sold for 30 each: revenue less profit is all the value there was.
    const line_items = stock.map(({ item_id, on_hand }) => ({ item_id, quantity: on_hand, unit_price: 30 }));
    await recordSale({ client, body: { customer_id: 'EVERYONE', line_items } });
    const { totals } = await getProfitLoss({ client, query: { group_by: 'item' } });
    expect(totals.quantity).toBe(2_254_599);
    expect(cents([totals.revenue])).toBe(2_254_599 * 30 * 100);
    expect(cents([totals.cost])).toBe(cents(stock.map(({ value }) => value)));
    expect(cents([totals.profit])).toBe(cents([totals.revenue]) - cents([totals.cost]));
    const left = await allStock();
    expect(new Set(left.flatMap(({ on_hand, value }) => [on_hand, value]))).toEqual(new Set([0]));
  });

  describe('as tables, as a supplier would send them', () => {
    const LINES = 1000;
    const ledger = 'tables';
    const header = { ledger };
    const mapping = {
      columns: {
        supplier_id: 'Vendor',
        effective_at: 'Shipped',
        item_id: 'Product No.',
        quantity: 'Received',
        unit_price: 'Price',
      },
      reference: 'Order',
      decimal: 'comma',
    };
    let of_tables: Program;
    let orders: string[];
    let documents: number;
    let value_cents: number;
    const path = (name: string) => join(system.dir, name);
    const inLedger = ['--ledger', ledger];

    beforeAll(async () => {
      of_tables = await programWith(admin.token, system, { ledger });
      await openLedger({ client, body: { ledger_id: ledger, currency: 'USD' } });
      const [suppliers, items] = [new Map<string, unknown>(), new Map<string, unknown>()];
      orders = [];
      [documents, value_cents] = [0, 0];
      for (const { type, body, idempotency_key } of adventureWorksLines(data_dir)) {
        if (type === 'suppliers') suppliers.set(body.supplier_id as string, body.name);
        if (type === 'items') items.set(body.item_id as string, body.name);
        if (type !== 'purchases' || orders.length >= LINES) continue;
        const lines = body.line_items as { item_id: string; quantity: number; unit_price: number }[];
        documents += 1;
        for (const { item_id, quantity, unit_price } of lines) {
          const price = `${unit_price}`.replace('.', ',');
          orders.push([idempotency_key, body.supplier_id, body.effective_at, item_id, quantity, price].join(';'));
          value_cents += Math.round(quantity * unit_price * 100);
        }
      }
      const quoted = (text: unknown) => `"${`${text}`.replaceAll('"', '""')}"`;
      const table = (head: string, rows: string[]) => `\ufeff${[head, ...rows].join('\r\n')}\r\n`;
      await writeFile(
        path('suppliers.csv'),
        table(
          'supplier_id,name',
          [...suppliers].map(([id, name]) => `${id},${quoted(name)}`),
        ),
      );
      await writeFile(
        path('items.csv'),
        table(
          'Item ID,Name,Colour',
          [...items].map(([id, name]) => `${id},${quoted(name)},red`),
        ),
      );
      await writeFile(path('orders.csv'), table('Order;Vendor;Shipped;Product No.;Received;Price', orders));
      await writeFile(path('orders.json'), JSON.stringify(mapping));
      await writeFile(path('kind.json'), JSON.stringify({ values: { kind: 'other' } }));
    });

    test('master data comes first: tried, recorded, and not twice', async () => {
      const tried = await importFile(path('suppliers.csv'), '--dry-run', ...inLedger);
      expect(tried).toEqual({ code: 0, said: expect.stringMatching(/86 would be recorded, 0 refused, of 86 lines/) });
      expect((await listSuppliers({ client: of_tables })).data).toEqual([]);
      const suppliers = await importFile(path('suppliers.csv'), ...inLedger);
      expect(suppliers).toEqual({ code: 0, said: expect.stringMatching(/86 recorded, 0 refused, of 86 lines/) });
      const items = () => importFile(path('items.csv'), '--mapping', path('kind.json'), ...inLedger);
      expect(await items()).toEqual({
        code: 0,
        said: expect.stringMatching(/Ignored columns: Colour\.[\s\S]*265 recorded/),
      });
      expect(await items()).toEqual({
        code: 0,
        said: expect.stringMatching(/0 recorded, 265 had been recorded before, 0 refused/),
      });
    });

    test('orders of which the first are recorded when the command line is interrupted or killed come in once', async () => {
      const first = orders.slice(0, orders.length / 2).join('\n');
      const recorded = async () => (await listPurchases({ client: of_tables, query: { limit } })).data.length;
      const options = ['--type', 'purchases', '--mapping', path('orders.json'), '--key', 'orders', ...inLedger];
      for (const [signal, ended] of [
        ['SIGINT', [130, null]],
        ['SIGKILL', [null, 'SIGKILL']],
      ] as const) {
        const half = startImport('-', ...options);
        half.stdin.write(`Order;Vendor;Shipped;Product No.;Received;Price\n${first}\n`);
        while ((await recorded()) === 0) await sleep(50);
        half.kill(signal);
        expect(await once(half, 'close')).toEqual(ended);
      }
      const again = await importFile(path('orders.csv'), ...options);
      const [, now, before] = /(\d+) recorded, (\d+) had been recorded before, 0 refused/.exec(again.said)!.map(Number);
      expect([again.code, now! + before!, before! > 0]).toEqual([0, documents, true]);
      expect(await importFile(path('orders.csv'), ...options)).toEqual({
        code: 0,
        said: expect.stringMatching(new RegExp(`0 recorded, ${documents} had been recorded before, 0 refused`)),
      });
      const { data } = await getTrialBalance({ client: of_tables });
      const inventory = data.find(({ account_id }) => account_id === 'inventory')!;
      expect(Math.abs(cents([inventory.balance]) - value_cents)).toBeLessThan(LINES);
    });

    test('lines that are refused come back with their reasons, and mended they are recorded', async () => {
      const [vendor, product] = [orders[0]!.split(';')[1], orders[0]!.split(';')[3]];
      const text = `Order;Vendor;Shipped;Product No.;Received;Price\nA;${vendor};2026-01-05;${product};5;1,25\nB;${vendor};2026-01-05;nothing;5;1,25\n`;
      await writeFile(path('more.csv'), text);
      const options = ['--type', 'purchases', '--mapping', path('orders.json'), ...inLedger];
      const refused = await importFile(path('more.csv'), ...options, '--refused', path('refused.csv'));
      expect(refused).toEqual({
        code: 1,
        said: expect.stringMatching(
          /line 3, Product No\.: unknown_item: No such item: item_id nothing\.[\s\S]*1 recorded, 1 refused/,
        ),
      });
      const csv = await readFile(path('refused.csv'), 'utf8');
      expect(csv).toBe(
        `\ufeffOrder;Vendor;Shipped;Product No.;Received;Price;refused_line;refused_column;refused_code;refused_why\r\nB;${vendor};2026-01-05;nothing;5;"1,25";3;Product No.;unknown_item;No such item: item_id nothing.\r\n`,
      );
      await writeFile(path('mended.csv'), csv.replace(';nothing;', `;${product};`));
      expect(await importFile(path('mended.csv'), ...options)).toEqual({
        code: 0,
        said: expect.stringMatching(/1 recorded, 0 refused, of 1 lines/),
      });
    });

    test('are written out whole, and read into other books they come to the same', async () => {
      const csv = async (path: string, client = admin, ledger_id = ledger) =>
        expectStatus(await client.get(path, { ledger: ledger_id }), 200).body as string;
      const rows = (text: string) =>
        Papa.parse<Record<string, string>>(text, { header: true, skipEmptyLines: true }).data;
      // More than a page.
      const purchases = rows(await csv('/purchases?format=csv&limit=7', admin, 'main'));
      expect([purchases.length, new Set(purchases.map(({ number }) => number)).size]).toEqual([8845, 4012]);
      const one = await getPurchase({ client, path: { number: purchases[0]!.number! } });
      expect(
        purchases
          .filter(({ number }) => number === one.number)
          .map((row) => [row.line, row.line_items_item_id, Number(row.total_price)]),
      ).toEqual(one.line_items.map(({ item_id }, at) => [`${at + 1}`, item_id, one.total_price]));

      const copy = 'copy';
      const of_copy = await programWith(admin.token, system, { ledger: copy });
      await openLedger({ client, body: { ledger_id: copy, currency: 'USD' } });
      for (const type of ['suppliers', 'items', 'purchases']) {
        // The last recorded comes first, and what happened first must be recorded first, to cost the same.
        const order = type === 'purchases' ? '&sort=recorded_at' : '';
        await writeFile(path(`copy-${type}.csv`), await csv(`/${type}?format=csv${order}`));
        const copied = await importFile(path(`copy-${type}.csv`), '--type', type, '--ledger', copy);
        expect(copied).toEqual({ code: 0, said: expect.stringMatching(/\d+ recorded, 0 refused/) });
      }
      const position = await nextPosition(of_copy);
      for (const list of [`/trial-balance?format=csv&min_position=${position - 1}`, '/stock?format=csv'])
        expect(await csv(list, admin, copy)).toBe(await csv(list.replace(/&min_position=\d+/, '')));
    });

    test('and staff get what is theirs', async () => {
      const sam = await newUser(system.url, admin, { username: 'tables-sam', role: 'staff' });
      const names = (await sam.get('/purchases?format=csv', header)).body as string;
      expect(names).toMatch(/^kind,number,status,[\w,]+,line\r\n$/);
      for (const path of ['/trial-balance', '/audit/events', '/accounts/cash/entries', '/reports/aging'])
        expectStatus(await sam.get(`${path}?format=csv`, header), 403);
      for (const wrong of ['format=xml', 'format=csv&format=csv', 'format=csv&from=x', 'format=csv&as_of=x'])
        expect((await sam.get(`/purchases?${wrong}`, header)).body.code).toBe('invalid_parameter');
    });
  });
});

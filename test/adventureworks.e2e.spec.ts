/** A real history of 4,012 purchase orders, imported by the command line through /batches, must come out to the cent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { adventureWorksLines } from './support/adventureworks.js';
import { type Client, expectStatus, login } from './support/http.js';
import { type System, startSystem } from './support/system.js';

const data_dir = fileURLToPath(new URL('data/adventureworks', import.meta.url));
const cli = fileURLToPath(new URL('../dist/apps/cli/main.js', import.meta.url));

describe('the purchase orders of AdventureWorks', () => {
  let system: System;
  let admin: Client;
  let file: string;

  beforeAll(async () => {
    system = await startSystem();
    admin = await login(system.url, system.admin);
    file = join(system.dir, 'adventureworks.ndjson');
    const lines = [...adventureWorksLines(data_dir)].map((line) => JSON.stringify(line));
    await writeFile(file, `${lines.join('\n')}\n`);
  });
  afterAll(async () => {
    await system?.stop();
    await rm(file, { force: true });
  });

  async function importFile(): Promise<{ code: number; said: string }> {
    const { username, password } = system.admin;
    const args = [cli, 'import', file, '--url', system.url, '--username', username];
    const env = { ...process.env, FACTORY_LEDGER_PASSWORD: password };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const output of [child.stdout, child.stderr]) output.on('data', (chunk: Buffer) => (said += chunk));
    const [code] = (await once(child, 'close')) as [number];
    return { code, said };
  }
  async function all(path: string): Promise<Record<string, number>[]> {
    const rows: Record<string, number>[] = [];
    for (let cursor = ''; ; ) {
      const { body } = expectStatus(await admin.get(`${path}${cursor}`), 200);
      rows.push(...body.data);
      if (body.next_cursor === null) return rows;
      cursor = `&cursor=${body.next_cursor}`;
    }
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
    const { position } = expectStatus(
      await admin.post('/locations?dry_run=true', { location_id: 'x', name: 'X' }),
      200,
    ).body;
    expectStatus(await admin.get(`/stock?min_position=${position - 1}`), 200);
    const stock = await all('/stock?limit=1000');
    expect(stock).toHaveLength(265);
    expect(stock.reduce((sum, { on_hand }) => sum + on_hand!, 0)).toBe(2_254_599);
    expect(await all('/suppliers?limit=50')).toHaveLength(86);

    const balances = expectStatus(await admin.get('/trial-balance'), 200).body;
    const balance = (account_id: string): number =>
      balances.data.find((row: { account_id: string }) => row.account_id === account_id).balance;
    expect(cents(stock.map(({ value }) => value!))).toBe(cents([balance('inventory')]));
    expect(cents([balance('inventory'), balance('waste')])).toBe(6_324_054_159);
    const owed = balances.data.filter(({ account_id }: { account_id: string }) => account_id.startsWith('payable:'));
    expect(owed).toHaveLength(86);
    expect(cents(owed.map((row: { balance: number }) => row.balance))).toBe(6_324_054_159);
    expect(balances.totals.debit).toBe(balances.totals.credit);
  });

  test('are there as documents, at the day they happened', async () => {
    const purchases = await all('/purchases?limit=1000');
    const wastes = await all('/wastes?limit=1000');
    expect([purchases.length, wastes.length]).toEqual([4012, 507]);
    expect(cents(purchases.map(({ total_price }) => total_price!))).toBe(6_324_054_159);
    const pieces = (documents: Record<string, unknown>[]) =>
      documents
        .flatMap(({ line_items }) => line_items as { quantity: number }[])
        .reduce((sum, { quantity }) => sum + quantity, 0);
    expect([pieces(purchases), pieces(wastes)]).toEqual([2_327_299, 72_700]);
    const before = expectStatus(await admin.get('/trial-balance?as_of=2022-04-23'), 200).body;
    expect(before.totals).toEqual({ debit: 0, credit: 0 });
  });

  test('sold nothing yet, and sell at what they cost', async () => {
    expect((await admin.get('/reports/profit-loss')).body.totals).toEqual({
      quantity: 0,
      revenue: 0,
      cost: 0,
      profit: 0,
    });
    const stock = await all('/stock?limit=1000');
    expectStatus(await admin.post('/customers', { customer_id: 'EVERYONE', name: 'Everyone' }), 201);
    // Sold for 30 each: revenue less profit is all the value there was.
    const line_items = stock.map(({ item_id, on_hand }) => ({ item_id, quantity: on_hand, unit_price: 30 }));
    const sold = expectStatus(await admin.post('/sales', { customer_id: 'EVERYONE', line_items }), 201);
    const headers = { 'ledger-position': sold.headers.get('ledger-position')! };
    const { totals } = expectStatus(await admin.get('/reports/profit-loss?group_by=item', headers), 200).body;
    expect(totals.quantity).toBe(2_254_599);
    expect(cents([totals.revenue])).toBe(2_254_599 * 30 * 100);
    expect(cents([totals.cost])).toBe(cents(stock.map(({ value }) => value!)));
    expect(cents([totals.profit])).toBe(cents([totals.revenue]) - cents([totals.cost]));
    const left = await all('/stock?limit=1000');
    expect(new Set(left.flatMap(({ on_hand, value }) => [on_hand, value]))).toEqual(new Set([0]));
  });
});

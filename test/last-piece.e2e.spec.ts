import { getStock, isProblem, listSales, recordSale, rowsOf } from '../libs/client/index.js';
import { programOf } from './support/client.js';
import { login, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(async () => {
  await system?.stop();
});

it('200 buyers of 100 pieces: exactly 100 are sold, numbered without a gap, and it stays so after a restart', async () => {
  const admin = await login(system.url, system.admin);
  await stockUp(admin, 100);
  const client = await programOf(system);
  const body = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const buy = async (buyer: number) => {
    try {
      const sale = await recordSale({ client, body, headers: { 'Idempotency-Key': `buyer-${buyer}` } });
      if (sale.kind !== 'sale') throw new Error('It waits for approval.');
      return sale;
    } catch (error) {
      if (isProblem(error, 'insufficient_stock')) return error.problem;
      throw error;
    }
  };
  const answers = await Promise.all(Array.from({ length: 200 }, (_, buyer) => buy(buyer)));

  const sold = answers.flatMap((answer) => ('number' in answer ? [answer] : []));
  const numbers = sold.map(({ bill_number }) => bill_number).sort();
  const series = numbers[0]!.slice(0, 'SO-yymmdd'.length);
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => `${series}-${String(index + 1).padStart(4, '0')}`));
  const refused = answers.flatMap((answer) => ('code' in answer ? [answer] : []));
  expect(refused).toHaveLength(100);
  for (const problem of refused)
    expect(problem).toMatchObject({ status: 409, available: 0, requested: 1, shortage: 1 });

  await system.restart('api');
  await system.restart('projector');
  // It waits for what was written through this client.
  const stock = await getStock({ client, path: { id: 'bottle' } });
  expect(stock).toMatchObject({ on_hand: 0, reserved: 0, available: 0, value: 0 });
  const listed: string[] = [];
  for await (const { number } of rowsOf((cursor) => listSales({ client, query: { cursor, limit: 30 } })))
    listed.push(number);
  expect(listed.sort()).toEqual(numbers);
  expect(await buy(1000)).toMatchObject({ status: 409, code: 'insufficient_stock' });
  const buyer = answers.findIndex((answer) => 'number' in answer);
  expect(await buy(buyer)).toEqual(answers[buyer]);
  const key = { 'idempotency-key': `buyer-${buyer}` };
  const again = await admin.post('/sales', body, key);
  expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', answers[buyer]]);
}, 120_000);

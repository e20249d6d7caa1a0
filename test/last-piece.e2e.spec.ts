import { expectStatus, login, stockUp } from './support/http.js';
import { type System, startSystem } from './support/system.js';

let system: System;
beforeAll(async () => {
  system = await startSystem();
}, 120_000);
afterAll(async () => {
  await system?.stop();
});

it('200 buyers of 100 pieces: exactly 100 are sold, numbered without a gap, and it stays so after a restart', async () => {
  const client = await login(system.url, system.admin);
  await stockUp(client, 100);
  const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
  const buy = (buyer: number) => client.post('/sales', sale, { 'idempotency-key': `buyer-${buyer}` });
  const answers = await Promise.all(Array.from({ length: 200 }, (_, buyer) => buy(buyer)));

  const sold = answers.filter(({ status }) => status === 201);
  const numbers = sold.map(({ body }) => body.bill_number as string).sort();
  const series = numbers[0]!.slice(0, 'SO-yymmdd'.length);
  expect(numbers).toEqual(Array.from({ length: 100 }, (_, index) => `${series}-${String(index + 1).padStart(4, '0')}`));
  const refused = answers.filter(({ status }) => status !== 201);
  expect(refused).toHaveLength(100);
  for (const { status, body } of refused)
    expect({ status, ...body }).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
      available: 0,
      requested: 1,
      shortage: 1,
    });

  await system.restart('api');
  await system.restart('projector');
  const position = Math.max(...sold.map(({ body }) => body.position as number));
  const stock = expectStatus(await client.get(`/stock/bottle?min_position=${position}`), 200).body;
  expect(stock).toMatchObject({ on_hand: 0, reserved: 0, available: 0, value: 0 });
  const list = expectStatus(await client.get('/sales?limit=1000'), 200).body.data;
  expect(list.map(({ number }: { number: string }) => number).sort()).toEqual(numbers);
  expect((await buy(1000)).status).toBe(409);
  const buyer = answers.findIndex(({ status }) => status === 201);
  const again = await buy(buyer);
  expect(again.body).toEqual(answers[buyer]!.body);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
}, 120_000);

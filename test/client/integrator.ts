/** Forty lines of plain TypeScript: sign in, buy, sell, pay, stock as of yesterday, a shortage handled. */
import {
  getSale,
  getStock,
  isProblem,
  listSales,
  recordPayment,
  recordPurchase,
  recordSale,
  rowsOf,
  signIn,
  withDecimals,
} from '../../libs/client/index.js';

const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

export async function integrate(url: string, username: string, password: string) {
  const client = await signIn({ url, username, password });
  const bought = [{ item_id: 'bottle', quantity: 100, unit_price: 0.0375 }];
  const body = { supplier_id: 'SUP', line_items: bought, effective_at: YESTERDAY };
  const purchase = await recordPurchase({ client, body, headers: { 'Idempotency-Key': 'delivery-17' } });
  const again = await recordPurchase({ client, body, headers: { 'Idempotency-Key': 'delivery-17' } });

  async function sell(quantity: number): Promise<{ number: string } | { shortage: number }> {
    try {
      const line_items = [{ item_id: 'bottle', quantity, unit_price: 0.15 }];
      return await recordSale({ client, body: { customer_id: 'CUST', line_items } });
    } catch (error) {
      if (isProblem(error, 'insufficient_stock')) return { shortage: error.problem.shortage };
      throw error;
    }
  }
  const refused = await sell(10_000);
  const sold = await sell(40);
  if (!('number' in sold)) throw new Error('Not enough for forty.');
  await recordPayment({ client, body: { bill_number: sold.number, amount: 6 } });
  const paid = await getSale({ client, path: { number: sold.number } });
  const now = await getStock({ client, path: { id: 'bottle' } });
  const yesterday = await getStock({ client, path: { id: 'bottle' }, query: { as_of: YESTERDAY } });
  const numbers: string[] = [];
  for await (const { number } of rowsOf((cursor) => listSales({ client, query: { cursor, limit: 1 } })))
    numbers.push(number);
  return { purchase, again, refused, paid, exact: withDecimals(paid).total_price, now, yesterday, numbers };
}

import { isProblem, listSales, recordSale, rowsOf, signIn } from '../../libs/client/index.js';

/** Sells ten bottles, and lists what the customer has bought. */
export async function sellTen(url: string, username: string, password: string): Promise<number> {
  const client = await signIn({ url, username, password });
  try {
    const line_items = [{ item_id: 'bottle', quantity: 10, unit_price: 0.4 }];
    const sale = await recordSale({ client, body: { customer_id: 'CUST', line_items } });
    if (sale.kind === 'approval') console.log(`waits for approval: ${sale.approval_id}`);
    else console.log(`${sale.number} at ${sale.total_price}`);
  } catch (error) {
    if (!isProblem(error, 'insufficient_stock')) throw error;
    console.log(`${error.problem.shortage} are missing`);
  }
  let sold = 0;
  for await (const { total_price } of rowsOf((cursor) => listSales({ client, query: { cursor, customer_id: 'CUST' } })))
    sold += total_price;
  return sold;
}

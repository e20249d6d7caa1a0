import { sql } from 'kysely';
import type { OrderStatus } from '../../libs/ledger/order.js';
import { inReadTransaction } from '../database/read-transaction.js';
import type { Db } from '../database/tables.js';

export interface UnsettledOrder {
  order_id: string;
  status: OrderStatus;
  /** Minor units. */
  amount: string;
  pay_by: string;
  payment_reference: string | null;
  /** Of one that was released. */
  release_reason: string | null;
}
export interface UnsettledOrders {
  /** Up to which the read models tell of them. */
  position: number;
  currency: string;
  orders: UnsettledOrder[];
}

/** An order that was released unpaid may be charged late; one that is older is left to the gateway's call-backs. */
const WATCHED_HOURS = 24;

/** Orders that wait for a payment, a gateway or a refund. @throws QueryRefused read_models_missing */
export function unsettledOrders(db: Db, ledger: string): Promise<UnsettledOrders | undefined> {
  return inReadTransaction(db, async (trx) => {
    const book = await trx
      .selectFrom('ledgers')
      .select(['position', 'currency'])
      .where('ledger', '=', ledger)
      .where('position', '>=', 0n)
      .executeTakeFirst();
    if (book === undefined) return undefined;
    const order = sql`e.data->>'order_id' AS order_id, d.status, e.data->>'total_price' AS amount,
      e.data->>'pay_by' AS pay_by, e.data->>'payment_reference' AS payment_reference`;
    const { rows } = await sql<UnsettledOrder>`
      SELECT ${order}, NULL AS release_reason FROM documents d
        JOIN events e ON e.ledger = d.ledger AND e.position = d.position
        WHERE d.ledger = ${ledger} AND d.kind = 'order' AND d.status IN ('pending', 'paying', 'refund_due')
      UNION ALL
      SELECT ${order}, r.data->>'reason' FROM events r
        JOIN documents d ON d.ledger = r.ledger AND d.number = r.data->>'order_id' AND d.status = 'released'
        JOIN events e ON e.ledger = d.ledger AND e.position = d.position
        WHERE r.ledger = ${ledger} AND r.type = 'FlashOrderReleased' AND r.data->>'reason' = 'unpaid'
        AND r.recorded_at > now() - make_interval(hours => ${WATCHED_HOURS})`.execute(trx);
    return { position: Number(book.position), currency: book.currency, orders: rows };
  });
}

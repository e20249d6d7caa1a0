/** Emmett's Postgres store as its users write it: one stream an item, a decision, an inline projection into the rivals' tables. */
import { SQL } from '@event-driven-io/dumbo';
import { CommandHandler, type Event, projections } from '@event-driven-io/emmett';
import { getPostgreSQLEventStore, postgreSQLRawSQLProjection } from '@event-driven-io/emmett-postgresql';

type PiecesSold = Event<
  'PiecesSold',
  { number: string; customer_id: string; item_id: string; quantity: number; total: number }
>;
interface Item {
  sold: number;
}
export interface OneLineSale {
  customer_id: string;
  item_id: string;
  quantity: number;
  /** Minor units. */
  total: number;
}

const bills = postgreSQLRawSQLProjection<PiecesSold>({
  name: 'bills',
  canHandle: ['PiecesSold'],
  evolve: ({ data: { number, customer_id, item_id, quantity, total } }) => [
    SQL`INSERT INTO sales (number, customer_id, total) VALUES (${number}, ${customer_id}, ${total})`,
    SQL`UPDATE items SET on_hand = on_hand - ${quantity} WHERE item_id = ${item_id}`,
  ],
});

/** `stock`: pieces of each item at first. A refusal is undefined; a lost race is tried again, as Emmett does. */
export async function emmettShop(database_url: string, stock: (item_id: string) => number) {
  const store = getPostgreSQLEventStore(database_url, { projections: projections.inline([bills]) });
  await store.schema.migrate();
  const handle = CommandHandler<Item, PiecesSold>({
    evolve: ({ sold }, { data }) => ({ sold: sold + data.quantity }),
    initialState: () => ({ sold: 0 }),
    retry: { onVersionConflict: true },
  });
  return async ({ customer_id, item_id, quantity, total }: OneLineSale): Promise<string | undefined> => {
    let number: string | undefined;
    await handle(store, item_id, ({ sold }) => {
      number = sold + quantity > stock(item_id) ? undefined : `${item_id}-${sold + 1}`;
      return number === undefined
        ? []
        : { type: 'PiecesSold', data: { number, customer_id, item_id, quantity, total } };
    });
    return number;
  };
}

import Type, { type Static } from 'typebox';
import { cause, event_fields, href } from '../documents/document.schema.js';
import { component, described, id, money, next_cursor, nullable, pieces, position, price } from '../http/schema.js';

const level = { on_hand: pieces, reserved: pieces, available: pieces, average_cost: nullable(price), value: money };

export const StockAtPlace = component('StockAtPlace', Type.Object({ item_id: id, location_id: id, ...level }));
export type StockAtPlace = Static<typeof StockAtPlace>;

export const ItemStock = component(
  'ItemStock',
  Type.Object({
    item_id: id,
    ...level,
    locations: Type.Array(Type.Object({ location_id: id, ...level })),
    position,
  }),
);
export type ItemStock = Static<typeof ItemStock>;

const movement = {
  ...event_fields,
  cause,
  location_id: id,
  quantity: pieces,
  value: money,
  on_hand: described(pieces, 'there, after this, in the order of recording'),
  value_on_hand: money,
  average_cost: nullable(price),
};
export const Movement = component('Movement', Type.Object(movement));
export type Movement = Static<typeof Movement>;

export const Explanation = component(
  'Explanation',
  Type.Object({
    item_id: id,
    location_id: nullable(id),
    summary: Type.Object(level),
    data: Type.Array(Type.Object({ ...movement, href })),
    next_cursor,
    position,
  }),
);
export type Explanation = Static<typeof Explanation>;

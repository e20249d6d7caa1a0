import Type, { type Static } from 'typebox';
import { href } from '../documents/document.schema.js';
import { Id, optional, Text } from '../http/fields.js';
import { component, described, id, instant, money, position, text } from '../http/schema.js';
import { PeriodParameters } from '../queries/parameters.js';

export class AdjustmentsParameters extends PeriodParameters {
  @Id(optional) item_id?: string;
  @Id(optional) location_id?: string;
  @Text(64, { ...optional, description: 'number of the document whose cost was changed' }) number?: string;
  @Text(64, { ...optional, description: 'number of the document that changed it' }) cause?: string;
}

export const CostAdjustment = component(
  'CostAdjustment',
  Type.Object({
    position: described(position, 'of the event that changed the cost'),
    cause: described(id, 'number of its document'),
    cause_href: href,
    number: described(id, 'of the document whose cost was changed'),
    href,
    type: described(text, 'of the event whose cost was changed'),
    of_position: described(position, 'of the event whose cost was changed'),
    item_id: id,
    location_id: id,
    value: described(money, 'change of the value of the stock there: −5 where a sale costs 5 more'),
    effective_at: described(instant, 'of the event whose cost was changed'),
    recorded_at: instant,
    actor: text,
  }),
);
export type CostAdjustment = Static<typeof CostAdjustment>;

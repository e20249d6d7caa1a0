import Type, { type Static } from 'typebox';
import { COST_BASES } from '../../../libs/ledger/events.js';
import { adjusted, postingSchema, settlement } from '../documents/document.schema.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { Day, Id, Instant, NOTES_MAX, OneOf, optional, SignedAmount, Text } from '../http/fields.js';
import { component, day, described, id, money, optionalFields, pieces, text, words } from '../http/schema.js';

export class LateCostBody {
  @SignedAmount({ description: 'below zero where the supplier gives something back' }) amount!: number;
  @OneOf(COST_BASES, { description: 'what the lines of the purchase share it by' }) basis!: string;
  @Id({ optional: true, description: 'to whom it is owed; default: the supplier of the purchase' })
  supplier_id?: string;
  @Text(NOTES_MAX) reason!: string;
  @Day(optional) due_date?: string;
  @Instant({
    optional: true,
    description:
      "when it takes effect; default: when the purchase did, or the first moment after the months that are closed. Of pieces that are gone by then it is cost of sales. A day is its last moment in the ledger's time zone",
  })
  effective_at?: string;
}

const parts = {
  capitalised: described(money, 'what the stock is worth more'),
  expensed: described(money, 'cost of sales, for pieces that are gone'),
};
const adjusted_parts = optionalFields({ adjusted_capitalised: money, adjusted_expensed: money });

export const LateCost = component(
  'LateCost',
  postingSchema('late_cost', {
    bill_number: described(id, 'of the purchase'),
    supplier_id: id,
    location_id: id,
    basis: words(...COST_BASES),
    amount: money,
    line_items: Type.Array(Type.Object({ item_id: id, quantity: pieces, amount: money, ...parts, ...adjusted_parts })),
    ...parts,
    ...adjusted_parts,
    ...adjusted(),
    reason: text,
    ...settlement,
    ...optionalFields({ due_date: day }),
  }),
);
export type LateCost = Static<typeof LateCost>;

export class LateCostsParameters extends documentsListedBy('late_cost', {
  bill_number: 'bill_number',
  supplier_id: 'party_id',
  item_id: 'item_id',
  location_id: 'location_id',
  payment_status: 'payment_status',
  amount: 'total',
  open_amount: 'open',
  due_date: 'due_day',
}) {}

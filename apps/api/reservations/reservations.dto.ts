import Type, { type Static } from 'typebox';
import { documentSchema, QuantityLine } from '../documents/document.schema.js';
import { LOCATION } from '../documents/document-fields.js';
import { documentsListedBy } from '../documents/documents.parameters.js';
import { QuantityLineBody } from '../documents/lines.dto.js';
import { Day, Id, Lines, NOTES_MAX, optional, Quantity, Text, UnitPrice, Whole } from '../http/fields.js';
import { component, id, instant, optionalFields } from '../http/schema.js';

const TTL_SECONDS_MAX = 30 * 24 * 3600;

export class ReservationBody {
  @Id(optional) customer_id?: string;
  @Id(LOCATION) location_id?: string;
  @Lines(() => QuantityLineBody) line_items!: QuantityLineBody[];
  @Whole(1, TTL_SECONDS_MAX, { optional: true, description: 'default: 600' }) ttl_seconds?: number;
}

export class CheckOutLineBody {
  @Id() item_id!: string;
  @Quantity({ optional: true, description: 'default: the whole of the item; what is not taken is released' })
  quantity?: number;
  @UnitPrice() unit_price!: number;
}

export class CheckOutBody {
  @Id({ optional: true, description: 'default: the one that the reservation names' }) customer_id?: string;
  @Lines(() => CheckOutLineBody) line_items!: CheckOutLineBody[];
  @Day(optional) due_date?: string;
  @Text(NOTES_MAX, optional) notes?: string;
}

export const Reservation = component(
  'Reservation',
  documentSchema('reservation', ['active', 'confirmed', 'released', 'expired'], {
    reservation_id: id,
    location_id: id,
    line_items: Type.Array(QuantityLine),
    expires_at: instant,
    ...optionalFields({ customer_id: id, ended_at: instant, result_number: id, released: Type.Array(QuantityLine) }),
  }),
);
export type Reservation = Static<typeof Reservation>;

export class ReservationsParameters extends documentsListedBy('reservation', {
  customer_id: 'optional_party_id',
  item_id: 'item_id',
  location_id: 'location_id',
}) {}

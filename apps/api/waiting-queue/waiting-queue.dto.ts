import Type, { type Static } from 'typebox';
import type { QueueSettings } from '../../../libs/ledger/events.js';
import { Id } from '../http/fields.js';
import {
  base,
  component,
  count,
  described,
  id,
  instant,
  nullable,
  optionalFields,
  reference,
  text,
  words,
} from '../http/schema.js';
import { Cursor, Limit } from '../queries/parameters.js';

const now = {
  flash_sale_id: id,
  status: described(
    words('before_start', 'open', 'lifted', 'ended'),
    'before_start: tickets have no numbers yet; lifted: nobody needs a pass; ended: the flash sale is over',
  ),
  serving: described(count, 'whose turn has come: all numbers up to it'),
  last_number: described(count, 'that was given'),
  waiting: described(count, 'tickets whose turn has not come'),
  let_in_per_minute: described(count, 'as measured in the last half minute'),
  remaining: described(nullable(count), 'pieces that could be ordered a moment ago'),
};
export const QueueMessage = base('QueueMessage', Type.Object(now));

export const WaitingQueue = component(
  'WaitingQueue',
  Type.Object({
    ...now,
    starts_at: instant,
    drawn: described(count, 'numbers that were drawn at the start'),
    seed: described(nullable(text), 'of the draw; null before the start'),
    ...optionalFields({
      settings: reference<QueueSettings>('QueueSettings'),
      passes_out: described(count, 'neither used nor lapsed; not for staff'),
      passes_used: described(count, 'not for staff'),
      passes_lapsed: described(count, 'not used in time; not for staff'),
    }),
  }),
);
export type WaitingQueue = Static<typeof WaitingQueue>;

export const Ticket = component(
  'QueueTicket',
  Type.Object({
    flash_sale_id: id,
    customer_id: id,
    number: described(nullable(count), 'null: it will be drawn at the start'),
    status: described(
      words('waiting', 'let_in', 'used', 'lapsed'),
      'let_in: there is a pass; used by an order, or lapsed: another ticket may be taken',
    ),
    serving: described(count, 'whose turn has come: all numbers up to it'),
    ahead: described(nullable(count), 'who come first; null where it does not wait, or has no number'),
    estimated_seconds: described(nullable(count), 'until its turn; null where nothing was measured'),
    joined_at: instant,
    ...optionalFields({
      pass: described(text, 'for the line of POST /flash-buy; told to those who may order'),
      pass_expires_at: instant,
    }),
  }),
);
export type Ticket = Static<typeof Ticket>;

const Drawn = Type.Object({
  number: count,
  draw: described(text, 'SHA-256 of "SEED:CUSTOMER_ID", hex; the smallest has number 1'),
  ...optionalFields({ customer_id: described(id, 'not for staff and viewers') }),
});
export const DrawPage = component('DrawPage', Type.Object({ data: Type.Array(Drawn), next_cursor: nullable(text) }));
export type DrawPage = Static<typeof DrawPage>;

export class TicketBody {
  @Id({ example: 'CUST-001' }) customer_id!: string;
}

export class DrawParameters {
  @Limit() limit?: number;
  @Cursor() cursor?: string;
}

export class QueueStreamParameters {
  @Id({ example: 'FS-261201-0001' }) flash_sale_id!: string;
}

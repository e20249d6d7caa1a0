import Type, { type Static } from 'typebox';
import { EVENT_TYPES } from '../../../libs/ledger/codec.js';
import { type FieldOptions, Flag, ListOf, optional, Text, Whole } from '../http/fields.js';
import {
  base,
  component,
  count,
  described,
  flag,
  id,
  instant,
  next_cursor,
  nullable,
  text,
  words,
} from '../http/schema.js';
import { AsSent } from '../http/validation.js';
import { Cursor, FormatParameters, Limit } from '../queries/parameters.js';

const URL_MAX = 2000;
const DESCRIPTION_MAX = 200;
const OLD_SECRET_HOURS_MAX = 168;

const event_position = Type.Integer({ format: 'int64' });
const webhook = {
  webhook_id: id,
  url: text,
  description: text,
  types: described(nullable(Type.Array(text)), 'of the events that are sent; null: all'),
  active: flag,
  disabled_reason: described(
    nullable(words('gone', 'failing', 'history_differs', 'secret_lost')),
    'why the sender has made it inactive: the receiver answered 410; it has failed for five days; the ledger has another event than was sent; its secret was encrypted by a key that is gone',
  ),
  position: described(event_position, 'of the last event that was sent, or not wanted; −1: none'),
  sent_position: described(nullable(event_position), 'of the last event that was sent'),
  failures: described(count, 'of the event that is to be sent next'),
  failing_since: nullable(instant),
  next_attempt_at: described(nullable(instant), 'after a failure'),
  old_secret_until: described(nullable(instant), 'until when the secret before signs as well'),
  created_at: instant,
  created_by: text,
};
export const Webhook = base('Webhook', Type.Object(webhook));
export type Webhook = Static<typeof Webhook>;
export const NewWebhook = component(
  'NewWebhook',
  Type.Object({ ...webhook, secret: described(text, 'by which the receiver checks signatures; shown this once') }),
);
export type NewWebhook = Static<typeof NewWebhook>;
export const WebhookPage = Type.Object({ data: Type.Array(Webhook), next_cursor });
export type WebhookPage = Static<typeof WebhookPage>;

export const Attempt = component(
  'WebhookAttempt',
  Type.Object({
    attempt_id: id,
    message_id: described(text, 'the `webhook-id` that was sent: the same for each attempt of one event'),
    position: described(nullable(event_position), 'null: a test'),
    type: text,
    attempted_at: instant,
    duration_ms: count,
    status: described(nullable(Type.Integer()), 'that the receiver answered; null: it did not'),
    error: described(nullable(words('address_refused', 'connection_failed', 'timeout')), 'why there is no answer'),
  }),
);
export type Attempt = Static<typeof Attempt>;
export const AttemptPage = Type.Object({ data: Type.Array(Attempt), next_cursor });
export type AttemptPage = Static<typeof AttemptPage>;

const Address = (options: FieldOptions = {}) =>
  Text(URL_MAX, {
    ...options,
    example: 'https://receiver.example/hooks/ledger',
    description: 'https, leading to public addresses; or http, too, into networks that the operator allows',
  });
component('EventType', words(...EVENT_TYPES));
const Types = (options: FieldOptions) =>
  ListOf(EVENT_TYPES, { ...options, description: 'of events to be sent; default: all', example: ['SaleRecorded'] });

export class NewWebhookBody {
  @Address() url!: string;
  @Text(DESCRIPTION_MAX, { ...optional, example: 'the web shop' }) description?: string;
  @AsSent()
  @Types(optional)
  types?: string[];
  @Whole(0, Number.MAX_SAFE_INTEGER, {
    ...optional,
    description: 'the first event to be sent; default: the next one',
    example: 42,
  })
  from_position?: number;
}

export class ChangeWebhookBody {
  @Address(optional) url?: string;
  @Text(DESCRIPTION_MAX, { ...optional, example: 'the web shop' }) description?: string;
  @AsSent()
  @Types({ optional: true, nullable: true })
  types?: string[] | null;
  @Flag({ ...optional, description: 'false: nothing is sent. true: goes on where it was, at once', example: true })
  active?: boolean;
}

export class RotateSecretBody {
  @Whole(0, OLD_SECRET_HOURS_MAX, {
    ...optional,
    description: 'for which the old secret signs as well; default: 24',
    example: 24,
  })
  valid_hours?: number;
}

export class ReplayBody {
  @Whole(0, Number.MAX_SAFE_INTEGER, {
    description: 'the event to be sent next; one later than all skips them',
    example: 42,
  })
  from_position!: number;
}

export class WebhooksParameters extends FormatParameters {
  @Limit() limit?: number;
  @Cursor() cursor?: string;
}
export class AttemptsParameters extends WebhooksParameters {
  @Text(5, { ...optional, description: 'true: only those that failed' }) failed?: string;
}

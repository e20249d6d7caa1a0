import Type, { type Static } from 'typebox';
import { component, described, flag, id, instant, nullable, pieces, position, text, words } from '../http/schema.js';

export const Status = Type.Object({ status: words('ok') });

export const Readiness = Type.Object({
  status: Type.Unsafe<'ok' | 'degraded'>({
    type: 'string',
    enum: ['ok', 'degraded'],
    description: 'degraded: some ledgers are halted',
  }),
  instances: Type.Object({
    known: described(pieces, 'that are in API_PEERS, itself included'),
    alive: described(pieces, 'that this one hears, itself included'),
  }),
  breakers: described(
    Type.Object({ postgres: words('closed', 'half_open', 'open') }),
    'open: what needs it is answered 503 at once',
  ),
  halted: Type.Optional(
    Type.Array(
      Type.Object({
        ledger_id: text,
        position: Type.Integer({ format: 'int64', description: 'of its last good event' }),
        reason: text,
      }),
    ),
  ),
});

const rebuild = {
  rebuild_id: id,
  status: words('requested', 'running', 'done', 'failed'),
  progress: Type.Object({ events: pieces, of: pieces }),
  seconds_left: nullable(pieces),
  requested_by: text,
  requested_at: instant,
  finished_at: nullable(instant),
  error: described(nullable(text), 'what it waits for, or why it failed'),
};
export const Rebuild = component('Rebuild', Type.Object(rebuild));
export type Rebuild = Static<typeof Rebuild>;

export const ProjectionHealth = component(
  'ProjectionHealth',
  Type.Object({
    state: words('new', 'live', 'catching_up', 'rebuilding', 'stopped', 'silent'),
    outdated: flag,
    events: pieces,
    lag_ms: pieces,
    heartbeat_at: instant,
    ledgers: Type.Array(
      Type.Object({
        ledger_id: id,
        position,
        recorded_at: nullable(instant),
        halted: nullable(Type.Object({ position, reason: text, at: instant })),
      }),
    ),
    rebuild: described(nullable(Type.Object(rebuild)), 'the last that was asked for'),
  }),
);
export type ProjectionHealth = Static<typeof ProjectionHealth>;

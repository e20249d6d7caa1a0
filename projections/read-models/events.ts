import { type RawBuilder, sql } from 'kysely';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { documentsNamed } from '../../libs/ledger/document-kinds.js';
import { dayNumber, dayOf } from '../as-of/blocks.js';
import { type NewRowOf, table } from '../database/tables.js';
import { backdatedDayLookups } from '../engine/as-of-rows.js';
import { CopyRows } from '../engine/copy-rows.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';

const of_security = `WHERE ledger = '${SECURITY_BOOK}'`;

export const events = table(
  'events',
  {
    ledger: 'id',
    position: 'bigint',
    type: 'id',
    actor: 'id',
    recorded_at: 'timestamptz',
    effective_at: 'timestamptz',
    data: 'json',
    metadata: 'json',
    /** Where backdated: its day, counted from 1970. A security event is where an earlier one was noted later. */
    backdated_day: 'integer?',
  },
  {
    key: ['ledger', 'position'],
    lookups: {
      by_time: '(ledger, recorded_at, position)',
      by_type: '(type, ledger, position)',
      by_actor: '(actor, ledger, type, position)',
      ...backdatedDayLookups('ledger'),
      by_user: `((data->>'username'), type, position) ${of_security}`,
      by_user_and_actor: `((data->>'username'), actor, type, position) ${of_security}`,
      by_clock: `(effective_at, position) ${of_security} AND backdated_day IS NULL`,
    },
  },
);
/** Events of ledgers that name a document again (not the one that made it) or master data ("item:bottle"). */
export const mentions = table(
  'mentions',
  { ledger: 'id', entity: 'id', position: 'bigint' },
  { key: ['ledger', 'entity', 'position'] },
);
export const backdated_days = table(
  'backdated_days',
  { ledger: 'id', day: 'date', first_position: 'bigint', position: 'bigint' },
  { key: ['ledger', 'day'], fillfactor: 50 },
);
declare module '../database/tables.js' {
  interface Tables {
    events: TableOf<typeof events>;
    mentions: TableOf<typeof mentions>;
    backdated_days: TableOf<typeof backdated_days>;
  }
}

/**
 * Columns `type`, `number` and `cause` of a row `k` of running balances whose event is `e`. What it adjusts of an earlier event is of that event's
 * document, and its own document is the cause.
 */
export function describedRow(): RawBuilder<unknown> {
  const adjusted = sql`(SELECT a.data->>'number' FROM events a WHERE a.ledger = k.ledger AND a.position = k.of_position)`;
  return sql`CASE WHEN k.of_position IS NULL THEN e.type ELSE 'CostsAdjusted' END AS type,
    CASE WHEN k.of_position IS NULL THEN coalesce(e.data->>'number', e.data->>'order_id') ELSE ${adjusted} END AS number,
    CASE WHEN k.of_position IS NOT NULL THEN ${causeOf('e')} END AS cause`;
}
/** The number of the document that has caused what an event `e` adjusts: a count's adjustment names its own cause. */
export function causeOf(event: string): RawBuilder<unknown> {
  const data = sql.ref(`${event}.data`);
  return sql`coalesce(nullif(${data}->>'cause', ''), ${data}->>'number')`;
}

interface EventRow {
  ledger: string;
  position: number;
  type: string;
  actor: string;
  /** ISO 8601, or milliseconds since 1970. */
  recorded: string | number;
  effective: string | number;
  bytes: StoredEvent['bytes'];
  backdated_day: number | null;
  /** Days of earlier events that it adjusts after they are over. */
  adjusted_days?: readonly number[];
  entities: readonly string[];
}

export function copyEvents(writer: TransactionWriter, rows: readonly EventRow[]): void {
  const event_rows = new CopyRows(events.name, events.columns);
  const mention_rows = new CopyRows(mentions.name, mentions.columns);
  for (const { ledger, position, type, actor, recorded, effective, bytes, backdated_day, entities } of rows) {
    event_rows.add([ledger, position, type, actor, recorded, effective, bytes.data, bytes.metadata, backdated_day]);
    for (const entity of entities) mention_rows.add([ledger, entity, position]);
  }
  writer.copy(event_rows);
  writer.copy(mention_rows);
  upsertRows(writer, backdated_days, backdatedDays(rows), ['position']);
}

export function projectEvents(writer: TransactionWriter, incoming: readonly IncomingEvent[]): void {
  copyEvents(
    writer,
    incoming.map((each) => {
      const { ledger, event, bytes, recorded_ms: recorded, effective_ms: effective } = each;
      const { position, type, metadata } = event;
      const entities = [...new Set(entitiesNamed(event))];
      const backdated_day = each.backdated ? dayNumber(each.day) : null;
      const row = {
        ledger,
        position,
        type,
        actor: metadata.actor,
        recorded,
        effective,
        bytes,
        backdated_day,
        entities,
      };
      const [, ...adjusted] = momentsOf(each);
      if (adjusted.length === 0) return row;
      const days = new Set(adjusted.filter(({ backdated }) => backdated).map(({ day }) => day));
      return { ...row, adjusted_days: [...days].map(dayNumber) };
    }),
  );
}

function entitiesNamed(event: IncomingEvent['event']): string[] {
  if ('kind' in event.data) return [`${event.data.kind}:${event.data.id}`];
  return documentsNamed(event).more;
}

function backdatedDays(rows: readonly EventRow[]): NewRowOf<typeof backdated_days>[] {
  const days = new Map<string, { ledger: string; day: string; first_position: number; position: number }>();
  for (const { ledger, backdated_day, adjusted_days = [], position } of rows)
    for (const number of backdated_day === null ? adjusted_days : [backdated_day, ...adjusted_days]) {
      const name = `${ledger}\n${number}`;
      const { first_position = position } = days.get(name) ?? {};
      days.set(name, { ledger, day: dayOf(number), first_position, position });
    }
  return [...days.values()];
}

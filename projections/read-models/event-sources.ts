/** SQL that finds an entity's events by the indexes of all tables that name it. */

import { type RawBuilder, sql } from 'kysely';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { EVENT_TYPES } from '../../libs/ledger/codec.js';
import { KINDS } from '../../libs/ledger/document-kinds.js';
import type { AsOf } from '../as-of/as-of.js';
import { lastRows, type Window } from '../engine/as-of-rows.js';
import { ENTRIES } from './balances.js';
import { isOfState, statesOf } from './documents.js';
import { SECURITY_EVENT_TYPES } from './security-events.js';
import { MOVEMENTS } from './stock.js';

export type Entity = {
  kind: 'document' | 'item' | 'supplier' | 'customer' | 'location' | 'account' | 'user';
  id: string;
};

export interface Source {
  rows: RawBuilder<unknown>;
  /** For WHERE, on a backdated `m`. Without it, `rows` include backdated events. */
  names?: RawBuilder<unknown>;
}
/** Positions behind `above`, up to `until`; without backdated events up to `end`. */
export interface Part {
  above: RawBuilder<unknown>;
  until: RawBuilder<unknown>;
  end: RawBuilder<unknown>;
  wanted: RawBuilder<unknown>;
  count: number;
  oldest_first: boolean;
  first: RawBuilder<unknown>;
}
const within = ({ above, end }: Part) => sql`m.position > ${above} AND m.position <= ${end}`;

/** An index serves each combination. */
export interface Made {
  actor?: string;
  types?: readonly string[];
}

export function everyEvent(ledger: string, { actor, types }: Made, part: Part): Source {
  const own = actor === undefined ? undefined : sql`m.actor = ${actor}`;
  if (own !== undefined || types !== undefined) return byType(ledger, own ?? sql`true`, types, part);
  const rows = sql`SELECT m.position FROM events m WHERE ${isOf(ledger)} AND ${within(part)} AND ${part.wanted} ${part.first}`;
  return { rows, names: sql`true` };
}

/** These indexes end with type and position; without types all are asked for, a few dozen. */
function byType(
  ledger: string,
  constant: RawBuilder<unknown>,
  types: readonly string[] | undefined,
  part: Part,
): Source {
  const asked = types ?? (ledger === SECURITY_BOOK ? SECURITY_EVENT_TYPES : EVENT_TYPES);
  const of_type = sql`SELECT m.position FROM events m WHERE ${isOf(ledger)} AND ${constant} AND m.type = t.type COLLATE "C"
    AND ${within(part)} AND ${part.wanted} ${part.first}`;
  return {
    rows: sql`SELECT m.position FROM unnest(${asked}::text[]) t (type) CROSS JOIN LATERAL (${of_type}) m`,
    names: types === undefined ? constant : sql`(${constant} AND m.type = ANY(${types}::text[]))`,
  };
}

/** Postgres finds partial indexes by this literal. */
function isOf(ledger: string): RawBuilder<unknown> {
  return sql`m.ledger = ${ledger === SECURITY_BOOK ? sql.lit(ledger) : ledger}`;
}

export function sourcesOf(at: AsOf, { kind, id }: Entity, made: Made, part: Part): Source[] {
  const { ledger } = at;
  const firstOf = (rows: RawBuilder<unknown>) => sql`SELECT m.position FROM ${rows} AND ${within(part)} ${part.first}`;
  const mentioned = (entity: string): Source => ({
    rows: firstOf(sql`mentions m WHERE m.ledger = ${ledger} AND m.entity = ${entity}`),
    names: sql`EXISTS (SELECT FROM mentions n WHERE n.ledger = ${ledger} AND n.entity = ${entity} AND n.position = m.position)`,
  });
  const master = mentioned(`${kind}:${id}`);
  const places = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${ledger}`;
  switch (kind) {
    case 'user':
      return byOrAbout(ledger, id, made, part);
    case 'document': {
      const same = sql`d.ledger = ${ledger} AND d.number = ${id}`;
      const names = sql`EXISTS (SELECT FROM documents d WHERE ${same} AND d.position = m.position)`;
      return [
        { rows: firstOf(sql`(SELECT d.position FROM documents d WHERE ${same}) m WHERE true`), names },
        mentioned(id),
      ];
    }
    case 'item':
      return [master, moved(at, sql`${places} AND item_id = ${id}`, part)];
    case 'location':
      return [master, moved(at, sql`${places} AND location_id = ${id}`, part)];
    case 'account':
      return [master, posted(at, id, part)];
    case 'supplier':
    case 'customer':
      return [
        master,
        ...ofParty(at, id, part),
        posted(at, `${kind === 'customer' ? 'receivable' : 'payable'}:${id}`, part),
      ];
    default:
      return kind satisfies never;
  }
}

function byOrAbout(ledger: string, user: string, { actor, types }: Made, part: Part): Source[] {
  const by = everyEvent(ledger, { actor: user, types }, part);
  if (ledger !== SECURITY_BOOK) return [by];
  const about = sql`m.data->>'username' = ${user}`;
  if (actor === undefined) return [by, byType(ledger, about, types, part)];
  const by_actor = byType(ledger, sql`${about} AND m.actor = ${actor}`, types, part);
  return actor === user ? [by, by_actor] : [by_actor];
}

function windowOf({ above, until, oldest_first }: Part, limit: number): Window {
  return { limit, oldest_first, wanted: sql`m.position > ${above} AND m.position <= ${until}` };
}

/** Only places that moved last: a page cannot show more. */
function moved(at: AsOf, places: RawBuilder<unknown>, part: Part): Source {
  const direction = sql.raw(part.oldest_first ? 'ASC' : 'DESC');
  const first_places = sql`SELECT k.item_id, k.location_id FROM ${lastRows(MOVEMENTS, at, places, windowOf(part, 1))}
    ORDER BY k.position ${direction} LIMIT ${part.count}`;
  return {
    rows: sql`SELECT k.position FROM ${lastRows(MOVEMENTS, at, first_places, windowOf(part, part.count))}`,
  };
}
function posted(at: AsOf, account_id: string, part: Part): Source {
  const account = sql`SELECT ${account_id}::text AS account_id`;
  return { rows: sql`SELECT k.position FROM ${lastRows(ENTRIES, at, account, windowOf(part, part.count))}` };
}

/** Later events of a document post to the party's account, except of approvals and worthless documents. */
function ofParty({ ledger }: AsOf, party_id: string, part: Part): Source[] {
  const own = sql`d.party_id = ${party_id} AND d.ledger = ${ledger}`;
  return [
    {
      rows: sql`SELECT m.position FROM ${statesOf(KINDS, {})} CROSS JOIN LATERAL (SELECT m.position FROM documents m
        WHERE m.party_id = ${party_id} AND m.ledger = ${ledger} AND ${isOfState} AND ${within(part)} ${part.first}) m`,
      names: sql`EXISTS (SELECT FROM documents d WHERE ${own} AND d.kind = ANY(${KINDS}::text[]) AND d.position = m.position)`,
    },
    {
      rows: sql`SELECT m.position FROM documents d JOIN mentions m ON m.ledger = d.ledger AND m.entity = d.number
        WHERE ${own} AND (d.kind = 'approval' OR d.total = 0) AND ${within(part)} ${part.first}`,
    },
  ];
}

/** SQL that finds an entity's events by the indexes of all tables that name it. */
import { type RawBuilder, sql } from 'kysely';
import { KINDS } from '../../libs/ledger/document-kinds.js';
import type { AsOf } from '../as-of/as-of.js';
import { lastRows, type Window } from '../engine/as-of-rows.js';
import { ENTRIES } from './balances.js';
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
  count: number;
  oldest_first: boolean;
  first: RawBuilder<unknown>;
}
const within = ({ above, end }: Part) => sql`m.position > ${above} AND m.position <= ${end}`;

export function everyEvent(
  ledger: string,
  types: string[] | undefined,
  own: readonly RawBuilder<unknown>[],
  part: Part,
): Source {
  const wanted = sql.join([sql`m.ledger = ${ledger}`, within(part), ...own], sql` AND `);
  const of_type = sql`SELECT m.position FROM events m WHERE ${wanted} AND m.type = t.type COLLATE "C" ${part.first}`;
  const rows =
    types === undefined
      ? sql`SELECT m.position FROM events m WHERE ${wanted} ${part.first}`
      : sql`SELECT m.position FROM unnest(${types}::text[]) t (type) CROSS JOIN LATERAL (${of_type}) m`;
  return { rows, names: sql`true` };
}

export function sourcesOf(at: AsOf, { kind, id }: Entity, part: Part): Source[] {
  const { ledger } = at;
  const firstOf = (rows: RawBuilder<unknown>) => sql`SELECT m.position FROM ${rows} AND ${within(part)} ${part.first}`;
  const mentioned = (entity: string): Source => ({
    rows: firstOf(sql`mentions m WHERE m.ledger = ${ledger} AND m.entity = ${entity}`),
    names: sql`EXISTS (SELECT FROM mentions n WHERE n.ledger = ${ledger} AND n.entity = ${entity} AND n.position = m.position)`,
  });
  const master = mentioned(`${kind}:${id}`);
  const places = sql`SELECT item_id, location_id FROM stock WHERE ledger = ${ledger}`;
  switch (kind) {
    case 'user': {
      const own = sql`m.actor = ${id}`;
      return [{ rows: firstOf(sql`events m WHERE m.ledger = ${ledger} AND ${own}`), names: own }, master];
    }
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
      rows: sql`SELECT m.position FROM unnest(${KINDS}::text[]) k (kind) CROSS JOIN LATERAL (SELECT m.position FROM documents m
        WHERE m.party_id = ${party_id} AND m.ledger = ${ledger} AND m.kind = k.kind COLLATE "C" AND ${within(part)} ${part.first}) m`,
      names: sql`EXISTS (SELECT FROM documents d WHERE ${own} AND d.kind = ANY(${KINDS}::text[]) AND d.position = m.position)`,
    },
    {
      rows: sql`SELECT m.position FROM documents d JOIN mentions m ON m.ledger = d.ledger AND m.entity = d.number
        WHERE ${own} AND (d.kind = 'approval' OR d.total = 0) AND ${within(part)} ${part.first}`,
    },
  ];
}

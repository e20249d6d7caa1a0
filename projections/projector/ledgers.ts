import { sql } from 'kysely';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { findDamage } from '../../libs/event-store/stream-damage.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { type Db, type NewRowOf, type TableOf, table } from '../database/tables.js';
import { PoisonEvent } from '../engine/poison-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';

export const ledgers = table(
  'ledgers',
  {
    ledger: 'id',
    /** −1: none. */
    position: 'bigint',
    recorded_at: 'timestamptz?',
    /** Of the last event applied; another log is recognised by it. */
    event_id: 'text?',
    currency: 'text',
    digits: 'smallint',
    time_zone: 'text',
    approval_threshold: 'bigint',
    /** The first event not applied; while set, none is. */
    halted_position: 'bigint?',
    halted_reason: 'text?',
    halted_at: 'timestamptz?',
  },
  { key: ['ledger'], fillfactor: 50 },
);
declare module '../database/tables.js' {
  interface Tables {
    ledgers: TableOf<typeof ledgers>;
  }
}

export type LedgerRow = Required<NewRowOf<typeof ledgers>>;

export function unknownLedger(ledger: string): LedgerRow {
  return {
    ledger,
    position: -1,
    recorded_at: null,
    event_id: null,
    currency: '',
    digits: 0,
    time_zone: 'UTC',
    approval_threshold: 0,
    halted_position: null,
    halted_reason: null,
    halted_at: null,
  };
}

/** With `resume`, those not poisoned are no longer halted. */
export function saveLedgers(
  writer: TransactionWriter,
  rows: readonly LedgerRow[],
  moved: ReadonlySet<string>,
  poison: ReadonlyMap<string, PoisonEvent>,
  resume: boolean,
): void {
  const now = new Date().toISOString();
  const changed = rows
    .filter(({ ledger }) => moved.has(ledger) || poison.has(ledger) || resume)
    .map((row): LedgerRow => {
      const halt = poison.get(row.ledger);
      if (halt === undefined) return { ...row, halted_position: null, halted_reason: null, halted_at: null };
      const { position: halted_position, message: halted_reason } = halt;
      const is_known = Number(row.halted_position ?? Number.NaN) === halted_position;
      return { ...row, halted_position, halted_reason, halted_at: is_known ? row.halted_at : now };
    });
  upsertRows(writer, ledgers, changed);
}

/** A ledger already halted keeps its first reason. @returns whether its events are hidden or gone */
export async function haltDamaged(
  db: Db,
  store: EventStore,
  ledger: string,
  log: (line: string) => void,
): Promise<boolean> {
  const damage = await findDamage(store, ledgerStream(ledger));
  if (damage === undefined) return false;
  const { numUpdatedRows } = await db
    .updateTable('ledgers')
    .set({ halted_position: sql`position + 1`, halted_reason: damage.reason, halted_at: sql`now()` })
    .where('ledger', '=', ledger)
    .where('halted_position', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) log(`HALTED: ledger ${ledger}: ${damage.reason}`);
  return true;
}

/**
 * Halted ledgers go on from the event that stopped them, which a repaired program may understand, to where their stream ends; those whose
 * stream is damaged do when it is whole again.
 */
import { sql } from 'kysely';
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { findDamage } from '../../libs/event-store/stream-damage.js';
import { READ_SCHEMA } from './database.js';
import { applyEvents, streamOf } from './projector.js';
import type { Db } from './tables.js';

export interface ResumeOptions {
  /** Of these ledgers alone. */
  only?: readonly string[];
  schema?: string;
  signal?: AbortSignal;
  log?: (line: string) => void;
}

const events_max = 2000;

/** The checkpoint stays where it is: what other ledgers have behind it was not read. */
export async function resumeHalted(
  db: Db,
  store: EventStore,
  { schema = READ_SCHEMA, only, signal, log = () => {} }: ResumeOptions = {},
): Promise<void> {
  const { rows: halted } = await sql<{ ledger: string; position: bigint }>`SELECT ledger, position
    FROM ${sql.id(schema, 'ledgers')} WHERE halted_position IS NOT NULL ORDER BY ledger`.execute(db);
  for (const { ledger, position } of halted) {
    if (only?.includes(ledger) === false) continue;
    let applied = 0;
    let stopped = (await findDamage(store, streamOf(ledger), signal)) !== undefined;
    let batch: StoredEvent[] = [];
    const apply = async () => {
      const result = await applyEvents(db, batch, { resume: true, read_to: null, schema });
      applied += result.events;
      stopped = result.halted.length > 0;
      batch = [];
      return stopped;
    };
    if (!stopped)
      for await (const event of store.read(streamOf(ledger), Number(position) + 1, { signal }))
        if (batch.push(event) >= events_max && (await apply())) break;
    if (batch.length > 0) await apply();
    if (!stopped && applied === 0) await goOn(db, schema, ledger);
    log(stopped ? `ledger ${ledger} is still halted` : `ledger ${ledger} goes on, ${applied} events caught up`);
  }
}

/** Nothing came after the halt. */
async function goOn(db: Db, schema: string, ledger: string): Promise<void> {
  await sql`UPDATE ${sql.id(schema, 'ledgers')} SET halted_position = NULL, halted_reason = NULL, halted_at = NULL
    WHERE ledger = ${ledger}`.execute(db);
}

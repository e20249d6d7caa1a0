/** A newer program may understand the event, or the stream may have been repaired. */
import type { EventStore, StoredEvent } from '../../libs/event-store/event-store.js';
import { findDamage } from '../../libs/event-store/stream-damage.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { READ_SCHEMA } from '../database/database.js';
import type { Db } from '../database/tables.js';
import { applyEvents } from './projector.js';

export interface ResumeOptions {
  only?: readonly string[];
  schema?: string;
  signal?: AbortSignal;
  log?: (line: string) => void;
}

const EVENTS_MAX = 2000;

/** To the stream's end. The checkpoint stays: other ledgers' events were not read. */
export async function resumeHalted(
  db: Db,
  store: EventStore,
  { schema = READ_SCHEMA, only, signal, log = () => {} }: ResumeOptions = {},
): Promise<void> {
  const halted = await db
    .withSchema(schema)
    .selectFrom('ledgers')
    .select(['ledger', 'position'])
    .where('halted_position', 'is not', null)
    .orderBy('ledger')
    .execute();
  for (const { ledger, position } of halted) {
    if (only?.includes(ledger) === false) continue;
    let applied = 0;
    let stopped = (await findDamage(store, ledgerStream(ledger), signal)) !== undefined;
    let batch: StoredEvent[] = [];
    const apply = async () => {
      const result = await applyEvents(db, batch, { resume: true, read_to: null, schema });
      applied += result.events;
      stopped = result.halted.length > 0;
      batch = [];
      return stopped;
    };
    if (!stopped)
      for await (const event of store.read(ledgerStream(ledger), Number(position) + 1, { signal }))
        if (batch.push(event) >= EVENTS_MAX && (await apply())) break;
    if (batch.length > 0) await apply();
    if (!stopped && applied === 0) await clearHalt(db, schema, ledger);
    log(stopped ? `ledger ${ledger} is still halted` : `ledger ${ledger} goes on, ${applied} events caught up`);
  }
}

async function clearHalt(db: Db, schema: string, ledger: string): Promise<void> {
  await db
    .withSchema(schema)
    .updateTable('ledgers')
    .set({ halted_position: null, halted_reason: null, halted_at: null })
    .where('ledger', '=', ledger)
    .execute();
}

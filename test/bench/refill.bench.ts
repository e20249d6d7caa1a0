/**
 * A rebuild without live tables or clients, of bills with all that becomes of them, made by the rules in memory:
 * npm run bench -- refill [--events 300000]
 */

import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { openDatabase } from '../../projections/database/database.js';
import { rebuild } from '../../projections/projector/rebuild.js';
import { startEventStoreProcess } from '../support/event-store.js';
import { LedgerHistory, logOf } from '../support/ledger-history.js';
import { createDatabase, startPostgres } from '../support/postgres.js';
import { flagsOf } from './flags.js';
import { masterData, mixed } from './histories.js';

export const title = 'A rebuild by itself, fsync on';

const SECONDS_BETWEEN = 30;
const APPEND_EVENTS = 400;
const PARTS = 10;

export async function run(): Promise<object> {
  const flags = flagsOf({ events: 300_000 });
  const log = mixedLog(flags.events);
  const [postgres, events] = await Promise.all([startPostgres({ durable: true }), startEventStoreProcess()]);
  const store = connectEventStore({ url: events.url });
  const db = openDatabase(await createDatabase(postgres));
  try {
    for (let from = 0; from < log.length; from += APPEND_EVENTS)
      await store.append('ledger-main', from - 1, log.slice(from, from + APPEND_EVENTS));
    const began_ms = performance.now();
    const seconds = () => Math.round((performance.now() - began_ms) / 100) / 10;
    const progress: Record<string, object> = {};
    let next = log.length / PARTS;
    const onProgress = ({ events: done }: { events: number }) => {
      if (done < next) return;
      progress[`${done} events`] = { seconds: seconds() };
      next += log.length / PARTS;
    };
    await rebuild(db, store, { onProgress });
    progress['with all indexes'] = { seconds: seconds(), 'events/s': Math.round(log.length / seconds()) };
    const types = [...Map.groupBy(log, ({ type }) => type)].map(([type, all]) => [type, { events: all.length }]);
    return { 'the log': Object.fromEntries(types), 'a rebuild': progress };
  } finally {
    await db.destroy();
    await store.close();
    await Promise.all([postgres.stop(), events.stop()]);
  }
}

function mixedLog(events: number) {
  const history = new LedgerHistory('main', '2025-01-01T00:00:00.000Z');
  for (const command of masterData()) history.give(command);
  const { next, told } = mixed();
  let now_ms = Date.parse(history.now);
  for (let n = 0; history.events.length < events; n += 1) {
    now_ms += SECONDS_BETWEEN * 1000;
    history.now = new Date(now_ms).toISOString();
    const result = history.try(next(n));
    if (!Array.isArray(result)) throw new Error(`refused: ${JSON.stringify(result)}`);
    told(result);
  }
  return logOf(history).slice(0, events);
}

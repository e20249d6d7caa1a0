/**
 * The audit thread: what reads a ledger from its beginning, or signs it, does not share the event loop that answers orders. It has
 * connections of its own. Between tasks it signs checkpoints and looks for drift, both in small portions.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { loadAuditKey } from '../../../libs/audit/audit-key.js';
import { type Checkpoints, ledgerStream, openCheckpoints, Tampered } from '../../../libs/audit/checkpoint.js';
import { proveDocument } from '../../../libs/audit/proof.js';
import { type Books, booksAsOf, documentAt, documentCounts, figuresOf, stateAt } from '../../../libs/audit/state-at.js';
import { connectEventStore } from '../../../libs/event-store/eventstoredb.js';
import { dayEnd, isDay } from '../../../libs/ledger/calendar.js';
import { snapshotFile } from '../../../libs/ledger-writer/snapshot-file.js';
import { openDatabase } from '../../../projections/database.js';
import { measureDrift } from '../../../projections/drift.js';

import { SECURITY_BOOK } from '../../../projections/security.js';
import { verifyLedger } from '../../../projections/verify.js';
import type { Message, Request, StateAnswer, Tasks, ThreadSettings } from './tasks.js';

const settings = workerData as ThreadSettings;
const port = parentPort!;
const say = (message: Message) => port.postMessage(message);
const log = (line: string) => say({ line });

const store = connectEventStore({ url: settings.eventstore_url, log });
const db = openDatabase(settings.database_url, { connections_max: 4, log });
const key = loadAuditKey(settings.audit_key, settings.audit_key_file);
const all_checkpoints = new Map<string, Checkpoints>();

function checkpointsOf(ledger_id: string): Checkpoints {
  const known = all_checkpoints.get(ledger_id) ?? openCheckpoints(store, ledger_id, key);
  all_checkpoints.set(ledger_id, known);
  return known;
}

// ── Asked ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Work = { [K in keyof Tasks]: (ask: Tasks[K]['ask'], id: number) => Promise<Tasks[K]['answer']> };

const WORK: Work = {
  state: stateAnswer,
  checkpoint: async ({ ledger_id }) => (await checkpointsOf(ledger_id).make())?.checkpoint,
  proof: (document) => proveDocument(store, checkpointsOf(document.ledger_id), document),
  verify: ({ ledger_id }, id) =>
    verifyLedger(db, store, ledger_id, { on_progress: (done, of) => say({ id, progress: { done, of } }) }),
};

async function stateAnswer({
  ledger_id,
  moment,
  as_of,
  number,
}: Tasks['state']['ask']): Promise<StateAnswer | undefined> {
  const opened = await stateAt(store, ledger_id, { position: 0 });
  if (opened.config === undefined) return undefined;
  const { time_zone } = opened.config;
  const instant = (when: string | undefined) => (isDay(when) ? dayEnd(when, time_zone) : when);
  const until = { position: moment.position, recorded_at: instant(moment.recorded_at) };
  // Before its first event a ledger is empty, not unknown.
  const answer = (books: Books): StateAnswer => ({ ledger_id, ...figuresOf({ ...books, config: opened.config })! });
  if (as_of !== undefined) return answer(await booksAsOf(store, ledger_id, until, instant(as_of)!));
  const snapshot = await snapshotFile(settings.snapshots_dir, ledger_id).load(store, ledgerStream(ledger_id));
  const state = await stateAt(store, ledger_id, until, { snapshot });
  const document = number === undefined ? undefined : await documentAt(store, state, number);
  return { ...answer(state), documents: documentCounts(state), ...(document !== undefined && { document }) };
}

/** One after the other, since each may read a whole ledger; only verifications, which take long, have a turn of their own. */
const turns = { long: Promise.resolve(), short: Promise.resolve() };
port.on('message', ({ id, task, ask }: Request) => {
  const lane = task === 'verify' ? 'long' : 'short';
  turns[lane] = turns[lane].then(async () => {
    try {
      say({ id, answer: await (WORK[task] as (ask: unknown, id: number) => Promise<never>)(ask, id) });
    } catch (error) {
      const { name, message } = error as Error;
      say({ id, failed: { name: error instanceof Tampered ? 'Tampered' : name, message } });
    }
  });
});

// ── Unasked ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** So often each ledger is looked at, and at most so much of it is signed at a time: a few percent of one core at the most. */
const round_ms = 30_000;
const signed_max = 25_000;
/** A checkpoint for this many events, or for any after this time. */
const checkpoint_events = 10_000;
const checkpoint_ms = 3_600_000;

/** Where each ledger's next window begins, and what the windows with drift held when they were last looked at. */
const next_windows = new Map<string, number>();
const drifting = new Map<string, Map<number, number>>();

for (;;) {
  await sleep(round_ms * (0.75 + Math.random() / 2));
  try {
    const ledgers = await db
      .selectFrom('ledgers')
      .select(['ledger', 'position'])
      .where('position', '>=', 0n)
      .where('ledger', '<>', SECURITY_BOOK)
      .execute();
    for (const { ledger, position } of ledgers) {
      await lookForDrift(ledger);
      await signSome(ledger, Number(position) + 1);
    }
  } catch {
    // Event store or Postgres is away, which others tell; the next round comes.
  }
}

async function lookForDrift(ledger_id: string): Promise<void> {
  const { rows, totals, from, next } = await measureDrift(db, store, ledger_id, next_windows.get(ledger_id) ?? 0);
  const windows = drifting.get(ledger_id) ?? new Map<number, number>();
  drifting.set(ledger_id, windows);
  next_windows.set(ledger_id, next);
  if (rows > 0) windows.set(from, rows);
  else windows.delete(from);
  say({ drift: { ledger_id, rows: totals + [...windows.values()].reduce((sum, each) => sum + each, 0) } });
}

async function signSome(ledger_id: string, size: number): Promise<void> {
  const checkpoints = checkpointsOf(ledger_id);
  try {
    const last = (await checkpoints.latest())?.checkpoint;
    const unsigned = size - (last?.size ?? 0);
    const age_ms = last === undefined ? Number.POSITIVE_INFINITY : Date.now() - Date.parse(last.recorded_at);
    if (unsigned >= checkpoint_events || (unsigned > 0 && age_ms > checkpoint_ms)) await checkpoints.make(signed_max);
    say({ tampered: { ledger_id, what: undefined } });
  } catch (error) {
    if (!(error instanceof Tampered)) throw error;
    say({ tampered: { ledger_id, what: error.message } });
  }
}

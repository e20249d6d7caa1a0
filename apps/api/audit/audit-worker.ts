/** The audit thread: reads whole ledgers outside the event loop that handles commands, over its own connections. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import { loadAuditKey } from '../../../libs/audit/audit-key.js';
import { headOf } from '../../../libs/audit/export.js';
import { proveDocument } from '../../../libs/audit/proof.js';
import { openSignedCheckpoints, type SignedCheckpoints, Tampered } from '../../../libs/audit/signed-checkpoint.js';
import { type Books, booksAsOf, documentAt, documentCounts, figuresOf, stateAt } from '../../../libs/audit/state-at.js';
import { type LookAtLog, watchLog } from '../../../libs/audit/watch.js';
import { StreamTombstoned } from '../../../libs/event-store/event-store.js';
import { connectEventStore } from '../../../libs/event-store/eventstoredb.js';
import { ledgerStream, SECURITY_BOOK } from '../../../libs/event-store/streams.js';
import { dayEnd, isDay } from '../../../libs/ledger/calendar.js';
import { stateSnapshotFile } from '../../../libs/ledger-writer/state-snapshot-file.js';
import { openDatabase } from '../../../projections/database/database.js';
import { measureDrift } from '../../../projections/verification/drift.js';
import type { Row } from '../../../projections/verification/expected.js';
import { openUserCheck } from '../../../projections/verification/user-check.js';
import { listBooks, type Verification, verifyLedger } from '../../../projections/verification/verify.js';
import type { Message, Request, StateAnswer, Tasks, ThreadSettings } from './audit-tasks.js';

const settings = workerData as ThreadSettings;
const port = parentPort!;
const post = (message: Message) => port.postMessage(message);
const log = (line: string) => post({ line });

const store = connectEventStore({ url: settings.eventstore_url, log });
const db = openDatabase(settings.database_url, { connections_max: 4, log });
const key = loadAuditKey(settings.audit_key, settings.audit_key_file);
const all_checkpoints = new Map<string, SignedCheckpoints>();

function checkpointsOf(ledger_id: string): SignedCheckpoints {
  const known = all_checkpoints.get(ledger_id) ?? openSignedCheckpoints(store, ledger_id, key);
  all_checkpoints.set(ledger_id, known);
  return known;
}

type Handlers = { [K in keyof Tasks]: (ask: Tasks[K]['ask'], id: number) => Promise<Tasks[K]['answer']> };

const HANDLERS: Handlers = {
  state: stateAnswer,
  checkpoint: async ({ ledger_id }) => (await checkpointsOf(ledger_id).make())?.checkpoint,
  proof: (document) => proveDocument(store, checkpointsOf(document.ledger_id), document),
  verify: (ask, id) => verify(ask, (done, of) => post({ id, progress: { done, of } })),
};

async function verify(
  { ledger_id, with_security }: Tasks['verify']['ask'],
  on_progress: (done: number, of: number) => void,
): Promise<Verification> {
  const ledger = await verifyLedger(db, store, ledger_id, { on_progress });
  const security = with_security ? await verifyLedger(db, store, SECURITY_BOOK) : undefined;
  for (const { ledger_id: book, findings } of security === undefined ? [ledger] : [ledger, security]) {
    const [first] = findings;
    if (first === undefined) found_by_verification.delete(book);
    else found_by_verification.set(book, `Position ${first.position} of ledger ${book}: ${first.detail}`);
    reportTampering(book);
  }
  if (security === undefined) return ledger;
  const detailed = security.findings.map((finding) => ({ ...finding, detail: `Security events: ${finding.detail}` }));
  return {
    ...ledger,
    findings: [...ledger.findings, ...detailed],
    rows_compared: ledger.rows_compared + security.rows_compared,
    rows_of: { ...ledger.rows_of, ...security.rows_of },
    rows_different: ledger.rows_different + security.rows_different,
    differences: [...ledger.differences, ...security.differences],
  };
}

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
  const answer = (books: Books): StateAnswer => ({ ledger_id, ...figuresOf({ ...books, config: opened.config })! });
  if (as_of !== undefined) return answer(await booksAsOf(store, ledger_id, until, instant(as_of)!));
  const snapshot = await stateSnapshotFile(settings.snapshots_dir, ledger_id).load(store, ledgerStream(ledger_id));
  const state = await stateAt(store, ledger_id, until, { snapshot });
  const document = number === undefined ? undefined : await documentAt(store, state, number);
  return { ...answer(state), documents: documentCounts(state), ...(document !== undefined && { document }) };
}

/** One task at a time, since each may read a whole ledger. */
const queues = { verifications: Promise.resolve(), others: Promise.resolve() };
port.on('message', ({ id, task, ask }: Request) => {
  const queue = task === 'verify' ? 'verifications' : 'others';
  queues[queue] = queues[queue].then(async () => {
    try {
      post({ id, answer: await (HANDLERS[task] as (ask: unknown, id: number) => Promise<never>)(ask, id) });
    } catch (error) {
      const { name, message } = error as Error;
      post({ id, failed: { name: error instanceof Tampered ? 'Tampered' : name, message } });
    }
  });
});

/** Of each ledger; every half minute at most a few percent of one core. */
const round_ms = settings.audit_round_s * 1000;
const SIGNED_MAX = 25_000;
const WATCH_MS = 12_000;
const WATCHED_MAX = 10_000;
/** A checkpoint is signed after so many events, or for any event after this time. */
const CHECKPOINT_EVENTS = 10_000;
const CHECKPOINT_MS = 3_600_000;

/** Per ledger: where the next window begins; rows that differed in each window when last checked. */
const next_windows = new Map<string, number>();
const drifting = new Map<string, Map<number, number>>();
const watches = new Map<string, LookAtLog>();
const found_by_watching = new Map<string, string>();
const found_by_verification = new Map<string, string>();
const checkUsers = openUserCheck(db, store);

function reportTampering(ledger_id: string): void {
  post({ tampered: { ledger_id, what: found_by_watching.get(ledger_id) ?? found_by_verification.get(ledger_id) } });
}

/** Rounds over all ledgers. A round that fails because the log or Postgres is away is skipped. */
async function repeatRounds(pause_ms: number, look: (ledger_id: string) => Promise<void>): Promise<never> {
  let books: string[] = [];
  for (;;) {
    await sleep(pause_ms * (0.75 + Math.random() / 2));
    books = await listBooks(db).catch(() => books);
    for (const ledger_id of books) await look(ledger_id).catch(() => {});
  }
}

void repeatRounds(WATCH_MS, watch);
void repeatRounds(round_ms, lookForDrift);
void repeatRounds(round_ms, signSome);

async function watch(ledger_id: string): Promise<void> {
  const look = watches.get(ledger_id) ?? watchLog(store, ledger_id, checkpointsOf(ledger_id));
  watches.set(ledger_id, look);
  const what = await look(WATCHED_MAX);
  if (what === undefined) found_by_watching.delete(ledger_id);
  else found_by_watching.set(ledger_id, what);
  reportTampering(ledger_id);
}

async function lookAtUsers(): Promise<void> {
  const { expected, found } = await checkUsers();
  const names = new Set([...expected, ...found].map(({ username }) => username));
  const of = (rows: Row[], name: Row[string] | undefined) => rows.find(({ username }) => username === name);
  const wrong = [...names].filter((name) => !isDeepStrictEqual(of(expected, name), of(found, name)));
  post({ drift: { ledger_id: SECURITY_BOOK, rows: wrong.length } });
}

async function lookForDrift(ledger_id: string): Promise<void> {
  if (ledger_id === SECURITY_BOOK) return lookAtUsers();
  const { rows, totals, from, next } = await measureDrift(db, store, ledger_id, next_windows.get(ledger_id) ?? 0);
  const windows = drifting.get(ledger_id) ?? new Map<number, number>();
  drifting.set(ledger_id, windows);
  next_windows.set(ledger_id, next);
  if (rows > 0) windows.set(from, rows);
  else windows.delete(from);
  post({ drift: { ledger_id, rows: totals + [...windows.values()].reduce((sum, each) => sum + each, 0) } });
}

async function signSome(ledger_id: string): Promise<void> {
  const checkpoints = checkpointsOf(ledger_id);
  try {
    const size = ((await headOf(store, ledgerStream(ledger_id)))?.revision ?? -1) + 1;
    const last = (await checkpoints.latest())?.checkpoint;
    const unsigned = size - (last?.size ?? 0);
    const age_ms = last === undefined ? Number.POSITIVE_INFINITY : Date.now() - Date.parse(last.recorded_at);
    if (unsigned >= CHECKPOINT_EVENTS || (unsigned > 0 && age_ms > CHECKPOINT_MS)) await checkpoints.make(SIGNED_MAX);
    const now = (await checkpoints.latest())?.checkpoint;
    if (now !== undefined) post({ signed: { ledger_id, unsigned: size - now.size, at: now.recorded_at } });
  } catch (error) {
    if (!(error instanceof Tampered) && !(error instanceof StreamTombstoned)) throw error;
  }
}

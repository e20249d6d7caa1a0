/**
 * Events into read models, exactly once: what a batch changes and how far the log has been applied are one transaction, and an event
 * counts by its position in its ledger, so whatever comes twice changes nothing.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import {
  type EventStore,
  type Position,
  type StoredEvent,
  StreamTombstoned,
} from '../../libs/event-store/event-store.js';
import { findDamage } from '../../libs/event-store/stream-damage.js';
import { calendarDay } from '../../libs/ledger/calendar.js';
import { decode, uuidOf } from '../../libs/ledger/codec.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { projectBalances } from '../read-models/balances.js';
import { projectDocuments } from '../read-models/documents.js';
import { projectEvents } from '../read-models/events.js';
import { projectMasterData } from '../read-models/master-data.js';
import { projectPartyMonths } from '../read-models/party-months.js';
import { projectProfit } from '../read-models/profit.js';
import {
  projectSecurity,
  readSecurityEvent,
  SECURITY_BOOK,
  SECURITY_STREAM,
  type SecurityFact,
} from '../read-models/security.js';
import { projectStock } from '../read-models/stock.js';
import { type BalanceCache, emptyBalanceCache } from './balance-cache.js';
import { upsertRows } from './bulk.js';
import { instantMs } from './copy-rows.js';
import { ping } from './database.js';
import { type Fact, MissingEvents, PoisonEvent } from './incoming-event.js';
import { type Db, type NewRow, searchPath, TABLES_VERSION } from './tables.js';
import { inTransaction, type Writer } from './writer.js';

const STREAM_PREFIX = 'ledger-';
/**
 * What a subscription of the read models follows; a stream that only begins like `security` is left out by `isFollowed`. The streams of
 * their metadata say when somebody deletes or truncates one (`touchedLedgers`).
 */
export const STREAM_PREFIXES = [STREAM_PREFIX, SECURITY_STREAM].flatMap((prefix) => [prefix, `$$${prefix}`]);
const TOMBSTONE = '$streamDeleted';

export interface ApplyOptions {
  /** How far the log has been read where that is further than the last event. null: these are events of one ledger, the checkpoint stays. */
  read_to?: Position | null;
  /** How far the caller had applied it before these events: where the tables know less, they have lost something. */
  after?: Position;
  /** The events are those that a halted ledger waits for: go on with it. */
  resume?: boolean;
  /** Whose tables; by default the connection's. */
  schema?: string;
  /** Of the caller's batches before. */
  heads?: BalanceCache;
  /** Where events are read that the tables lack before these: another projector has just gone on with a halted ledger. */
  store?: Pick<EventStore, 'read'>;
}
export interface Applied {
  /** Events that changed the read models; the others had been applied before, or their ledger is halted. */
  events: number;
  /** Ledgers that stopped at an event of this batch. */
  halted: PoisonEvent[];
}

const tries_max = 3;
const facts_together_max = 500;
const missing_together_max = 2000;

/**
 * Applies events in the order of the log. One that cannot be applied halts its own ledger, which is written into `ledgers`; all others
 * are applied. Throws where Postgres is away: then nothing was changed.
 */
export async function applyEvents(
  db: Db,
  events: readonly StoredEvent[],
  options: ApplyOptions = {},
): Promise<Applied> {
  const poison = new Map<string, PoisonEvent>();
  const sought = new Set<string>();
  let filled: Applied = { events: 0, halted: [] };
  for (let tries = 1; ; ) {
    try {
      const applied = await inTransaction(db, openingOf(events, options.schema), (writer, opened) =>
        applyBatch(writer, opened, events, options, poison),
      );
      options.heads?.keep();
      return together(filled, { events: applied, halted: [...poison.values()] });
    } catch (error) {
      if (error instanceof MissingEvents && options.store !== undefined && !sought.has(error.message)) {
        sought.add(error.message);
        filled = together(filled, await applyMissing(db, error, options.store, options));
      } else if (error instanceof PoisonEvent) {
        if ((poison.get(error.ledger)?.position ?? Number.POSITIVE_INFINITY) <= error.position) throw error;
        poison.set(error.ledger, error);
      } else if (!isOfTheData(error)) throw error;
      else if (events.length > 1) return together(filled, await applyHalves(db, events, options));
      // An event is given up only when it fails again and again with a database that answers in between.
      else if (tries < tries_max) tries += 1;
      else poison.set(...nameless(events[0]!, error));
      await ping(db);
    }
  }
}

/** From the ledger's own stream. What the stream lacks as well stays missing, which the next try says. */
async function applyMissing(
  db: Db,
  { ledger, position, until }: MissingEvents,
  store: Pick<EventStore, 'read'>,
  { schema, heads }: ApplyOptions,
): Promise<Applied> {
  let applied: Applied = { events: 0, halted: [] };
  let batch: StoredEvent[] = [];
  const apply = async () => {
    applied = together(applied, await applyEvents(db, batch, { schema, heads, read_to: null }));
    batch = [];
  };
  try {
    for await (const event of store.read(streamOf(ledger), position, { max: until - position }))
      if (batch.push(event) >= missing_together_max) await apply();
  } catch (error) {
    if (!(error instanceof StreamTombstoned)) throw error;
  }
  if (batch.length > 0) await apply();
  return applied;
}

function together(first: Applied, second: Applied): Applied {
  return { events: first.events + second.events, halted: [...first.halted, ...second.halted] };
}

async function applyHalves(db: Db, events: readonly StoredEvent[], options: ApplyOptions): Promise<Applied> {
  const half = events.length >> 1;
  const beside = options.read_to === null ? null : undefined;
  const first = await applyEvents(db, events.slice(0, half), { ...options, read_to: beside });
  // All are of one ledger, which waits again: its next event would be told as missing, and that is not why it waits.
  if (options.resume && first.halted.length > 0) return first;
  const second = await applyEvents(db, events.slice(half), { ...options, after: undefined });
  return together(first, second);
}

function nameless({ stream, revision, type }: StoredEvent, error: unknown): [string, PoisonEvent] {
  const ledger = ledgerOf(stream);
  const reason = error instanceof Error ? error.message : String(error);
  return [ledger, new PoisonEvent({ ledger, event: { position: revision, type } }, reason)];
}

/** Classes of SQLSTATE that speak of the values, not of the server: they come back with the same event. */
const DATA_CLASSES = new Set(['21', '22', '23', '54']);

function isOfTheData(error: unknown): boolean {
  if (error instanceof TablesReplaced || error instanceof ReadModelsWentBack) return false;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code.length === 5 && DATA_CLASSES.has(code.slice(0, 2));
  return error instanceof Error && !/connect|terminat|timeout|not queryable/i.test(error.message);
}

function isFollowed({ stream, type }: Pick<StoredEvent, 'stream' | 'type'>): boolean {
  return (stream === SECURITY_STREAM || stream.startsWith(STREAM_PREFIX)) && type !== TOMBSTONE;
}
/** Ledgers whose streams somebody did something to that is no event of theirs. */
export function touchedLedgers(events: readonly StoredEvent[]): string[] {
  const streams = events.flatMap(({ stream, type }) =>
    stream.startsWith('$$') ? [stream.slice(2)] : type === TOMBSTONE ? [stream] : [],
  );
  return [...new Set(streams)].filter((stream) => isFollowed({ stream, type: '' })).map(ledgerOf);
}
function ledgerOf(stream: string): string {
  return stream === SECURITY_STREAM ? SECURITY_BOOK : stream.slice(STREAM_PREFIX.length);
}
export function streamOf(ledger: string): string {
  return ledger === SECURITY_BOOK ? SECURITY_STREAM : `${STREAM_PREFIX}${ledger}`;
}

// ── One batch ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * What a batch must hold and know before anything else: the lock, which tables these are, where each ledger stands. As one message, since an
 * answer is heard only when this thread has a moment. For `inTransaction` or `ask`; `applyBatch` takes the answers.
 */
export function openingOf(events: readonly StoredEvent[], schema?: string): RawBuilder<unknown>[] {
  const names = new Set(events.filter(isFollowed).map(({ stream }) => ledgerOf(stream)));
  const named = names.size === 0 ? sql`false` : sql`ledger IN (${sql.join([...names].map((name) => sql.lit(name)))})`;
  return [
    ...(schema === undefined ? [] : [searchPath(schema)]),
    tablesLock(),
    sql`SELECT m.version, m.made_at::text, c.commit_position FROM meta m CROSS JOIN checkpoint c`,
    sql`SELECT * FROM ledgers WHERE ${named}`,
  ];
}

/** Within the caller's transaction. Throws PoisonEvent where an event cannot be applied and `poison` does not name it. */
export async function applyBatch(
  writer: Writer,
  opened: unknown[][],
  events: readonly StoredEvent[],
  { read_to, after, resume = false, heads = emptyBalanceCache() }: Omit<ApplyOptions, 'schema'> = {},
  poison: ReadonlyMap<string, PoisonEvent> = new Map(),
): Promise<number> {
  const [[tables], standing] = opened.slice(-2) as [[TablesRow | undefined], LedgerRow[]];
  checkTables(tables, after);
  const followed = events.filter(isFollowed);
  const ledgers = new Map(standing.map((row) => [row.ledger, row]));
  for (const { stream } of followed) {
    const ledger = ledgerOf(stream);
    if (!ledgers.has(ledger)) ledgers.set(ledger, unknownLedger(ledger));
  }
  heads.begin(tables.made_at, [...ledgers.values()]);
  const facts: Fact[] = [];
  const security: SecurityFact[] = [];
  for (const stored of followed) {
    const ledger = ledgers.get(ledgerOf(stored.stream))!;
    if (ledger.halted_position !== null && !resume) continue;
    if (stored.revision <= Number(ledger.position)) continue;
    if (stored.revision >= (poison.get(ledger.ledger)?.position ?? Number.POSITIVE_INFINITY)) continue;
    if (ledger.ledger === SECURITY_BOOK) security.push(nextSecurityFact(ledger, stored));
    else facts.push(nextFact(ledger, stored));
  }
  projectSecurity(writer, security);
  await project(writer, facts, heads);
  const moved = new Set([...facts, ...security].map(({ ledger }) => ledger));
  saveLedgers(writer, [...ledgers.values()], moved, poison, resume);
  const last = read_to === null ? undefined : events.at(-1);
  saveCheckpoint(writer, facts.length + security.length, read_to ?? last?.position, last?.created_ms);
  return facts.length + security.length;
}

/**
 * What each needs to know is asked for first; the rows of all go over together. Those of many facts go over table by table: Postgres takes
 * one's while the next one's are made.
 */
async function project(writer: Writer, facts: readonly Fact[], heads: BalanceCache): Promise<void> {
  const projections = [
    projectEvents,
    projectMasterData,
    projectStock,
    projectBalances,
    projectProfit,
    projectPartyMonths,
    projectDocuments,
  ];
  const outcomes: Promise<PromiseSettledResult<void>[]>[] = [];
  for (const each of projections) {
    outcomes.push(Promise.allSettled([each(writer, facts, heads)]));
    if (facts.length > facts_together_max) await nextTurn();
  }
  const settled = (await Promise.all(outcomes)).flat();
  const reasons = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (reasons.length === 0) return;
  const poison = reasons.filter((reason) => reason instanceof PoisonEvent);
  throw poison.sort((a, b) => a.position - b.position)[0] ?? reasons[0];
}

/** Another version of the program has put its own tables in place: this one must not write into them. */
export class TablesReplaced extends Error {
  override readonly name = 'TablesReplaced';
  constructor(message = 'The read models now have the tables of another version of this program; start that one.') {
    super(message);
  }
}

/**
 * The tables know less of the log than was applied: a crash of Postgres, or a change to a replica that lagged, took the last commits back.
 * Rows and checkpoint went together, so following the log from the checkpoint puts it right.
 */
export class ReadModelsWentBack extends Error {
  override readonly name = 'ReadModelsWentBack';
  override readonly message = 'the database has lost its last commits: following the log from its checkpoint again';
}

/** `made_at` tells this set of tables from another one, which a rebuild makes. */
interface TablesRow {
  version: number;
  made_at: string;
  commit_position: bigint | null;
}

function checkTables(tables: TablesRow | undefined, after: Position | undefined): asserts tables is TablesRow {
  if (tables?.version !== TABLES_VERSION) throw new TablesReplaced();
  if (after !== undefined && (tables.commit_position ?? -1n) < after.commit) throw new ReadModelsWentBack();
}

/**
 * What a batch asks for it looks up by keys, whatever the size of the tables. Left to itself Postgres plans that while they are small or
 * before it has looked into them, by reading them whole, and keeps the plan: a rebuild of paid documents took time by the square.
 */
const BY_KEYS = sql.raw(
  ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `set_config('enable_${way}', 'off', true)`).join(', '),
);

/**
 * One writer at a time, whatever the schema is called meanwhile: a second projector waits here and then finds its events applied. What is
 * committed need not be on the disk yet: a crash of Postgres takes rows and checkpoint back together, and the log has them.
 */
export function tablesLock(schema?: string): RawBuilder<unknown> {
  const name = schema === undefined ? sql`current_schema()` : sql.lit(schema);
  return sql`SELECT set_config('synchronous_commit', 'off', true), ${BY_KEYS},
    pg_advisory_xact_lock(hashtextextended('factory-ledger read models ' || ${name}, 0))`;
}

type LedgerRow = NewRow<'ledgers'> & { position: bigint | number };

function unknownLedger(ledger: string): LedgerRow {
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

/** Decodes the event and moves its ledger on to it. */
function nextFact(ledger: LedgerRow, stored: StoredEvent): Fact {
  const position = Number(ledger.position) + 1;
  const refuse = (reason: string, at: { position: number; type?: string }) =>
    new PoisonEvent({ ledger: ledger.ledger, event: at }, reason);
  if (stored.revision !== position) throw new MissingEvents(ledger.ledger, position, stored.revision);
  let event: RecordedEvent;
  try {
    event = decode(stored);
  } catch (error) {
    throw refuse((error as Error).message, { position });
  }
  if (!isLinked(stored, ledger.event_id))
    throw refuse('it does not follow the one before by its hash: this system did not write it', event);
  const { recorded_at, effective_at } = event.metadata;
  if (effective_at > recorded_at) throw refuse('it happened later than it was recorded', event);
  if (ledger.recorded_at && recorded_at < ledger.recorded_at)
    throw refuse('it was recorded before the one ahead of it', event);
  if ((event.type === 'LedgerOpened') !== (position === 0))
    throw refuse('a ledger is opened once, by its first event', event);
  if (event.type === 'LedgerOpened') {
    const { currency, digits, time_zone, approval_threshold } = event.data;
    Object.assign(ledger, { currency, digits, time_zone, approval_threshold: BigInt(approval_threshold) });
  }
  if (event.type === 'ApprovalThresholdChanged') ledger.approval_threshold = BigInt(event.data.new);
  Object.assign(ledger, { position, recorded_at, event_id: stored.id });
  const { digits, time_zone } = ledger;
  const day = calendarDay(effective_at, time_zone);
  const late = effective_at < recorded_at;
  const recorded_ms = instantMs(recorded_at);
  const effective_ms = late ? instantMs(effective_at) : recorded_ms;
  return { ledger: ledger.ledger, event, bytes: stored.bytes, digits, time_zone, recorded_ms, effective_ms, day, late };
}

/** An id of version 8 is made from its event's hash. The event behind it then names that hash, and has such an id itself. */
function isLinked({ id, metadata }: StoredEvent, previous_id: string | null | undefined): boolean {
  if (previous_id?.[14] !== '8') return true;
  const { hash, previous_hash } = metadata as { hash?: unknown; previous_hash?: unknown };
  return uuidOf(String(previous_hash)) === previous_id && uuidOf(String(hash)) === id;
}

/** The same for the stream of security events, whose instances stamp each by a clock of their own. */
function nextSecurityFact(ledger: LedgerRow, stored: StoredEvent): SecurityFact {
  const position = Number(ledger.position) + 1;
  const refuse = (reason: string) => new PoisonEvent({ ledger: ledger.ledger, event: { position } }, reason);
  if (stored.revision !== position) throw new MissingEvents(ledger.ledger, position, stored.revision);
  let fact: SecurityFact;
  try {
    fact = readSecurityEvent(stored);
  } catch (error) {
    throw refuse((error as Error).message);
  }
  Object.assign(ledger, { position, recorded_at: fact.recorded_at, event_id: stored.id });
  return fact;
}

function saveLedgers(
  writer: Writer,
  ledgers: LedgerRow[],
  moved: ReadonlySet<string>,
  poison: ReadonlyMap<string, PoisonEvent>,
  resume: boolean,
): void {
  const now = new Date().toISOString();
  const rows = ledgers
    .filter(({ ledger }) => moved.has(ledger) || poison.has(ledger) || resume)
    .map((row) => {
      const halt = poison.get(row.ledger);
      const halted_position = halt?.position ?? null;
      const again = halt !== undefined && Number(row.halted_position ?? Number.NaN) === halt.position;
      const halted_at = halt && (again ? row.halted_at : now);
      return { ...row, halted_position, halted_reason: halt?.message ?? null, halted_at: halted_at ?? null };
    });
  upsertRows(
    writer,
    'ledgers',
    {
      ledger: 'text',
      position: 'bigint',
      recorded_at: 'timestamptz',
      event_id: 'text',
      currency: 'text',
      digits: 'bigint',
      time_zone: 'text',
      approval_threshold: 'bigint',
      halted_position: 'bigint',
      halted_reason: 'text',
      halted_at: 'timestamptz',
    },
    rows,
    sql`(ledger) DO UPDATE SET position = excluded.position, recorded_at = excluded.recorded_at,
      event_id = excluded.event_id, currency = excluded.currency, digits = excluded.digits, time_zone = excluded.time_zone,
      approval_threshold = excluded.approval_threshold, halted_position = excluded.halted_position,
      halted_reason = excluded.halted_reason, halted_at = excluded.halted_at`,
  );
}

/**
 * Halts the ledger where events of its stream are hidden or gone, from its next event on, and answers whether they are. Where it is halted
 * already the first reason stays.
 */
export async function haltDamaged(
  db: Db,
  store: EventStore,
  ledger: string,
  log: (line: string) => void,
): Promise<boolean> {
  const damage = await findDamage(store, streamOf(ledger));
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

/** The checkpoint never goes back: another projector may have been further. */
function saveCheckpoint(
  writer: Writer,
  events: number,
  read_to: Position | undefined,
  written_ms: number | undefined,
): void {
  const lag_ms = written_ms === undefined ? 0 : Math.max(0, Date.now() - written_ms);
  const { commit = null, prepare = null } = read_to ?? {};
  writer.runLater(sql`UPDATE checkpoint SET events = events + ${events}, lag_ms = ${lag_ms}, heartbeat_at = now(),
    (commit_position, prepare_position) = (SELECT c, p FROM (VALUES (commit_position, prepare_position), (${commit}::bigint, ${prepare}::bigint))
      AS known (c, p) ORDER BY c DESC NULLS LAST, p DESC LIMIT 1)`);
}

/** How far the log has been applied; undefined at its beginning. */
export async function loadCheckpoint(db: Db): Promise<Position | undefined> {
  const row = await db.selectFrom('checkpoint').select(['commit_position', 'prepare_position']).executeTakeFirst();
  return row?.commit_position == null || row.prepare_position === null
    ? undefined
    : { commit: row.commit_position, prepare: row.prepare_position };
}

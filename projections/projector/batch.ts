import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { LogPosition, StoredEvent } from '../../libs/event-store/event-store.js';
import { bookOf, SECURITY_BOOK } from '../../libs/event-store/streams.js';
import { type RowOf, TABLES_VERSION } from '../database/tables.js';
import { type BalanceCache, emptyBalanceCache } from '../engine/balance-cache.js';
import { type IncomingEvent } from '../engine/incoming-event.js';
import { PoisonEvent } from '../engine/poison-event.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { projectBalances } from '../read-models/balances.js';
import { projectCostAdjustments } from '../read-models/cost-adjustments.js';
import { projectDocuments } from '../read-models/documents.js';
import { projectEvents } from '../read-models/events.js';
import { projectFlashSales } from '../read-models/flash-sales.js';
import { projectMasterData } from '../read-models/master-data.js';
import { projectPartyMonths } from '../read-models/party-months.js';
import { projectProfit } from '../read-models/profit.js';
import { projectPurchases } from '../read-models/purchases.js';
import { projectSecurity } from '../read-models/security.js';
import type { IncomingSecurityEvent } from '../read-models/security-events.js';
import { projectStock } from '../read-models/stock.js';
import { saveCheckpoint } from './checkpoint.js';
import { type LedgerRow, type ledgers, saveLedgers, unknownLedger } from './ledgers.js';
import { nextEvent, nextSecurityEvent } from './next-event.js';
import { searchPath } from './search-path.js';
import { isFollowed } from './streams.js';

/** Events first: documents read back what was copied. */
const PROJECTIONS = [
  projectEvents,
  projectMasterData,
  projectStock,
  projectBalances,
  projectProfit,
  projectPurchases,
  projectPartyMonths,
  projectCostAdjustments,
  projectFlashSales,
  projectDocuments,
];

export interface BatchOptions {
  /** Further than the last event. null: events of one ledger; the checkpoint stays. */
  read_to?: LogPosition | null;
  /** Tables that know less have lost commits. */
  after?: LogPosition;
  resume?: boolean;
  cache?: BalanceCache;
}

export class TablesReplaced extends Error {
  override readonly name = 'TablesReplaced';
  constructor(message = 'The read models now have the tables of another version of this program; start that one.') {
    super(message);
  }
}

/** Postgres crashed or a lagging replica took over. Following the log from the checkpoint repairs it. */
export class ReadModelsWentBack extends Error {
  override readonly name = 'ReadModelsWentBack';
  override readonly message = 'the database has lost its last commits: following the log from its checkpoint again';
}

/** Takes the lock and reads schema version, checkpoint and ledgers in one round trip. */
export function openingOf(events: readonly StoredEvent[], schema?: string): RawBuilder<unknown>[] {
  const names = new Set(events.filter(isFollowed).map(({ stream }) => bookOf(stream)));
  const named = names.size === 0 ? sql`false` : sql`ledger IN (${sql.join([...names].map((name) => sql.lit(name)))})`;
  return [
    ...(schema === undefined ? [] : [searchPath(schema)]),
    tablesLock(),
    sql`SELECT m.version, m.made_at::text, c.commit_position FROM meta m CROSS JOIN checkpoint c`,
    sql`SELECT * FROM ledgers WHERE ${named}`,
  ];
}

/** @returns how many were applied. Skips those that `poison` halts. @throws PoisonEvent */
export async function applyBatch(
  writer: TransactionWriter,
  opened: unknown[][],
  events: readonly StoredEvent[],
  { read_to, after, resume = false, cache = emptyBalanceCache() }: BatchOptions = {},
  poison: ReadonlyMap<string, PoisonEvent> = new Map(),
): Promise<number> {
  const [[tables], standing] = opened.slice(-2) as [[TablesRow | undefined], RowOf<typeof ledgers>[]];
  checkTables(tables, after);
  const followed = events.filter(isFollowed);
  const rows = new Map<string, LedgerRow>(standing.map((row) => [row.ledger, row]));
  for (const { stream } of followed) {
    const ledger = bookOf(stream);
    if (!rows.has(ledger)) rows.set(ledger, unknownLedger(ledger));
  }
  cache.begin(tables.made_at, [...rows.values()]);
  const incoming: IncomingEvent[] = [];
  const security: IncomingSecurityEvent[] = [];
  for (const stored of followed) {
    const row = rows.get(bookOf(stored.stream))!;
    if (row.halted_position !== null && !resume) continue;
    if (stored.revision <= Number(row.position)) continue;
    if (stored.revision >= (poison.get(row.ledger)?.position ?? Number.POSITIVE_INFINITY)) continue;
    if (row.ledger === SECURITY_BOOK) security.push(nextSecurityEvent(row, stored));
    else incoming.push(nextEvent(row, stored));
  }
  await projectSecurity(writer, security, cache);
  await project(writer, incoming, cache);
  const moved = new Set([...incoming, ...security].map(({ ledger }) => ledger));
  saveLedgers(writer, [...rows.values()], moved, poison, resume);
  const last = read_to === null ? undefined : events.at(-1);
  saveCheckpoint(writer, incoming.length + security.length, read_to ?? last?.log_position, last?.created_ms);
  return incoming.length + security.length;
}

const EVENTS_TOGETHER_MAX = 500;

/** Side by side, so that look-ups go together; with many events in turn, so that Postgres writes meanwhile. */
async function project(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const running: Promise<PromiseSettledResult<void>[]>[] = [];
  for (const projection of PROJECTIONS) {
    running.push(Promise.allSettled([projection(writer, incoming, cache)]));
    if (incoming.length > EVENTS_TOGETHER_MAX) await yieldToEventLoop();
  }
  const outcomes = (await Promise.all(running)).flat();
  const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  if (reasons.length === 0) return;
  const poison = reasons.filter((reason) => reason instanceof PoisonEvent);
  throw poison.sort((a, b) => a.position - b.position)[0] ?? reasons[0];
}

interface TablesRow {
  version: number;
  made_at: string;
  commit_position: bigint | null;
}

function checkTables(tables: TablesRow | undefined, after: LogPosition | undefined): asserts tables is TablesRow {
  if (tables?.version !== TABLES_VERSION) throw new TablesReplaced();
  if (after !== undefined && (tables.commit_position ?? -1n) < after.commit) throw new ReadModelsWentBack();
}

/** For small or unanalyzed tables Postgres would plan to read them whole, and keep that plan as they grow. */
const BY_KEYS = sql.raw(
  ['seqscan', 'hashjoin', 'mergejoin'].map((way) => `set_config('enable_${way}', 'off', true)`).join(', '),
);

/** A second projector waits here. Commits need not be on disk: a crash loses rows and checkpoint together. */
export function tablesLock(schema?: string): RawBuilder<unknown> {
  const name = schema === undefined ? sql`current_schema()` : sql.lit(schema);
  return sql`SELECT set_config('synchronous_commit', 'off', true), ${BY_KEYS},
    pg_advisory_xact_lock(hashtextextended('factory-ledger read models ' || ${name}, 0))`;
}

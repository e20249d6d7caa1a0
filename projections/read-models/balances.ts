/** Debit is positive in the tables. */
import { sql } from 'kysely';
import { type AccountBalance, balanceOf, totalsOf } from '../../libs/documents/figures.js';
import { describeUnregistered } from '../../libs/ledger/accounts.js';
import type { AccountType } from '../../libs/ledger/events.js';
import { toMajor } from '../../libs/ledger/money.js';
import { LIMIT_DEFAULT, type Page, type Paging, type PeriodFilter, pageOf, readCursor } from '../as-of/cursor.js';
import { cutAt, lookUp, type Snapshot } from '../as-of/snapshot.js';
import { type TableOf, table } from '../database/tables.js';
import { lastRows } from '../engine/as-of-rows.js';
import { sumsIn, withSums } from '../engine/as-of-sums.js';
import type { BalanceCache } from '../engine/balance-cache.js';
import { type IncomingEvent, momentsOf } from '../engine/incoming-event.js';
import { appendRunningBalances, deltasByKey, runningBalances } from '../engine/running-balances.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { upsertRows } from '../engine/upsert-rows.js';
import { describedRow } from './events.js';
import { mastersIn, registeredIn } from './master-data.js';

export const ENTRIES = runningBalances('entries', ['account_id'], ['amount']);
export const balances = table(
  'balances',
  {
    ledger: 'id',
    account_id: 'id',
    balance: 'bigint',
  },
  { key: ['ledger', 'account_id'], fillfactor: 50 },
);
declare module '../database/tables.js' {
  interface Tables {
    entries: TableOf<typeof ENTRIES>;
    balances: TableOf<typeof balances>;
  }
}

export async function projectBalances(
  writer: TransactionWriter,
  incoming: readonly IncomingEvent[],
  cache: BalanceCache,
): Promise<void> {
  const deltas = incoming.flatMap(momentsOf).flatMap((each) => {
    const { journal = [] } = each.postings;
    return deltasByKey(
      each,
      journal.map(({ account_id, amount }) => ({ key: [account_id], amounts: [BigInt(amount)] })),
    );
  });
  const touched = await appendRunningBalances(writer, ENTRIES, deltas, cache);
  upsertRows(
    writer,
    balances,
    touched.map(({ ledger, key: [account_id], sums: [balance] }) => ({
      ledger,
      account_id: account_id!,
      balance: balance!,
    })),
  );
}

interface BalanceRow {
  account_id: string;
  name: string | null;
  type: AccountType | null;
  balance: bigint;
}

/** Registered, or ever posted to: customers', suppliers', or by entries dated before the registration. */
async function balanceRows(snapshot: Snapshot, account_id?: string): Promise<BalanceRow[]> {
  const one = (column: string) => (account_id === undefined ? sql`` : sql`AND ${sql.ref(column)} = ${account_id}`);
  const keys = sql`SELECT m.id AS account_id, m.attributes->>'name' AS name, m.attributes->>'type' AS type,
      ${registeredIn(snapshot)} AS registered FROM ${mastersIn(snapshot, 'account')} m WHERE true ${one('m.id')}
    UNION ALL SELECT account_id, NULL, NULL, false FROM balances b WHERE ledger = ${snapshot.ledger} ${one('account_id')}
      AND NOT EXISTS (SELECT FROM masters WHERE ledger = b.ledger AND kind = 'account' AND id = b.account_id)`;
  const balance = snapshot.present
    ? sql`coalesce(b.balance, 0) AS balance FROM (${keys}) k
        LEFT JOIN balances b ON b.ledger = ${snapshot.ledger} AND b.account_id = k.account_id`
    : sql`s.amount AS balance FROM (${keys}) k ${sumsIn(ENTRIES, snapshot)} WHERE s.included OR k.registered`;
  return lookUp(snapshot, sql<BalanceRow>`SELECT k.account_id, k.name, k.type, ${balance} ORDER BY k.account_id`);
}

function figuresOf({ account_id, name, type, balance }: BalanceRow, digits: number): AccountBalance {
  const described = name !== null && type !== null ? { name, type } : describeUnregistered(account_id);
  return balanceOf({ account_id, ...described }, balance, digits);
}

export async function accountBalance(
  snapshot: Snapshot,
  account_id: string,
): Promise<(AccountBalance & { position: number }) | undefined> {
  const [row] = await balanceRows(snapshot, account_id);
  return row && { ...figuresOf(row, snapshot.digits), position: snapshot.position };
}

export interface TrialBalance {
  data: AccountBalance[];
  totals: { debit: number; credit: number };
  position: number;
}

export async function trialBalance(snapshot: Snapshot): Promise<TrialBalance> {
  const rows = await balanceRows(snapshot);
  return {
    data: rows.map((row) => figuresOf(row, snapshot.digits)),
    totals: totalsOf(
      rows.map(({ balance }) => balance),
      snapshot.digits,
    ),
    position: snapshot.position,
  };
}

export interface Entry {
  position: number;
  /** Of its event; `CostsAdjusted` of an entry that a backdated event has changed. */
  type: string;
  /** The document's; of an adjustment that of the adjusted document. */
  number: string | null;
  /** Of an adjustment: the document that caused it. */
  cause: string | null;
  debit: number;
  credit: number;
  /** Debit positive, after the event, in the order of recording. */
  balance: number;
  effective_at: string;
  recorded_at: string;
  actor: string;
}
type EntryRow = Omit<Entry, 'position' | 'debit' | 'credit' | 'balance'> & {
  position: bigint;
  amount: bigint;
  balance: bigint;
  of_position: bigint | null;
};

export async function listEntries(
  snapshot: Snapshot,
  filter: { account_id: string } & PeriodFilter & Paging,
): Promise<Page<Entry>> {
  const { account_id, from, to, limit = LIMIT_DEFAULT, cursor } = filter;
  const cut = to === undefined ? snapshot : await cutAt(snapshot, to);
  const list = JSON.stringify(['entries', cut.ledger, account_id, from, cut.as_of]);
  const [last, of] = readCursor(list, cursor, 'whole', 'whole') ?? [];
  const account = sql`SELECT ${account_id}::text AS account_id`;
  const shown = last === undefined ? sql`true` : sql`(m.position, coalesce(m.of_position, -1)) < (${last}, ${of})`;
  const entries = lastRows(ENTRIES, cut, account, { limit: limit + 1, last, from, wanted: shown });
  const gapless = from === undefined && (of ?? -1) < 0;
  const rows = await lookUp(
    cut,
    sql<EntryRow>`
    SELECT k.position, ${describedRow()}, k.amount, k.now_amount AS balance, k.effective_at, k.of_position, e.recorded_at, e.actor
    FROM ${withSums(ENTRIES, cut, entries, { gapless })} JOIN events e ON e.ledger = k.ledger AND e.position = k.position
    ORDER BY k.position DESC, k.of_position DESC NULLS LAST`,
  );
  return pageOf(
    rows,
    limit,
    cut.position,
    list,
    (row) => [Number(row.position), Number(row.of_position ?? -1)],
    ({ amount, of_position: _, ...row }) => ({
      ...row,
      position: Number(row.position),
      debit: toMajor(amount > 0n ? amount : 0n, cut.digits),
      credit: toMajor(amount < 0n ? -amount : 0n, cut.digits),
      balance: toMajor(row.balance, cut.digits),
    }),
  );
}

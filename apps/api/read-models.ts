/** The read models as the API reads them: at least as new as the reader asks for, and all figures of one answer at one position. */
import type { Kysely, Transaction } from 'kysely';

export const READ_MODELS = Symbol('the read models');

/** Provisional until the projections say what their tables are. */
export type ReadTables = Record<string, Record<string, unknown>>;

/** Which books, and as of when. */
export type View = {
  ledger_id: string;
  /** Wait until the read models hold this position; 503 projection_behind after 5 s. */
  min_position?: number;
  /** Answer as it was known at this position, or at this instant (ISO 8601 UTC): at most one of the two. */
  position?: number;
  known_at?: string;
};

/** What a query function works on. */
export type Books = {
  trx: Transaction<ReadTables>;
  ledger_id: string;
  /** The position that the read models have reached: what the answer says it is true for. */
  position: number;
  /** The last position that counts, where the reader asked by `position` or `known_at`; else undefined, all counts. */
  until_position: number | undefined;
};

export interface ReadModels {
  /** Runs `answer` in one read-only REPEATABLE READ transaction. */
  read<T>(view: View, answer: (books: Books) => Promise<T>): Promise<T>;
  /** Whether queries can be answered: Postgres answers and the tables are there. */
  ready(): Promise<boolean>;
}

export function openReadModels(_db: Kysely<ReadTables>): ReadModels {
  throw new Error('The projections are not there yet.');
}

/**
 * One transaction that writes read models. Statements run one after the other on one connection and nobody needs to wait for a copy, so the
 * next rows are made while Postgres takes the last ones. An answer is heard only when this thread has a moment, so what is asked for in one
 * turn of it goes over together: first the new rows, all copies as one message, then what nobody waits for.
 */
import { Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import type { CopyRows } from './copy-rows.js';
import { poolOf, preparing } from './database.js';
import type { Db, Tables } from './tables.js';

export interface Writer {
  /** Several statements without parameters as one message; answers the rows of each. They see everything asked for before them. */
  ask(statements: readonly RawBuilder<unknown>[]): Promise<unknown[][]>;
  /** Answers the rows of a statement that sees everything asked for before it. */
  run<R>(statement: RawBuilder<R>): Promise<R[]>;
  /** A statement without an answer, after all new rows asked for in this turn. Nobody waits: a failure ends the transaction. */
  runLater(statement: RawBuilder<unknown>): void;
  /** New rows of a table by COPY, the quickest way in. Nobody waits. */
  copy(rows: CopyRows): void;
  /** Resolves when all has been run and copied, throws the first failure. */
  settled(): Promise<void>;
  /** For queries while nothing is being run or copied. */
  readonly db: Db;
}

/**
 * Commits when `work` resolves, rolls back when it or any copy fails. `opening` are statements for `ask` that the transaction begins with;
 * `work` gets their answers.
 */
export async function inTransaction<T>(
  db: Db,
  opening: readonly RawBuilder<unknown>[],
  work: (writer: Writer, opened: unknown[][]) => Promise<T>,
): Promise<T> {
  const client = await poolOf(db).connect();
  const line = lineOf();
  let broken: Error | undefined;
  try {
    const writer = writerOn(client, line);
    const [, ...opened] = await writer.ask([sql`BEGIN`, ...opening]);
    const result = await work(writer, opened);
    await writer.settled();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await line.end(error).catch(() => {});
    await client.query('ROLLBACK').catch((lost: Error) => {
      broken = lost;
    });
    throw error;
  } finally {
    // A connection that could not even roll back is not given to the next one.
    client.release(broken);
  }
}

interface Line {
  inTurn<T>(send: () => Promise<T>): Promise<T>;
  /** Waits for what was begun; with a reason, what was not is left. Throws the first failure. */
  end(reason?: unknown): Promise<void>;
}

/** One after the other. After a failure nothing more is begun: Postgres would only repeat that the transaction is over. */
function lineOf(): Line {
  let last: Promise<unknown> = Promise.resolve();
  let failure: { reason: unknown } | undefined;
  return {
    inTurn(send) {
      const turn = last.then(() => {
        if (failure) throw failure.reason;
        return send();
      });
      last = turn.catch((reason: unknown) => {
        failure ??= { reason };
      });
      return turn;
    },
    async end(reason) {
      if (reason !== undefined) failure ??= { reason };
      await last;
      if (failure) throw failure.reason;
    },
  };
}

function writerOn(client: pg.PoolClient, { inTurn, end }: Line): Writer {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: onlyClient(client) }) });
  let copies: CopyRows[] = [];
  let later: RawBuilder<unknown>[] = [];
  // Failures of what nobody waits for show when the line ends.
  const send = () => {
    const [rows, statements] = [copies, later];
    [copies, later] = [[], []];
    if (rows.length > 0) inTurn(() => copyIn(client, rows)).catch(() => {});
    for (const statement of statements) inTurn(() => statement.execute(db)).catch(() => {});
  };
  const sendThisTurn = () => {
    if (copies.length + later.length === 1) setImmediate(send);
  };
  return {
    db,
    settled: () => {
      send();
      return end();
    },
    ask: (statements) => {
      send();
      const text = statements.map((statement) => statement.compile(db).sql).join(';');
      return inTurn(async () => [await client.query(text)].flat().map(({ rows }) => rows));
    },
    run: (statement) => {
      send();
      return inTurn(async () => (await statement.execute(db)).rows);
    },
    runLater: (statement) => {
      later.push(statement);
      sendThisTurn();
    },
    copy: (rows) => {
      if (rows.count === 0) return;
      copies.push(rows);
      sendThisTurn();
    },
  };
}

/** Kysely's idea of a pool: this connection, whoever asks. */
function onlyClient(client: pg.PoolClient): pg.Pool {
  const shared = { ...preparing(client), release: () => {} };
  return { connect: async () => shared, end: async () => {} } as unknown as pg.Pool;
}

/** The part of pg's protocol connection that a copy needs; pg calls it public for modules like pg-copy-streams. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/**
 * Several copies as one query. Their rows follow at once: Postgres reads them when it comes to them, and after a failure it reads over the
 * rest, as its protocol says of a client that is still sending.
 */
function copyIn(client: pg.PoolClient, copies: readonly CopyRows[]): Promise<void> {
  const statements = copies.map(({ table, columns }) => {
    const names = Object.keys(columns).map((column) => `"${column}"`);
    return `COPY "${table}" (${names.join(', ')}) FROM STDIN (FORMAT binary)`;
  });
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: CopyConnection) => {
        connection.query(statements.join(';'));
        for (const rows of copies) {
          for (const chunk of rows.chunks()) connection.sendCopyFromChunk(chunk);
          connection.endCopyFrom();
        }
      },
      handleCopyInResponse: () => {},
      handleCommandComplete: () => {},
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    } as unknown as pg.Submittable);
  });
}

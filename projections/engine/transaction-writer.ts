/** One statement after the other. What one turn of the event loop asks goes over together, first all copies. */
import { Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import type pg from 'pg';
import { poolOf, preparing } from '../database/database.js';
import type { Db, Tables } from '../database/tables.js';
import type { CopyRows } from './copy-rows.js';

export interface TransactionWriter {
  /** Without parameters, as one message; they see all writes before them. */
  runAll(statements: readonly RawBuilder<unknown>[]): Promise<unknown[][]>;
  run<R>(statement: RawBuilder<R>): Promise<R[]>;
  /** After all copies of this turn. A failure ends the transaction. */
  runLater(statement: RawBuilder<unknown>): void;
  /** A failure ends the transaction. */
  copy(rows: CopyRows): void;
  flush(): Promise<void>;
  readonly db: Db;
}

/** Rolls back when `work` or any write fails. `work` receives the rows of `opening`. */
export async function inTransaction<T>(
  db: Db,
  opening: readonly RawBuilder<unknown>[],
  work: (writer: TransactionWriter, opened: unknown[][]) => Promise<T>,
): Promise<T> {
  const client = await poolOf(db).connect();
  const queue = writeQueue();
  let broken: Error | undefined;
  try {
    const writer = writerOn(client, queue);
    const [, ...opened] = await writer.runAll([sql`BEGIN`, ...opening]);
    const result = await work(writer, opened);
    await writer.flush();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await queue.end(error).catch(() => {});
    await client.query('ROLLBACK').catch((lost: Error) => {
      broken = lost;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

interface WriteQueue {
  add<T>(send: () => Promise<T>): Promise<T>;
  /** With a reason, what has not begun is dropped. @throws the first failure */
  end(reason?: unknown): Promise<void>;
}

/** Nothing begins after a failure: Postgres would only repeat that the transaction is aborted. */
function writeQueue(): WriteQueue {
  let last: Promise<unknown> = Promise.resolve();
  let failure: { reason: unknown } | undefined;
  return {
    add(send) {
      const result = last.then(() => {
        if (failure) throw failure.reason;
        return send();
      });
      last = result.catch((reason: unknown) => {
        failure ??= { reason };
      });
      return result;
    },
    async end(reason) {
      if (reason !== undefined) failure ??= { reason };
      await last;
      if (failure) throw failure.reason;
    },
  };
}

function writerOn(client: pg.PoolClient, queue: WriteQueue): TransactionWriter {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: onlyClient(client) }) });
  let copies: CopyRows[] = [];
  let later: RawBuilder<unknown>[] = [];
  const send = () => {
    const [rows, statements] = [copies, later];
    [copies, later] = [[], []];
    if (rows.length > 0) queue.add(() => copyIn(client, rows)).catch(() => {});
    for (const statement of statements) queue.add(() => statement.execute(db)).catch(() => {});
  };
  const sendAfterThisTurn = () => {
    if (copies.length + later.length === 1) setImmediate(send);
  };
  return {
    db,
    flush: () => {
      send();
      return queue.end();
    },
    runAll: (statements) => {
      send();
      const text = statements.map((statement) => statement.compile(db).sql).join(';');
      return queue.add(async () => [await client.query(text)].flat().map(({ rows }) => rows));
    },
    run: (statement) => {
      send();
      return queue.add(async () => (await statement.execute(db)).rows);
    },
    runLater: (statement) => {
      later.push(statement);
      sendAfterThisTurn();
    },
    copy: (rows) => {
      if (rows.count === 0) return;
      copies.push(rows);
      sendAfterThisTurn();
    },
  };
}

function onlyClient(client: pg.PoolClient): pg.Pool {
  const shared = { ...preparing(client), release: () => {} };
  return { connect: async () => shared, end: async () => {} } as unknown as pg.Pool;
}

/** What a copy needs of pg's protocol connection, public for modules like pg-copy-streams. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** As one query. Rows are sent at once; after a failure Postgres skips them. */
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

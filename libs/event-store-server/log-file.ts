import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DamagedLog } from './record.js';
import { checkWriteAheadLog } from './write-ahead-log.js';

/** The disk has no room. Nothing of the transaction was written; reading goes on. */
export class LogFull extends Error {}
/** The log cannot be opened; the message says why in one sentence. */
export class LogUnavailable extends Error {}

export interface LogFile {
  database: DatabaseSync;
  close(): void;
}

const schema_version = 1;
const file_name = 'events.db';

/** A log that is gone with its process. */
export function openInMemory(): LogFile {
  const database = new DatabaseSync(':memory:');
  createSchema(database);
  return { database, close: () => database.close() };
}

/** Opens or creates the log of a folder and keeps every other process out of it. Throws LogUnavailable or DamagedLog. */
export function openFolder(data_dir: string): LogFile {
  const lock = lockFolder(data_dir);
  try {
    const file = join(data_dir, file_name);
    const database = withSqliteErrors(() => {
      checkWriteAheadLog(`${file}-wal`);
      return openDatabase(file);
    });
    return {
      database,
      close: () => {
        database.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    if (error instanceof DamagedLog || error instanceof LogUnavailable) throw error;
    throw new LogUnavailable(`The log in ${data_dir} cannot be opened: ${(error as Error).message}.`);
  }
}

/** An exclusive lock of sqlite, which the operating system drops when the process dies, however it dies. */
function lockFolder(data_dir: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 });
    lock = new DatabaseSync(join(data_dir, 'lock.db'));
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock?.close();
    if (sqliteCode(error) === 5)
      throw new LogUnavailable(`The data folder ${data_dir} is in use by another event store.`);
    throw new LogUnavailable(`The data folder ${data_dir} cannot be used: ${(error as Error).message}.`);
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    chmodSync(file, 0o600);
    // FULL: a commit returns when it is fsynced. No spill: what a transaction writes reaches the file at its commit.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1;
      PRAGMA checkpoint_fullfsync = 1; PRAGMA cache_spill = 0; PRAGMA cache_size = -32000;
      PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864`);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) createSchema(database);
    else if (version !== schema_version)
      throw new LogUnavailable(`The log has format ${version}, this program reads format ${schema_version}.`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function createSchema(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE;
    CREATE TABLE streams (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
      type TEXT NOT NULL, flags INTEGER NOT NULL, created_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
      data BLOB NOT NULL, metadata BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
    CREATE INDEX events_by_id ON events (id);
    PRAGMA user_version = ${schema_version};
    COMMIT`);
}

/** Gives sqlite's errors the names this library uses. */
export function withSqliteErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = sqliteCode(error);
    // CORRUPT and NOTADB; an integer no number can hold was never written by us.
    if (code === 11 || code === 26 || (error as { code?: string }).code === 'ERR_OUT_OF_RANGE')
      throw new DamagedLog((error as Error).message);
    if (code === 13) throw new LogFull('There is no room on the disk for the event log.');
    throw error;
  }
}

/** Primary result code, without the details of the extended one. */
function sqliteCode(error: unknown): number | undefined {
  const code = (error as { errcode?: number }).errcode;
  return code === undefined ? undefined : code & 0xff;
}

import { chmodSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DamagedLog } from './record.js';
import { checkWriteAheadLog } from './write-ahead-log.js';

/** Nothing of the transaction was written; reading goes on. */
export class LogFull extends Error {}
export class LogUnavailable extends Error {}

export interface LogFile {
  database: DatabaseSync;
  close(): void;
}

const SCHEMA_VERSION = 2;
const FILE_NAME = 'events.db';
const BUSY_MS_MAX = 5_000;

export function openInMemory(): LogFile {
  const database = new DatabaseSync(':memory:');
  createSchema(database);
  return { database, close: () => database.close() };
}

/** Locks other processes out. @throws LogUnavailable, DamagedLog */
export function openFolder(data_dir: string): LogFile {
  const lock = takeFolder(data_dir);
  return opened(data_dir, lock, (file) => {
    checkWriteAheadLog(`${file}-wal`);
    // Readers and retries rely on what a killed store wrote.
    for (const left of [file, `${file}-wal`]) if (existsSync(left)) syncToDisk(left);
    syncToDisk(data_dir);
    return openDatabase(file);
  });
}

export function openForMaintenance(data_dir: string): LogFile {
  const file = join(data_dir, FILE_NAME);
  if (!existsSync(file)) throw new LogUnavailable(`There is no event log in ${data_dir}.`);
  const lock = tryLock(data_dir);
  return opened(data_dir, lock, () => {
    // Without the lock, the store that holds it has checked this file.
    if (lock) checkWriteAheadLog(`${file}-wal`);
    const database = new DatabaseSync(file, { timeout: BUSY_MS_MAX });
    database.exec('PRAGMA query_only = 1');
    return database;
  });
}

function opened(data_dir: string, lock: DatabaseSync | undefined, open: (file: string) => DatabaseSync): LogFile {
  try {
    const database = withSqliteErrors(() => open(join(data_dir, FILE_NAME)));
    return {
      database,
      close: () => {
        database.close();
        lock?.close();
      },
    };
  } catch (error) {
    lock?.close();
    if (error instanceof DamagedLog || error instanceof LogUnavailable) throw error;
    throw new LogUnavailable(`The log in ${data_dir} cannot be opened: ${(error as Error).message}.`);
  }
}

function takeFolder(data_dir: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    makeFolder(data_dir);
    keepToOwner(data_dir);
    lock = tryLock(data_dir);
  } catch (error) {
    throw new LogUnavailable(`The data folder ${data_dir} cannot be used: ${(error as Error).message}.`);
  }
  if (!lock) throw new LogUnavailable(`The data folder ${data_dir} is in use by another event store.`);
  return lock;
}

/** The operating system drops it when the process dies, however it dies. */
function tryLock(data_dir: string): DatabaseSync | undefined {
  const lock = new DatabaseSync(join(data_dir, 'lock.db'));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (error) {
    lock.close();
    if (isSqlite((error as { errcode?: number }).errcode, 5)) return undefined;
    throw error;
  }
}

/** Durable. Node's recursive mkdir never returns below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
  syncToDisk(dirname(path));
}

/** Leaves alone a folder with other files or another owner; the log's own files are private in any case. */
function keepToOwner(data_dir: string): void {
  const files = readdirSync(data_dir);
  if (files.length > 0 && !files.includes(FILE_NAME)) return;
  try {
    chmodSync(data_dir, 0o700);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

export function syncToDisk(path: string): void {
  const is_folder = statSync(path).isDirectory();
  if (is_folder && process.platform === 'win32') return;
  const descriptor = openSync(path, is_folder ? 'r' : 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_MS_MAX });
  try {
    chmodSync(file, 0o600);
    // FULL: a commit returns when it is fsynced. No spill: a transaction reaches the file at its commit.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1;
      PRAGMA checkpoint_fullfsync = 1; PRAGMA cache_spill = 0; PRAGMA cache_size = -32000;
      PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864`);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) createSchema(database);
    else if (version !== SCHEMA_VERSION)
      throw new LogUnavailable(`The log has format ${version}, this program reads format ${SCHEMA_VERSION}.`);
    // A stream that its index does not lead to would look unwritten.
    const problem = database.prepare("PRAGMA integrity_check('streams')").get()?.integrity_check;
    if (problem !== 'ok') throw new DamagedLog(String(problem));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function createSchema(database: DatabaseSync): void {
  database.exec(`BEGIN IMMEDIATE;
    CREATE TABLE streams (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last INTEGER NOT NULL, checksum INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE events (
      position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL,
      type TEXT NOT NULL, flags INTEGER NOT NULL, created_ms INTEGER NOT NULL, checksum INTEGER NOT NULL,
      data BLOB NOT NULL, metadata BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
    PRAGMA user_version = ${SCHEMA_VERSION};
    COMMIT`);
}

/** https://www.sqlite.org/rescode.html */
export function withSqliteErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { errcode, code, message } = error as { errcode?: number; code?: string; message: string };
    // CORRUPT, NOTADB; integers beyond a number, which are never written.
    if (isSqlite(errcode, 11) || isSqlite(errcode, 26) || code === 'ERR_OUT_OF_RANGE') throw new DamagedLog(message);
    // FULL; IOERR_WRITE (a quota), IOERR_SHMSIZE: nothing was committed.
    if (isSqlite(errcode, 13) || errcode === 778 || errcode === 4874)
      throw new LogFull('There is no room on the disk for the event log.');
    throw error;
  }
}

export function damageReport(data_dir: string, { message }: DamagedLog): string {
  return `${join(data_dir, FILE_NAME)}: ${message} See docs/recovery.md.`;
}

/** The primary code. */
function isSqlite(errcode: number | undefined, primary: number): boolean {
  return errcode !== undefined && (errcode & 0xff) === primary;
}

import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { LogUnavailable, openForMaintenance, syncToDisk, withSqliteErrors } from './log-file.js';
import { DamagedLog, endOf, FIRST_POSITION, RECORD_COLUMNS, recordOf, streamChecksum } from './record.js';

export interface LogSummary {
  events: number;
  streams: number;
  end: number;
}

/** Every record and index, also while a store serves it. @throws DamagedLog, LogUnavailable */
export function verifyFolder(data_dir: string): LogSummary {
  const file = openForMaintenance(data_dir);
  try {
    return verify(file.database);
  } finally {
    file.close();
  }
}

/** To restore, put the copy into an empty folder as `events.db`. @throws LogUnavailable, DamagedLog */
export async function backUpFolder(data_dir: string, to: string): Promise<LogSummary> {
  if (existsSync(to)) throw new LogUnavailable(`${to} exists already; a backup never overwrites.`);
  const unfinished = `${to}.unfinished`;
  const source = openForMaintenance(data_dir);
  try {
    rmSync(unfinished, { force: true });
    closeSync(openSync(unfinished, 'wx', 0o600));
    // All pages in one step: one moment, however much is appended.
    await backup(source.database, unfinished, { rate: 2_147_483_647 });
    const summary = verifyCopy(unfinished);
    syncToDisk(unfinished);
    renameSync(unfinished, to);
    syncToDisk(dirname(to));
    return summary;
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (error instanceof DamagedLog) throw error;
    throw new LogUnavailable(`The backup to ${to} failed: ${(error as Error).message}.`);
  } finally {
    source.close();
  }
}

function verifyCopy(file: string): LogSummary {
  const copy = new DatabaseSync(file);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    return verify(copy);
  } finally {
    copy.close();
  }
}

function verify(database: DatabaseSync): LogSummary {
  return withSqliteErrors(() => {
    database.exec('BEGIN');
    const problems = database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
    if (problems !== 'ok') throw new DamagedLog(String(problems));
    const { events, end } = verifyRecords(database);
    const streams = verifyStreams(database);
    database.exec('COMMIT');
    return { events, streams, end };
  });
}

function verifyRecords(database: DatabaseSync): { events: number; end: number } {
  const rows = database.prepare(
    `SELECT ${RECORD_COLUMNS} FROM events e LEFT JOIN streams s ON s.id = e.stream ORDER BY e.position`,
  );
  rows.setReturnArrays(true);
  let events = 0;
  let end = FIRST_POSITION;
  for (const row of rows.iterate()) {
    const record = recordOf(row);
    if (record.position !== end) throw new DamagedLog(`the record at position ${end} is missing`);
    end = endOf(record);
    events += 1;
  }
  return { events, end };
}

function verifyStreams(database: DatabaseSync): number {
  const gap = database
    .prepare('SELECT stream FROM events GROUP BY stream HAVING min(revision) <> 0 OR max(revision) <> count(*) - 1')
    .get();
  if (gap) throw new DamagedLog(`revisions of stream number ${gap.stream} are missing`);
  const rows = database.prepare(
    'SELECT s.id, s.name, s.last, s.checksum, (SELECT max(revision) FROM events e WHERE e.stream = s.id) FROM streams s',
  );
  rows.setReturnArrays(true);
  let streams = 0;
  for (const row of rows.iterate()) {
    const [id, name, last, checksum, written] = row as unknown as [number, string, number, number, number];
    if (streamChecksum(id, last, name) !== checksum || written !== last)
      throw new DamagedLog(`the entry of stream number ${id} is not as it was written`);
    streams += 1;
  }
  return streams;
}

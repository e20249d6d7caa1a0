import type { DatabaseSync } from 'node:sqlite';
import { RECORD_COLUMNS } from './record.js';

export type Statements = ReturnType<typeof prepareStatements>;

export function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const select = `SELECT ${RECORD_COLUMNS} FROM events e LEFT JOIN streams s ON s.id = e.stream WHERE`;
  return {
    stream: prepare('SELECT id, name, last, checksum FROM streams WHERE name = ?'),
    insert_stream: prepare('INSERT INTO streams (name, last, checksum) VALUES (?, -1, 0)'),
    update_stream: prepare('UPDATE streams SET last = ?, checksum = ? WHERE id = ?'),
    insert_event: prepare(
      'INSERT INTO events (position, stream, revision, id, type, flags, created_ms, checksum, data, metadata) VALUES (?,?,?,?,?,?,?,?,?,?)',
    ),
    at_revision: prepare(`${select} e.stream = ? AND e.revision = ?`),
    stream_forwards: prepare(`${select} e.stream = ? AND e.revision >= ? ORDER BY e.revision`),
    stream_backwards: prepare(`${select} e.stream = ? AND e.revision <= ? ORDER BY e.revision DESC`),
    all_forwards: prepare(`${select} e.position >= ? ORDER BY e.position`),
    all_backwards: prepare(`${select} e.position < ? ORDER BY e.position DESC`),
  };
}

import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import { decideAppend, type Expected, type StreamState } from './append-decision.js';

/** One event as a client proposes it. `id` is a lower-case UUID. */
export interface ProposedEvent {
  id: string;
  type: string;
  is_json: boolean;
  data: Uint8Array;
  metadata: Uint8Array;
}

/** One event as the log holds it. */
export interface RecordedEvent extends ProposedEvent {
  /** Byte offset in the log, as EventStoreDB counts: strictly increasing, with gaps. */
  position: number;
  stream: string;
  /** 0, 1, 2 … within its stream. */
  revision: number;
  created_ms: number;
  /** Ends its stream for ever. */
  tombstone: boolean;
}

/** `delete` hides the stream's past (a metadata event), `tombstone` ends the stream. Both carry no events. */
export interface AppendRequest {
  kind: 'append' | 'delete' | 'tombstone';
  stream: string;
  expected: Expected;
  events: readonly ProposedEvent[];
}

export type AppendOutcome =
  /** `revision` of the last event (−1: the stream holds none); `position` undefined when nothing was ever written. */
  | { kind: 'written'; revision: number; position: number | undefined }
  | { kind: 'wrong_expected_version'; current: number }
  | { kind: 'stream_deleted' };

export interface Page {
  events: RecordedEvent[];
  /** Where the next page goes on. */
  next: number;
  /** Nothing lies beyond this page now. */
  end: boolean;
}

export interface PageLimits {
  events_max: number;
  bytes_max: number;
}

/** The file does not say what was written to it. Never repaired silently. */
export class DamagedLog extends Error {}
/** The disk has no room. Nothing of the transaction was written; reading goes on. */
export class LogFull extends Error {}
/** The log cannot be opened; the message says why in one sentence. */
export class LogUnavailable extends Error {}

interface Head {
  id: number;
  last: number;
  tombstoned: boolean;
}

/** Stream metadata, as far as it decides what is visible. */
interface Retention {
  exists: boolean;
  soft_deleted: boolean;
  truncate_before: number;
  count_max: number;
  age_max_ms: number;
}

interface Row {
  position: number;
  name: string;
  revision: number;
  id: Uint8Array;
  type: string;
  flags: number;
  created_ms: number;
  data: Uint8Array;
  metadata: Uint8Array;
  checksum: number;
}

const schema_version = 1;
const is_json_flag = 1;
const tombstone_flag = 2;
const heads_max = 50_000;
const record_overhead = 64;
/** The `$tb` that means deleted: the largest int64, which JSON.parse rounds to 2^63. */
const everything = 2 ** 63;
const no_bytes = new Uint8Array(0);

const columns =
  'e.position, s.name, e.revision, e.id, e.type, e.flags, e.created_ms, e.data, e.metadata, e.checksum FROM events e LEFT JOIN streams s ON s.id = e.stream';

/**
 * The log: one sqlite file, one writer. Every method is synchronous; what `commit` returned for is fsynced and readable.
 * Each record carries a checksum over all that it says, and its size leads to the next record's position, so that a
 * flipped bit or a lost row is found by whoever reads there (`DamagedLog`).
 */
export class Log {
  private readonly heads = new Map<string, Head>();
  private readonly retentions = new Map<string, Retention>();
  private readonly watchers = new Set<() => void>();
  private readonly statements: ReturnType<typeof prepareAll>;
  private next_position: number;

  private constructor(
    private readonly database: DatabaseSync,
    private readonly lock: DatabaseSync | undefined,
    private readonly now_ms: () => number,
  ) {
    this.statements = prepareAll(database);
    const last = this.statements.all_backwards.get(Number.MAX_SAFE_INTEGER) as unknown as Row | undefined;
    this.next_position = last ? endOf(recordOf(last)) : record_overhead;
  }

  /** Opens or creates the log in a folder, or in memory. Throws LogUnavailable or DamagedLog. */
  static open(where: { data_dir: string } | 'memory', now_ms: () => number = Date.now): Log {
    if (where === 'memory') return new Log(prepareDatabase(':memory:'), undefined, now_ms);
    const lock = lockFolder(where.data_dir);
    try {
      return translated(() => new Log(prepareDatabase(join(where.data_dir, 'events.db')), lock, now_ms));
    } catch (error) {
      lock.close();
      throw error;
    }
  }

  /**
   * Decides and writes all requests in one transaction with one fsync, in their order; each sees those before it.
   * A refused one does not touch its neighbours. Throws LogFull or DamagedLog, and then nothing was written.
   */
  commit(requests: readonly AppendRequest[]): AppendOutcome[] {
    const position_before = this.next_position;
    try {
      return translated(() => {
        this.database.exec('BEGIN IMMEDIATE');
        const outcomes = requests.map((request) => this.apply(request));
        this.database.exec('COMMIT');
        if (this.next_position !== position_before) for (const wake of this.watchers) wake();
        return outcomes;
      });
    } catch (error) {
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      this.next_position = position_before;
      this.heads.clear();
      this.retentions.clear();
      throw error;
    }
  }

  /** Calls back after each commit that wrote something; returns how to stop that. */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  /** Position at which the next event will be written. */
  get end(): number {
    return this.next_position;
  }

  /** What a reader may know of a stream: whether it can be read, and its last revision (−1: no event). */
  streamStatus(stream: string): { readable: 'yes' | 'not_found' | 'deleted'; last: number } {
    const head = this.headOf(stream);
    if (this.isTombstoned(stream)) return { readable: 'deleted', last: head.last };
    const found = head.last >= 0 && !this.retentionOf(stream).soft_deleted;
    return { readable: found ? 'yes' : 'not_found', last: head.last };
  }

  /** Visible events of a stream from a revision (inclusive), one page. Nothing for a stream that cannot be read. */
  readStream(stream: string, from: number, backwards: boolean, limits: PageLimits): Page {
    const { readable, last } = this.streamStatus(stream);
    const retention = this.retentionOf(stream);
    const first = Math.max(0, retention.truncate_before, last - retention.count_max + 1);
    const start = backwards ? Math.min(from, last) : Math.max(from, first);
    if (readable !== 'yes' || start < first || start > last) return { events: [], next: start, end: true };

    const statement = backwards ? this.statements.stream_backwards : this.statements.stream_forwards;
    const step = backwards ? -1 : 1;
    let next = start;
    const events: RecordedEvent[] = [];
    for (const event of withinLimits(statement.iterate(this.headOf(stream).id, start), limits)) {
      if (event.revision !== next || event.stream !== stream) throw damaged(`stream revision ${next} is missing`);
      if (event.revision < first) break;
      next += step;
      events.push(event);
    }
    if (next === start) throw damaged(`stream revision ${next} is missing`);
    const youngest_hidden = this.now_ms() - retention.age_max_ms;
    const visible = events.filter((event) => event.created_ms >= youngest_hidden);
    return { events: visible, next, end: backwards ? next < first : next > last };
  }

  /** One page of `$all`: forwards from a position (inclusive), or backwards from below a position (exclusive). */
  readAll(from: number, backwards: boolean, limits: PageLimits): Page {
    return backwards ? this.readAllBackwards(from, limits) : this.readAllForwards(from, limits);
  }

  private readAllForwards(from: number, limits: PageLimits): Page {
    if (from >= this.next_position) return { events: [], next: from, end: true };
    const before = this.statements.all_backwards.get(from) as unknown as Row | undefined;
    let next = before ? endOf(recordOf(before)) : record_overhead;
    const events: RecordedEvent[] = [];
    for (const event of withinLimits(this.statements.all_forwards.iterate(from), limits)) {
      if (event.position !== next) throw damaged(`the record at position ${next} is missing`);
      next = endOf(event);
      events.push(event);
    }
    if (events.length === 0) throw damaged(`the record at position ${next} is missing`);
    return { events, next, end: next >= this.next_position };
  }

  private readAllBackwards(from: number, limits: PageLimits): Page {
    let next = Math.min(from, this.next_position);
    let is_boundary = next === this.next_position;
    const events: RecordedEvent[] = [];
    for (const event of withinLimits(this.statements.all_backwards.iterate(next), limits)) {
      if (is_boundary ? endOf(event) !== next : endOf(event) < next)
        throw damaged(`the record before position ${next} is missing`);
      next = event.position;
      is_boundary = true;
      events.push(event);
    }
    if (events.length === 0 && next > record_overhead) throw damaged(`the record before position ${next} is missing`);
    return { events, next, end: next <= record_overhead };
  }

  /** The visible event at a revision of a stream, undefined when there is none. */
  eventAt(stream: string, revision: number): RecordedEvent | undefined {
    return this.readStream(stream, revision, false, { events_max: 1, bytes_max: 1 }).events.find(
      (event) => event.revision === revision,
    );
  }

  close(): void {
    this.database.close();
    this.lock?.close();
  }

  private apply(request: AppendRequest): AppendOutcome {
    const head = this.headOf(request.stream);
    const retention = this.retentionOf(request.stream);
    const state: StreamState = {
      last: head.last,
      deleted: this.isTombstoned(request.stream) ? 'tombstoned' : retention.soft_deleted ? 'soft' : 'no',
      has_metadata: retention.exists,
    };
    // A deletion is decided like the append of one event nobody has seen before.
    const ids = request.kind === 'append' ? request.events.map((event) => event.id) : [crypto.randomUUID()];
    const decision = decideAppend(request.expected, state, ids, {
      at: (revision) => this.recordAt(head.id, revision)?.id,
      revisionOf: (id) => this.revisionOf(head.id, id),
    });
    switch (decision.kind) {
      case 'append':
        return this.write(request, head, state);
      case 'idempotent':
        return { kind: 'written', revision: decision.last, position: this.recordAt(head.id, decision.last)?.position };
      case 'wrong_expected_version':
        return { kind: 'wrong_expected_version', current: head.last };
      case 'stream_deleted':
        return { kind: 'stream_deleted' };
    }
  }

  private write(request: AppendRequest, head: Head, state: StreamState): AppendOutcome {
    switch (request.kind) {
      case 'tombstone':
        return this.insert(request.stream, [systemEvent('$streamDeleted', no_bytes, false)], tombstone_flag);
      case 'delete': {
        const { position } = this.hideBefore(request.stream, '9223372036854775807');
        return { kind: 'written', revision: head.last, position };
      }
      case 'append': {
        const outcome = this.insert(request.stream, request.events, 0);
        // A soft-deleted stream lives again from its next revision on.
        if (request.events.length > 0 && state.deleted === 'soft')
          this.hideBefore(request.stream, String(state.last + 1));
        return outcome;
      }
    }
  }

  /** Replaces the stream's metadata. */
  private hideBefore(stream: string, revision: string) {
    return this.insert(`$$${stream}`, [systemEvent('$metadata', Buffer.from(`{"$tb":${revision}}`), true)], 0);
  }

  private insert(stream: string, events: readonly ProposedEvent[], flags: number) {
    const head = this.headOf(stream);
    if (events.length > 0 && head.id === 0) head.id = Number(this.statements.insert_stream.run(stream).lastInsertRowid);
    let position: number | undefined;
    for (const event of events) {
      position = this.next_position;
      const record: RecordedEvent = {
        ...event,
        stream,
        position,
        revision: head.last + 1,
        created_ms: this.now_ms(),
        tombstone: flags === tombstone_flag,
      };
      this.statements.insert_event.run(
        position,
        head.id,
        record.revision,
        bytesOfUuid(record.id),
        record.type,
        flagsOf(record),
        record.created_ms,
        record.data,
        record.metadata,
        checksumOf(record),
      );
      head.last = record.revision;
      head.tombstoned = record.tombstone;
      this.next_position = endOf(record);
    }
    if (stream.startsWith('$$')) this.retentions.delete(stream.slice(2));
    if (head.last >= 0) position ??= this.recordAt(head.id, head.last)?.position;
    return { kind: 'written' as const, revision: head.last, position };
  }

  /** A tombstone ends the stream's metadata with it. */
  private isTombstoned(stream: string): boolean {
    return this.headOf(stream).tombstoned || (stream.startsWith('$$') && this.headOf(stream.slice(2)).tombstoned);
  }

  private headOf(stream: string): Head {
    const cached = this.heads.get(stream);
    if (cached) return cached;
    const id = (this.statements.stream_id.get(stream) as { id: number } | undefined)?.id ?? 0;
    const last = id === 0 ? undefined : this.statements.stream_backwards.get(id, Number.MAX_SAFE_INTEGER);
    const record = last ? recordOf(last as unknown as Row) : undefined;
    if (record && record.stream !== stream)
      throw damaged(`the records of stream ${JSON.stringify(stream)} are mixed up`);
    const head = { id, last: record?.revision ?? -1, tombstoned: record?.tombstone ?? false };
    remember(this.heads, stream, head);
    return head;
  }

  private retentionOf(stream: string): Retention {
    const cached = this.retentions.get(stream);
    if (cached) return cached;
    const meta = this.headOf(`$$${stream}`);
    const row = meta.last < 0 ? undefined : this.statements.stream_backwards.get(meta.id, meta.last);
    const retention = parseRetention(stream, row ? recordOf(row as unknown as Row).data : undefined);
    remember(this.retentions, stream, retention);
    return retention;
  }

  private recordAt(stream_id: number, revision: number): RecordedEvent | undefined {
    const row = this.statements.at_revision.get(stream_id, revision) as unknown as Row | undefined;
    return row ? recordOf(row) : undefined;
  }

  private revisionOf(stream_id: number, id: string): number | undefined {
    const row = this.statements.by_id.get(bytesOfUuid(id), stream_id) as { revision: number } | undefined;
    return row?.revision;
  }
}

function prepareAll(database: DatabaseSync) {
  const prepare = (sql: string): StatementSync => database.prepare(sql);
  return {
    stream_id: prepare('SELECT id FROM streams WHERE name = ?'),
    insert_stream: prepare('INSERT INTO streams (name) VALUES (?)'),
    insert_event: prepare(
      'INSERT INTO events (position, stream, revision, id, type, flags, created_ms, data, metadata, checksum) VALUES (?,?,?,?,?,?,?,?,?,?)',
    ),
    at_revision: prepare(`SELECT ${columns} WHERE e.stream = ? AND e.revision = ?`),
    by_id: prepare('SELECT revision FROM events WHERE id = ? AND stream = ? ORDER BY position DESC LIMIT 1'),
    stream_forwards: prepare(`SELECT ${columns} WHERE e.stream = ? AND e.revision >= ? ORDER BY e.revision`),
    stream_backwards: prepare(`SELECT ${columns} WHERE e.stream = ? AND e.revision <= ? ORDER BY e.revision DESC`),
    all_forwards: prepare(`SELECT ${columns} WHERE e.position >= ? ORDER BY e.position`),
    all_backwards: prepare(`SELECT ${columns} WHERE e.position < ? ORDER BY e.position DESC`),
  };
}

/** One process owns a folder: an exclusive lock of sqlite, which the operating system drops when the process dies. */
function lockFolder(data_dir: string): DatabaseSync {
  try {
    mkdirSync(data_dir, { recursive: true, mode: 0o700 });
    const lock = new DatabaseSync(join(data_dir, 'lock.db'));
    try {
      lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    if (sqliteCode(error) === 5)
      throw new LogUnavailable(`The data folder ${data_dir} is in use by another event store.`);
    throw new LogUnavailable(`The data folder ${data_dir} cannot be used: ${(error as Error).message}.`);
  }
}

function prepareDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    if (file !== ':memory:') chmodSync(file, 0o600);
    // FULL: each commit is fsynced before it returns. No spill: a transaction's frames are written at its commit only.
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = 1; PRAGMA checkpoint_fullfsync = 1;
      PRAGMA cache_spill = 0; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864`);
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) createSchema(database);
    else if (version !== schema_version)
      throw new LogUnavailable(
        `The log was written by another version of this program (format ${version}, this one reads ${schema_version}).`,
      );
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
      position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, id BLOB NOT NULL, type TEXT NOT NULL,
      flags INTEGER NOT NULL, created_ms INTEGER NOT NULL, checksum INTEGER NOT NULL, metadata BLOB NOT NULL, data BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX events_by_stream ON events (stream, revision);
    CREATE INDEX events_by_id ON events (id);
    PRAGMA user_version = ${schema_version};
    COMMIT`);
}

function* withinLimits(rows: Iterable<unknown>, limits: PageLimits): Generator<RecordedEvent> {
  let events = 0;
  let bytes = 0;
  for (const row of rows) {
    const event = recordOf(row as Row);
    yield event;
    events += 1;
    bytes += endOf(event) - event.position;
    if (events >= limits.events_max || bytes >= limits.bytes_max) return;
  }
}

function recordOf(row: Row): RecordedEvent {
  const record: RecordedEvent = {
    position: row.position,
    stream: row.name,
    revision: row.revision,
    id: uuidOfBytes(row.id),
    type: row.type,
    is_json: (row.flags & is_json_flag) !== 0,
    tombstone: (row.flags & tombstone_flag) !== 0,
    created_ms: row.created_ms,
    data: row.data,
    metadata: row.metadata,
  };
  if (row.name === null || checksumOf(record) !== row.checksum)
    throw damaged(`the record at position ${row.position} does not have its checksum`);
  return record;
}

function checksumOf(record: RecordedEvent): number {
  const head = `${record.position}:${record.revision}:${flagsOf(record)}:${record.created_ms}:${record.id}:${record.data.length}:${record.type.length}:${record.type}:${record.stream}`;
  return crc32(record.metadata, crc32(record.data, crc32(head)));
}

function flagsOf(record: RecordedEvent): number {
  return (record.is_json ? is_json_flag : 0) | (record.tombstone ? tombstone_flag : 0);
}

/** Position of the record behind this one. */
function endOf(record: RecordedEvent): number {
  return (
    record.position + record_overhead + Buffer.byteLength(record.type) + record.data.length + record.metadata.length
  );
}

function parseRetention(stream: string, data: Uint8Array | undefined): Retention {
  // A metadata stream shows only its latest event; nothing else hides by default.
  const none = { exists: data !== undefined, soft_deleted: false, truncate_before: 0, age_max_ms: Infinity };
  const count_max = stream.startsWith('$$') ? 1 : Infinity;
  try {
    const json: unknown = JSON.parse(Buffer.from(data ?? '{}').toString('utf8'));
    const whole = (key: string, least: number): number | undefined => {
      const value = (json as Record<string, unknown>)[key];
      return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : undefined;
    };
    const truncate_before = whole('$tb', 0) ?? 0;
    return {
      ...none,
      soft_deleted: truncate_before === everything,
      truncate_before,
      count_max: whole('$maxCount', 1) ?? count_max,
      age_max_ms: (whole('$maxAge', 1) ?? Infinity) * 1000,
    };
  } catch {
    return { ...none, count_max };
  }
}

function systemEvent(type: string, data: Uint8Array, is_json: boolean): ProposedEvent {
  return { id: crypto.randomUUID(), type, is_json, data, metadata: no_bytes };
}

function bytesOfUuid(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

function uuidOfBytes(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  if (cache.size >= heads_max) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, value);
}

function damaged(what: string): DamagedLog {
  return new DamagedLog(`The log is damaged: ${what}.`);
}

function sqliteCode(error: unknown): number | undefined {
  return (error as { errcode?: number }).errcode;
}

/** Gives sqlite's errors the names this library uses: 11 CORRUPT, 26 NOTADB, 13 FULL (low byte of the extended code). */
function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = sqliteCode(error);
    if (code === undefined) throw error;
    if ((code & 0xff) === 11 || (code & 0xff) === 26) throw damaged((error as Error).message);
    if ((code & 0xff) === 13) throw new LogFull('There is no room on the disk.');
    throw error;
  }
}

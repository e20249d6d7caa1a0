import type { DatabaseSync } from 'node:sqlite';
import { decideAppend, type Expected, type StreamState } from './append-decision.js';
import { type LogFile, LogUnavailable, openFolder, openInMemory, withSqliteErrors } from './log-file.js';
import {
  DamagedLog,
  endOf,
  first_position,
  type ProposedEvent,
  type RecordedEvent,
  record_columns,
  recordOf,
  streamChecksum,
  valuesOf,
} from './record.js';
import { deleting_metadata, parseRetention, type Retention, withTruncateBefore } from './retention.js';

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
  | { kind: 'stream_deleted' }
  /** What the decision depends on cannot be trusted; nothing was written. */
  | { kind: 'damaged'; error: DamagedLog };

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

interface Head {
  /** Number of the stream, 0 as long as it holds no event. */
  id: number;
  name: string;
  last: number;
  tombstoned: boolean;
  /** Revisions of the latest events by id; read from the log when first asked for. */
  revisions: Map<string, number> | undefined;
}

/** Streams whose last revision and metadata are kept in memory. */
const cached_streams_max = 50_000;
/** A retry that expects no revision is recognised among so many of its stream's latest events, also after a restart. */
const retry_window = 50_000;
/** Ids of all streams kept in memory for that. */
const cached_ids_max = 200_000;

/**
 * The log: one sqlite file, one writer. Every method is synchronous; what `commit` returned for is fsynced and readable.
 * Each record carries a checksum over all that it says, and its size leads to the next record's position, so that a
 * flipped bit or a lost row is found by whoever reads there. Every method throws DamagedLog.
 */
export class Log {
  private readonly heads = new Map<string, Head>();
  private readonly retentions = new Map<string, Retention>();
  private readonly watchers = new Set<() => void>();
  /** Streams written by the transaction under way. */
  private readonly written = new Set<Head>();
  private cached_ids = 0;
  private readonly statements: ReturnType<typeof prepareStatements>;
  private next_position: number;

  private constructor(
    private readonly file: LogFile,
    private readonly now_ms: () => number,
  ) {
    this.statements = prepareStatements(file.database);
    const last = this.statements.all_backwards.get(Number.MAX_SAFE_INTEGER);
    this.next_position = last ? endOf(recordOf(last)) : first_position;
  }

  /** Opens or creates the log in a folder, or in memory. Throws LogUnavailable or DamagedLog. */
  static open(where: { data_dir: string } | 'memory', now_ms: () => number = Date.now): Log {
    const file = where === 'memory' ? openInMemory() : openFolder(where.data_dir);
    try {
      return withSqliteErrors(() => new Log(file, now_ms));
    } catch (error) {
      file.close();
      if (error instanceof DamagedLog) throw error;
      throw new LogUnavailable(`The log cannot be read: ${(error as Error).message}.`);
    }
  }

  /**
   * Decides and writes all requests in one transaction with one fsync, in their order; each sees those before it.
   * A refused one does not touch its neighbours. When it throws, nothing was written: LogFull, DamagedLog, or sqlite's
   * own error, after which nobody knows what the disk holds.
   */
  commit(requests: readonly AppendRequest[]): AppendOutcome[] {
    const { database } = this.file;
    const position_before = this.next_position;
    try {
      const outcomes = withSqliteErrors(() => {
        database.exec('BEGIN IMMEDIATE');
        const done = requests.map((request) => this.apply(request));
        for (const { id, name, last } of this.written)
          this.statements.update_stream.run(last, streamChecksum(id, last, name), id);
        database.exec('COMMIT');
        return done;
      });
      this.written.clear();
      this.keepBounded();
      if (this.next_position !== position_before) for (const wake of this.watchers) wake();
      return outcomes;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      this.next_position = position_before;
      this.forget();
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

  /** Whether a stream can be read, and its last revision (−1: it holds no event). */
  streamStatus(stream: string): { readable: 'yes' | 'not_found' | 'deleted'; last: number } {
    this.keepBounded();
    return withSqliteErrors(() => {
      const { last } = this.headOf(stream);
      if (this.isTombstoned(stream)) return { readable: 'deleted', last };
      const found = last >= 0 && !this.retentionOf(stream).soft_deleted;
      return { readable: found ? 'yes' : 'not_found', last };
    });
  }

  /** Visible events of a stream from a revision (inclusive), one page. Nothing for a stream that cannot be read. */
  readStream(stream: string, from: number, backwards: boolean, limits: PageLimits): Page {
    const { readable, last } = this.streamStatus(stream);
    if (readable !== 'yes') return { events: [], next: from, end: true };
    const { truncate_before, count_max, age_max_ms } = this.retentionOf(stream);
    const first = Math.max(0, truncate_before, last - count_max + 1);
    const page = this.readRevisions(stream, from, backwards, first, limits);
    const oldest_ms = this.now_ms() - age_max_ms;
    return { ...page, events: page.events.filter((event) => event.created_ms >= oldest_ms) };
  }

  /** Every event of a stream from a revision (inclusive) on, one page: what a live subscriber sees, whatever hides it by then. */
  readWritten(stream: string, from: number, limits: PageLimits): Page {
    this.keepBounded();
    return withSqliteErrors(() => this.readRevisions(stream, from, false, 0, limits));
  }

  /** Where nothing lies ahead, the next page begins behind the last event. */
  private readRevisions(stream: string, from: number, backwards: boolean, first: number, limits: PageLimits): Page {
    const { last } = this.headOf(stream);
    const start = backwards ? Math.min(from, last) : Math.max(from, first);
    if (start < first || start > last)
      return { events: [], next: backwards ? from : Math.max(from, last + 1), end: true };

    const rows = backwards ? this.statements.stream_backwards : this.statements.stream_forwards;
    let next = start;
    const events: RecordedEvent[] = [];
    const { records, full } = recordsWithin(limits, () => rows.iterate(this.headOf(stream).id, start));
    for (const event of records) {
      if (event.revision < first || event.revision !== next || event.stream !== stream) break;
      next += backwards ? -1 : 1;
      events.push(event);
    }
    const end = backwards ? next < first : next > last;
    if (!end && !(full && events.length === records.length))
      throw new DamagedLog(`revision ${next} of stream ${stream} is missing`);
    return { events, next, end };
  }

  /** One page of `$all`: forwards from a position (inclusive), or backwards from below a position (exclusive). */
  readAll(from: number, backwards: boolean, limits: PageLimits): Page {
    return backwards ? this.readAllBackwards(from, limits) : this.readAllForwards(from, limits);
  }

  private readAllForwards(from: number, limits: PageLimits): Page {
    if (from >= this.next_position) return { events: [], next: from, end: true };
    let next = withSqliteErrors(() => {
      const before = this.statements.all_backwards.get(from);
      return before ? endOf(recordOf(before)) : first_position;
    });
    const events: RecordedEvent[] = [];
    const { records, full } = recordsWithin(limits, () => this.statements.all_forwards.iterate(from));
    for (const event of records) {
      if (event.position !== next) break;
      next = endOf(event);
      events.push(event);
    }
    const end = next >= this.next_position;
    if (!end && !(full && events.length === records.length))
      throw new DamagedLog(`the record at position ${next} is missing`);
    return { events, next, end };
  }

  private readAllBackwards(from: number, limits: PageLimits): Page {
    let next = Math.min(from, this.next_position);
    const events: RecordedEvent[] = [];
    const { records, full } = recordsWithin(limits, () => this.statements.all_backwards.iterate(next));
    for (const event of records) {
      // The first record may reach beyond a position that lies within it.
      if (events.length === 0 && from < this.next_position ? endOf(event) < next : endOf(event) !== next) break;
      next = event.position;
      events.push(event);
    }
    const end = next <= first_position;
    if (!end && !(full && events.length === records.length))
      throw new DamagedLog(`the record before position ${next} is missing`);
    return { events, next, end };
  }

  /** The visible event at a revision of a stream, undefined when there is none. */
  eventAt(stream: string, revision: number): RecordedEvent | undefined {
    const { events } = this.readStream(stream, revision, false, { events_max: 1, bytes_max: 1 });
    return events.find((event) => event.revision === revision);
  }

  close(): void {
    this.file.close();
  }

  private apply(request: AppendRequest): AppendOutcome {
    let decided: AppendOutcome | undefined;
    try {
      decided = withSqliteErrors(() => this.decide(request));
    } catch (error) {
      // Nothing of this request was written yet: its neighbours go on.
      if (error instanceof DamagedLog) return { kind: 'damaged', error };
      throw error;
    }
    return decided ?? this.write(request);
  }

  /** The outcome of a request that writes nothing; undefined when it is to be written. */
  private decide(request: AppendRequest): AppendOutcome | undefined {
    const head = this.headOf(request.stream);
    const state = this.stateOf(request.stream);
    // A deletion is decided like the append of one event that nobody has seen before.
    const ids = request.kind === 'append' ? request.events.map((event) => event.id) : [crypto.randomUUID()];
    const decision = decideAppend(request.expected, state, ids, {
      at: (revision) => this.recordAt(head.id, revision)?.id,
      revisionOf: (id) => this.revisionsById(head).get(id),
    });
    switch (decision.kind) {
      case 'append':
        // Nothing is there to be hidden.
        if (request.kind === 'delete' && head.last < 0 && !state.has_metadata)
          return { kind: 'wrong_expected_version', current: -1 };
        return undefined;
      case 'idempotent':
        return { kind: 'written', revision: decision.last, position: this.eventAt(head.name, decision.last)?.position };
      case 'wrong_expected_version':
        return { kind: 'wrong_expected_version', current: head.last };
      case 'stream_deleted':
        return { kind: 'stream_deleted' };
    }
  }

  private write({ kind, stream, events }: AppendRequest): AppendOutcome {
    switch (kind) {
      case 'tombstone':
        return this.insert(stream, [systemEvent('$streamDeleted', '')], true);
      case 'delete':
        return {
          ...this.insert(`$$${stream}`, [systemEvent('$metadata', deleting_metadata)]),
          revision: this.headOf(stream).last,
        };
      case 'append': {
        const revived = this.revivedBy(stream);
        const outcome = this.insert(stream, events);
        if (revived) this.insert(`$$${revived.stream}`, [this.revivingEvent(revived)]);
        return outcome;
      }
    }
  }

  /** The soft-deleted stream that lives again when this one, or its metadata, is written; visible from `from` on. */
  private revivedBy(written: string): { stream: string; from: number } | undefined {
    const candidates = written.startsWith('$$') ? [written, written.slice(2)] : [written];
    const stream = candidates.find((candidate) => this.retentionOf(candidate).soft_deleted);
    return stream === undefined ? undefined : { stream, from: this.headOf(stream).last + 1 };
  }

  private revivingEvent({ stream, from }: { stream: string; from: number }): ProposedEvent {
    const meta = this.headOf(`$$${stream}`);
    return systemEvent('$metadata', withTruncateBefore(this.recordAt(meta.id, meta.last), from));
  }

  private insert(stream: string, events: readonly ProposedEvent[], tombstone = false) {
    const head = this.headOf(stream);
    if (events.length > 0 && head.id === 0) head.id = Number(this.statements.insert_stream.run(stream).lastInsertRowid);
    let position: number | undefined;
    for (const event of events) {
      position = this.next_position;
      const revision = head.last + 1;
      const record = { ...event, stream, position, revision, created_ms: this.now_ms(), tombstone };
      this.statements.insert_event.run(...valuesOf(record, head.id));
      head.last = revision;
      head.tombstoned = tombstone;
      if (head.revisions) this.rememberId(head.revisions, record.id, revision);
      this.next_position = endOf(record);
    }
    if (events.length > 0) this.written.add(head);
    if (stream.startsWith('$$')) this.retentions.delete(stream.slice(2));
    if (head.last >= 0) position ??= this.recordAt(head.id, head.last)?.position;
    return { kind: 'written' as const, revision: head.last, position };
  }

  private stateOf(stream: string): StreamState {
    const { exists, soft_deleted } = this.retentionOf(stream);
    const deleted = this.isTombstoned(stream) ? 'tombstoned' : soft_deleted ? 'soft' : 'no';
    return { last: this.headOf(stream).last, deleted, has_metadata: exists };
  }

  /** A tombstone ends the stream's metadata with it. */
  private isTombstoned(stream: string): boolean {
    return this.headOf(stream).tombstoned || (stream.startsWith('$$') && this.headOf(stream.slice(2)).tombstoned);
  }

  private headOf(stream: string): Head {
    const cached = this.heads.get(stream);
    if (cached) return cached;
    const row = this.statements.stream.get(stream) as unknown as [number, string, number, number] | undefined;
    const unwritten: Head = { id: 0, name: stream, last: -1, tombstoned: false, revisions: undefined };
    const head = row ? { ...unwritten, ...this.headOfRow(stream, row) } : unwritten;
    this.heads.set(stream, head);
    return head;
  }

  /** The stream's entry, held against the events: its last one must be there, and none behind it. */
  private headOfRow(stream: string, [id, name, last, checksum]: [number, string, number, number]) {
    if (name !== stream || streamChecksum(id, last, name) !== checksum)
      throw new DamagedLog(`the entry of stream ${stream} does not have its checksum`);
    const record = this.recordAt(id, last);
    if (record?.stream !== stream || this.recordAt(id, last + 1))
      throw new DamagedLog(`the entry of stream ${stream} and its events disagree`);
    return { id, last, tombstoned: record.tombstone };
  }

  private retentionOf(stream: string): Retention {
    const cached = this.retentions.get(stream);
    if (cached) return cached;
    const meta = this.headOf(`$$${stream}`);
    const retention = parseRetention(stream, this.recordAt(meta.id, meta.last));
    this.retentions.set(stream, retention);
    return retention;
  }

  private recordAt(stream_id: number, revision: number): RecordedEvent | undefined {
    const row = this.statements.at_revision.get(stream_id, revision);
    return row && recordOf(row);
  }

  private revisionsById(head: Head): Map<string, number> {
    if (head.revisions) return head.revisions;
    const revisions = new Map<string, number>();
    const from = Math.max(0, head.last - retry_window + 1);
    for (const row of this.statements.stream_forwards.iterate(head.id, from)) {
      const { id, revision } = recordOf(row);
      this.rememberId(revisions, id, revision);
    }
    head.revisions = revisions;
    return revisions;
  }

  private rememberId(revisions: Map<string, number>, id: string, revision: number): void {
    // Deleting first keeps the map in the order of revisions, so that the oldest is the first to go.
    if (!revisions.delete(id)) this.cached_ids += 1;
    revisions.set(id, revision);
    if (revisions.size > retry_window) {
      revisions.delete(revisions.keys().next().value ?? '');
      this.cached_ids -= 1;
    }
  }

  /** Never during a transaction: what it wrote is in memory first. */
  private keepBounded(): void {
    const streams = Math.max(this.heads.size, this.retentions.size);
    if (streams > cached_streams_max || this.cached_ids > cached_ids_max) this.forget();
  }

  /** What is remembered of streams is read from the log again when it is needed. */
  private forget(): void {
    this.heads.clear();
    this.retentions.clear();
    this.written.clear();
    this.cached_ids = 0;
  }
}

function prepareStatements(database: DatabaseSync) {
  const prepare = (sql: string) => {
    const statement = database.prepare(sql);
    statement.setReturnArrays(true);
    return statement;
  };
  const select = `SELECT ${record_columns} FROM events e LEFT JOIN streams s ON s.id = e.stream WHERE`;
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

/** Records up to the limits; `full` when the limits ended them and not the log. */
function recordsWithin(limits: PageLimits, rows: () => Iterable<unknown>) {
  return withSqliteErrors(() => {
    const records: RecordedEvent[] = [];
    let bytes = 0;
    for (const row of rows()) {
      const record = recordOf(row);
      records.push(record);
      bytes += endOf(record) - record.position;
      if (records.length >= limits.events_max || bytes >= limits.bytes_max) return { records, full: true };
    }
    return { records, full: false };
  });
}

function systemEvent(type: string, json: string): ProposedEvent {
  const none = new Uint8Array(0);
  return { id: crypto.randomUUID(), type, is_json: json !== '', data: Buffer.from(json), metadata: none };
}

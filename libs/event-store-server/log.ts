import { decideAppend, type Expected } from './append-decision.js';
import { type LogFile, LogUnavailable, openFolder, openInMemory, withSqliteErrors } from './log-file.js';
import { allBackwards, allForwards, type Page, type PageLimits, streamPage } from './pages.js';
import {
  DamagedLog,
  endOf,
  FIRST_POSITION,
  type ProposedEvent,
  type RecordedEvent,
  recordOf,
  streamChecksum,
  valuesOf,
} from './record.js';
import { DELETING_METADATA, withTruncateBefore } from './retention.js';
import { prepareStatements, type Statements } from './statements.js';
import { type CacheLimits, default_cache_limits, type Head, StreamCache } from './stream-cache.js';

/** `delete` hides the stream's past, `tombstone` ends the stream. Both carry no events. */
export interface AppendRequest {
  kind: 'append' | 'delete' | 'tombstone';
  stream: string;
  expected: Expected;
  events: readonly ProposedEvent[];
}

export type AppendOutcome =
  /** `revision` −1: no event; `position` undefined: nothing was ever written. */
  | { kind: 'written'; revision: number; position: number | undefined }
  | { kind: 'wrong_expected_version'; current: number }
  | { kind: 'stream_deleted' }
  | { kind: 'damaged'; error: DamagedLog };

/** When `commit` returns, its events are durable. Checksums reveal damage: every method throws DamagedLog. */
export class Log {
  private readonly streams: StreamCache;
  private readonly watchers = new Set<() => void>();
  private readonly written = new Set<Head>();
  private readonly statements: Statements;
  private next_position: number;

  private constructor(
    private readonly file: LogFile,
    private readonly now_ms: () => number,
    cache_limits: CacheLimits,
  ) {
    this.statements = prepareStatements(file.database);
    this.streams = new StreamCache(this.statements, cache_limits);
    const last = this.statements.all_backwards.get(Number.MAX_SAFE_INTEGER);
    this.next_position = last ? endOf(recordOf(last)) : FIRST_POSITION;
  }

  static open(
    where: { data_dir: string } | 'memory',
    now_ms: () => number = Date.now,
    cache_limits = default_cache_limits,
  ): Log {
    const file = where === 'memory' ? openInMemory() : openFolder(where.data_dir);
    try {
      return withSqliteErrors(() => new Log(file, now_ms, cache_limits));
    } catch (error) {
      file.close();
      if (error instanceof DamagedLog) throw error;
      throw new LogUnavailable(`The log cannot be read: ${(error as Error).message}.`);
    }
  }

  /** One fsync; a refused request leaves the others alone. @throws LogFull where nothing was written */
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
      this.streams.keepBounded();
      if (this.next_position !== position_before) for (const wake of this.watchers) wake();
      return outcomes;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      this.next_position = position_before;
      this.written.clear();
      this.streams.forget();
      throw error;
    }
  }

  /** After each commit that wrote, until the returned function is called. */
  watch(wake: () => void): () => void {
    this.watchers.add(wake);
    return () => this.watchers.delete(wake);
  }

  get end(): number {
    return this.next_position;
  }

  /** `last` −1: no event. */
  streamStatus(stream: string): { readable: 'yes' | 'not_found' | 'deleted'; last: number } {
    this.streams.keepBounded();
    return this.statusOf(stream);
  }

  private statusOf(stream: string): ReturnType<Log['streamStatus']> {
    return withSqliteErrors(() => {
      const { last } = this.streams.headOf(stream);
      if (this.streams.isTombstoned(stream)) return { readable: 'deleted', last };
      const found = last >= 0 && !this.streams.retentionOf(stream).soft_deleted;
      return { readable: found ? 'yes' : 'not_found', last };
    });
  }

  /** From a revision (inclusive); nothing for a stream that cannot be read. */
  readStream(stream: string, from: number, backwards: boolean, limits: PageLimits): Page {
    this.streams.keepBounded();
    return this.visiblePage(stream, from, backwards, limits);
  }

  private visiblePage(stream: string, from: number, backwards: boolean, limits: PageLimits): Page {
    const { readable, last } = this.statusOf(stream);
    if (readable !== 'yes') return { events: [], next: from, end: true };
    const { truncate_before, count_max, age_max_ms } = this.streams.retentionOf(stream);
    const first = Math.max(0, truncate_before, last - count_max + 1);
    const page = this.page(stream, { from, backwards, first }, limits);
    const oldest_ms = this.now_ms() - age_max_ms;
    return { ...page, events: page.events.filter((event) => event.created_ms >= oldest_ms) };
  }

  /** Hidden or not: a live subscriber has seen them all. */
  readWritten(stream: string, from: number, limits: PageLimits): Page {
    this.streams.keepBounded();
    return withSqliteErrors(() => this.page(stream, { from, backwards: false, first: 0 }, limits));
  }

  private page(stream: string, range: Parameters<typeof streamPage>[2], limits: PageLimits): Page {
    return streamPage(this.statements, this.streams.headOf(stream), range, limits);
  }

  /** Forwards from a position (inclusive), backwards from below it (exclusive). */
  readAll(from: number, backwards: boolean, limits: PageLimits): Page {
    return (backwards ? allBackwards : allForwards)(this.statements, from, this.next_position, limits);
  }

  eventAt(stream: string, revision: number): RecordedEvent | undefined {
    this.streams.keepBounded();
    return this.visibleAt(stream, revision);
  }

  private visibleAt(stream: string, revision: number): RecordedEvent | undefined {
    const { events } = this.visiblePage(stream, revision, false, { events_max: 1, bytes_max: 1 });
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
      // Nothing of this request is written yet, so the others can go on.
      if (error instanceof DamagedLog) return { kind: 'damaged', error };
      throw error;
    }
    return decided ?? this.write(request);
  }

  private decide(request: AppendRequest): AppendOutcome | undefined {
    const head = this.streams.headOf(request.stream);
    const state = this.streams.stateOf(request.stream);
    // A deletion is decided like the append of one new event.
    const ids = request.kind === 'append' ? request.events.map((event) => event.id) : [crypto.randomUUID()];
    const decision = decideAppend(request.expected, state, ids, {
      at: (revision) => this.streams.recordAt(head.id, revision)?.id,
      revisionOf: (id) => this.streams.revisionsById(head).get(id),
    });
    switch (decision.kind) {
      case 'append':
        if (request.kind === 'delete' && head.last < 0 && !state.has_metadata)
          return { kind: 'wrong_expected_version', current: -1 };
        return undefined;
      case 'idempotent':
        return {
          kind: 'written',
          revision: decision.last,
          position: this.visibleAt(head.name, decision.last)?.position,
        };
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
          ...this.insert(`$$${stream}`, [systemEvent('$metadata', DELETING_METADATA)]),
          revision: this.streams.headOf(stream).last,
        };
      case 'append': {
        const revived = this.revivedBy(stream);
        const outcome = this.insert(stream, events);
        if (revived) this.insert(`$$${revived.stream}`, [this.revivingEvent(revived)]);
        return outcome;
      }
    }
  }

  /** A write to a stream or its metadata revives it, visible from `from` on. */
  private revivedBy(written: string): { stream: string; from: number } | undefined {
    const candidates = written.startsWith('$$') ? [written, written.slice(2)] : [written];
    const stream = candidates.find((candidate) => this.streams.retentionOf(candidate).soft_deleted);
    return stream === undefined ? undefined : { stream, from: this.streams.headOf(stream).last + 1 };
  }

  private revivingEvent({ stream, from }: { stream: string; from: number }): ProposedEvent {
    const meta = this.streams.headOf(`$$${stream}`);
    return systemEvent('$metadata', withTruncateBefore(this.streams.recordAt(meta.id, meta.last), from));
  }

  private insert(stream: string, events: readonly ProposedEvent[], tombstone = false) {
    const head = this.streams.headOf(stream);
    if (events.length > 0 && head.id === 0) head.id = Number(this.statements.insert_stream.run(stream).lastInsertRowid);
    let position: number | undefined;
    for (const event of events) {
      position = this.next_position;
      const revision = head.last + 1;
      const record = { ...event, stream, position, revision, created_ms: this.now_ms(), tombstone };
      this.statements.insert_event.run(...valuesOf(record, head.id));
      this.streams.written(head, record);
      this.next_position = endOf(record);
    }
    if (events.length > 0) this.written.add(head);
    if (head.last >= 0) position ??= this.streams.recordAt(head.id, head.last)?.position;
    return { kind: 'written' as const, revision: head.last, position };
  }
}

function systemEvent(type: string, json: string): ProposedEvent {
  const none = new Uint8Array(0);
  return { id: crypto.randomUUID(), type, is_json: json !== '', data: Buffer.from(json), metadata: none };
}

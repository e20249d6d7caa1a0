import type { StreamState } from './append-decision.js';
import { DamagedLog, type RecordedEvent, recordOf, streamChecksum } from './record.js';
import { parseRetention, type Retention } from './retention.js';
import type { Statements } from './statements.js';

export interface Head {
  /** 0: no event yet. */
  id: number;
  name: string;
  /** −1: no event. */
  last: number;
  tombstoned: boolean;
  revisions: Map<string, number> | undefined;
}

/** A retry without an expected revision is recognised among so many latest events, also after a restart. */
const RETRY_WINDOW = 50_000;

export interface CacheLimits {
  streams_max: number;
  ids_max: number;
}

export const default_cache_limits: CacheLimits = { streams_max: 50_000, ids_max: 200_000 };

/** Read from the log on first use. @throws DamagedLog */
export class StreamCache {
  private readonly heads = new Map<string, Head>();
  private readonly retentions = new Map<string, Retention>();
  private cached_ids = 0;

  constructor(
    private readonly statements: Statements,
    private readonly limits: CacheLimits,
  ) {}

  headOf(stream: string): Head {
    const cached = this.heads.get(stream);
    if (cached) return cached;
    const row = this.statements.stream.get(stream) as unknown as [number, string, number, number] | undefined;
    const unwritten: Head = { id: 0, name: stream, last: -1, tombstoned: false, revisions: undefined };
    const head = row ? { ...unwritten, ...this.headOfRow(stream, row) } : unwritten;
    this.heads.set(stream, head);
    return head;
  }

  /** The last event must be there, and none behind it. */
  private headOfRow(stream: string, [id, name, last, checksum]: [number, string, number, number]) {
    if (name !== stream || streamChecksum(id, last, name) !== checksum)
      throw new DamagedLog(`the entry of stream ${stream} does not have its checksum`);
    const record = this.recordAt(id, last);
    if (record?.stream !== stream || this.recordAt(id, last + 1))
      throw new DamagedLog(`the entry of stream ${stream} and its events disagree`);
    return { id, last, tombstoned: record.tombstone };
  }

  retentionOf(stream: string): Retention {
    const cached = this.retentions.get(stream);
    if (cached) return cached;
    const meta = this.headOf(`$$${stream}`);
    const retention = parseRetention(stream, this.recordAt(meta.id, meta.last));
    this.retentions.set(stream, retention);
    return retention;
  }

  stateOf(stream: string): StreamState {
    const { exists, soft_deleted } = this.retentionOf(stream);
    const deleted = this.isTombstoned(stream) ? 'tombstoned' : soft_deleted ? 'soft' : 'no';
    return { last: this.headOf(stream).last, deleted, has_metadata: exists };
  }

  isTombstoned(stream: string): boolean {
    return this.headOf(stream).tombstoned || (stream.startsWith('$$') && this.headOf(stream.slice(2)).tombstoned);
  }

  recordAt(stream_id: number, revision: number): RecordedEvent | undefined {
    const row = this.statements.at_revision.get(stream_id, revision);
    return row && recordOf(row);
  }

  revisionsById(head: Head): Map<string, number> {
    if (head.revisions) return head.revisions;
    const revisions = new Map<string, number>();
    const from = Math.max(0, head.last - RETRY_WINDOW + 1);
    for (const row of this.statements.stream_forwards.iterate(head.id, from)) {
      const { id, revision } = recordOf(row);
      this.rememberId(revisions, id, revision);
    }
    head.revisions = revisions;
    return revisions;
  }

  written(head: Head, { id, revision, tombstone }: RecordedEvent): void {
    head.last = revision;
    head.tombstoned = tombstone;
    if (head.revisions) this.rememberId(head.revisions, id, revision);
    if (head.name.startsWith('$$')) this.retentions.delete(head.name.slice(2));
  }

  private rememberId(revisions: Map<string, number>, id: string, revision: number): void {
    // Keeps the map ordered by revision: the oldest goes first.
    if (!revisions.delete(id)) this.cached_ids += 1;
    revisions.set(id, revision);
    if (revisions.size > RETRY_WINDOW) {
      revisions.delete(revisions.keys().next().value ?? '');
      this.cached_ids -= 1;
    }
  }

  /** Not within a transaction, whose writes are here before they are in the log. */
  keepBounded(): void {
    const streams = Math.max(this.heads.size, this.retentions.size);
    if (streams > this.limits.streams_max || this.cached_ids > this.limits.ids_max) this.forget();
  }

  forget(): void {
    this.heads.clear();
    this.retentions.clear();
    this.cached_ids = 0;
  }
}

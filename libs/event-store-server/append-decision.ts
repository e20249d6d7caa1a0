export type Expected = bigint | 'any' | 'no_stream' | 'stream_exists';

export interface StreamState {
  /** −1: none. */
  last: number;
  /** A write revives a softly deleted stream; a tombstone is for ever. */
  deleted: 'no' | 'soft' | 'tombstoned';
  /** A stream with metadata but no event counts as existing. */
  has_metadata: boolean;
}

export interface KnownIds {
  at(revision: number): string | undefined;
  /** The latest one; undefined when the stream does not hold this id. */
  revisionOf(id: string): number | undefined;
}

export type AppendDecision =
  | { kind: 'append' }
  | { kind: 'idempotent'; last: number }
  | { kind: 'wrong_expected_version' }
  | { kind: 'stream_deleted' };

const append: AppendDecision = { kind: 'append' };
const wrong: AppendDecision = { kind: 'wrong_expected_version' };
const deleted: AppendDecision = { kind: 'stream_deleted' };

/** EventStoreDB's IndexWriter.CheckCommit; the order of the rules is their precedence. */
export function decideAppend(
  expected: Expected,
  stream: StreamState,
  ids: readonly string[],
  known: KnownIds,
): AppendDecision {
  if (stream.deleted === 'tombstoned') return deleted;
  if (expected === 'stream_exists') {
    if (stream.deleted === 'soft') return deleted;
    if (stream.last < 0 && !stream.has_metadata) return wrong;
  }
  if (expected === 'any' || expected === 'stream_exists') return decideByIds(ids, known);

  const revision = expected === 'no_stream' ? -1 : Number(expected);
  if (revision > stream.last) return wrong;
  if (revision === stream.last) return append;
  return decideByPlace(revision, stream, ids, known);
}

/** Only the ids tell a retry from a new write. */
function decideByIds(ids: readonly string[], known: KnownIds): AppendDecision {
  let last = -1;
  for (const [index, id] of ids.entries()) {
    const revision = known.revisionOf(id);
    if (revision === undefined) return index === 0 ? append : wrong;
    last = revision;
  }
  return ids.length === 0 ? append : { kind: 'idempotent', last };
}

/** A retry finds its own ids right behind the revision it expected. */
function decideByPlace(revision: number, stream: StreamState, ids: readonly string[], known: KnownIds): AppendDecision {
  for (const [index, id] of ids.entries()) {
    if (known.at(revision + 1 + index) === id) continue;
    const recreates = index === 0 && revision === -1 && stream.deleted === 'soft';
    return recreates ? append : wrong;
  }
  return ids.length === 0 ? wrong : { kind: 'idempotent', last: revision + ids.length };
}

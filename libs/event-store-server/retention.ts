/** Stream metadata, as far as it decides what is visible. */
export interface Retention {
  /** Metadata was written; a stream that has nothing else still counts as existing. */
  exists: boolean;
  soft_deleted: boolean;
  /** Revisions below are hidden. */
  truncate_before: number;
  /** Only so many of the last events are visible. */
  count_max: number;
  /** Older events are hidden. */
  age_max_ms: number;
}

/** The `$tb` that means deleted: the largest int64, which a number rounds to 2^63. */
const deleted_mark = 2 ** 63;
/** The metadata that deletes a stream, as text because no number can hold it. */
export const deleting_metadata = '{"$tb":9223372036854775807}';

/** Reads the stream's latest `$metadata` event (undefined: there is none). What is not understood hides nothing. */
export function parseRetention(stream: string, metadata: Uint8Array | undefined): Retention {
  const json = parseObject(metadata);
  const whole = (key: string, least: number): number | undefined => {
    const value = json[key];
    return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : undefined;
  };
  const truncate_before = whole('$tb', 0) ?? 0;
  // A stream of metadata shows only its latest event.
  const count_default = stream.startsWith('$$') ? 1 : Number.POSITIVE_INFINITY;
  return {
    exists: metadata !== undefined,
    soft_deleted: truncate_before === deleted_mark,
    truncate_before,
    count_max: whole('$maxCount', 1) ?? count_default,
    age_max_ms: (whole('$maxAge', 1) ?? Number.POSITIVE_INFINITY) * 1000,
  };
}

/** Whether any event can be hidden by it. */
export function hides({ truncate_before, count_max, age_max_ms }: Retention): boolean {
  return truncate_before > 0 || count_max < Number.POSITIVE_INFINITY || age_max_ms < Number.POSITIVE_INFINITY;
}

/** The same metadata with another `$tb`. */
export function withTruncateBefore(metadata: Uint8Array | undefined, revision: number): string {
  return JSON.stringify({ ...parseObject(metadata), $tb: revision });
}

function parseObject(bytes: Uint8Array | undefined): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(Buffer.from(bytes ?? []).toString('utf8'));
    return typeof json === 'object' && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}

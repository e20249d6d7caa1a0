import type { RecordedEvent } from './record.js';

export interface Retention {
  exists: boolean;
  soft_deleted: boolean;
  truncate_before: number;
  count_max: number;
  age_max_ms: number;
}

/** The largest int64, which a number rounds to 2^63. */
const DELETED_MARK = 2 ** 63;
/** Text, because no number can hold it. */
export const DELETING_METADATA = '{"$tb":9223372036854775807}';

const nothing_hidden: Omit<Retention, 'exists'> = {
  soft_deleted: false,
  truncate_before: 0,
  count_max: Number.POSITIVE_INFINITY,
  age_max_ms: Number.POSITIVE_INFINITY,
};

export type MetadataEvent = Pick<RecordedEvent, 'data' | 'is_json'>;

/** Ignored unless it is JSON and all known properties are valid. */
export function parseRetention(stream: string, metadata: MetadataEvent | undefined): Retention {
  const exists = metadata !== undefined;
  // Only its latest event, whatever metadata of its own says.
  if (stream.startsWith('$$')) return { ...nothing_hidden, exists, count_max: 1 };
  const json = parseObject(metadata, wholeNumbers);
  const known = Object.entries(KNOWN).every(([name, allows]) => !Object.hasOwn(json, name) || allows(json[name]));
  if (!known) return { ...nothing_hidden, exists };
  const above = (name: string, least: number) => {
    const value = json[name];
    return typeof value === 'number' && value >= least ? value : undefined;
  };
  const truncate_before = above('$tb', 0) ?? 0;
  return {
    exists,
    soft_deleted: truncate_before === DELETED_MARK,
    truncate_before,
    count_max: above('$maxCount', 1) ?? Number.POSITIVE_INFINITY,
    age_max_ms: (above('$maxAge', 1) ?? Number.POSITIVE_INFINITY) * 1000,
  };
}

const isWhole = (value: unknown) => Number.isInteger(value);
const SECONDS_MAX = 922_337_203_685;
const isSeconds = (value: unknown) => isWhole(value) && Math.abs(Number(value)) <= SECONDS_MAX;
const isRoles = (value: unknown) =>
  typeof value === 'string' || (Array.isArray(value) && value.every((role) => typeof role === 'string'));

const KNOWN: Record<string, (value: unknown) => boolean> = {
  $maxCount: isWhole,
  $maxAge: isSeconds,
  $tb: isWhole,
  $tmp: (value) => typeof value === 'boolean',
  $cacheControl: isSeconds,
  $acl: (value) =>
    isObject(value) &&
    Object.entries(value).every(([name, roles]) => ['$r', '$w', '$d', '$mr', '$mw'].includes(name) && isRoles(roles)),
};

export function hides({ truncate_before, count_max, age_max_ms }: Retention): boolean {
  return truncate_before > 0 || count_max < Number.POSITIVE_INFINITY || age_max_ms < Number.POSITIVE_INFINITY;
}

export function withTruncateBefore(metadata: MetadataEvent | undefined, revision: number): string {
  return JSON.stringify({ ...parseObject(metadata), $tb: revision });
}

function parseObject(metadata: MetadataEvent | undefined, reviver?: typeof wholeNumbers): Record<string, unknown> {
  if (!metadata?.is_json) return {};
  try {
    const json: unknown = JSON.parse(Buffer.from(metadata.data).toString('utf8'), reviver);
    return isObject(json) ? { ...json } : {};
  } catch {
    return {};
  }
}

/** Only what is written as an int64: 3.0 and 3e0 do not count. */
function wholeNumbers(...[, value, context]: unknown[]): unknown {
  if (typeof value !== 'number') return value;
  const { source = '' } = context as { source?: string };
  const is_int64 = /^-?\d+$/.test(source) && BigInt.asIntN(64, BigInt(source)) === BigInt(source);
  return is_int64 ? value : Number.NaN;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

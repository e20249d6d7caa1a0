import type { Page } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { PREFIX } from '../http/prefix.js';
import type { SnapshotQuery } from '../read-models.js';

type Filters = Record<string, string | number | undefined>;

export function listHref(path: string, filters: Filters): string {
  const given = Object.entries(filters).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, `${value}`]],
  );
  return given.length === 0 ? `${PREFIX}${path}` : `${PREFIX}${path}?${new URLSearchParams(given)}`;
}

export function linked<P extends Page<object>>(
  found: P,
  href: (row: P['data'][number]) => string,
): Omit<P, 'data'> & Page<P['data'][number] & { href: string }> {
  return { ...found, data: found.data.map((row) => ({ ...row, href: href(row) })) };
}

export function momentOf({ position }: Snapshot, { as_of }: SnapshotQuery): Filters {
  return { as_of, position };
}

export function spanFilters({ from, to }: { from: string | null; to: string | null }): Filters {
  return { from: from ?? undefined, to: to ?? undefined };
}

export function hrefOfStock(
  { item_id, location_id }: { item_id: string | null; location_id: string | null },
  what: 'movements' | 'explain',
  filters: Filters,
): string {
  const there = { location_id: location_id ?? undefined };
  if (item_id === null) return listHref('/stock', { ...there, as_of: filters.as_of, position: filters.position });
  return listHref(`/stock/${item_id}/${what}`, { ...there, ...filters });
}

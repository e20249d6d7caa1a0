import type { DocumentKind } from '../document-kinds.js';
import { formatNumber, seriesAt } from '../document-numbers.js';
import type { Context } from './guards.js';

/** The number that the next document of this kind gets: gapless per kind and day, because it is one more than there are. */
export function nextNumber({ state, config, recorded_at }: Context, kind: DocumentKind): string {
  const series = seriesAt(kind, recorded_at, config.time_zone);
  return formatNumber(series, (state.series.get(series) ?? 0) + 1);
}

import type { DocumentKind } from '../document-kinds.js';
import { formatNumber, seriesAt } from '../document-numbers.js';
import type { Context } from './guards.js';

/** The number of the next document of a kind, without gaps: numbers used today plus one. */
export function nextNumber({ state, config, recorded_at }: Context, kind: DocumentKind): string {
  const series = seriesAt(kind, recorded_at, config.time_zone);
  return formatNumber(series, (state.series.get(series) ?? 0) + 1);
}

import type { DocumentKind } from '../document-kinds.js';
import { formatNumber, seriesAt } from '../document-numbers.js';
import type { Context } from './context.js';

/** Of the next document of a kind, such as SO-261121-0001. Without gaps: one more than were used today. */
export function nextNumber({ state, config, recorded_at }: Context, kind: DocumentKind): string {
  const series = seriesAt(kind, recorded_at, config.time_zone);
  return formatNumber(series, (state.series.get(series) ?? 0) + 1);
}

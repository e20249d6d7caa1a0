import { formatNumber, type Prefix, seriesAt } from '../calendar.js';
import type { Context } from './guards.js';

/** The number that the next document of this kind gets: gapless per prefix and day, because it is one more than there are. */
export function nextNumber({ state, config, recorded_at }: Context, prefix: Prefix): string {
  const series = seriesAt(prefix, recorded_at, config.time_zone);
  return formatNumber(series, (state.series.get(series) ?? 0) + 1);
}

import { flatRow, toCsv } from '../../../libs/csv/write.js';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import type { Exchange } from '../http/exchange.js';
import { assertFromBeforeTo, type Format } from '../queries/parameters.js';

export function pagingOf({ format, limit, cursor }: Paging & { format?: Format }): Paging {
  return format === 'csv' ? { limit: Number.MAX_SAFE_INTEGER - 1 } : { limit, cursor };
}

export interface Days {
  from?: string;
  to?: string;
}
export function daysIn({ from, to }: Days): Days {
  assertFromBeforeTo(from, to);
  return { from, to };
}

export function inFormat<R extends Page<object>>(
  { reply }: Exchange,
  { format }: { format?: Format },
  report: R,
  name: string,
  columns: readonly string[],
): R | string {
  if (format !== 'csv') return report;
  reply.header('content-type', 'text/csv; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${name}.csv"`);
  return toCsv(
    columns,
    report.data.map((row) => flatRow(row)),
  );
}

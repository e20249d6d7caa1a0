import type { Separator } from './read.js';
import { type Cell, csvText } from './write.js';

interface Refusal {
  line: number;
  column: string | null;
  code: string;
  detail: string;
  /** As they were read. */
  rows: readonly CsvRow[];
}
interface CsvRow {
  line: number;
  cells: readonly string[];
}

const REASONS = ['refused_line', 'refused_column', 'refused_code', 'refused_why'];

/** The file again, of the refused lines only. Nothing knows the four columns at the end, so it can be mended and imported. */
export function refusedCsv(header: readonly string[], separator: Separator, refusals: readonly Refusal[]): string {
  const lines = refusals.flatMap(({ rows, column, code, detail }) =>
    rows.map(({ line, cells }): Cell[] => {
      const too_many = cells.slice(header.length).filter((cell) => cell !== '');
      return [...header.map((_, at) => cells[at] ?? ''), line, column, code, [detail, ...too_many].join(' ')];
    }),
  );
  return csvText([[...header, ...REASONS], ...lines], separator);
}

import type { CsvRecord } from '../../../libs/csv/read.js';
import { LINES_MAX } from '../http/fields.js';
import type { Columns } from './csv-mapping.js';

/** Of a document; the longest line of `/batches` is as long. */
const CHARACTERS_MAX = 256 * 1024;
const REFERENCE_MAX = 200;

export interface CsvDocument {
  records: CsvRecord[];
  reference: string | undefined;
  /** Why it cannot be one. Of a document with too many lines they come in parts. */
  fault?: string;
}

/** The lines of a document stand together. Empty lines of a spreadsheet are skipped. Holds one document, and a few bytes of each reference. */
export async function* documentsIn(
  records: AsyncIterable<CsvRecord>,
  { reference_at, one_document = false }: Pick<Columns, 'reference_at'> & { one_document?: boolean },
): AsyncGenerator<CsvDocument> {
  const first_line_of = new Map<string, number>();
  let open: CsvDocument | undefined;
  let characters = 0;
  for await (const record of records) {
    if (record.cells.every((cell) => cell.trim() === '')) continue;
    const reference = one_document
      ? 'the file'
      : reference_at === undefined
        ? ''
        : (record.cells[reference_at] ?? '').trim();
    if (open !== undefined && (reference === '' || reference !== open.reference)) {
      yield open;
      open = undefined;
    }
    if (reference === '') {
      const fault =
        reference_at === undefined ? undefined : 'the cell that says of which document the line is, is empty';
      yield { records: [record], reference: undefined, ...(fault !== undefined && { fault }) };
      continue;
    }
    const length = record.cells.reduce((sum, cell) => sum + cell.length, 0);
    if (open === undefined) {
      open = { records: [], reference, ...faultOf(reference, first_line_of.get(reference)) };
      characters = 0;
      if (reference.length <= REFERENCE_MAX && !first_line_of.has(reference)) first_line_of.set(reference, record.line);
    } else if (open.records.length === LINES_MAX || characters + length > CHARACTERS_MAX) {
      const fault = `a document has at most ${LINES_MAX} lines and ${CHARACTERS_MAX} characters`;
      yield { ...open, fault };
      open = { records: [], reference, fault };
      characters = 0;
    }
    characters += length;
    open.records.push(record);
  }
  if (open !== undefined) yield open;
}

function faultOf(reference: string, first_line: number | undefined): { fault?: string } {
  if (reference.length > REFERENCE_MAX) return { fault: `a reference has at most ${REFERENCE_MAX} characters` };
  if (first_line === undefined) return {};
  return { fault: `lines of a document stand together: ${reference} was on line ${first_line}` };
}

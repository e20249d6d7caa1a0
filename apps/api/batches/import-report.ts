import type { FieldError, Problem } from '../http/problem.js';
import type { CsvDocument } from './csv-documents.js';
import type { Columns, MappedBody } from './csv-mapping.js';
import { cellAt, cellWith } from './csv-mapping.js';
import type { ImportReport } from './imports.dto.js';

export type Refusal = ImportReport['refusals'][number];

/** `detail` for people who see the file, not our JSON. */
export function refusalOf(
  { records }: CsvDocument,
  columns: Columns,
  mapped: MappedBody | undefined,
  problem: Problem,
): Refusal {
  const { code, detail, retry, errors } = problem.toDocument('');
  const rows = records.map(({ line, cells }) => ({ line, cells }));
  const first = { line: records[0]!.line, column: null };
  if (mapped !== undefined && code === 'validation' && Array.isArray(errors)) {
    const found = (errors as FieldError[]).map(({ path, message }) => ({
      ...first,
      ...cellAt(path, columns, mapped),
      message,
    }));
    return { ...placeOf(found), code, detail: said(found), retry, rows };
  }
  return { ...first, ...cellWith(problem.details, columns, records), code, detail, retry, rows };
}

export function refusalByMapping({ records }: CsvDocument, errors: MappedBody['errors']): Refusal {
  const rows = records.map(({ line, cells }) => ({ line, cells }));
  return { ...placeOf(errors), code: 'validation', detail: said(errors), retry: false, rows };
}

const placeOf = ([first]: MappedBody['errors']) => ({ line: first!.line, column: first!.column });

const SAID_MAX = 10;
function said(errors: MappedBody['errors']): string {
  if (errors.length === 1) return `${errors[0]!.column ?? 'The line'}: ${errors[0]!.message}`;
  const shown = errors
    .slice(0, SAID_MAX)
    .map(({ line, column, message }) => `line ${line}, ${column ?? 'the line'}: ${message}`);
  return [...shown, ...(errors.length > SAID_MAX ? [`and ${errors.length - SAID_MAX} more`] : [])].join('; ');
}

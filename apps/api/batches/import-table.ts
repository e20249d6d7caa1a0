import { setImmediate as nextTurn } from 'node:timers/promises';
import { type CsvRecord, type CsvTable, NotCsv } from '../../../libs/csv/read.js';
import { Problem } from '../http/problem.js';
import { hashOf } from '../http/request.js';
import { type CsvDocument, documentsIn } from './csv-documents.js';
import { bodyOf, type Columns, type Decimal, type MappedBody } from './csv-mapping.js';
import { type Refusal, refusalByMapping, refusalOf } from './import-report.js';
import { type ImportReport, nameOfSeparator } from './imports.dto.js';
import { mapInOrder } from './map-in-order.js';

/** Documents in flight: as many as an append takes. */
const WINDOW_MAX = 500;
const LINES_MAX = 250_000;
const DOCUMENTS_OF_TURN = 50;
/** A report is kept in memory until the file is read. */
export const REFUSED_LINES_MAX = 10_000;
export const REFUSED_CHARACTERS_MAX = 8 * 1024 * 1024;

/** They would refuse every document that follows. */
const STOPS = new Set(['unauthenticated', 'forbidden', 'unknown_ledger', 'ledger_halted']);

export interface Import {
  table: CsvTable;
  columns: Columns;
  type: string;
  decimal: Decimal;
  one_document: boolean;
  dry_run: boolean;
  /** Of the whole import. Without one a second run records everything again. */
  key: string | undefined;
  lines_max?: number;
}

export interface Executed {
  is_replayed: boolean;
  awaits_approval: boolean;
  position?: number | undefined;
}
export type Execute = (
  line: number,
  fields: { type: string; idempotency_key: string | undefined; body: unknown },
) => Promise<Executed | Problem>;

/** @throws Problem where nothing was recorded and the file, or all that follows, cannot be */
export async function importTable(
  { table, columns, type, decimal, one_document, dry_run, key, lines_max = LINES_MAX }: Import,
  execute: Execute,
): Promise<ImportReport> {
  const refusals: Refusal[] = [];
  const refused = { lines: 0, characters: 0 };
  let stop: { line: number; problem?: Problem; detail: string } | undefined;
  const report = { lines: 0, documents: 0, recorded: 0, recorded_before: 0, awaiting_approval: 0 };
  let position: number | undefined;
  const keyOf = keys(key, type, one_document);

  async function* documents(): AsyncGenerator<CsvDocument> {
    try {
      for await (const document of documentsIn(upTo(lines_max, table.records), { ...columns, one_document })) {
        if (stop !== undefined) return;
        report.documents += 1;
        report.lines += document.records.length;
        yield document;
        // One chunk of a file may hold thousands, each of which costs up to a millisecond where its fields are bad.
        if (report.documents % DOCUMENTS_OF_TURN === 0) await nextTurn();
      }
    } catch (error) {
      if (!(error instanceof NotCsv)) throw error;
      const problem = new Problem(
        'malformed_csv',
        { line: error.line },
        { detail: `Line ${error.line}: ${error.message}.` },
      );
      stop ??= { line: error.line, problem, detail: error.message };
    }
  }

  const answer = async (document: CsvDocument): Promise<Refusal | Executed> => {
    const line = document.records[0]!.line;
    if (document.fault !== undefined)
      return refusalByMapping(document, [{ line, column: null, message: document.fault }]);
    const mapped = bodyOf(document.records, columns, decimal);
    if (mapped.errors.length > 0) return refusalByMapping(document, mapped.errors);
    const done = await execute(line, { type, idempotency_key: keyOf(document, mapped), body: mapped.body });
    if (!(done instanceof Problem)) return done;
    const refusal = refusalOf(document, columns, mapped, done);
    if (done.status === 503 || STOPS.has(done.code)) stop ??= { line, problem: done, detail: refusal.detail };
    return refusal;
  };

  for await (const ready of mapInOrder(documents(), answer, WINDOW_MAX))
    for (const each of ready) {
      if ('rows' in each) {
        refusals.push(each);
        refused.lines += each.rows.length;
        refused.characters += charactersOf(each);
        if (refused.lines > REFUSED_LINES_MAX || refused.characters > REFUSED_CHARACTERS_MAX)
          stop ??= { line: each.line, detail: `${refused.lines} lines are refused up to here: mend these first` };
        continue;
      }
      report[each.is_replayed ? 'recorded_before' : 'recorded'] += 1;
      if (each.awaits_approval) report.awaiting_approval += 1;
      if (each.position !== undefined) position = Math.max(position ?? 0, each.position);
    }
  const problem = stop?.problem;
  const is_in_vain = report.recorded + report.recorded_before === 0;
  if (problem !== undefined && is_in_vain && refusals.every(({ code }) => code === problem.code)) throw problem;
  return {
    type,
    dry_run,
    ...report,
    refused: refusals.length,
    columns: table.header,
    separator: nameOfSeparator(table.separator),
    ignored_columns: columns.ignored,
    refusals,
    stopped: stop === undefined ? null : { line: stop.line, code: problem?.code ?? null, detail: stop.detail },
    ...(position !== undefined && { position }),
  };
}

async function* upTo(lines_max: number, records: AsyncIterable<CsvRecord>): AsyncGenerator<CsvRecord> {
  let lines = 0;
  for await (const record of records) {
    lines += 1;
    if (lines > lines_max)
      throw new NotCsv(record.line, `a file has at most ${lines_max} lines; send the rest as another`);
    yield record;
  }
}

function charactersOf({ rows }: Refusal): number {
  return rows.reduce((sum, { cells }) => sum + cells.reduce((of_row, cell) => of_row + cell.length, 0), 0);
}

/**
 * The same document of the same import has the same key, wherever in the file it stands: by its reference, or else by what it says and how many
 * like it came before.
 */
function keys(key: string | undefined, type: string, one_document: boolean) {
  const seen = new Map<string, number>();
  return ({ reference }: CsvDocument, { body }: MappedBody): string | undefined => {
    if (key === undefined) return undefined;
    if (one_document || reference !== undefined) return `import:${hashOf([key, type, reference])}`;
    const content = hashOf(body);
    const count = (seen.get(content) ?? 0) + 1;
    seen.set(content, count);
    return `import:${hashOf([key, type, content, count])}`;
  };
}

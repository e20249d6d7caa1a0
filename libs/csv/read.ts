import { type CsvError, type Info, type Parser, parse } from 'csv-parse';
import { asWritten } from './formulas.js';

export const SEPARATORS = [',', ';', '\t'] as const;
export type Separator = (typeof SEPARATORS)[number];

export interface CsvRecord {
  /** Of the file, where the record begins; the first is 1. */
  line: number;
  cells: string[];
}
export interface CsvTable {
  header: string[];
  separator: Separator;
  /** A record with another number of cells than the header is handed on as it is. */
  records: AsyncGenerator<CsvRecord>;
}

/** From this line on the bytes are no CSV, or not in UTF-8. */
export class NotCsv extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(message);
  }
}

/** Of a record, and of the memory that one takes. */
export const RECORD_BYTES_MAX = 64 * 1024;
export const COLUMNS_MAX = 500;

/**
 * Holds one chunk of the source and one record at most; lets go of the source when `records` end or are returned. The first record is the header; a byte order mark is skipped. Without a separator the
 * one that the first line has most of is taken.
 * @throws NotCsv here, and where the records are read
 */
export async function readCsv(
  source: AsyncIterable<Buffer>,
  { separator }: { separator?: Separator } = {},
): Promise<CsvTable> {
  const chunks = utf8Only(source)[Symbol.asyncIterator]();
  const first = await firstLine(chunks);
  const used = separator ?? separatorIn(first.toString());
  const records = recordsIn(first, chunks, used);
  const { value: header } = await records.next();
  if (header === undefined) throw new NotCsv(1, 'the file is empty');
  if (header.cells.length > COLUMNS_MAX) {
    await records.return(undefined);
    throw new NotCsv(header.line, `there are more than ${COLUMNS_MAX} columns`);
  }
  return { header: header.cells.map((name) => name.trim()), separator: used, records };
}

async function* recordsIn(
  first: Buffer,
  chunks: AsyncIterator<Buffer>,
  separator: Separator,
): AsyncGenerator<CsvRecord, undefined> {
  let read: CsvRecord[] = [];
  let failure: CsvError | undefined;
  // Within quotes the parser counts \r\n as two lines.
  let counted_twice = 0;
  const parser = parse({
    bom: true,
    delimiter: separator,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: RECORD_BYTES_MAX,
    // Taken here, not from the stream: that would lose those before a malformed one.
    on_record: (cells: string[], { lines }: Info) => {
      const breaks = cells.flatMap((cell) => cell.match(/\r\n|\n|\r/g) ?? []);
      counted_twice += breaks.filter((each) => each === '\r\n').length;
      read.push({ line: lines - counted_twice - breaks.length, cells: cells.map(asWritten) });
      return null;
    },
  });
  parser.on('error', (error: CsvError) => {
    failure = error;
  });
  const take = () => {
    const taken = read;
    read = [];
    return taken;
  };
  try {
    for (let chunk: Buffer | undefined = first; chunk !== undefined && failure === undefined; ) {
      await written(parser, chunk);
      yield* take();
      const next: IteratorResult<Buffer> = await chunks.next();
      chunk = next.done === true ? undefined : next.value;
    }
  } finally {
    await chunks.return?.();
  }
  if (failure === undefined) await ended(parser);
  yield* take();
  if (failure !== undefined) throw notCsv(failure, parser.info.lines - counted_twice);
}

function written(parser: Parser, chunk: Buffer): Promise<void> {
  return new Promise((resolve) => parser.write(chunk, () => resolve()));
}
function ended(parser: Parser): Promise<void> {
  return new Promise((resolve) => parser.end(() => resolve()));
}

function notCsv({ code, message }: CsvError, line: number): NotCsv {
  switch (code) {
    case 'CSV_MAX_RECORD_SIZE':
      return new NotCsv(line, `a line is longer than ${RECORD_BYTES_MAX} bytes; perhaps a quote is not closed`);
    case 'CSV_QUOTE_NOT_CLOSED':
      return new NotCsv(line, 'a quote is opened and not closed');
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return new NotCsv(line, 'a quote stands within a cell; write it twice, and the cell in quotes');
    default:
      return new NotCsv(line, message);
  }
}

async function* utf8Only(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for await (const chunk of source) {
    if (!decodes(decoder, chunk)) throw notUtf8(line + linesBefore(chunk));
    line += newlinesIn(chunk);
    yield chunk;
  }
  if (!decodes(decoder)) throw notUtf8(line);
}
function decodes(decoder: InstanceType<typeof TextDecoder>, chunk?: Buffer): boolean {
  try {
    const text = decoder.decode(chunk, { stream: chunk !== undefined });
    return !text.includes('\0');
  } catch {
    return false;
  }
}
function notUtf8(line: number): NotCsv {
  return new NotCsv(line, 'the file is not text in UTF-8; save it as "CSV UTF-8"');
}
/** Before the first byte that is not of a text. */
function linesBefore(chunk: Buffer): number {
  const text = chunk.toString();
  const wrong = text.search(/[\0\ufffd]/);
  return text.slice(0, wrong === -1 ? undefined : wrong).split('\n').length - 1;
}
function newlinesIn(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

/** As much as is needed to see the first line. */
async function firstLine(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  const read: Buffer[] = [];
  for (let bytes = 0; bytes <= RECORD_BYTES_MAX; ) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    read.push(value);
    bytes += value.length;
    if (value.includes(0x0a) || value.includes(0x0d)) break;
  }
  return Buffer.concat(read);
}

function separatorIn(text: string): Separator {
  const line = text
    .slice(0, RECORD_BYTES_MAX)
    .replaceAll(/"[^"]*("|$)/g, '')
    .split(/[\r\n]/, 1)[0]!;
  const count = (separator: string) => line.split(separator).length;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

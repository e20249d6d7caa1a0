import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { basename, extname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Separator } from '../../libs/csv/read.js';
import { refusedCsv } from '../../libs/csv/refused.js';
import { authorizationOf, detailOf, openPost, reasonOf } from './api.js';
import { type Progress, showProgress } from './progress.js';
import { CannotDo } from './verb.js';

export const CSV_OPTIONS = {
  type: { type: 'string' },
  mapping: { type: 'string' },
  reference: { type: 'string' },
  'one-document': { type: 'boolean' },
  separator: { type: 'string' },
  decimal: { type: 'string' },
  'dry-run': { type: 'boolean' },
  refused: { type: 'string' },
  key: { type: 'string' },
} as const;

interface CsvOptions {
  type?: string;
  mapping?: string;
  reference?: string;
  'one-document'?: boolean;
  separator?: string;
  decimal?: string;
  'dry-run'?: boolean;
  refused?: string;
  key?: string;
}
interface Target {
  url: string;
  username: string | undefined;
  ledger: string;
}

/** As POST /imports answers. */
interface Report {
  lines: number;
  recorded: number;
  recorded_before: number;
  awaiting_approval: number;
  refused: number;
  columns: string[];
  separator: 'comma' | 'semicolon' | 'tab';
  ignored_columns: string[];
  refusals: Refusal[];
  stopped: { line: number; detail: string } | null;
}
type Refusal = Parameters<typeof refusedCsv>[2][number];

const SEPARATORS: Record<Report['separator'], Separator> = { comma: ',', semicolon: ';', tab: '\t' };
const CSV_NAMES = new Set(['.csv', '.tsv', '.txt']);
const REFUSALS_SHOWN_MAX = 20;
const INTERRUPTED = 130;

/** By its name, or since only tables have a type. */
export function isCsv(file: string, { type, mapping }: CsvOptions): boolean {
  return type !== undefined || mapping !== undefined || CSV_NAMES.has(extname(file).toLowerCase());
}

/** @returns the exit code */
export async function importCsv(file: string, options: CsvOptions, target: Target, stop: AbortSignal): Promise<number> {
  const { url, username, ledger } = target;
  const parameters = await parametersOf(file, options);
  const key = options.key ?? keyOf(file);
  const bytes_total = file === '-' ? undefined : (await statOf(file)).size;
  // Before anything is recorded.
  if (options.refused !== undefined) await (await openNew(options.refused)).close();
  const authorization = await authorizationOf(url, username);
  const headers = { authorization, ledger, 'content-type': 'text/csv', 'idempotency-key': key };
  const since_ms = performance.now();
  const progress = showProgress(options['dry-run'] ? 'Trying' : 'Importing', 'bytes');
  try {
    const report = await send(
      file,
      bytes_total,
      () => openPost(url, `/api/v1/imports?${parameters}`, headers),
      progress,
      stop,
    );
    progress.stop();
    return await tell(report, options, performance.now() - since_ms);
  } catch (error) {
    progress.stop();
    if (options.refused !== undefined) await rm(options.refused, { force: true });
    if (error instanceof CannotDo) throw error;
    if (!stop.aborted) process.stderr.write(`It ended early: ${reasonOf(error)}.\n`);
    process.stderr.write('Import the same file again to go on: nothing is recorded twice.\n');
    return stop.aborted ? INTERRUPTED : 1;
  }
}

async function parametersOf(file: string, options: CsvOptions): Promise<URLSearchParams> {
  const { columns, values, ...defaults } = options.mapping === undefined ? {} : await mappingIn(options.mapping);
  const name = basename(file, extname(file));
  const given = {
    type: options.type ?? defaults.type ?? (file === '-' ? undefined : name),
    reference: options.reference ?? defaults.reference,
    one_document: options['one-document'] ?? defaults.one_document,
    separator: options.separator ?? defaults.separator,
    decimal: options.decimal ?? defaults.decimal,
    dry_run: options['dry-run'],
    mapping: columns === undefined && values === undefined ? undefined : JSON.stringify({ columns, values }),
  };
  if (given.type === undefined) throw new CannotDo('Say what the lines are: --type items, for instance.');
  const said = Object.entries(given).filter(([, value]) => value !== undefined);
  return new URLSearchParams(said.map(([each, value]): [string, string] => [each, `${value}`]));
}

interface MappingFile {
  columns?: object;
  values?: object;
  type?: string;
  reference?: string;
  one_document?: boolean;
  separator?: string;
  decimal?: string;
}
const IN_MAPPING = new Set(['columns', 'values', 'type', 'reference', 'one_document', 'separator', 'decimal']);

async function mappingIn(file: string): Promise<MappingFile> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new CannotDo(`The mapping cannot be read: ${error.message}.`);
  });
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch (error) {
    throw new CannotDo(`${file} is not JSON: ${(error as Error).message}.`);
  }
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping))
    throw new CannotDo(`${file} must hold a JSON object.`);
  const unknown = Object.keys(mapping).find((name) => !IN_MAPPING.has(name));
  if (unknown !== undefined) throw new CannotDo(`${file} has ${unknown}; it may have ${[...IN_MAPPING].join(', ')}.`);
  return mapping;
}

/** Of the name alone: a file that was mended is still the same import. */
function keyOf(file: string): string {
  if (file === '-')
    throw new CannotDo('Standard input has no name: name this import by --key, so that nothing is recorded twice.');
  const name = basename(file).replaceAll(/[^\x20-\x7e]/g, '_');
  return `cli:${name.slice(0, 200)}`;
}

async function statOf(file: string) {
  return stat(file).catch((error: Error) => {
    throw new CannotDo(`The file cannot be read: ${error.message}.`);
  });
}
async function openNew(file: string) {
  return open(file, 'wx').catch((error: NodeJS.ErrnoException) => {
    throw new CannotDo(
      error.code === 'EEXIST' ? `${file} exists already.` : `${file} cannot be written (${error.message}).`,
    );
  });
}

async function send(
  file: string,
  bytes_total: number | undefined,
  openRequest: () => ReturnType<typeof openPost>,
  progress: Progress,
  stop: AbortSignal,
): Promise<Report> {
  const source: Readable = file === '-' ? process.stdin : createReadStream(file);
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes_total !== undefined) progress.at(bytes, bytes_total);
      done(null, chunk);
    },
  });
  const request = openRequest();
  const answered = once(request, 'response', { signal: stop }) as Promise<[IncomingMessage]>;
  const sending = pipeline(source, counted, request, { signal: stop });
  // The answer says more than a connection that ends because of it.
  sending.catch(() => {});
  try {
    const [response] = await answered;
    let body = '';
    for await (const chunk of response) body += chunk;
    if (response.statusCode !== 200) throw new CannotDo(`${response.statusCode} ${detailOf(body)}`);
    return JSON.parse(body) as Report;
  } catch (error) {
    request.destroy();
    await sending.catch(() => {});
    throw error;
  } finally {
    source.destroy();
  }
}

async function tell(
  report: Report,
  { 'dry-run': dry_run, refused: refused_file }: CsvOptions,
  took_ms: number,
): Promise<number> {
  const { recorded, recorded_before, awaiting_approval, refused, refusals, ignored_columns, stopped, lines } = report;
  for (const { line, column, code, detail } of refusals.slice(0, REFUSALS_SHOWN_MAX))
    process.stderr.write(`line ${line}${column === null ? '' : `, ${column}`}: ${code}: ${detail}\n`);
  if (refusals.length > REFUSALS_SHOWN_MAX)
    process.stderr.write(`… and ${refusals.length - REFUSALS_SHOWN_MAX} more refused.\n`);
  if (ignored_columns.length > 0) process.stderr.write(`Ignored columns: ${ignored_columns.join(', ')}.\n`);
  const counts = [
    dry_run ? `${recorded} would be recorded` : `${recorded} recorded`,
    ...(awaiting_approval > 0 ? [`${awaiting_approval} of them await approval`] : []),
    ...(recorded_before > 0 ? [`${recorded_before} had been recorded before`] : []),
    `${refused} refused`,
  ];
  process.stdout.write(`${counts.join(', ')}, of ${lines} lines, in ${(took_ms / 1000).toFixed(1)} s.\n`);
  if (refused_file !== undefined)
    await writeFile(refused_file, `\ufeff${refusedCsv(report.columns, SEPARATORS[report.separator], refusals)}`);
  if (stopped !== null)
    process.stderr.write(
      `The file was not read from line ${stopped.line} on: ${stopped.detail}. Import it again to go on: nothing is recorded twice.\n`,
    );
  return refused > 0 || stopped !== null ? 1 : 0;
}

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { parseArgs } from 'node:util';
import { linesOf } from '../../libs/ndjson/lines.js';
import { API_HELP, authorizationOf, detailOf, openPost, reasonOf } from './api.js';
import { CSV_OPTIONS, importCsv, isCsv } from './import-csv.js';
import { showProgress } from './progress.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- import FILE.csv --type TYPE [options]
       npm run cli -- import FILE.ndjson | - [options]

FILE.csv is a table of documents or master data, such as an export or a sheet of a supplier; docs/csv.md shows some. Its first line names
the columns: the fields of the command, or other names by a mapping. The report says what was recorded, and of each refused document the
line and why.

  --type          what the lines are: the command's word in the path of the API, such as items or sales (default: the file's name)
  --mapping       a JSON file: {"columns": {"item_id": "Art.-Nr."}, "values": {"supplier_id": "SUP-001"}}, and the options below if wanted
  --reference     the column that says which lines are one document (default: number, if there is one)
  --one-document  the whole file is one document
  --separator     comma, semicolon or tab (default: found in the first line)
  --decimal       point or comma (default: point)
  --dry-run       tries every document and records nothing
  --refused       a file to be written: the refused lines and why, to be mended and imported
  --key           what names this import (default: the file's name): under one key nothing is recorded twice

FILE.ndjson has commands, one a line: {"type": "sales", "idempotency_key"?: "…", "body": {…}}. A line without a key gets one, made of its
number and its text.

Documents are recorded in their order; a refused one does not stop the rest. The same file can be imported again within a day, after an
interruption or a failure: nothing is recorded twice.

${API_HELP}

Ends with 0 when everything was recorded, 1 when something was not.
`;

const REFUSALS_SHOWN_MAX = 20;
const OPEN_LINES_MAX = 4000;
const LINE_BYTES_MAX = 256 * 1024;

interface Result {
  status: number;
  replayed?: boolean;
  problem?: { code: string; detail: string; retry: boolean };
}

interface SentLine {
  /** In the file; empty lines are not sent, so the API counts differently. */
  number: number;
  text: string;
  bytes: number;
}
interface Sent {
  lines: AsyncIterable<SentLine>;
  bytes_total: number | undefined;
}

export const verb: Verb = {
  help: HELP,
  async run(args, stop) {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { url: { type: 'string' }, username: { type: 'string' }, ledger: { type: 'string' }, ...CSV_OPTIONS },
    });
    const { url = 'http://127.0.0.1:3000', username, ledger = 'main' } = values;
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new CannotDo('Name one file, or - for standard input.');
    if (isCsv(file, values)) return importCsv(file, values, { url, username, ledger }, stop);
    const authorization = await authorizationOf(url, username);
    const sent = await readFile(file);
    const batch = openPost(url, '/api/v1/batches', { authorization, ledger, 'content-type': 'application/x-ndjson' });
    const exit_code = await transfer(sent, batch, stop);
    // An open standard input would keep the process alive.
    if (file === '-') process.stdin.destroy();
    return exit_code;
  },
};

async function readFile(file: string): Promise<Sent> {
  if (file === '-') return { lines: numbered(process.stdin), bytes_total: undefined };
  const { size } = await stat(file).catch((error: Error) => {
    throw new CannotDo(`The file cannot be read: ${error.message}.`);
  });
  return { lines: numbered(createReadStream(file)), bytes_total: size };
}

async function* numbered(input: AsyncIterable<Buffer>): AsyncGenerator<SentLine> {
  for await (const { number, bytes } of linesOf(input, LINE_BYTES_MAX)) {
    if (bytes === undefined) throw new CannotDo(`Line ${number} is longer than ${LINE_BYTES_MAX} bytes.`);
    yield { number, text: withKey(bytes.toString(), number), bytes: bytes.length + 1 };
  }
}

/** Unparsed, so that no number changes on its way. */
function withKey(text: string, number: number): string {
  if (!text.startsWith('{') || hasKey(text)) return text;
  const hash = createHash('sha256').update(text).digest('base64url').slice(0, 22);
  return `{"idempotency_key":"import-${number}-${hash}",${text.slice(1)}`;
}
function hasKey(text: string): boolean {
  try {
    return Object.hasOwn(JSON.parse(text), 'idempotency_key');
  } catch {
    return true;
  }
}

async function transfer({ lines, bytes_total }: Sent, batch: ClientRequest, stop: AbortSignal): Promise<number> {
  const since_ms = performance.now();
  const counts = { sent: 0, recorded: 0, replayed: 0, refused: 0 };
  const open: SentLine[] = [];
  let room = Promise.withResolvers<void>();
  const progress = showProgress('Importing', 'bytes');
  let bytes_settled = 0;

  const settle = ({ status, replayed, problem }: Result) => {
    const { number, bytes } = open.shift()!;
    if (problem !== undefined) {
      counts.refused += 1;
      if (counts.refused <= REFUSALS_SHOWN_MAX)
        process.stderr.write(`line ${number}: ${status} ${problem.code}: ${problem.detail}\n`);
    } else counts[replayed ? 'replayed' : 'recorded'] += 1;
    bytes_settled += bytes;
    if (bytes_total !== undefined) progress.at(bytes_settled, bytes_total);
    room.resolve();
  };
  const send = async () => {
    for await (const line of lines) {
      if (stop.aborted) break;
      counts.sent += 1;
      open.push(line);
      if (!batch.write(`${line.text}\n`)) await once(batch, 'drain');
      while (open.length >= OPEN_LINES_MAX) {
        room = Promise.withResolvers();
        await room.promise;
      }
    }
    batch.end();
  };
  let failure: unknown;
  batch.on('error', () => {});
  try {
    await Promise.all([send(), receive(batch, settle)]);
  } catch (error) {
    failure = error;
    batch.destroy();
  }
  progress.stop();
  return summary(counts, open.length, performance.now() - since_ms, stop.aborted, failure);
}

async function receive(batch: ClientRequest, settle: (result: Result) => void): Promise<void> {
  const [response] = (await once(batch, 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) {
    let body = '';
    for await (const chunk of response) body += chunk;
    throw new Error(`${response.statusCode} ${detailOf(body)}`);
  }
  for await (const { bytes } of linesOf(response, Number.MAX_SAFE_INTEGER))
    settle(JSON.parse(bytes!.toString()) as Result);
}
interface Counts {
  sent: number;
  recorded: number;
  replayed: number;
  refused: number;
}

function summary(
  { sent, recorded, replayed, refused }: Counts,
  unanswered: number,
  took_ms: number,
  stopped: boolean,
  failure: unknown,
) {
  if (refused > REFUSALS_SHOWN_MAX) process.stderr.write(`… and ${refused - REFUSALS_SHOWN_MAX} more refused.\n`);
  const known = replayed === 0 ? '' : `, ${replayed} had been recorded before`;
  const rate = Math.round((1000 * (sent - unanswered)) / took_ms);
  process.stdout.write(
    `${recorded} recorded${known}, ${refused} refused, in ${(took_ms / 1000).toFixed(1)} s (${rate} lines/s).\n`,
  );
  if (failure !== undefined)
    process.stderr.write(`It ended early: ${reasonOf(failure)}. ${unanswered} lines are without an answer.\n`);
  if (failure !== undefined || stopped)
    process.stderr.write('Import the same file again to go on: nothing is recorded twice.\n');
  if (stopped) return 130;
  return refused > 0 || failure !== undefined ? 1 : 0;
}

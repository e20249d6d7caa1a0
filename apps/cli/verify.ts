import { parseArgs } from 'node:util';
import { inspectExport } from '../../libs/audit/export.js';
import { figuresOf } from '../../libs/audit/state-at.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { openDatabase } from '../../projections/database/database.js';
import { QueryRefused } from '../../projections/database/query-refused.js';
import type { Db } from '../../projections/database/tables.js';
import { listBooks, verifyLedger } from '../../projections/verification/verify.js';
import { FILES_HELP, mustExist, readBytes } from './files.js';
import { databaseUrl, LINKS_HELP, openLog } from './links.js';
import { showProgress } from './progress.js';
import { printDifferences, printFigures, printFindings } from './report.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- verify [--ledger ID] [--key PUBLIC_KEY] [--hash HASH]
       npm run cli -- verify --offline FILE   [--key PUBLIC_KEY] [--hash HASH]

Reads the whole log of a ledger, to its end: every event must have its hash, follow the one before and obey the rules, every checkpoint
must be signed and say the same. Every row of every read model is compared with what the log says, up to the position that the read
models have. The system may go on meanwhile. All ledgers are verified unless one is named, and with them the security
events (\`--ledger @security\`), which must account for exactly the users that there are.

With --offline it reads an export instead and needs no server: chain, checkpoints and rules are checked, and trial balance, stock
value and profit are printed to the cent. ${FILES_HELP}

  --key   the public key that must have signed every checkpoint; without it the file is only known to agree with itself
  --hash  the hash of an event that was noted earlier, for example from /audit/chain/head: it must still be there, in the ledger main
          unless another one is named

${LINKS_HELP}

Exit code: 0 all is well, 1 something is wrong and is printed with its position, 2 it cannot be carried out.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      offline: { type: 'string' },
      ledger: { type: 'string' },
      key: { type: 'string' },
      hash: { type: 'string' },
    },
  });
  if (positionals.length > 0) throw new CannotDo(`What is ${positionals[0]}? An export is named by --offline FILE.`);
  const expected = { trusted_key: values.key, noted_hash: values.hash };
  return values.offline === undefined ? online(values.ledger, expected, stop) : offline(values.offline, expected, stop);
}

interface Expected {
  trusted_key: string | undefined;
  noted_hash: string | undefined;
}

async function offline(file: string, expected: Expected, stop: AbortSignal): Promise<number> {
  await mustExist(file);
  const progress = showProgress('Checking', 'events');
  const { header, inspection } = await inspectExport(readBytes(file), {
    ...expected,
    signal: stop,
    on_event: progress.at,
  });
  progress.stop();
  const { events, head, checkpoints, keys, findings, state } = inspection;
  if (header !== undefined) {
    process.stdout.write(`ledger       ${header.ledger}\nevents       ${events}\nhead         ${head.hash}\n`);
    process.stdout.write(`checkpoints  ${checkpoints}${keys.map((key) => `, signed by ${key}`).join('')}\n`);
  }
  const figures = state && figuresOf(state);
  if (figures !== undefined) printFigures(figures);
  return conclude(findings.length, () => printFindings(findings));
}

async function online(ledger_id: string | undefined, expected: Expected, stop: AbortSignal): Promise<number> {
  const url = databaseUrl();
  const log = await openLog();
  const db = openDatabase(url, { connections_max: 3 });
  const { trusted_key, noted_hash } = expected;
  try {
    const books = ledger_id === undefined ? await listBooks(db) : [ledger_id];
    if (noted_hash !== undefined && ledger_id === undefined && !books.includes('main'))
      throw new CannotDo('The read models do not have ledger main: name the one of the hash by --ledger.');
    let code = 0;
    for (const book of books) {
      const noted = book === (ledger_id ?? 'main') ? noted_hash : undefined;
      code = Math.max(code, await verifyBook(db, log.store, book, { trusted_key, noted_hash: noted }, stop));
    }
    return code;
  } finally {
    await db.destroy();
    await log.close();
  }
}

async function verifyBook(
  db: Db,
  store: EventStore,
  ledger_id: string,
  expected: Expected,
  signal: AbortSignal,
): Promise<number> {
  const progress = showProgress(`Comparing ${ledger_id}`, 'events');
  try {
    const result = await verifyLedger(db, store, ledger_id, { ...expected, signal, on_progress: progress.at });
    progress.stop();
    process.stdout.write(
      `ledger       ${ledger_id}\nposition     ${result.position}\nhead         ${result.head_hash}\n`,
    );
    process.stdout.write(`checkpoints  ${result.checkpoints}\nrows         ${result.rows_compared} compared\n`);
    for (const [table, rows] of Object.entries(result.rows_of)) process.stdout.write(`  ${table.padEnd(13)} ${rows}\n`);
    return conclude(result.findings.length + result.rows_different, () => {
      printFindings(result.findings);
      printDifferences(result.differences, result.rows_different);
    });
  } catch (error) {
    if (error instanceof QueryRefused) throw new CannotDo(`The read models do not have ledger ${ledger_id}.`);
    throw error;
  } finally {
    progress.stop();
  }
}

function conclude(wrong: number, tell: () => void): number {
  tell();
  process.stdout.write(wrong === 0 ? 'All is well.\n' : 'This is not what was recorded.\n');
  return wrong === 0 ? 0 : 1;
}

export const verb: Verb = { help: HELP, run };

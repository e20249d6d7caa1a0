/** `cli export`: a ledger as a file, with its chain and its checkpoints. */
import { parseArgs } from 'node:util';
import { type ExportHeader, exportLines, NoLedger } from '../../libs/audit/export.js';
import { files_help, writeLines } from './files.js';
import { links_help, openLog } from './links.js';
import { showProgress } from './progress.js';
import { CannotDo, type Verb } from './verb.js';

const help = `Usage: npm run cli -- export FILE [--ledger main]

Writes all events of a ledger, byte for byte, and its signed checkpoints into FILE, one JSON a line. \`cli verify --offline FILE\`
checks it on any machine, \`cli restore FILE\` brings it back. ${files_help} It is as of the moment at
which it begins; what is recorded meanwhile is not in it. Interrupted, it leaves nothing behind.

${links_help}

Exit code: 0 written, 2 not.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ledger: { type: 'string', default: 'main' } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotDo('Name the file to write: cli export FILE');
  const log = await openLog();
  const progress = showProgress('Writing', 'events');
  try {
    let header: ExportHeader | undefined;
    await writeLines(file, counted(), stop);
    async function* counted(): AsyncGenerator<string> {
      const lines = exportLines(log.store, values.ledger, { signal: stop, on_header: (read) => (header = read) });
      let seen = 0;
      for await (const line of lines) {
        yield line;
        // Before the events stand header and checkpoints, behind them the end.
        const events = ++seen - 1 - header!.checkpoints;
        if (events > 0 && events <= header!.events) progress.at(events, header!.events);
      }
    }
    progress.stop();
    const { events, checkpoints, head_hash } = header!;
    process.stdout.write(
      `${file}: ${events} events and ${checkpoints} checkpoints of ledger ${values.ledger}, head ${head_hash}\n`,
    );
    return 0;
  } catch (error) {
    throw error instanceof NoLedger ? new CannotDo(error.message) : error;
  } finally {
    progress.stop();
    await log.close();
  }
}

export const verb: Verb = { help, run };

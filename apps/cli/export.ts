import { parseArgs } from 'node:util';
import { type ExportHeader, exportLines, NoLedger, NotWhole } from '../../libs/audit/export.js';
import { findLoss } from '../../libs/event-store/stream-damage.js';
import { ledgerStream } from '../../libs/event-store/streams.js';
import { FILES_HELP, writeLines } from './files.js';
import { LINKS_HELP, openLog } from './links.js';
import { showProgress } from './progress.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- export FILE [--ledger main] [--until POSITION]

Writes all events of a ledger, byte for byte, and its signed checkpoints into FILE, one JSON a line. \`cli verify --offline FILE\`
checks it on any machine, \`cli restore FILE\` brings it back. ${FILES_HELP} It holds
the ledger as of the moment at which the export begins. An interrupted export leaves no file. Nor does a ledger whose events are hidden,
gone or not its own: the first such event is named, and --until exports what stands before it.

  --until  the last position to export (default: the last there is)

The security events are exported as \`--ledger @security\`.

${LINKS_HELP}

Exit code: 0 written, 1 the ledger is not whole and nothing was written, 2 it cannot be carried out.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ledger: { type: 'string', default: 'main' }, until: { type: 'string' } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotDo('Name the file to write: cli export FILE');
  const until = values.until === undefined ? undefined : positionIn(values.until);
  const log = await openLog();
  const progress = showProgress('Writing', 'events');
  try {
    let header: ExportHeader | undefined;
    await writeLines(file, counted(), stop);
    async function* counted(): AsyncGenerator<string> {
      const on_header = (read: ExportHeader) => (header = read);
      const lines = exportLines(log.store, values.ledger, { until, signal: stop, on_header });
      let seen = 0;
      for await (const line of lines) {
        yield line;
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
    if (error instanceof NotWhole) {
      progress.stop();
      const loss = await findLoss(log.store, ledgerStream(values.ledger), stop);
      process.stderr.write(`${error.message}\n`);
      if (loss?.can_unhide === false && !error.message.includes(loss.reason))
        process.stderr.write(`But ${loss.reason}.\n`);
      return 1;
    }
    throw error instanceof NoLedger ? new CannotDo(error.message) : error;
  } finally {
    progress.stop();
    await log.close();
  }
}

function positionIn(text: string): number {
  if (/^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw new CannotDo(`What is position ${text}? It must be a whole number.`);
}

export const verb: Verb = { help: HELP, run };

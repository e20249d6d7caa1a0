import { parseArgs } from 'node:util';
import { ImportRefused, importLedger } from '../../libs/audit/import.js';
import { FILES_HELP, mustExist, readBytes } from './files.js';
import { LINKS_HELP, openLog } from './links.js';
import { showProgress } from './progress.js';
import { printFindings } from './report.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- restore FILE [--key PUBLIC_KEY]

Checks an export whole, as \`cli verify --offline\` does, and writes its events and checkpoints, byte for byte, into a log that
lacks the ledger. ${FILES_HELP} After an interruption or an outage, the same command continues where it
stopped. The read models follow by themselves. Stop a system that runs over the data folder first; also stop one that uses the log
that EVENTSTORE_URL names, since it would take commands for the part of the ledger that is there.

  --key  the public key that must have signed every checkpoint

${LINKS_HELP} A log is made there if there is none.

Exit code: 0 restored, 1 the file is damaged and nothing was written, 2 it cannot be carried out.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string' } } });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotDo('Name the file to restore: cli restore FILE');
  await mustExist(file);
  const log = await openLog({ make: true });
  const checking = showProgress('Checking', 'events');
  const writing = showProgress('Writing ', 'events');
  try {
    const result = await importLedger(log.store, () => readBytes(file), {
      trusted_key: values.key,
      signal: stop,
      on_checked: checking.at,
      on_written: (written, of) => {
        checking.stop();
        writing.at(written, of);
      },
    });
    checking.stop();
    writing.stop();
    if (result.outcome === 'damaged') {
      printFindings(result.inspected.inspection.findings);
      process.stderr.write(`${file} is damaged; nothing was written.\n`);
      return 1;
    }
    const { ledger, events, checkpoints, resumed_at } = result;
    const before = resumed_at === 0 ? '' : `, ${resumed_at} of them before`;
    process.stdout.write(
      `Ledger ${ledger} is in ${log.place}: ${events} events${before}, ${checkpoints} checkpoints.\n`,
    );
    return 0;
  } catch (error) {
    throw error instanceof ImportRefused ? new CannotDo(error.message) : error;
  } finally {
    checking.stop();
    writing.stop();
    await log.close();
  }
}

export const verb: Verb = { help: HELP, run };

/** An operator decides that a ledger goes on although its log lost events or was changed. */
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { resumeLedger } from '../../libs/ledger-writer/remembered-halts.js';
import { LINKS_HELP, openLog } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- resume LEDGER --reason TEXT

Ends the halt of a ledger whose log lost or changed events that had been read from it. Look at the log first (\`cli verify\`): events that are
missing now stay missing. The decision is recorded in the log, in the stream halts-LEDGER, with your name and the reason; running instances
go on within some seconds. This does not resume a ledger that is halted at an event that its rules do not allow: that event must go, see
docs/recovery.md.

${LINKS_HELP}

Exit code: 0 resumed, 1 there is no halt to end, 2 it cannot be carried out.`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { reason: { type: 'string' } },
  });
  const [ledger_id] = positionals;
  if (ledger_id === undefined || positionals.length > 1)
    throw new CannotDo('Name the ledger: cli resume LEDGER --reason TEXT');
  if (!values.reason?.trim()) throw new CannotDo('Say why, with --reason: it is recorded.');
  const log = await openLog();
  try {
    const halt = await resumeLedger(log.store, ledger_id, { actor: userInfo().username, reason: values.reason });
    if (halt === undefined) {
      process.stdout.write(`Ledger ${ledger_id} has no halt in ${log.place} that could be ended.\n`);
      return 1;
    }
    process.stdout.write(
      `Ledger ${ledger_id} may go on after position ${halt.position}. It was halted: ${halt.reason}\n`,
    );
    return 0;
  } finally {
    await log.close();
  }
}

export const verb: Verb = { help: HELP, run };

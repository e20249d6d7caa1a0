import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { damageReport, LogUnavailable } from '../../libs/event-store-server/log-file.js';
import { backUpFolder } from '../../libs/event-store-server/maintenance.js';
import { DamagedLog } from '../../libs/event-store-server/record.js';
import { dataDir, hostOf, refuseMoved } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- backup FILE

Copies the log of the embedded event store in the folder DATA_DIR (default .data), all streams of it, into FILE and checks the copy.
The system may run meanwhile. To restore, stop it and put FILE in the place of eventstore/events.db, without the other files of that
folder. A log that EVENTSTORE_URL names has tools of its own for this; \`cli export\` works with every one, ledger by ledger.

Exit code: 0 copied, 2 not.`;

async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new CannotDo('Name the file to write: cli backup FILE');
  if (process.env.EVENTSTORE_URL)
    throw new CannotDo(
      `This copies the log of a data folder, but EVENTSTORE_URL names ${hostOf(process.env.EVENTSTORE_URL)}: use that server's own tools or \`cli export\`, or unset it to copy the log in ${dataDir()}.`,
    );
  refuseMoved();
  try {
    const { events, streams } = await backUpFolder(join(dataDir(), 'eventstore'), resolve(file));
    process.stdout.write(`${file}: ${events} events of ${streams} streams, copied and checked.\n`);
    return 0;
  } catch (error) {
    if (error instanceof DamagedLog) throw new CannotDo(damageReport(join(dataDir(), 'eventstore'), error));
    if (error instanceof LogUnavailable) throw new CannotDo(error.message);
    throw error;
  }
}

export const verb: Verb = { help: HELP, run };

import { parseArgs } from 'node:util';
import { migrateIdentity } from '../../libs/identity/migrations.js';
import { noteSecurityEvent } from '../../libs/identity/security-outbox.js';
import { openIdentity } from '../../libs/identity/tables.js';
import { openDatabase } from '../../projections/database/database.js';
import { projectionHealth } from '../../projections/projector/health.js';
import { RebuildRunning, rebuild } from '../../projections/projector/rebuild.js';
import { RebuildRefused } from '../../projections/projector/swap.js';
import { databaseUrl, LINKS_HELP, openLog } from './links.js';
import { showProgress } from './progress.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- rebuild

Fills a second set of read models from the beginning of the log and puts it in the place of the live one in one transaction, at the
same position. Until then the live one answers and is kept up to date. After an
interruption, the same command continues where it stopped.

${LINKS_HELP}

Exit code: 0 rebuilt, 1 rebuilt but a ledger is halted, 2 it cannot be carried out.`;

async function run(args: string[], stop: AbortSignal): Promise<number> {
  parseArgs({ args });
  const url = databaseUrl();
  const log = await openLog();
  await noteRequest(url);
  const db = openDatabase(url, { connections_max: 4 });
  const progress = showProgress('Rebuilding', 'events');
  try {
    const onProgress = ({ events, of }: { events: number; of: number | undefined }) =>
      progress.at(events, Math.max(of ?? events, events));
    const events = await rebuild(db, log.store, { signal: stop, onProgress });
    progress.stop();
    process.stdout.write(`The read models were made anew from ${events} events.\n`);
    const { ledgers } = await projectionHealth(db);
    const halted = ledgers.flatMap(({ ledger_id, halted }) => (halted === null ? [] : [{ ledger_id, ...halted }]));
    for (const { ledger_id, position, reason } of halted)
      process.stderr.write(`Ledger ${ledger_id} is halted before position ${position}: ${reason}.\n`);
    return halted.length === 0 ? 0 : 1;
  } catch (error) {
    if (error instanceof RebuildRunning) throw new CannotDo('A rebuild is running already.');
    if (error instanceof RebuildRefused) throw new CannotDo(`Not rebuilt: ${error.message}.`);
    throw error;
  } finally {
    progress.stop();
    await db.destroy();
    await log.close();
  }
}

async function noteRequest(database_url: string): Promise<void> {
  const identity = openIdentity(database_url, () => {});
  try {
    await migrateIdentity(identity);
    await noteSecurityEvent(identity, 'RebuildRequested', 'system', {});
  } finally {
    await identity.destroy();
  }
}

export const verb: Verb = { help: HELP, run };

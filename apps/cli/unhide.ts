import { parseArgs } from 'node:util';
import { findDamage, findLoss, unhide } from '../../libs/event-store/stream-damage.js';
import { checkpointStream, ledgerStream } from '../../libs/event-store/streams.js';
import { LINKS_HELP, openLog } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- unhide [--ledger main]

Deleting the stream of a ledger or of its checkpoints, or setting $tb, $maxCount or $maxAge in its metadata, hides events, and a scavenge of
the event store removes hidden events for ever. This writes the metadata without these settings and keeps all others. A deletion also
removes access rights ($acl): set yours again. Halted programs find the ledger whole and go on within some seconds. The security events are
those of \`--ledger @security\`.

${LINKS_HELP}

Exit code: 0 all events can be read, 1 some are gone for ever, 2 it cannot be carried out.`;

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ledger: { type: 'string', default: 'main' } },
  });
  if (positionals.length > 0) throw new CannotDo(`What is ${positionals[0]}? A ledger is named by --ledger.`);
  const log = await openLog();
  try {
    let code = 0;
    for (const stream of [ledgerStream(values.ledger), checkpointStream(values.ledger)]) {
      const before = await findDamage(log.store, stream);
      const lost = before?.can_unhide ? await findLoss(log.store, stream) : undefined;
      if (before?.can_unhide) await unhide(log.store, stream);
      const after = lost?.can_unhide === false ? lost : await findDamage(log.store, stream);
      if (after !== undefined) code = 1;
      const whole = before === undefined ? 'nothing is hidden' : 'all events can be read again';
      process.stdout.write(`${stream}: ${after?.reason ?? whole}.\n`);
    }
    return code;
  } finally {
    await log.close();
  }
}

export const verb: Verb = { help: HELP, run };

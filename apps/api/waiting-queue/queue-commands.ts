/**
 * Commands as the rules take them: passes that we signed are read, and a queue that begins gets its draw. Every command of the API leads through
 * here, alone or in a batch.
 */
import type { Command } from '../../../libs/ledger/commands.js';
import type { LedgerHomes } from '../../../libs/ledger-homes/ledger-homes.js';
import type { Submission } from '../../../libs/ledger-writer/batch.js';
import type { Draws } from '../../../libs/waiting-queue/draw.js';
import type { Passes } from '../../../libs/waiting-queue/pass.js';

export function withQueueCommands(homes: LedgerHomes, draws: Draws, passes: Passes): LedgerHomes {
  const ready = ({ command, envelope }: Submission) => ({ command: readyCommand(command, draws, passes), envelope });
  return {
    ...homes,
    of: (ledger_id) => {
      const home = homes.of(ledger_id);
      return {
        submit: (submission) => home.submit(ready(submission)),
        dryRun: (submission) => home.dryRun(ready(submission)),
        submitAll: (submissions) => home.submitAll(submissions.map(ready)),
      };
    },
  };
}

function readyCommand(command: Command, draws: Draws, passes: Passes): Command {
  switch (command.type) {
    case 'open_flash_sale':
      return command.queue === undefined ? command : { ...command, draw: draws.make() };
    case 'change_queue':
      return { ...command, draw: draws.make() };
    case 'place_order': {
      if (command.line_items.every(({ pass }) => pass === undefined)) return command;
      const line_items = command.line_items.map((line) =>
        typeof line.pass === 'string' ? { ...line, pass: passes.read(line.pass) ?? line.pass } : line,
      );
      return { ...command, line_items };
    }
    default:
      return command;
  }
}

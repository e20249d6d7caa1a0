import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Answer } from '../../../libs/documents/answers.js';
import type { Command } from '../../../libs/ledger/commands.js';
import { positionsMatching, tagOf } from '../http/conditional-requests.js';
import type { Exchange } from '../http/exchange.js';
import { type ApiRequest, dryRunOf, envelopeOf, ledgerOf } from '../http/request.js';
import { SecurityNotes } from '../http/security-notes.js';
import { type CommandClass, recordedStatus } from './ledger-command.js';
import { noteDryRun } from './note-dry-run.js';
import { answerTo } from './outcome.js';
import { commandOfRequest } from './read-command.js';

@Injectable()
export class Commands {
  constructor(
    private readonly bus: CommandBus,
    private readonly notes: SecurityNotes,
  ) {}

  /** Sets status and headers of the reply. @throws Problem where nothing was recorded */
  async execute<C extends Command>(kind: CommandClass<C>, { request, reply }: Exchange, id?: string): Promise<Answer> {
    const command = onlyIfMatching(commandOfRequest(kind.spec, request.body, id), request);
    const ledger_id = command.type === 'open_ledger' ? command.ledger_id : ledgerOf(request);
    const to_execute = new kind(ledger_id, command, envelopeOf(request), dryRunOf(request));
    const outcome = await this.bus.execute(to_execute);
    if (to_execute.dry_run) await noteDryRun(this.notes, to_execute, outcome);
    const { status, headers, answer } = answerTo(outcome, recordedStatus(kind.spec));
    reply.status(status).headers(headers);
    if (isOfRecord(command) && outcome.outcome === 'recorded') reply.header('etag', tagOf(answer.position as number));
    return answer;
  }
}

function isOfRecord({ type }: Command): boolean {
  return type === 'register' || type === 'change';
}
function onlyIfMatching<C extends Command>(command: C, request: ApiRequest): C {
  const if_positions = command.type === 'change' ? positionsMatching(request) : undefined;
  return if_positions === undefined ? command : { ...command, if_positions };
}

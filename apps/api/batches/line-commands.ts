import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Outcome } from '../../../libs/ledger-homes/ledger-homes.js';
import { Tokens } from '../auth/tokens.js';
import { noteDryRun } from '../commands/note-dry-run.js';
import type { Problem } from '../http/problem.js';
import { toProblem } from '../http/problem-filter.js';
import type { ApiRequest } from '../http/request.js';
import { SecurityNotes } from '../http/security-notes.js';
import { logLine } from '../log.js';
import type { BatchContext, LineCommand } from './batch-line.js';

interface Source {
  request: ApiRequest;
  route: string;
  line: number;
}

/** Executes the commands of one request, each by itself. */
@Injectable()
export class LineCommands {
  constructor(
    private readonly bus: CommandBus,
    private readonly tokens: Tokens,
    private readonly notes: SecurityNotes,
  ) {}

  async execute<T>(
    { user, dry_run }: BatchContext,
    { request, route, line }: Source,
    read: () => LineCommand,
    answer: (command: LineCommand, outcome: Outcome) => T,
  ): Promise<T | Problem> {
    try {
      // The session may end while the request goes on, and a user's roles change only with it.
      const now = this.tokens.authenticate(request);
      if (now instanceof Promise) await now;
      const command = read();
      const outcome = await this.bus.execute(command.command);
      if (dry_run) await noteDryRun(this.notes, command.command, outcome);
      return answer(command, outcome);
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === 'forbidden') this.notes.countRefusal({ username: user.username, status: 403, route });
      if (problem.code === 'internal_error')
        logLine('error', problem.message, { trace_id: request.id, line, error: `${error}` });
      return problem;
    }
  }
}

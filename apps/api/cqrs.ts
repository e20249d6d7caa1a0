/**
 * The two buses. Every order to a ledger goes through one command and every answer from the read models through one query, so
 * that what all of them need (the writer; a consistent view at a position) is said once. The EventBus is not used: the log is
 * the bus.
 */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler, type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Outcome, Submission } from '../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../libs/ledger-writer/writers.js';
import { type Books, type Question, ReadModels } from './read-models.js';

export const WRITERS = Symbol('the ledger writers');

/** An order to one ledger. A dry run is decided and answered as if, and appends nothing. */
export class LedgerCommand extends Command<Outcome> {
  constructor(
    readonly ledger_id: string,
    readonly submission: Submission,
    readonly dry_run = false,
  ) {
    super();
  }
}

@CommandHandler(LedgerCommand)
export class LedgerCommandHandler implements ICommandHandler<LedgerCommand> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute({ ledger_id, submission, dry_run }: LedgerCommand): Promise<Outcome> {
    const writer = this.writers.of(ledger_id);
    return dry_run ? writer.dryRun(submission) : writer.submit(submission);
  }
}

/** A question to the read models. `answer` runs in one read-only transaction. */
export class ReadQuery<T> extends Query<T> {
  constructor(
    readonly question: Question,
    readonly answer: (books: Books) => Promise<T>,
  ) {
    super();
  }
}

@QueryHandler(ReadQuery)
export class ReadQueryHandler<T> implements IQueryHandler<ReadQuery<T>, T> {
  constructor(private readonly models: ReadModels) {}

  execute({ question, answer }: ReadQuery<T>): Promise<T> {
    return this.models.read(question, answer);
  }
}

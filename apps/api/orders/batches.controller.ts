/** Many orders in one request: NDJSON in, NDJSON out, as fast as the ledger takes them and no faster than the answers are read. */
import { Readable } from 'node:stream';
import { Controller, HttpCode, Inject, Post, StreamableFile } from '@nestjs/common';
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiTags } from '@nestjs/swagger';
import type { AtomicOutcome, Submission } from '../../../libs/ledger-writer/writer.js';
import type { LedgerWriters } from '../../../libs/ledger-writer/writers.js';
import { type Line, linesOf } from '../../../libs/ndjson/lines.js';
import { LedgerCommand, WRITERS } from '../cqrs.js';
import { problemOf } from '../http/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { toProblem } from '../http/problem-filter.js';
import { type ApiRequest, dryRunOf, flagOf, ledgerOf, userOf } from '../http/request.js';
import { logLine } from '../log.js';
import { LINE_BYTES_MAX, type LineOrder, orderIn, problemLine, resultLine } from './batch-line.js';
import { inOrder } from './in-order.js';
import { ApiBatch } from './order-docs.js';

/** Two appends' worth: while one runs the next is read. */
const WINDOW_MAX = 1000;
/** One append holds no more, see libs/ledger-writer. */
export const ATOMIC_LINES_MAX = 500;
export const ATOMIC_BYTES_MAX = 1024 * 1024;

/** All or none, in one append. */
export class AtomicLedgerCommand extends Command<AtomicOutcome> {
  constructor(
    readonly ledger_id: string,
    readonly submissions: Submission[],
  ) {
    super();
  }
}
@CommandHandler(AtomicLedgerCommand)
export class AtomicLedgerCommandHandler implements ICommandHandler<AtomicLedgerCommand> {
  constructor(@Inject(WRITERS) private readonly writers: LedgerWriters) {}

  execute({ ledger_id, submissions }: AtomicLedgerCommand): Promise<AtomicOutcome> {
    return this.writers.of(ledger_id).submitAll(submissions);
  }
}

@ApiTags('batches')
@Controller('batches')
export class BatchesController {
  constructor(private readonly bus: CommandBus) {}

  @Post()
  @HttpCode(200)
  @RouteConfig({ ndjson: true })
  @ApiBatch()
  async record(@TheExchange() { request }: Exchange): Promise<StreamableFile> {
    const atomic = flagOf(request, 'atomic');
    const dry_run = dryRunOf(request);
    if (atomic && dry_run)
      throw invalidParameters([{ path: 'dry_run', message: 'is not possible for an atomic batch' }]);
    if (!(request.body instanceof Readable)) throw new Problem('unsupported_media_type');
    const lines = linesOf(request.body, LINE_BYTES_MAX);
    const answers = atomic ? [await this.allOrNone(request, lines)] : this.oneByOne(request, lines, dry_run);
    return new StreamableFile(Readable.from(answers), { type: 'application/x-ndjson' });
  }

  private oneByOne(request: ApiRequest, lines: AsyncIterable<Line>, dry_run: boolean): AsyncGenerator<string> {
    const user = userOf(request);
    const ledger_id = ledgerOf(request);
    const answer = async (line: Line) => {
      try {
        const order = orderIn(line, user);
        return resultLine(order, await this.bus.execute(new LedgerCommand(ledger_id, order.submission, dry_run)));
      } catch (error) {
        const problem = toProblem(error);
        if (problem.code === 'internal_error')
          logLine('error', problem.message, { trace_id: request.id, line: line.number, error: `${error}` });
        return problemLine(line.number, problem, request.id);
      }
    };
    return inOrder(lines, answer, WINDOW_MAX);
  }

  /** @throws Problem of the first line that is refused, with its number. */
  private async allOrNone(request: ApiRequest, lines: AsyncIterable<Line>): Promise<string> {
    const user = userOf(request);
    const orders: LineOrder[] = [];
    let bytes = 0;
    for await (const line of lines) {
      bytes += line.bytes?.length ?? 0;
      if (orders.length === ATOMIC_LINES_MAX || bytes > ATOMIC_BYTES_MAX)
        throw new Problem('batch_too_large', { lines_max: ATOMIC_LINES_MAX, bytes_max: ATOMIC_BYTES_MAX });
      try {
        orders.push(orderIn(line, user));
      } catch (error) {
        throw ofLine(line.number, toProblem(error));
      }
    }
    if (orders.length === 0) return '';
    const submissions = orders.map(({ submission }) => submission);
    const done = await this.bus.execute(new AtomicLedgerCommand(ledgerOf(request), submissions));
    switch (done.outcome) {
      case 'all':
        return done.outcomes.map((outcome, index) => resultLine(orders[index]!, outcome)).join('');
      case 'none':
        throw ofLine(orders[done.index]!.line, Problem.of(done.refusal));
      default:
        throw problemOf(done);
    }
  }
}

function ofLine(line: number, { code, details, headers }: Problem): Problem {
  return new Problem(code, { line, ...details }, { headers });
}

import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, StreamableFile } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import { type Line, linesOf } from '../../../libs/ndjson/lines.js';
import { Permit } from '../auth/permit.js';
import { RoutePermissions } from '../auth/route-permissions.js';
import { problemOf } from '../commands/outcome.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { PREFIX } from '../http/prefix.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { toProblem } from '../http/problem-filter.js';
import { type ApiRequest, dryRunOf, flagOf, ledgerOf, userOf } from '../http/request.js';
import { traceOf } from '../http/request-spans.js';
import { AddRouteConfig } from '../http/route-config.js';
import { ApiBatch } from './api-batch.js';
import {
  type BatchContext,
  commandIn,
  LINE_BYTES_MAX,
  type LineCommand,
  problemLine,
  resultLine,
} from './batch-line.js';
import { LineCommands } from './line-commands.js';
import { mapInOrder } from './map-in-order.js';
import { RecordAll } from './record-all.command.js';

/** Lines in flight: two appends' worth, so that the next is read while one runs. */
const WINDOW_MAX = 1000;
export const ATOMIC_LINES_MAX = 500;
export const ATOMIC_BYTES_MAX = 1024 * 1024;

const ROUTE = `POST ${PREFIX}/batches`;

@ApiTags('batches')
@Controller('batches')
export class BatchesController {
  constructor(
    private readonly bus: CommandBus,
    private readonly permissions: RoutePermissions,
    private readonly lines: LineCommands,
  ) {}

  @Post()
  @HttpCode(200)
  @Permit('records')
  @AddRouteConfig({ ndjson: true })
  @ApiBatch()
  async record(@CurrentExchange() { request }: Exchange): Promise<StreamableFile> {
    const atomic = flagOf(request, 'atomic');
    const dry_run = dryRunOf(request);
    if (atomic && dry_run)
      throw invalidParameters([{ path: 'dry_run', message: 'is not possible for an atomic batch' }]);
    if (!(request.body instanceof Readable)) throw new Problem('unsupported_media_type');
    const lines = linesOf(request.body, LINE_BYTES_MAX);
    const user = userOf(request);
    const trace = traceOf(request);
    const batch = { ledger_id: ledgerOf(request), user, permissions: this.permissions, dry_run, trace };
    const answers = atomic ? [await this.allOrNone(batch, lines)] : this.oneByOne(batch, lines, request);
    return new StreamableFile(Readable.from(answers), { type: 'application/x-ndjson' });
  }

  private async *oneByOne(
    batch: BatchContext,
    lines: AsyncIterable<Line>,
    request: ApiRequest,
  ): AsyncGenerator<string> {
    const { id: trace_id } = request;
    const answer = async (line: Line) => {
      const source = { request, route: ROUTE, line: line.number };
      const done = await this.lines.execute(batch, source, () => commandIn(line, batch), resultLine);
      return done instanceof Problem ? problemLine(line.number, done, trace_id) : done;
    };
    for await (const ready of mapInOrder(lines, answer, WINDOW_MAX)) yield ready.join('');
  }

  private async allOrNone(batch: BatchContext, lines: AsyncIterable<Line>): Promise<string> {
    const read: LineCommand[] = [];
    let bytes = 0;
    for await (const line of lines) {
      bytes += line.bytes?.length ?? 0;
      if (read.length === ATOMIC_LINES_MAX || bytes > ATOMIC_BYTES_MAX)
        throw new Problem('batch_too_large', { lines_max: ATOMIC_LINES_MAX, bytes_max: ATOMIC_BYTES_MAX });
      try {
        read.push(commandIn(line, batch));
      } catch (error) {
        throw ofLine(line.number, toProblem(error));
      }
    }
    if (read.length === 0) return '';
    const commands = read.map(({ command }) => command);
    const done = await this.bus.execute(new RecordAll(batch.ledger_id, commands));
    switch (done.outcome) {
      case 'all':
        return done.outcomes.map((outcome, index) => resultLine(read[index]!, outcome)).join('');
      case 'none':
        throw ofLine(read[done.index]!.line, Problem.of(done.refusal));
      default:
        throw problemOf(done);
    }
  }
}

function ofLine(line: number, { code, details, headers }: Problem): Problem {
  return new Problem(code, { line, ...details }, { headers });
}

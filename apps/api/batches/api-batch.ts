import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { PROBLEMS_OF_COMMANDS } from '../commands/api-command.js';
import { ApiProblems } from '../http/openapi.js';
import type { ProblemCode } from '../http/problem.js';
import { BATCH_COMMANDS } from './batch-commands.js';
import { BatchLine, BatchResult } from './batches.dto.js';

const LINES = 'One line for each, ended by a newline.';

export function ApiBatch() {
  return applyDecorators(
    ApiOperation({
      operationId: 'recordBatch',
      summary: 'Executes many commands in one request, streamed both ways',
      description:
        'Lines are carried out in their order; one that is refused does not stop the rest. Answers come while lines are still being ' +
        'sent, in the same order: read them meanwhile, for a client that does not is not read from either. With `atomic=true` all ' +
        'lines are recorded in one append or none is, and the problem names the `line`.',
    }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiQuery({ name: 'atomic', required: false, schema: { type: 'boolean', default: false } }),
    ApiQuery({ name: 'dry_run', required: false, schema: { type: 'boolean', default: false } }),
    ApiConsumes('application/x-ndjson'),
    ApiBody({ description: LINES, schema: BatchLine }),
    ApiResponse({
      status: 200,
      description: LINES,
      content: { 'application/x-ndjson': { schema: BatchResult } },
    }),
    ApiProblems(
      ...PROBLEMS_OF_COMMANDS,
      ...new Set<ProblemCode>([
        'batch_too_large',
        ...[...BATCH_COMMANDS.values()].flatMap(({ spec }) => spec.refusals),
      ]),
    ),
  );
}

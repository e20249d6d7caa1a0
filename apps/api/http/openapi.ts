/** What the controllers say about themselves, for /docs. */
import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { PROBLEMS, type ProblemCode } from './problem.js';

/**
 * Documents the problems that a route can answer with, one response a status, each code as an example. What any
 * route can answer (401, 403, 500, 503 …) is added by the document itself (openapi-document.ts).
 */
export function ApiProblems(...codes: ProblemCode[]) {
  const by_status = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  return applyDecorators(
    ...[...by_status].map(([status, of_status]) =>
      ApiResponse({
        status,
        description: of_status.map((code) => `\`${code}\` ${PROBLEMS[code].title}`).join('; '),
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      }),
    ),
  );
}

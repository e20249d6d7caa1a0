import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { ApiProblems } from '../http/openapi.js';

const DESCRIPTION = `Server-sent events, read with \`fetch\` or any library that sends the token in a header. \`id\` is a position of the ledger. A client
that comes back with \`Last-Event-ID\` gets what it missed; \`retry\` says after how long. The stream ends with \`event: end\` where its
token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.`;

/** @param events what each event holds, one a line @param example of the stream */
export function ApiStream(operation: string, summary: string, events: string, example: string) {
  return applyDecorators(
    ApiOperation({ operationId: operation, summary, description: `${events}\n\n${DESCRIPTION}` }),
    ApiHeader({ name: 'Ledger', required: false, schema: { type: 'string', default: 'main' } }),
    ApiHeader({
      name: 'Last-Event-ID',
      required: false,
      description: 'the last id that was received; browsers send it by themselves',
      schema: { type: 'integer', format: 'int64' },
    }),
    ApiResponse({
      status: 200,
      description: 'a stream that does not end by itself',
      content: { 'text/event-stream': { schema: { type: 'string' }, example } },
    }),
    ApiProblems('invalid_parameter', 'unknown_ledger', 'rate_limited', 'too_many_streams', 'overloaded'),
  );
}

import { applyDecorators } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import Type, { type TSchema } from 'typebox';
import { ApiProblems } from '../http/openapi.js';
import { component, described, oneOf, openApi, text } from '../http/schema.js';

const DESCRIPTION = `Server-sent events, read with \`fetch\` or any library that sends the token in a header. \`id\` is a position of the ledger. A client
that comes back with \`Last-Event-ID\` gets what it missed; \`retry\` says after how long. The stream ends with \`event: end\` where its
token no longer holds, its user has another role, or the instance stops. A client that takes nothing for 20 s is cut off and comes back in the same way.`;

const StreamEnd = component(
  'StreamEnd',
  Type.Object({ code: described(text, 'why it ends: unauthenticated, forbidden, stopping or another code') }),
);

/**
 * OpenAPI 3.0 has no word for streams: the schema is that of the data of each event, and so is the example.
 * @param events what each event holds, one a line
 */
export function ApiStream(operation: string, summary: string, events: string, message: TSchema, example: object) {
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
      description: 'a stream that does not end by itself; of each event the data',
      content: { 'text/event-stream': { schema: openApi(oneOf(message, StreamEnd)), example } },
    }),
    ApiProblems('invalid_parameter', 'unknown_ledger', 'rate_limited', 'too_many_streams', 'overloaded'),
  );
}

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { PROBLEMS_OF } from './openapi.js';
import { PREFIX } from './prefix.js';
import { ERRORS_MAX, PROBLEMS, type ProblemCode } from './problem.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const ABOUT = `The books of a factory: every fact is recorded once, every answer can be had as of any moment.

Sign in with \`POST /api/v1/auth/login\` and send the token as \`Authorization: Bearer …\`; a machine sends an API key there, from
\`POST /api/v1/api-keys\`. The header \`Ledger\` chooses the books (default \`main\`); one in which you have no role does not exist for you. Every POST that records takes an \`Idempotency-Key\`; the same key with the same body gives the
first answer again. An Idempotency-Key belongs to the user who sends it. What is refused is answered with \`application/problem+json\`;
its \`code\` is stable, and [all of them](/docs/problems) are on one page.`;

/** Who may use a route such as "GET /api/v1/sales/:number". */
type AccessTo = (route: string) => 'public' | { roles: readonly string[]; held: 'ledger' | 'all' | 'any' | 'none' };
const HELD = { ledger: 'in the ledger', all: 'in all ledgers', any: 'in any ledger' };

export function openApiDocument(
  app: INestApplication,
  accessTo: AccessTo,
  schemas: Record<string, Schema> = {},
): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('factory-ledger')
    .setDescription(ABOUT)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT, or an API key' })
    .build();
  const document = SwaggerModule.createDocument(app, config, { autoTagControllers: false });
  for (const path of Object.keys(document.paths)) if (!path.startsWith(PREFIX)) delete document.paths[path];
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...schemas, Problem: PROBLEM_SCHEMA },
  };
  for (const [path, item] of Object.entries(document.paths))
    for (const method of METHODS) {
      const operation = item[method];
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`;
      if (operation !== undefined) completeOperation(operation, accessTo(route));
    }
  return document;
}

function completeOperation(
  operation: Operation & { [PROBLEMS_OF]?: ProblemCode[] },
  access: ReturnType<AccessTo>,
): void {
  const own = operation[PROBLEMS_OF] ?? [];
  delete operation[PROBLEMS_OF];
  if (access === 'public') delete operation.security;
  else {
    operation.security = [{ bearer: [] }];
    const { roles, held } = access;
    const who = held === 'none' ? 'Whoever is signed in.' : `Roles: ${roles.join(', ')}, ${HELD[held]}.`;
    operation.description = [operation.description, who].filter(Boolean).join('\n\n');
  }
  const codes = new Set<ProblemCode>([...own, ...codesOfAny(operation, access)]);
  const by_status = Map.groupBy(codes, (code) => PROBLEMS[code].status);
  for (const [status, of_status] of by_status) operation.responses[status] = problemResponse(status, of_status);
}

function codesOfAny({ requestBody, parameters = [] }: Operation, access: ReturnType<AccessTo>): ProblemCode[] {
  const codes: ProblemCode[] = ['internal_error'];
  if (access !== 'public') codes.push('unauthenticated', 'forbidden', 'unavailable');
  if (access !== 'public' && access.held === 'ledger') codes.push('unknown_ledger');
  if (requestBody !== undefined) codes.push('malformed_json', 'payload_too_large', 'unsupported_media_type');
  if (parameters.some((parameter) => 'in' in parameter && parameter.in !== 'header')) codes.push('invalid_parameter');
  if (parameters.some((parameter) => 'in' in parameter && parameter.in === 'path')) codes.push('uri_too_long');
  return codes;
}

const HEADERS: Record<number, Record<string, { description: string; schema: Schema }>> = {
  401: { 'WWW-Authenticate': { description: 'Bearer', schema: { type: 'string' } } },
  429: { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } },
  503: { 'Retry-After': { description: 'seconds', schema: { type: 'integer' } } },
};

function problemResponse(status: number, codes: ProblemCode[]): Operation['responses'][string] {
  const narrowed: Schema = { type: 'object', properties: { code: { type: 'string', enum: codes } } };
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    ...(HEADERS[status] && { headers: HEADERS[status] }),
    content: {
      'application/problem+json': { schema: { allOf: [{ $ref: '#/components/schemas/Problem' }, narrowed] } },
    },
  };
}

const text: Schema = { type: 'string' };

const PROBLEM_SCHEMA: Schema = {
  type: 'object',
  description: 'RFC 9457. Beside these members stand the details of the code: ids, quantities, amounts.',
  required: ['type', 'title', 'status', 'detail', 'code', 'error', 'retry', 'trace_id'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: text,
    status: { type: 'integer' },
    detail: text,
    code: { type: 'string', description: 'Stable: switch on this.' },
    error: { type: 'string', description: 'The short sentence.' },
    retry: { type: 'boolean', description: 'Whether the same request may succeed later.' },
    trace_id: text,
    errors: {
      type: 'array',
      description: 'The first bad fields.',
      maxItems: ERRORS_MAX,
      items: { type: 'object', required: ['path', 'message'], properties: { path: text, message: text } },
    },
    more_errors: { type: 'integer', description: 'How many more fields are bad.' },
  },
  additionalProperties: true,
};

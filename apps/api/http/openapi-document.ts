import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ROLES } from '../../../libs/ledger/commands.js';
import { EXAMPLES } from './examples.js';
import { PROBLEMS_OF } from './openapi.js';
import { PROBLEM_HEADERS, problemSchemaName, problemSchemas, problemsOf, SharedResponses } from './openapi-problems.js';
import { shareParameters, shareSchemas } from './openapi-sharing.js';
import { TAGS } from './openapi-tags.js';
import { PREFIX } from './prefix.js';
import type { ProblemCode } from './problem.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Components = NonNullable<OpenAPIObject['components']>;
type Schema = NonNullable<Components['schemas']>[string];
type Answer = Exclude<NonNullable<Components['responses']>[string], { $ref: string }>;
type Content = Record<string, { schema?: Schema; example?: unknown }>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

const ABOUT = `The books of a factory: every fact is recorded once, every answer can be had as of any moment.

Sign in with \`POST /api/v1/auth/login\` and send the token as \`Authorization: Bearer …\`; a machine sends an API key there, from
\`POST /api/v1/api-keys\`. The header \`Ledger\` chooses the books (default \`main\`); one in which you have no role does not exist for you.

Every POST that makes or records something takes an \`Idempotency-Key\`: the same key with the same body gives the first answer again. A key belongs to the user who
sends it. \`dry_run=true\` decides and answers as if, and records nothing. A command answers with its \`position\`: send it back as the header
\`Ledger-Position\`, and what you read holds what you wrote.

Amounts and prices are numbers in major units, as 700.00 and 0.0375: of at most 15 digits, which a double holds exactly. Quantities are whole pieces.

Lists come in pages: send \`next_cursor\` as \`cursor\` until it is null, or \`prev_cursor\` to go back. \`sort=-total_price\` is downwards. A \`-\`
in the place of an id asks for what has none. \`as_of\` asks by when things happened, \`known_at\` and \`position\` by what
was recorded by then.

Answers to queries have an \`ETag\`, and \`If-None-Match\` with it is answered 304. \`If-Match\` with the tag of a record lets PATCH change only what was read.

What is refused is answered with \`application/problem+json\`; its \`code\` is stable, and [all of them](/docs/problems) are on one page. The examples
are of one run of docs/walkthrough.http.`;

/** Who may use a route such as "GET /api/v1/sales/:number". */
type AccessTo = (
  route: string,
) => 'public' | { roles: readonly string[]; held: 'ledger' | 'all' | 'any' | 'none'; fresh?: boolean };
const HELD = { ledger: 'in the ledger', all: 'in all ledgers', any: 'in any ledger' };

export function openApiDocument(
  app: INestApplication,
  accessTo: AccessTo,
  { schemas, bases }: { schemas: Record<string, Schema>; bases: readonly string[] },
): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('factory-ledger')
    .setDescription(ABOUT)
    .setVersion('1')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT, or an API key' })
    .addSecurityRequirements('bearer');
  for (const [name, description] of Object.entries(TAGS)) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), { autoTagControllers: false });
  for (const path of Object.keys(document.paths)) if (!path.startsWith(PREFIX)) delete document.paths[path];
  const components: Components = {
    ...document.components,
    schemas: { ...document.components?.schemas, ...schemas, ...problemSchemas() },
    headers: { ...PROBLEM_HEADERS, ...COMMAND_HEADERS },
  };
  document.components = components;
  shareSchemas(document, bases);
  components.schemas = withExamples(components.schemas!);
  const responses = new SharedResponses();
  for (const { operation, route } of operationsOf(document)) {
    completeOperation(operation, accessTo(route), responses);
    exampleAnswers(operation, components.schemas!);
  }
  components.responses = responses.share();
  components.parameters = shareParameters(operationsOf(document).map(({ operation }) => operation));
  // No operation that is asked rightly is answered so.
  delete components.schemas![problemSchemaName('method_not_allowed')];
  return document;
}

export const COMMAND_HEADERS: NonNullable<Components['headers']> = {
  'Ledger-Position': { description: 'position of the ledger after this', schema: { type: 'integer', format: 'int64' } },
  'Idempotency-Replayed': {
    description: 'true where the key was known and this is the first answer again',
    schema: { type: 'string', enum: ['true'] },
  },
};

function operationsOf({ paths }: OpenAPIObject): { operation: Operation; route: string }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      const route = `${method.toUpperCase()} ${path.replaceAll(/\{([^}]+)\}/g, ':$1')}`;
      return operation === undefined ? [] : [{ operation, route }];
    }),
  );
}

function completeOperation(
  operation: Operation & { [PROBLEMS_OF]?: ProblemCode[] },
  access: ReturnType<AccessTo>,
  responses: SharedResponses,
): void {
  const own = operation[PROBLEMS_OF] ?? [];
  delete operation[PROBLEMS_OF];
  delete operation.security;
  const is_public = access === 'public';
  if (is_public) operation.security = [];
  else {
    const { roles, held } = access;
    const which = roles.length === ROLES.length ? 'any' : roles.join(', ');
    const who = held === 'none' ? 'Any user who is signed in.' : `Roles: ${which}, ${HELD[held]}.`;
    operation.description = [operation.description, who].filter(Boolean).join('\n\n');
  }
  if (operation.parameters?.length === 0) delete operation.parameters;
  const asked = { is_public, is_fresh: !is_public && access.fresh === true };
  const of_operation = operation.responses as Parameters<SharedResponses['add']>[0];
  const is_replayed = own.includes('idempotency_key_reused') && !takes(operation, 'dry_run');
  for (const [status, response] of Object.entries(of_operation)) {
    if ('$ref' in response) continue;
    if (response.description === '') response.description = THE_ANSWER;
    if (is_replayed && status.startsWith('2')) response.headers = { ...response.headers, ...REPLAYED };
    const name = status === '304' ? 'NotModified' : answerName(response);
    if (name !== undefined) responses.set(of_operation, status, response, name);
  }
  for (const [status, codes] of problemsOf(own, asked))
    responses.add(of_operation, status, codes, operation.operationId!);
}

function takes({ parameters = [] }: Operation, parameter: string): boolean {
  return parameters.some((each) => 'name' in each && each.name === parameter);
}

const THE_ANSWER = 'the answer';
const REPLAYED = { 'Idempotency-Replayed': { $ref: '#/components/headers/Idempotency-Replayed' } };

/** "SaleRecorded" of an answer that is described as "recorded". */
function answerName(response: Answer): string | undefined {
  const schema = Object.values(response.content ?? {})[0]?.schema as Schema | undefined;
  const nameIn = (each: Schema) => ('$ref' in each ? each.$ref.split('/').at(-1)! : '');
  const what =
    schema === undefined ? '' : 'oneOf' in schema ? (schema.oneOf ?? []).map(nameIn).join('Or') : nameIn(schema);
  if (what === '' || response.description === THE_ANSWER) return what || undefined;
  const words = response.description.replaceAll(/\W+(\w)/g, (_, letter: string) => letter.toUpperCase());
  return `${what}${words[0]!.toUpperCase()}${words.slice(1)}`;
}

function withExamples(schemas: Record<string, Schema>): Record<string, Schema> {
  const known = Object.entries(schemas).map(([name, schema]) => [
    name,
    name in EXAMPLES ? { ...schema, example: EXAMPLES[name] } : schema,
  ]);
  return Object.fromEntries(known);
}

/** Where the examples of the schemas do not make one. */
function exampleAnswers({ operationId, requestBody, responses }: Operation, schemas: Record<string, Schema>): void {
  const give = (what: string, content: Content = {}) => {
    for (const [type, media] of Object.entries(content)) {
      const key = exampleKey(operationId!, what, type);
      if (key in EXAMPLES && !hasExample(media.schema, schemas)) media.example = EXAMPLES[key];
    }
  };
  if (requestBody !== undefined && 'content' in requestBody) give('body', requestBody.content as Content);
  for (const [status, response] of Object.entries(responses))
    if (response !== undefined && 'content' in response) give(status, response.content as Content);
}

/** "login 200" for JSON, "getAging 200 text/csv" for others. */
export function exampleKey(operation_id: string, what: string, type: string): string {
  return type.includes('json') ? `${operation_id} ${what}` : `${operation_id} ${what} ${type}`;
}

/** Whether tools can make an example of it that is ours in every part. */
export function hasExample(schema: Schema | undefined, schemas: Record<string, Schema>): boolean {
  if (schema === undefined) return false;
  if ('$ref' in schema) return hasExample(schemas[schema.$ref.split('/').at(-1)!], schemas);
  if ('example' in schema || schema.enum?.length === 1) return true;
  if (schema.allOf !== undefined) return schema.allOf.every((each) => hasExample(each, schemas));
  if (schema.oneOf !== undefined) return schema.oneOf.every((each) => hasExample(each, schemas));
  if (schema.type === 'array') return hasExample(schema.items, schemas);
  const { properties } = schema;
  return properties !== undefined && Object.values(properties).every((each) => hasExample(each, schemas));
}

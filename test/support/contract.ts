import type { Answer, Client } from './http.js';

export interface Schema {
  $ref?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: boolean;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  description?: string;
  example?: unknown;
}
export interface Response {
  description: string;
  headers?: Record<string, object>;
  content?: Record<string, { schema?: Schema; example?: unknown }>;
}
export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema?: Schema;
}
type Ref<T> = T | { $ref: string };
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: object[];
  parameters?: Ref<Parameter>[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema; example?: unknown }> };
  responses: Record<string, Ref<Response>>;
}
export interface OpenApi {
  openapi: string;
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    responses: Record<string, Response>;
    parameters: Record<string, Parameter>;
    headers: Record<string, object>;
  };
}

export interface OperationAt {
  method: string;
  path: string;
  operation: Operation;
}
export function operationsOf(document: OpenApi): OperationAt[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Follows references, as far as they go. */
export function resolved<T extends object>(document: OpenApi, value: T | { $ref: string }): T {
  if (!('$ref' in value) || typeof value.$ref !== 'string') return value as T;
  const found = value.$ref
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  if (found === undefined) throw new Error(`The contract has no ${value.$ref}.`);
  return resolved(document, found as T);
}

/** Those of a path template that names all of it, before those with parameters. */
export function operationAt(document: OpenApi, method: string, path: string): OperationAt | undefined {
  const [item] = Object.entries(document.paths)
    .filter(([template]) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .sort(([a], [b]) => a.split('{').length - b.split('{').length);
  const operation = item?.[1][method.toLowerCase()];
  return operation === undefined ? undefined : { method, path: item![0], operation };
}

export function parametersOf(document: OpenApi, { parameters = [] }: Operation): Parameter[] {
  return parameters.map((each) => resolved<Parameter>(document, each));
}

export function responseTo(document: OpenApi, { responses }: Operation, status: number): Response | undefined {
  const response = responses[status] ?? responses.default;
  return response === undefined ? undefined : resolved<Response>(document, response);
}

export async function readContract(base: string): Promise<OpenApi> {
  return (await (await fetch(`${base}/docs-json`)).json()) as OpenApi;
}

export function heldTo(document: OpenApi, client: Client): Client {
  const held =
    (method: string, call: (path: string, ...more: never[]) => Promise<Answer>) =>
    async (path: string, ...more: never[]) => {
      const answer = await call(path, ...more);
      const complaints = complaintsOf(document, method, path, answer);
      if (complaints.length > 0)
        throw new Error(`${method} ${path} ${answer.status}: ${complaints.join('; ')}\n${JSON.stringify(answer.body)}`);
      return answer;
    };
  return {
    ...client,
    get: held('get', client.get),
    post: held('post', client.post) as Client['post'],
    patch: held('patch', client.patch) as Client['patch'],
    delete: held('delete', client.delete),
  };
}

function complaintsOf(document: OpenApi, method: string, path: string, answer: Answer): string[] {
  const found = operationAt(document, method, `/api/v1${path.split('?', 1)[0]}`);
  return found === undefined ? ['no such operation'] : complaintsAbout(document, found.operation, answer);
}

/** How an answer differs from what the operation says of it. */
export function complaintsAbout(document: OpenApi, operation: Operation, { status, headers, body }: Answer): string[] {
  const response = responseTo(document, operation, status);
  if (response === undefined) return ['no such status'];
  const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
  if (type === '' && body === '') return response.content === undefined ? [] : ['no body'];
  const content = response.content?.[type];
  if (content === undefined) return [`no such content type: ${type}`];
  return /[/+]json$/.test(type) ? differences(document, content.schema ?? {}, body, '') : [];
}

/** With what it refers to, and what its parts say. */
export function flat(document: OpenApi, schema: Schema): Schema {
  const { allOf = [], ...own } = resolved<Schema>(document, schema);
  const parts = [...allOf.map((part) => flat(document, part)), own];
  return Object.assign({}, ...parts, {
    required: parts.flatMap(({ required = [] }) => required),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  });
}

/** What of a value its schema does not say. A field that the schema does not name is one, too. */
export function differences(document: OpenApi, schema: Schema, value: unknown, at: string): string[] {
  const { oneOf, type, nullable, enum: words, items, ...object } = flat(document, schema);
  if (value === null && oneOf === undefined) return nullable ? [] : [`${at} is null`];
  if (oneOf !== undefined) {
    const each = oneOf.map((option) => differences(document, option, value, at));
    return each.reduce((best, found) => (found.length < best.length ? found : best));
  }
  if (words !== undefined && !words.includes(value)) return [`${at} is ${value}, not one of ${words.join()}`];
  switch (type) {
    case 'object':
      return objectDifferences(document, object, value, at);
    case 'array':
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((each, index) => differences(document, items ?? {}, each, `${at}.${index}`));
    case 'integer':
      return Number.isInteger(value) ? [] : [`${at} is no integer`];
    case undefined:
      return [`${at} has no type in the contract`];
    default:
      return typeof value === type ? [] : [`${at} is no ${type}`];
  }
}

function objectDifferences(document: OpenApi, schema: Schema, value: unknown, at: string): string[] {
  if (typeof value !== 'object' || Array.isArray(value)) return [`${at} is no object`];
  const { required = [], properties = {}, additionalProperties } = schema;
  return [
    ...required.filter((name) => !Object.hasOwn(value as object, name)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(value as object).flatMap(([name, field]) => {
      if (Object.hasOwn(properties, name)) return differences(document, properties[name]!, field, `${at}.${name}`);
      return additionalProperties ? [] : [`${at}.${name} is not in the contract`];
    }),
  ];
}

export function danglingReferences(document: OpenApi): string[] {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]*)"/g)].map(
    ([, name]) => name!,
  );
  return [...new Set(references)].filter((name) => !Object.hasOwn(document.components.schemas, name));
}

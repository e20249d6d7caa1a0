import type { Answer, Client } from './http.js';

interface Schema {
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
}
interface Operation {
  operationId?: string;
  parameters?: { name: string }[];
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
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

function complaintsOf(document: OpenApi, method: string, path: string, { status, headers, body }: Answer): string[] {
  const plain = `/api/v1${path.split('?', 1)[0]}`;
  // Of two paths that fit, the one with fewer parameters.
  const [item] = Object.entries(document.paths)
    .filter(([template]) => new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(plain))
    .sort(([a], [b]) => a.split('{').length - b.split('{').length);
  const operation = item?.[1][method];
  if (operation === undefined) return ['no such operation'];
  const response = operation.responses[status];
  if (response === undefined) return ['no such status'];
  const type = headers.get('content-type')?.split(';', 1)[0] ?? '';
  const content = response.content?.[type];
  if (content === undefined) return [`no such content type: ${type}`];
  return type.includes('json') ? differences(document, content.schema ?? {}, body, '') : [];
}

function resolved(document: OpenApi, { $ref, ...schema }: Schema): Schema {
  if ($ref === undefined) return schema;
  const found = document.components.schemas[$ref.replace('#/components/schemas/', '')];
  if (found === undefined) throw new Error(`The contract has no schema ${$ref}.`);
  return resolved(document, found);
}

function flat(document: OpenApi, schema: Schema): Schema {
  const { allOf = [], ...own } = resolved(document, schema);
  const parts = [own, ...allOf.map((part) => flat(document, part))];
  return Object.assign({}, ...parts, {
    required: parts.flatMap(({ required = [] }) => required),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
  });
}

function differences(document: OpenApi, schema: Schema, value: unknown, at: string): string[] {
  const { oneOf, type, nullable, enum: words, items, ...object } = flat(document, schema);
  if (value === null) return nullable ? [] : [`${at} is null`];
  if (oneOf !== undefined) {
    const each = oneOf.map((option) => differences(document, option, value, at));
    return each.find((found) => found.length === 0) ?? each[0]!;
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

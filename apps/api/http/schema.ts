/** OpenAPI and the types of answers are made of these TypeBox schemas. Nullable fields are OpenAPI 3.0's. */
import type { ApiResponseSchemaHost } from '@nestjs/swagger';
import Type, { type Static, type TProperties, type TSchema, type TUnsafe } from 'typebox';

export const text = Type.String();
export const id = Type.String();
export const instant = Type.String({ format: 'date-time' });
export const day = Type.String({ format: 'date' });
export const month = Type.String({ pattern: '^\\d{4}-\\d{2}$' });
export const pieces = Type.Integer({ format: 'int64' });
export const count = Type.Integer({ format: 'int64' });
/** In major units; ABOUT in openapi-document.ts says so once. */
export const money = Type.Number();
/** In major units, up to 6 decimals. */
export const price = Type.Number();
export const flag = Type.Boolean();
export const anything = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

export function words<T extends string>(...values: readonly T[]) {
  return Type.Unsafe<T>({ type: 'string', enum: [...values] });
}
/** Of a reference what it leads to: in OpenAPI 3.0 nothing beside a $ref lets it be null. */
export function nullable<T extends TSchema>(given: T) {
  const schema = '$ref' in given ? components.get(`${given.$ref}`.split('/').at(-1)!)! : given;
  const words = 'enum' in schema ? { enum: [...(schema.enum as unknown[]), null] } : {};
  return Type.Unsafe<Static<T> | null>({ ...schema, ...words, nullable: true });
}
export function described<T extends TSchema>(schema: T, description: string) {
  return Type.Unsafe<Static<T>>({ ...extensible(schema), description });
}
/** Nothing stands beside a $ref. */
function extensible<T extends TSchema>(schema: T): object {
  return '$ref' in schema ? { allOf: [schema] } : schema;
}
export function record<T extends TSchema>(values: T) {
  return Type.Unsafe<Record<string, Static<T>>>({ type: 'object', additionalProperties: values });
}
export function oneOf<T extends TSchema[]>(...schemas: T) {
  return Type.Unsafe<Static<T[number]>>({ oneOf: schemas });
}
export function optionalFields<F extends TProperties>(fields: F) {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, Type.Optional(field)])) as {
    [K in keyof F]: Type.TOptional<F[K]>;
  };
}

const components = new Map<string, TSchema>();
const bases: string[] = [];

export function component<T extends TSchema>(name: string, schema: T) {
  components.set(name, schema);
  return reference<Static<T>>(name);
}
/** A component that others extend: where all of its fields are among theirs, they refer to it. */
export function base<T extends TSchema>(name: string, schema: T) {
  bases.push(name);
  return component(name, schema);
}
export function reference<T = unknown>(name: string) {
  return Type.Unsafe<T>({ $ref: `#/components/schemas/${name}` }) as TUnsafe<T> & { $ref: string };
}
export function componentSchemas(): Record<string, object> {
  return Object.fromEntries(components);
}

/** Those with the most fields first. */
export function baseNames(): string[] {
  const size = (name: string) => Object.keys((components.get(name) as { properties?: object }).properties ?? {}).length;
  return bases.toSorted((a, b) => size(b) - size(a));
}

export const position = component(
  'Position',
  Type.Integer({ format: 'int64', description: 'revision in the ledger', example: 31 }),
);
export const next_cursor = component(
  'NextCursor',
  Type.Unsafe<string | null>({
    type: 'string',
    nullable: true,
    description: 'send it as cursor; null: this is the last page',
    example: null,
  }),
);

export const prev_cursor = component(
  'PrevCursor',
  Type.Unsafe<string | null>({
    type: 'string',
    nullable: true,
    description: 'send it as cursor; null: this is the first page',
    example: null,
  }),
);

const of_page = { next_cursor, position };
base('Page', Type.Object(of_page));
export function page<T extends TSchema>(row: T) {
  return Type.Object({ data: Type.Array(row), ...of_page });
}

/** Of a list that can be read backwards, too. */
const of_page_between = { next_cursor, prev_cursor, position };
base('PageBetween', Type.Object(of_page_between));
export function pageBetween<T extends TSchema>(row: T) {
  return Type.Object({ data: Type.Array(row), ...of_page_between });
}

/** @nestjs/swagger's types do not know TypeBox's. */
export function openApi(schema: TSchema): ApiResponseSchemaHost['schema'] {
  return schema as unknown as ApiResponseSchemaHost['schema'];
}

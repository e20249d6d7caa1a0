/** What stands in several places of the OpenAPI document is written down once, under its name. */
import type { OpenAPIObject } from '@nestjs/swagger';

type Components = NonNullable<OpenAPIObject['components']>;
type Parameters = NonNullable<Components['parameters']>;
type Schemas = NonNullable<Components['schemas']>;
type Schema = Schemas[string];
interface ObjectSchema {
  type: 'object';
  required?: string[];
  properties: Record<string, Schema>;
  description?: string;
}

const referenceTo = (name: string) => ({ $ref: `#/components/schemas/${name}` });

/**
 * An inline schema that is a component's becomes a reference to it; one that has all fields of a base refers to them by allOf.
 * @param bases names of components, those with the most fields first
 */
export function shareSchemas(document: OpenAPIObject, bases: readonly string[]): void {
  const schemas = document.components!.schemas!;
  const names = new Map(Object.entries(schemas).map(([name, schema]) => [keyOf(schema), name]));
  const referring = (value: unknown, own?: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => referring(each));
    const name = names.get(keyOf(value));
    if (name !== undefined && name !== own) return referenceTo(name);
    return Object.fromEntries(
      Object.entries(value).map(([field, each]) => [field, field === 'example' ? each : referring(each)]),
    );
  };
  document.paths = referring(document.paths) as OpenAPIObject['paths'];
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = referring(schema, name) as Schema;

  const known = bases.map((name) => ({ name, base: schemas[name] as ObjectSchema }));
  const extending = (value: unknown, own?: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((each) => extending(each));
    const whole = isObjectSchema(value) ? extended(value, known, own) : value;
    return Object.fromEntries(
      Object.entries(whole).map(([field, each]) => [field, field === 'example' ? each : extending(each)]),
    );
  };
  document.paths = extending(document.paths) as OpenAPIObject['paths'];
  for (const [name, schema] of Object.entries(schemas)) schemas[name] = extending(schema, name) as Schema;
}

function isObjectSchema(value: object): value is ObjectSchema {
  return 'properties' in value && typeof value.properties === 'object' && 'type' in value && value.type === 'object';
}

function extended(
  { type, required = [], properties, ...about }: ObjectSchema,
  bases: readonly { name: string; base: ObjectSchema }[],
  own: string | undefined,
): object {
  const parts: object[] = [];
  let rest = { ...properties };
  for (const { name, base } of bases) {
    const isSame = ([field, schema]: [string, Schema]) =>
      field in rest &&
      keyOf(rest[field]) === keyOf(schema) &&
      required.includes(field) === !!base.required?.includes(field);
    if (name === own || !Object.entries(base.properties).every(isSame)) continue;
    parts.push(referenceTo(name));
    rest = Object.fromEntries(Object.entries(rest).filter(([field]) => !(field in base.properties)));
  }
  const left = required.filter((field) => field in rest);
  const fields = { type, ...(left.length > 0 && { required: left }), properties: rest };
  if (parts.length === 0) return { ...about, ...fields };
  return { ...about, allOf: Object.keys(rest).length === 0 ? parts : [...parts, fields] };
}

/** Of parameters with one name the form that is used most has this name, another that of its first operation, too. */
export function shareParameters(operations: readonly { operationId?: string; parameters?: object[] }[]): Parameters {
  const forms = new Map<string, { name: string; first: string; form: object; uses: [list: object[], at: number][] }>();
  for (const { operationId = '', parameters = [] } of operations) {
    for (const [at, form] of parameters.entries()) {
      if (!('name' in form)) continue;
      const key = keyOf(form);
      const known = forms.get(key) ?? { name: `${form.name}`, first: operationId, form, uses: [] };
      forms.set(key, known);
      known.uses.push([parameters, at]);
    }
  }
  const shared: Parameters = {};
  for (const { name, first, form, uses } of [...forms.values()].sort((a, b) => b.uses.length - a.uses.length)) {
    if (uses.length === 1) continue;
    const unique = name in shared ? `${first}.${name}` : name;
    shared[unique] = form as Parameters[string];
    for (const [list, at] of uses) list[at] = { $ref: `#/components/parameters/${unique}` };
  }
  return shared;
}

/** Equal for equal JSON, in whatever order its fields stand. */
function keyOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}

/**
 * One decorator a field validates, documents and converts it: amounts to decimal text, moments to UTC. `quickly` does
 * so in one pass for a body without errors; class-validator names the errors of the others.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { Unsafe } from 'typebox';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import { decimalText, isAmount, isSignedAmount, isUnitPrice } from './decimals.js';
import { instantOrDay, isDay } from './instants.js';
import { component } from './schema.js';

export interface FieldOptions {
  optional?: boolean;
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

export const optional = { optional: true };
export const clearable = { optional: true, nullable: true };

export const LINES_MAX = 500;
export const NAME_MAX = 200;
export const NOTES_MAX = 2000;

const ID_MAX = 64;
const ID = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const ID_SCHEMA = { type: 'string' as const, pattern: ID.source, maxLength: ID_MAX };
component('Id', Unsafe(ID_SCHEMA));

export function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= ID_MAX && ID.test(value);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get in
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

export function isText(value: unknown, max: number): value is string {
  if (typeof value !== 'string' || value.length > 2 * max || [...value].length > max) return false;
  return value.trim() !== '' && !CONTROL.test(value) && value.isWellFormed();
}

function field(
  schema: ApiPropertyOptions,
  passes: (value: unknown) => boolean,
  sentence: string,
  { optional = false, nullable = false, ...about }: FieldOptions = {},
  convert?: (value: unknown) => unknown,
): PropertyDecorator {
  const absent = (value: unknown) => (optional && value === undefined) || (nullable && value === null);
  return applyDecorators(
    ApiProperty({
      ...schema,
      ...about,
      required: !optional,
      ...(nullable && { nullable, ...('enum' in schema && { enum: [...(schema.enum as unknown[]), null] }) }),
    } as ApiPropertyOptions),
    ValidateIf((_, value) => !absent(value)),
    ValidateBy({
      name: 'field',
      validator: {
        validate: passes,
        defaultMessage: (about) => (about?.value === undefined ? 'is required' : sentence),
      },
    }),
    remembered({ optional, nullable, passes, convert, written: writtenAs(schema) }),
    ...(convert === undefined
      ? []
      : [Transform(({ value }) => (value === null ? null : convert(value)), { toPlainOnly: true })]),
  );
}

interface Rule {
  optional: boolean;
  nullable: boolean;
  passes: (value: unknown) => boolean;
  convert?: ((value: unknown) => unknown) | undefined;
  written?: Written;
  shape?: () => Shape;
}
type Shape = new () => object;
/** Of JSON; a word is text that never has blanks around it. */
export type Written = 'number' | 'flag' | 'word' | 'text' | 'list';
type Data = Record<string, unknown>;

const RULES = new WeakMap<object, [name: string, rule: Rule][]>();

function remembered(rule: Rule): PropertyDecorator {
  return (prototype, name) => {
    if (!RULES.has(prototype)) RULES.set(prototype, [...(RULES.get(Object.getPrototypeOf(prototype)) ?? [])]);
    RULES.get(prototype)!.push([name as string, rule]);
  };
}

function writtenAs({ type, ...more }: ApiPropertyOptions): Written {
  if (type === Number || type === 'integer') return 'number';
  if (type === Boolean) return 'flag';
  if (type === 'array') return 'list';
  return 'pattern' in more || 'enum' in more || 'format' in more || 'example' in more ? 'word' : 'text';
}

export interface ShapeField {
  name: string;
  written: Written;
  optional: boolean;
  /** Of a list of objects: their fields, and whether it may be empty. */
  lines?: { fields: ShapeField[]; may_be_empty: boolean };
}
/** Of a body, as its decorators say them. */
export function fieldsOfShape(shape: Shape): ShapeField[] {
  return (RULES.get(shape.prototype) ?? []).map(([name, { optional, written = 'list', shape: of_line, passes }]) => ({
    name,
    written,
    optional,
    ...(of_line !== undefined && { lines: { fields: fieldsOfShape(of_line()), may_be_empty: passes([]) } }),
  }));
}

/** By class-validator's rules, at a twentieth of its cost; undefined where anything is wrong. */
export function quickly(shape: Shape, value: unknown): Data | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const data: Data = {};
  let known = 0;
  for (const [name, { optional, nullable, passes, convert, shape: of_line }] of RULES.get(shape.prototype) ?? []) {
    const given = (value as Data)[name];
    if (given === undefined && optional) continue;
    known += 1;
    if (given === null && nullable) data[name] = null;
    else if (of_line !== undefined)
      data[name] = passes(given) ? linesQuickly(of_line(), given as unknown[]) : undefined;
    else if (passes(given)) data[name] = convert === undefined ? given : convert(given);
    if (data[name] === undefined) return undefined;
  }
  return known === Object.keys(value).length ? data : undefined;
}
function linesQuickly(shape: Shape, value: readonly unknown[]): Data[] | undefined {
  const lines: Data[] = [];
  for (const line of value) {
    const data = quickly(shape, line);
    if (data === undefined) return undefined;
    lines.push(data);
  }
  return lines;
}
export function lineShapeOf(shape: Shape, name: string): Shape | undefined {
  const rule = RULES.get(shape.prototype)?.find(([field]) => field === name)?.[1];
  return rule?.shape?.();
}
function isListOfLines(value: unknown, least: number): value is unknown[] {
  return Array.isArray(value) && value.length >= least && value.length <= LINES_MAX;
}

export const Id = (options?: FieldOptions) =>
  field(
    ID_SCHEMA,
    isId,
    'must be 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit',
    options,
  );

export const Text = (max: number, options?: FieldOptions) =>
  field(
    { type: String, minLength: 1, maxLength: max },
    (value) => isText(value, max),
    `must be text of 1 to ${max} characters without control characters`,
    options,
  );

export const Pattern = (pattern: RegExp, sentence: string, options?: FieldOptions) =>
  field(
    { type: String, pattern: pattern.source },
    (value) => typeof value === 'string' && pattern.test(value),
    sentence,
    options,
  );

/** Text that passes. */
export const Matching = (
  passes: (value: unknown) => boolean,
  schema: ApiPropertyOptions,
  sentence: string,
  options?: FieldOptions,
) => field(schema, passes, sentence, options);

export const OneOf = (words: readonly string[], options?: FieldOptions) =>
  field(
    { type: String, enum: [...words] },
    (value) => typeof value === 'string' && words.includes(value),
    `must be one of ${words.join(', ')}`,
    options,
  );

export const ListOf = (words: readonly string[], options?: FieldOptions) =>
  field(
    { type: 'array', items: { type: 'string', enum: [...words] }, minItems: 1, maxItems: words.length },
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.length <= words.length &&
      value.every((each) => words.includes(each)) &&
      new Set(value).size === value.length,
    'must be a list of different words, each as the contract names them',
    options,
  );

export const Flag = (options?: FieldOptions) =>
  field({ type: Boolean }, (value) => typeof value === 'boolean', 'must be true or false', options);

export const Whole = (minimum: number, maximum: number, options?: FieldOptions) =>
  field(
    { type: 'integer', format: 'int64', minimum, maximum },
    (value) => Number.isSafeInteger(value) && !Object.is(value, -0) && within(value as number, minimum, maximum),
    `must be a whole number from ${minimum} to ${maximum}`,
    options,
  );
function within(value: number, minimum: number, maximum: number): boolean {
  return value >= minimum && value <= maximum;
}

export const Quantity = (options?: FieldOptions) => Whole(1, QUANTITY_MAX, options);
export const Count = (options?: FieldOptions) => Whole(0, QUANTITY_MAX, options);

export const UnitPrice = (options?: FieldOptions) =>
  field(
    { type: Number, minimum: 0, description: 'with at most 6 decimals and 15 digits' },
    isUnitPrice,
    'must be a price ≥ 0 with at most 6 decimals and 15 digits',
    options,
    decimalText,
  );

/** In major units, at most as fine as the ledger's currency. */
export const Amount = (options?: FieldOptions) =>
  field(
    { type: Number, minimum: 0, exclusiveMinimum: true },
    (value) => isAmount(value, 'more than zero'),
    'must be an amount > 0 with at most 15 digits',
    options,
    decimalText,
  );

export const SignedAmount = (options?: FieldOptions) =>
  field(
    { type: Number },
    isSignedAmount,
    'must be an amount other than 0 with at most 15 digits',
    options,
    decimalText,
  );

export const Cost = (options?: FieldOptions) =>
  field(
    { type: Number, minimum: 0 },
    (value) => isAmount(value, 'zero'),
    'must be an amount ≥ 0 with at most 15 digits',
    options,
    decimalText,
  );

export const INSTANT_SCHEMA = { type: 'string' as const, example: '2026-03-01T08:00:00Z' };
/** A day stays one: only the ledger knows its time zone. */
export const Instant = (options?: FieldOptions) =>
  field(
    INSTANT_SCHEMA,
    (value) => instantOrDay(value) !== undefined,
    'must be a moment with an offset, to the millisecond at most, such as 2026-03-01T08:00:00Z, or a day such as 2026-03-01, from 1970 to 9999',
    options,
    instantOrDay,
  );

export const Day = (options?: FieldOptions) =>
  field(
    { type: String, format: 'date', example: '2026-03-31' },
    isDay,
    'must be a day such as 2026-03-31, from 1970 to 9999',
    options,
  );

export const Lines = (shape: () => Shape, { least = 1, ...about }: { least?: 0 | 1; description?: string } = {}) => {
  const passes = (value: unknown) => isListOfLines(value, least);
  return applyDecorators(
    // Swagger recognizes a lazy type by the name of its function, `type`, which bundlers leave to a method alone.
    ApiProperty({
      type() {
        return shape();
      },
      isArray: true,
      minItems: least,
      maxItems: LINES_MAX,
      ...about,
    }),
    Type(shape),
    remembered({ optional: false, nullable: false, passes, shape }),
    ValidateBy({
      name: 'lines',
      validator: {
        validate: (value) => isListOfLines(value, least) && value.every((line) => line instanceof shape()),
        defaultMessage: (about) =>
          about?.value === undefined ? 'is required' : `must be a list of ${least} to ${LINES_MAX} objects`,
      },
    }),
    ValidateNested({ each: true }),
  );
};

/**
 * The fields of requests: each is one decorator that checks it, says it in OpenAPI, and turns it into what the ledger takes. A request
 * is read by plainToInstance, checked by class-validator, and handed on by instanceToPlain, where prices and amounts become decimal text
 * and moments become UTC.
 */
import { applyDecorators } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { QUANTITY_MAX } from '../../../libs/ledger/money.js';
import { decimalText, isAmount, isUnitPrice } from './decimals.js';
import { isDay, isoInstant } from './instants.js';

export interface FieldOptions {
  optional?: boolean;
  /** null says that there is no value; of a change, that there is none any more. */
  nullable?: boolean;
  description?: string;
  example?: unknown;
}

export const LINES_MAX = 500;
export const NAME_MAX = 200;
export const NOTES_MAX = 2000;

const ID = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** A code that the client gave, such as bottle-500ml-a or CUST-001. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && ID.test(value);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get in
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Something to read, on one line, that can be written as UTF-8. */
export function isText(value: unknown, max: number): value is string {
  if (typeof value !== 'string' || value.length > 2 * max || [...value].length > max) return false;
  return value.trim() !== '' && !CONTROL.test(value) && value.isWellFormed();
}

function field(
  schema: ApiPropertyOptions,
  passes: (value: unknown) => boolean,
  sentence: string,
  { optional = false, nullable = false, ...about }: FieldOptions = {},
): PropertyDecorator {
  const absent = (value: unknown) => (optional && value === undefined) || (nullable && value === null);
  return applyDecorators(
    ApiProperty({ ...schema, ...about, required: !optional, ...(nullable && { nullable }) } as ApiPropertyOptions),
    ValidateIf((_, value) => !absent(value)),
    ValidateBy({
      name: 'field',
      validator: {
        validate: passes,
        defaultMessage: (about) => (about?.value === undefined ? 'is required' : sentence),
      },
    }),
  );
}

export const Id = (options?: FieldOptions) =>
  field(
    { type: String, pattern: ID.source, maxLength: 64 },
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

/** One of the words; the same list says it in OpenAPI. */
export const OneOf = (words: readonly string[], options?: FieldOptions) =>
  field(
    { type: String, enum: [...words] },
    (value) => typeof value === 'string' && words.includes(value),
    `must be one of ${words.join(', ')}`,
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

/** Pieces. */
export const Quantity = (options?: FieldOptions) => Whole(1, QUANTITY_MAX, options);
/** Pieces where none is an answer. */
export const Count = (options?: FieldOptions) => Whole(0, QUANTITY_MAX, options);

const asDecimal = Transform(({ value }) => (value === null ? null : decimalText(value)), { toPlainOnly: true });

export const UnitPrice = (options?: FieldOptions) =>
  applyDecorators(
    asDecimal,
    field(
      { type: Number, minimum: 0, description: 'with at most 6 decimals and 15 digits' },
      isUnitPrice,
      'must be a price ≥ 0 with at most 6 decimals and 15 digits',
      options,
    ),
  );

/** In major units, at most as fine as the ledger's currency. */
export const Amount = (options?: FieldOptions) =>
  applyDecorators(
    asDecimal,
    field(
      { type: Number, minimum: 0, exclusiveMinimum: true },
      (value) => isAmount(value, 'more than zero'),
      'must be an amount > 0 with at most 15 digits',
      options,
    ),
  );

/** An amount where nothing is an answer. */
export const Cost = (options?: FieldOptions) =>
  applyDecorators(
    asDecimal,
    field(
      { type: Number, minimum: 0 },
      (value) => isAmount(value, 'zero'),
      'must be an amount ≥ 0 with at most 15 digits',
      options,
    ),
  );

export const Instant = (options?: FieldOptions) =>
  applyDecorators(
    Transform(({ value }) => isoInstant(value), { toPlainOnly: true }),
    field(
      { type: String, example: '2026-03-01T08:00:00Z' },
      (value) => isoInstant(value) !== undefined,
      'must be a moment with an offset such as 2026-03-01T08:00:00Z, or a day such as 2026-03-01, from 1970 to 9999',
      options,
    ),
  );

export const Day = (options?: FieldOptions) =>
  field(
    { type: String, format: 'date', example: '2026-03-31' },
    isDay,
    'must be a day such as 2026-03-31, from 1970 to 9999',
    options,
  );

type Shape = new () => object;

/** 1 to LINES_MAX lines of one shape. */
export const Lines = (shape: () => Shape): PropertyDecorator =>
  applyDecorators(
    // Swagger knows a function that answers the type by its name, which must be `type`.
    ApiProperty({ type: () => shape(), isArray: true, minItems: 1, maxItems: LINES_MAX }),
    Type(shape),
    ValidateBy({
      name: 'lines',
      validator: {
        validate: (value) =>
          Array.isArray(value) &&
          value.length >= 1 &&
          value.length <= LINES_MAX &&
          value.every((line) => line instanceof shape()),
        defaultMessage: (about) =>
          about?.value === undefined ? 'is required' : `must be a list of 1 to ${LINES_MAX} objects`,
      },
    }),
    ValidateNested({ each: true }),
  );

/** Turns what came in into the DTO that a handler asks for, or names every field that is wrong. */
import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import { type FieldError, invalidFields, invalidParameters } from './problem.js';

type Class = new () => object;

const errors_max = 100;
const options = {
  whitelist: true,
  forbidNonWhitelisted: true,
  forbidUnknownValues: true,
  validationError: { target: false, value: false },
};

/**
 * For bodies 422, for query and path parameters 400. Unknown fields are errors too.
 * Also for what is no request of its own: `checked(SaleDto, line.body)`.
 */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || !isDto(metatype)) return value;
    return type === 'body' ? checked(metatype, value) : checked(metatype, value ?? {}, invalidParameters);
  }
}

/** `value` as an instance of `dto`. @throws Problem that names every bad field. */
export function checked<T extends object>(dto: new () => T, value: unknown, problem = invalidFields): T {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw problem([{ path: '', message: 'must be an object' }]);
  // class-validator looks a field's rules up in a plain object, where inherited names seem to have some.
  const inherited = Object.keys(value).filter((name) => name in Object.prototype);
  if (inherited.length > 0) throw problem(inherited.map((path) => ({ path, message: `${path} is not a field here` })));
  const instance = plainToInstance(dto, value);
  const errors = validateSync(instance, options);
  if (errors.length > 0) throw problem(errors.flatMap((error) => named(error)).slice(0, errors_max));
  return instance;
}

function isDto(metatype: ArgumentMetadata['metatype']): metatype is Class {
  return metatype !== undefined && ![String, Number, Boolean, Array, Object].some((native) => native === metatype);
}

/** "line_items.0.quantity" */
function named({ property, constraints = {}, children = [] }: ValidationError, within = ''): FieldError[] {
  const path = within === '' ? property : `${within}.${property}`;
  const own = Object.entries(constraints).map(([rule, message]) => ({
    path,
    message: rule === 'whitelistValidation' ? `${property} is not a field here` : message,
  }));
  return [...own, ...children.flatMap((child) => named(child, path))];
}

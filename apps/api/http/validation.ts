import type { ArgumentMetadata, PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { LINES_MAX, lineShapeOf } from './fields.js';
import { ERRORS_MAX, type FieldError, invalidFields, invalidParameters, shortName, unknownField } from './problem.js';

type Class = new () => object;
type Data = Record<string, unknown>;

const options = { forbidUnknownValues: true, validationError: { target: false, value: false } };

/** 422 for bodies, 400 for query and path parameters. */
export class DtoPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || !isDto(metatype)) return value;
    return type === 'body' ? checked(metatype, value) : checked(metatype, value ?? {}, invalidParameters);
  }
}

/** Unknown fields and overlong lists are taken out first: class-validator takes microseconds for each member. */
export function checked<T extends object>(dto: new () => T, value: unknown, problem = invalidFields): T {
  if (value === undefined) throw problem([{ path: '', message: 'a JSON object is expected' }]);
  if (!isObject(value)) throw problem([{ path: '', message: 'must be an object' }]);
  const unknown = new UnknownFields();
  const known = knownPart(dto, value, unknown);
  if (unknown.more > 0) throw problem(unknown.errors, unknown.more);
  const instance = plainToInstance(dto, known);
  const errors = [...unknown.errors, ...validateSync(instance, options).flatMap((error) => named(error))];
  if (errors.length > 0) throw problem(errors);
  return instance;
}

class UnknownFields {
  readonly errors: FieldError[] = [];
  more = 0;

  add(name: string, path: string): void {
    if (this.errors.length < ERRORS_MAX) this.errors.push(unknownField(name, path));
    else this.more += 1;
  }
}

/** Fields whose objects are handed on as they came, to a library that checks them. */
const AS_SENT = new WeakMap<object, Set<string>>();
export const AsSent = (): PropertyDecorator => (prototype, name) => {
  AS_SENT.set(prototype, (AS_SENT.get(prototype) ?? new Set()).add(String(name)));
};

function knownPart(dto: Class, value: Data, unknown: UnknownFields, within = ''): Data {
  const names = fieldsOf(dto);
  const known: Data = {};
  for (const name of Object.keys(value)) {
    if (!names.has(name)) unknown.add(name, `${within}${shortName(name)}`);
    else if (AS_SENT.get(dto.prototype)?.has(name)) known[name] = value[name];
    else known[name] = heldBy(lineShapeOf(dto, name), value[name], unknown, `${within}${name}.`);
  }
  return known;
}
function heldBy(lines: Class | undefined, value: unknown, unknown: UnknownFields, within: string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return {};
  if (lines === undefined || value.length > LINES_MAX) return [];
  return value.map((line, at) => (isObject(line) ? knownPart(lines, line, unknown, `${within}${at}.`) : null));
}

const names = new WeakMap<Class, Set<string>>();
export function fieldsOf(dto: Class): Set<string> {
  const known = names.get(dto);
  if (known !== undefined) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const found = new Set(rules.map(({ propertyName }) => propertyName));
  names.set(dto, found);
  return found;
}

function isObject(value: unknown): value is Data {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDto(metatype: ArgumentMetadata['metatype']): metatype is Class {
  return metatype !== undefined && ![String, Number, Boolean, Array, Object].some((native) => native === metatype);
}

function named({ property, constraints = {}, children = [] }: ValidationError, within = ''): FieldError[] {
  const path = within === '' ? property : `${within}.${property}`;
  const own = Object.values(constraints).map((message) => ({ path, message }));
  return [...own, ...children.flatMap((child) => named(child, path))];
}

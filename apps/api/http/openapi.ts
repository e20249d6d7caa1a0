import { applyDecorators } from '@nestjs/common';
import { ApiExtension, ApiHeader } from '@nestjs/swagger';
import type { ProblemCode } from './problem.js';

export const PROBLEMS_OF = 'x-problems';

/** Where @nestjs/swagger keeps the extensions of a method, of each the first value. */
const EXTENSIONS = 'swagger/apiExtension';

/** A method may have several, whose codes add up. */
export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const extensions = Reflect.getMetadata(EXTENSIONS, descriptor.value) as Record<string, ProblemCode[]> | undefined;
    const before = extensions?.[PROBLEMS_OF];
    if (before === undefined) ApiExtension(PROBLEMS_OF, codes)(target, key, descriptor);
    else before.push(...codes.filter((code) => !before.includes(code)));
  };
}

export function ApiIdempotencyKey(): MethodDecorator {
  return applyDecorators(
    ApiHeader({ name: 'Idempotency-Key', required: false, schema: { type: 'string', maxLength: 255 } }),
    ApiProblems('invalid_idempotency_key', 'idempotency_key_reused'),
  );
}

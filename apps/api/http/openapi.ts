import { ApiExtension } from '@nestjs/swagger';
import type { ProblemCode } from './problem.js';

export const PROBLEMS_OF = 'x-problems';

export function ApiProblems(...codes: ProblemCode[]): MethodDecorator {
  return (target, key, descriptor: PropertyDescriptor) => {
    const before: ProblemCode[] = Reflect.getMetadata(PROBLEMS_OF, descriptor.value) ?? [];
    const all = [...new Set([...before, ...codes])];
    Reflect.defineMetadata(PROBLEMS_OF, all, descriptor.value);
    ApiExtension(PROBLEMS_OF, all)(target, key, descriptor);
  };
}

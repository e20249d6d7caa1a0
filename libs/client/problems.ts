import type { AnyProblem } from './generated/problems.js';

export type ProblemCode = AnyProblem['code'];
export type ProblemOf<C extends ProblemCode> = Extract<AnyProblem, { code: C }>;

/** What was refused, and why: `problem.code` is stable, and each code has details of its own. */
export class LedgerError<C extends ProblemCode = ProblemCode> extends Error {
  override readonly name = 'LedgerError';

  constructor(readonly problem: ProblemOf<C>) {
    super(problem.detail);
  }
}

export function isProblemDocument(value: unknown): value is AnyProblem {
  return typeof value === 'object' && value !== null && 'code' in value && 'trace_id' in value;
}

/** `if (isProblem(error, 'insufficient_stock')) error.problem.shortage` */
export function isProblem<C extends ProblemCode>(error: unknown, ...codes: C[]): error is LedgerError<C> {
  return error instanceof LedgerError && codes.some((code) => code === error.problem.code);
}

export interface Verb {
  help: string;
  /** @returns the exit code: 0 done, 1 what was checked is wrong. Ends early, harming nothing, when `stop` aborts. */
  run(args: string[], stop: AbortSignal): Promise<number>;
}

/** Printed as one sentence, with exit code 2. */
export class CannotDo extends Error {}

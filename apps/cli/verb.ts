export interface Verb {
  help: string;
  /**
   * Resolves to the exit code: 0 done, 1 something is wrong with what was checked. Ends early, harming nothing, when
   * `stop` aborts. Throws CannotDo for what the caller must change.
   */
  run(args: string[], stop: AbortSignal): Promise<number>;
}

/** Printed as one sentence, with exit code 2: a wrong argument, a server that is away, a missing file. */
export class CannotDo extends Error {}

/** One word of the command line, such as `cli export`; a file beside this one exports it as `verb`. */
export interface Verb {
  /** The text of `--help`: call, purpose, options, exit codes. */
  help: string;
  /**
   * Resolves to the exit code: 0 done, 1 something is wrong with what was checked. Ends early, harming nothing, when
   * `stop` aborts. Throws CannotDo for what the caller must change.
   */
  run(args: string[], stop: AbortSignal): Promise<number>;
}

/** Printed as one sentence, with exit code 2: a wrong argument, a server that is away, a missing file. */
export class CannotDo extends Error {}

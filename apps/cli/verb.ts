/** One word of the command line, such as `cli export`; a file beside this one exports it as `verb`. */
export interface Verb {
  /** What `--help` prints: how to call it, what it does, its options, its exit codes. */
  help: string;
  /**
   * Resolves to the exit code: 0 done, 1 something is wrong with what was looked at. Ends early, harming nothing, when `stop` aborts.
   * Throws CannotDo for what the caller must change.
   */
  run(args: string[], stop: AbortSignal): Promise<number>;
}

/** Told to the caller as one sentence, with exit code 2: a wrong argument, a server that is away, a file that is not there. */
export class CannotDo extends Error {}

/**
 * The parent's half of lifecycle.ts, for start script and tests alike: starts one process, waits until it is ready,
 * ends it.
 */
import { fork } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Failed, Ready } from './lifecycle.js';

const tail_lines_max = 20;

/** A start that failed for a reason that a retry cannot help. The message is one sentence for the operator. */
export class StartRefused extends Error {}

export type Child = {
  name: string;
  module: URL;
  pid: number;
  /**
   * Fulfilled by announceReady; rejected with StartRefused by `fail`, with Error and the log's tail by any other end.
   */
  ready: Promise<Ready>;
  exited: Promise<string>;
  /** Asks it to stop, and kills it after `stop_ms_max`. Resolves when the process is gone. */
  stop(): Promise<void>;
  kill(): Promise<void>;
};

export type ChildSpec = {
  name: string;
  module: URL;
  args?: string[];
  env: NodeJS.ProcessEnv;
  /** Gets stdout and stderr, appended. A file, since a pipe would break when the parent dies. */
  log_file: string;
  /** Longer than the child's own deadline. Default 15 s. */
  stop_ms_max?: number;
};

/** Starts `spec.module` with an IPC channel. Returns at once; await `ready`. */
export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.log_file, 'a', 0o600);
  const log_start = fstatSync(log).size;
  const child = fork(spec.module, spec.args ?? [], {
    env: spec.env,
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
    // A session of its own: Ctrl-C in the terminal must reach the parent only, which then stops its children in order.
    detached: true,
  });
  closeSync(log);

  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => child.pid === undefined && resolve(error.message));
  });
  const ready = new Promise<Ready>((resolve, reject) => {
    let is_ready = false;
    child.on('message', (message: Ready | Failed) => {
      if ('failed' in message) reject(new StartRefused(message.failed));
      else if (message.ready) resolve(message);
      is_ready ||= 'ready' in message;
    });
    exited.then((how) => {
      if (is_ready) return;
      const tail = logTail(spec.log_file, log_start);
      reject(new Error(`${spec.name} ended before it was ready (${how}).${tail && `\n${tail}`}`));
    });
  });
  ready.catch(() => {}); // A child that is only killed must not raise an unhandled rejection.

  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), spec.stop_ms_max ?? 15_000);
    if (child.connected) child.disconnect();
    // A process that uses onStop sees the end of the channel; the signal is for one that has not come that far.
    if (process.platform !== 'win32') child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  };
  return { name: spec.name, module: spec.module, pid: child.pid ?? 0, ready, exited, stop, kill };
}

/** The last lines written to `file` after byte `from`; '' when there is no file. */
export function logTail(file: string, from = 0): string {
  if (!existsSync(file)) return '';
  const text = readFileSync(file).subarray(from).toString('utf8').trimEnd();
  return text.split('\n').slice(-tail_lines_max).join('\n');
}

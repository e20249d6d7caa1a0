import { fork } from 'node:child_process';
import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Failed, Ready } from './lifecycle.js';

const TAIL_LINES_MAX = 20;

export class StartRefused extends Error {}

export type Child = {
  name: string;
  module: URL;
  pid: number;
  /** By announceReady. @throws StartRefused by `fail`; Error with the log's tail by any other end */
  ready: Promise<Ready>;
  exited: Promise<string>;
  /** Kills it after `stop_ms_max`. Resolves when it is gone. */
  stop(): Promise<void>;
  kill(): Promise<void>;
};

export type ChildSpec = {
  name: string;
  module: URL;
  args?: string[];
  env: NodeJS.ProcessEnv;
  /** A pipe would break when the parent dies. */
  log_file: string;
  stop_ms_max?: number;
};

export function startChild(spec: ChildSpec): Child {
  const log = openSync(spec.log_file, 'a', 0o600);
  const log_start = fstatSync(log).size;
  const child = fork(spec.module, spec.args ?? [], {
    env: spec.env,
    execArgv: [],
    stdio: ['ignore', log, log, 'ipc'],
    // Its own session: Ctrl-C must reach the parent only, which stops its children in order.
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
  ready.catch(() => {}); // A kill must not raise an unhandled rejection.

  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const stop = async () => {
    const timer = setTimeout(() => child.kill('SIGKILL'), spec.stop_ms_max ?? 15_000);
    if (child.connected) child.disconnect();
    // For a process that has not called onStop yet; others see the end of the channel.
    if (process.platform !== 'win32') child.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  };
  return { name: spec.name, module: spec.module, pid: child.pid ?? 0, ready, exited, stop, kill };
}

export function logTail(file: string, from = 0): string {
  if (!existsSync(file)) return '';
  const text = readFileSync(file).subarray(from).toString('utf8').trimEnd();
  return text.split('\n').slice(-TAIL_LINES_MAX).join('\n');
}

/** Stops one command (Postgres) when its parent ends, even by kill -9. Imports nothing: specs run it unbuilt. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';

export type Kept = {
  command: string;
  args: string[];
  env: Record<string, string>;
  cwd: string;
  uid?: number;
  gid?: number;
  stop_signals: NodeJS.Signals[];
  stop_ms_each: number;
  remove_after_stop?: string;
};

const kept: Kept = JSON.parse(process.argv[2] ?? '{}');
const { command, args, env, cwd, uid, gid } = kept;
const child = spawn(command, args, { env, cwd, uid, gid, stdio: ['ignore', 'inherit', 'inherit'] });
let stopping = false;

child.on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code) => {
  if (stopping && kept.remove_after_stop) rmSync(kept.remove_after_stop, { recursive: true, force: true });
  process.exit(stopping ? 0 : (code ?? 1));
});

function stop(): void {
  if (stopping) return;
  stopping = true;
  kept.stop_signals.forEach((signal, i) => {
    setTimeout(() => child.kill(signal), i * kept.stop_ms_each);
  });
}

process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
if (process.connected) process.send?.({ ready: true });
else stop();

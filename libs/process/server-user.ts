/** The operating system's user that runs the embedded Postgres. */
import { execFileSync, spawnSync } from 'node:child_process';
import { StartRefused } from './child.js';

export type User = { uid: number; gid: number };

/**
 * The user that runs the server; undefined: the user of this process. Postgres refuses to run as root, so under root it is the user
 * `postgres`, which is made where it is missing.
 * @throws StartRefused where that user cannot be made.
 */
export function serverUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    try {
      execFileSync('groupadd', ['--force', 'postgres'], { stdio: 'pipe' });
      execFileSync('useradd', ['--gid', 'postgres', '--no-create-home', 'postgres'], { stdio: 'pipe' });
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      throw new StartRefused(
        'Postgres refuses to run as root and the user "postgres" could not be made: start as another user, or set DATABASE_URL.',
      );
    }
  }
}

/** Whether `user` can enter `folder`. Tried, since modes and access lists anywhere on the way to it may forbid it. */
export function canEnter(user: User | undefined, folder: string): boolean {
  if (!user) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

import { execFileSync, spawnSync } from 'node:child_process';
import { StartRefused } from './child.js';

export type User = { uid: number; gid: number };

/** Postgres refuses to run as root: then the user is `postgres`, made where missing. @throws StartRefused */
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

/** Tried: any mode or access list on the way may forbid it. */
export function canEnter(user: User | undefined, folder: string): boolean {
  if (!user) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

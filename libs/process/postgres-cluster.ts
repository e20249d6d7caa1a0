/** Whole or not at all; refused where another version made it. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { StartRefused } from './child.js';
import { runBinary, serverEnv } from './postgres-binaries.js';
import type { User } from './server-user.js';

export async function ensureCluster(
  native: string,
  data: string,
  password: string,
  user: User | undefined,
): Promise<void> {
  const major = runBinary(native, 'postgres', ['--version'], user).match(/ (\d+)/)?.[1];
  if (existsSync(data)) {
    const version = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => '');
    if (!version)
      throw new StartRefused(
        `${data} is no Postgres folder any more (PG_VERSION is missing): restore it from a backup, or remove it to begin with an empty database.`,
      );
    if (version.trim() !== major)
      throw new StartRefused(
        `${data} was made by Postgres ${version.trim()} and this is Postgres ${major}: dump it with the old version and load it with the new one.`,
      );
    return;
  }
  const fresh = `${data}.part`;
  const password_file = `${data}.password`;
  await rm(fresh, { recursive: true, force: true });
  await writeFile(password_file, password, { mode: 0o600 });
  if (user) await chown(password_file, user.uid, user.gid);
  try {
    const locale = ['--encoding=UTF8', '--no-locale', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
    const access = ['--username=postgres', '--auth=scram-sha-256', `--pwfile=${password_file}`];
    await finished(
      spawn(join(native, 'bin', 'initdb'), [`--pgdata=${fresh}`, ...locale, ...access], {
        ...user,
        cwd: dirname(data),
        env: serverEnv(),
        stdio: ['ignore', 'ignore', 'pipe'],
      }),
    );
  } finally {
    await rm(password_file, { force: true });
  }
  await rename(fresh, data);
}

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const code = await new Promise((resolve) => {
    child.on('close', resolve);
    child.on('error', resolve);
  });
  if (code !== 0)
    throw new StartRefused(`Postgres could not make its folder: ${stderr.trim().split('\n').at(-1) || code}`);
}

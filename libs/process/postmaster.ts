import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartRefused } from './child.js';

const PREVIOUS_ONE_MS_MAX = 30_000;

/** The caller holds the folder's lock. @returns an unrelated process that has the number in postmaster.pid */
export async function stopPreviousOne(data: string): Promise<number | undefined> {
  const previous = postmasterPid(data);
  if (!previous || !isAlive(previous.pid)) return undefined;
  if (!isPostmasterOf(previous.pid, data)) return previous.pid;
  const give_up_at = Date.now() + PREVIOUS_ONE_MS_MAX;
  signal(previous.pid, 'SIGINT');
  while (isAlive(previous.pid)) {
    if (Date.now() > give_up_at)
      throw new StartRefused(`Postgres, process ${previous.pid}, still runs on ${data} and does not stop: end it.`);
    await sleep(50);
  }
  return undefined;
}

/** May be another process's by now. */
export function postmasterPid(data: string): { pid: number } | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? { pid } : undefined;
  } catch {
    return undefined;
  }
}

/** A number proves nothing. A postmaster's working directory is its data folder. */
function isPostmasterOf(pid: number, data: string): boolean {
  try {
    if (process.platform === 'linux') return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data);
    if (process.platform === 'win32') return true;
    return execFileSync('ps', ['-o', 'command=', '-p', `${pid}`], { encoding: 'utf8' }).includes(data);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  return signal(pid, 0);
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

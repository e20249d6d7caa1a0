/**
 * argon2id takes 19 MiB and tens of milliseconds of a thread: one check a core and an address, so that guessing delays
 * no one.
 */
import { availableParallelism } from 'node:os';
import { verify } from '@node-rs/argon2';
import { spelt, whyRefused } from '../../../libs/identity/password-rule.js';
import { hashOf } from '../../../libs/identity/set-password.js';
import { refuseSlowly } from '../http/hold.js';
import { invalidFields, Problem } from '../http/problem.js';
import { FairQueue } from './fair-queue.js';

const checks = new FairQueue(
  { concurrency: Math.min(availableParallelism(), 3), waiting_per_key_max: 32, waiting_max: 1000 },
  (reason) =>
    new Problem(reason === 'key' ? 'too_many_requests' : 'overloaded', {}, { headers: { 'retry-after': '2' } }),
);

export type NewPassword = { password: string; path: string; username: string; present_hash?: string };

export async function hashPassword(
  actor: string,
  { password, path, username, present_hash }: NewPassword,
): Promise<string> {
  const why = whyRefused(password, username);
  if (why !== undefined) throw invalidFields([{ path, message: why }]);
  return checks.run(`user ${actor}`, async () => {
    if (present_hash !== undefined && (await isPasswordOf(present_hash, password)))
      throw invalidFields([{ path, message: 'must differ from the present password' }]);
    return hashOf(password);
  });
}

/** Also as it was typed: a hash may be older than the normalization of letters. */
async function isPasswordOf(password_hash: string, password: string): Promise<boolean> {
  for (const spelling of new Set([spelt(password), password])) if (await verify(password_hash, spelling)) return true;
  return false;
}

let dummy_hash: Promise<string> | undefined;

/**
 * Without a hash (no such user) it takes as long and is false. `settle` runs within the queue, so that no guess outruns
 * it.
 */
export function checkPassword<T>(
  address: string,
  password_hash: () => Promise<string | undefined>,
  password: string,
  settle: (right: boolean) => Promise<T>,
): Promise<T> {
  const checked = checks.run(address, async () => {
    const known = await password_hash();
    dummy_hash ??= hashOf('no user has this password');
    const right = await isPasswordOf(known ?? (await dummy_hash), password);
    return settle(right && known !== undefined);
  });
  return checked.catch(refuseSlowly);
}

/**
 * argon2id, one check a core: each takes 19 MiB and tens of milliseconds of one of Node's four worker threads, of which one stays for files.
 * Who comes from one address has one check at a time and a short queue, and the addresses take turns: whoever guesses waits for themselves.
 */
import { availableParallelism } from 'node:os';
import { verify } from '@node-rs/argon2';
import { spelt, whyRefused } from '../../../libs/identity/password-rule.js';
import { hashOf } from '../../../libs/identity/set-password.js';
import { invalidFields, Problem } from '../http/problem.js';

const at_once_max = Math.min(availableParallelism(), 3);
const waiting_of_one_max = 32;
const waiting_max = 1000;

let running = 0;
let waiting = 0;
/** By address, in the order of their turns; those that have a check running are in it only while more of theirs wait. */
const queues = new Map<string, (() => void)[]>();
const busy = new Set<string>();

/** @throws Problem too_many_requests where too many of this address wait, overloaded where too many do altogether. */
async function inTurn<T>(address: string, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(address) ?? [];
  if (queue.length >= waiting_of_one_max)
    throw new Problem('too_many_requests', {}, { headers: { 'retry-after': '2' } });
  if (waiting >= waiting_max) throw new Problem('overloaded', {}, { headers: { 'retry-after': '2' } });
  await new Promise<void>((turn) => {
    queue.push(turn);
    queues.set(address, queue);
    waiting += 1;
    giveTurns();
  });
  try {
    return await work();
  } finally {
    running -= 1;
    busy.delete(address);
    giveTurns();
  }
}

function giveTurns(): void {
  for (const [address, queue] of queues) {
    if (running >= at_once_max) return;
    if (busy.has(address)) continue;
    queues.delete(address);
    busy.add(address);
    running += 1;
    waiting -= 1;
    const turn = queue.shift()!;
    // Behind all others.
    if (queue.length > 0) queues.set(address, queue);
    turn();
  }
}

/** `password` stands in the field `path` of the body and is to be that of `username`, whose password now is the one of `present_hash`. */
export type NewPassword = { password: string; path: string; username: string; present_hash?: string };

/** The hash of a new password; `actor` waits for themselves. @throws Problem validation where it may not be one, or is the present one. */
export async function hashPassword(
  actor: string,
  { password, path, username, present_hash }: NewPassword,
): Promise<string> {
  const why = whyRefused(password, username);
  if (why !== undefined) throw invalidFields([{ path, message: why }]);
  return inTurn(`user ${actor}`, async () => {
    if (present_hash !== undefined && (await isPasswordOf(present_hash, password)))
      throw invalidFields([{ path, message: 'must differ from the present password' }]);
    return hashOf(password);
  });
}

/** As it was typed, too: a hash may be older than the rule that both spellings of a letter are one. */
async function isPasswordOf(password_hash: string, password: string): Promise<boolean> {
  for (const spelling of new Set([spelt(password), password])) if (await verify(password_hash, spelling)) return true;
  return false;
}

let nobody: Promise<string> | undefined;

/**
 * Whether `password` is the one of `password_hash`. Without a hash (there is no such user) it takes as long and is false.
 * `settle` runs before the turn ends: what it counts cannot be outrun by parallel guesses from this address.
 */
export function checkPassword<T>(
  address: string,
  password_hash: () => Promise<string | undefined>,
  password: string,
  settle: (right: boolean) => Promise<T>,
): Promise<T> {
  return inTurn(address, async () => {
    const known = await password_hash();
    nobody ??= hashOf('nobody has this password');
    const of_whom = known ?? (await nobody);
    const right = await isPasswordOf(of_whom, password);
    return settle(right && known !== undefined);
  });
}

/** argon2id, a few at a time: each hash takes 19 MiB and tens of milliseconds of one of Node's four worker threads. */
import { hash, verify } from '@node-rs/argon2';
import { Problem } from '../http/problem.js';

const at_once_max = 2;
const waiting_max = 200;

let running = 0;
const waiting: (() => void)[] = [];

/** @throws Problem overloaded where too many wait already. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= at_once_max) {
    if (waiting.length >= waiting_max) throw new Problem('overloaded', {}, { headers: { 'retry-after': '2' } });
    await new Promise<void>((turn) => waiting.push(turn));
  } else running += 1;
  try {
    return await work();
  } finally {
    // A turn is handed over rather than given back, so nobody can slip in between.
    const next = waiting.shift();
    if (next === undefined) running -= 1;
    else next();
  }
}

/** The package's defaults are what OWASP asks for at least: argon2id, 19 MiB, two passes, one lane. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password));
}

let nobody: Promise<string> | undefined;

/**
 * Whether `password` is the one of `password_hash`. Without a hash (there is no such user) it takes as long and is false.
 * `settle` runs before the turn ends: what it counts cannot be outrun by parallel guesses.
 */
export function checkPassword<T>(
  password_hash: () => Promise<string | undefined>,
  password: string,
  settle: (right: boolean) => Promise<T>,
): Promise<T> {
  return inTurn(async () => {
    const known = await password_hash();
    nobody ??= hash('nobody has this password');
    const right = await verify(known ?? (await nobody), password);
    return settle(right && known !== undefined);
  });
}

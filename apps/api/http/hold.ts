import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem.js';

const HELD_MS = 1000;
/** A quarter of the requests in flight that an instance takes. */
const HELD_MAX = 500;
let held = 0;

/**
 * A client that asks too often is answered after a while. Otherwise clients that ask again at once would keep this thread busy with
 * refusals, and everybody waiting.
 */
export async function refuseSlowly(error: unknown): Promise<never> {
  const is_too_often = error instanceof Problem && error.status === 429;
  if (is_too_often && held < HELD_MAX) {
    held += 1;
    await sleep(HELD_MS);
    held -= 1;
  }
  throw error;
}

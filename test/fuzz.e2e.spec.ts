/** `SEED=… npm run jest -- …` repeats a run; `npm run fuzz` looks for hours. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { fuzz, NO_LIMITS_OF_USERS } from './fuzz/fuzz.js';
import { seedOf } from './support/random.js';
import { type System, startSystem } from './support/system.js';

const CASES = Number(process.env.CASES ?? 2000);
const SEED = seedOf();

let system: System;
beforeAll(async () => {
  system = await startSystem({ env: NO_LIMITS_OF_USERS });
});
afterAll(() => system?.stop());

test(`whatever is sent, the answer is as the document says, and the books balance (seed ${SEED})`, async () => {
  const { requests, recorded, by_code } = await fuzz(system, { seed: SEED, cases: CASES, path: process.env.FUZZ_PATH });
  expect(requests).toBeGreaterThan(CASES);
  // It gets past the checks of shape.
  expect(recorded / requests).toBeGreaterThan(0.1);
  expect(by_code.size).toBeGreaterThan(15);
}, 300_000);

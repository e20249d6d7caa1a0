import { expect, test } from '@jest/globals';
import { FAILING_S_MAX, retryAfterIn, waitAfter } from './schedule.js';

const hours = (count: number) => count * 3600;

test('waits 5 s, 5 min, 30 min, 2, 5, 10, 14, 20 and 24 hours, and 24 hours from then on', () => {
  const waits = Array.from({ length: 12 }, (_, n) => waitAfter(n + 1, 0, 0));
  const day = hours(24);
  expect(waits).toEqual([5, 300, 1800, ...[2, 5, 10, 14, 20].map(hours), day, day, day, day]);
  const tried_s = waits.reduce((sum, each) => sum + each, 0);
  expect(tried_s).toBeGreaterThan(FAILING_S_MAX);
});

test('never sooner than that, and up to a fifth later', () => {
  expect([0, 0.5, 0.999].map((random) => waitAfter(2, 0, random))).toEqual([300, 330, expect.closeTo(360, 0)]);
});

test('a receiver that asks for longer gets longer, but for a day at most', () => {
  expect(waitAfter(1, 120, 0)).toBe(120);
  expect(waitAfter(3, 120, 0)).toBe(1800);
  expect(waitAfter(1, 1e9, 0)).toBe(hours(24));
});

test.each<[string | undefined, number]>([
  ['120', 120],
  ['Fri, 31 Dec 1999 23:59:59 GMT', 59],
  ['Fri, 31 Dec 1999 23:00:00 GMT', 0],
  ['0', 0],
  ['-5', 0],
  ['1.5', 0],
  ['99999999999', 0],
  ['soon', 0],
  ['1999', 1999],
  ['', 0],
  [undefined, 0],
])('Retry-After: %s is %s s', (header, seconds) => {
  expect(retryAfterIn(header, Date.parse('1999-12-31T23:59:00Z'))).toBe(seconds);
});

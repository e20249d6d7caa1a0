import { expect, test } from '@jest/globals';
import { LocalLimit } from './local-limit.js';

const HOUR_MS = 3_600_000;
const rate = (requests: number, per_s: number, burst = requests) => ({ requests, per_s, burst });

/** Of one request a millisecond, from a moment on. */
function allowedIn(limits: readonly LocalLimit[], from_ms: number, ms: number): number {
  let allowed = 0;
  for (let n = 0; n < ms; n += 1) if (limits[n % limits.length]!.take('key', from_ms + n).is_allowed) allowed += 1;
  return allowed;
}

test('a burst at once, then the rate, then no more than it whoever hurries', () => {
  const limit = new LocalLimit(rate(100, 900));
  const at_once = Array.from({ length: 101 }, () => limit.take('10.0.0.1', HOUR_MS));
  expect(at_once.map(({ is_allowed }) => is_allowed)).toEqual([...Array(100).fill(true), false]);
  expect(at_once[0]).toMatchObject({ remaining: 99 });
  expect(at_once[99]).toMatchObject({ remaining: 0 });
  expect(at_once[100]!.wait_ms).toBeCloseTo(9000);
  expect(limit.take('10.0.0.2', HOUR_MS).is_allowed).toBe(true);
  expect(limit.take('10.0.0.1', HOUR_MS + 8999).is_allowed).toBe(false);
  expect(limit.take('10.0.0.1', HOUR_MS + 9000).is_allowed).toBe(true);
  expect(limit.take('10.0.0.1', HOUR_MS + 9001).is_allowed).toBe(false);
});

test('a burst smaller than the rate, and one of a single request', () => {
  expect(allowedIn([new LocalLimit(rate(100, 1, 10))], HOUR_MS, 1000)).toBe(109);
  expect(allowedIn([new LocalLimit(rate(10, 1, 1))], HOUR_MS, 1000)).toBe(10);
});

test('a client that waits as long as it is told gets in, a little earlier it does not', () => {
  const limit = new LocalLimit(rate(7, 3));
  for (let now_ms = HOUR_MS, n = 0; n < 50; n += 1) {
    const { is_allowed, wait_ms } = limit.take('key', now_ms);
    if (is_allowed) continue;
    expect(limit.take('key', now_ms + wait_ms - 1).is_allowed).toBe(false);
    now_ms += wait_ms;
    expect(limit.take('key', now_ms).is_allowed).toBe(true);
  }
});

test('three instances together allow what one would; when one dies, the others take over its share', () => {
  let alive = 3;
  const limits = [0, 1, 2].map(() => new LocalLimit(rate(200, 1, 20), () => alive));
  const whole = new LocalLimit(rate(200, 1, 20));
  let allowed = allowedIn(limits, HOUR_MS, 30_000);
  // For 6 seconds nobody knows.
  allowed += allowedIn(limits.slice(0, 2), HOUR_MS + 30_000, 6000);
  alive = 2;
  allowed += allowedIn(limits.slice(0, 2), HOUR_MS + 36_000, 24_000);
  const wanted = allowedIn([whole], HOUR_MS, 60_000);
  expect(Math.abs(allowed - wanted) / wanted).toBeLessThan(0.15);
  const before = allowedIn(limits.slice(0, 2), HOUR_MS + 100_000, 30_000);
  expect(Math.abs(before - wanted / 2) / (wanted / 2)).toBeLessThan(0.15);
});

test('made-up keys do not fill the memory', () => {
  const limit = new LocalLimit(rate(1, 900));
  let refused = 0;
  for (let n = 0; n < 60_000; n += 1) if (!limit.take(`key ${n}`, HOUR_MS).is_allowed) refused += 1;
  expect(refused).toBe(0);
  expect((limit as unknown as { whole_at: { size: number } }).whole_at.size).toBeLessThanOrEqual(50_000);
});

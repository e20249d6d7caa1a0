import { expect, test } from '@jest/globals';
import { UnreadEvents } from './unread-events.js';

const at = (position: number, ledger_id = 'main', halted: object | null = null) => ({ ledger_id, position, halted });

test('what is readable has not waited', () => {
  const unread = new UnreadEvents();
  expect(unread.waitedMs([at(7)], 1000)).toBe(0);
  unread.recorded('main', 8, 1000);
  unread.recorded('main', 9, 1100);
  expect(unread.waitedMs([at(9)], 5000)).toBe(0);
  expect(unread.waitedMs([], 9000)).toBe(0);
});

test('while nothing becomes readable, the oldest event has waited longest', () => {
  const unread = new UnreadEvents();
  unread.recorded('main', 8, 1000);
  for (const [n, ms] of [2000, 3000, 4000].entries()) unread.recorded('main', 9 + n, ms);
  expect(unread.waitedMs([at(7)], 4500)).toBe(3500);
  expect(unread.waitedMs([at(7)], 9500)).toBe(8500);
});

test('of those that are left the newest counts, since the others’ times are not kept', () => {
  const unread = new UnreadEvents();
  unread.recorded('main', 8, 1000);
  unread.recorded('main', 9, 2000);
  unread.recorded('main', 10, 3000);
  expect(unread.waitedMs([at(8)], 4000)).toBe(1000);
  unread.recorded('main', 11, 5000);
  expect(unread.waitedMs([at(9)], 6000)).toBe(3000);
  expect(unread.waitedMs([at(11)], 6000)).toBe(0);
});

test('of several ledgers the one furthest behind counts; one that the read models do not know is behind, a halted one is not', () => {
  const unread = new UnreadEvents();
  unread.recorded('main', 8, 3000);
  unread.recorded('plant-2', 0, 2000);
  unread.recorded('plant-3', 5, 1000);
  expect(unread.waitedMs([at(7), at(2, 'plant-3', { reason: 'poison' })], 4000)).toBe(2000);
  expect(unread.waitedMs([at(8), at(0, 'plant-2')], 4000)).toBe(0);
});

test('an answer that comes late takes nothing back', () => {
  const unread = new UnreadEvents();
  unread.recorded('main', 9, 1000);
  unread.recorded('main', 8, 1500);
  expect(unread.waitedMs([at(8)], 2000)).toBe(1000);
});

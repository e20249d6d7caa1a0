import { calendarDay, dayEnd } from '../../libs/ledger/calendar.js';
import { QueryRefused } from '../database/query-refused.js';
import { backdatedBlocks, dayNumber } from './blocks.js';
import { cursorAfter, readCursor } from './cursor.js';

it.each(['UTC', 'Asia/Tokyo', 'Pacific/Kiritimati', 'Pacific/Niue'])(
  'the last day of all ends in %s, too',
  (time_zone) => {
    const end = dayEnd('9999-12-31', time_zone);
    expect(end).toBe('9999-12-31T23:59:59.999Z');
    expect(calendarDay(end, time_zone)).toBe('9999-12-31');
    expect(dayEnd('9999-12-30', time_zone) < end).toBe(true);
  },
);

describe('backdated rows by a moment', () => {
  const moment = '2026-03-29';
  const day = dayNumber(moment);

  it('are none where all days of backdated rows are later', () => {
    expect(backdatedBlocks([], 9, moment)).toBeUndefined();
    expect(backdatedBlocks([day + 1], 9, moment)).toBeUndefined();
  });

  it('lie in blocks that hold each day before it once, and no other day', () => {
    const { before, day: own } = backdatedBlocks([day + 1, day, day - 1, day - 9, day - 700, -3], 9, moment)!;
    expect(own).toBe(day);
    const daysOf = ({ days, blocks }: (typeof before)[number]) => blocks.map((block) => [block * days, days]);
    for (const backdated of [day - 1, day - 9, day - 700, -3])
      expect(
        before.flatMap(daysOf).filter(([first, days]) => first! <= backdated && backdated < first! + days!),
      ).toHaveLength(1);
    for (const [first, days] of before.flatMap(daysOf)) expect(first! + days!).toBeLessThanOrEqual(day);
  });

  it('are at most three blocks of each size but the largest, whatever the day', () => {
    const all = Array.from({ length: 4000 }, (_, back) => back);
    for (let today = 3000; today < 3100; today += 1) {
      const { before } = backdatedBlocks(all, 9, new Date(today * 86_400_000).toISOString().slice(0, 10))!;
      const counts = new Map(before.map(({ days, blocks }) => [days, blocks.length]));
      for (const days of [1, 4, 16]) expect(counts.get(days) ?? 0).toBeLessThanOrEqual(3);
      const covered = before.reduce((sum, { days, blocks }) => sum + days * blocks.length, 0);
      expect(covered).toBe(today);
    }
  });
});

describe('a cursor', () => {
  it('is read by its own list only', () => {
    const cursor = cursorAfter('documents of main', [12, 'a/b?é']);
    expect(readCursor('documents of main', cursor, 'whole', 'text')).toEqual([12, 'a/b?é']);
    expect(readCursor('documents of main', undefined)).toBeUndefined();
    expect(() => readCursor('documents of other', cursor)).toThrow(QueryRefused);
  });

  it.each<['bigint' | 'date' | 'timestamptz', good: string[], bad: (string | number)[]]>([
    ['bigint', ['0', '-700', '999999999999999999'], ['', '1.5', '1e3', '0x1', '9999999999999999999', ' 1', 7]],
    ['date', ['2026-02-28', '9999-12-31'], ['2026-02-30', '0000-01-01', '2026-2-3', 'today', 'infinity']],
    [
      'timestamptz',
      ['2026-02-28 23:59:59.999+00', '2026-02-28 00:00:00+00', '2026-02-28 00:00:00.5+00'],
      ['2026-02-30 00:00:00+00', '2026-02-28 25:00:00+00', '2026-02-28T00:00:00Z', 'now', '2026-02-28 00:00:00+99', ''],
    ],
  ])('brings no text into a query that is no %s', (type, good, bad) => {
    for (const part of good) expect(readCursor('list', cursorAfter('list', [part]), type)).toEqual([part]);
    for (const part of bad) expect(() => readCursor('list', cursorAfter('list', [part]), type)).toThrow(QueryRefused);
  });

  it.each(['', 'x', '%00', 'null', '__proto__', 'AAAAAAAAAAAAWzFd', 'A'.repeat(10_000)])(
    'is refused when forged: %.20s',
    (forged) => {
      expect(() => readCursor('list', forged)).toThrow(QueryRefused);
    },
  );
});

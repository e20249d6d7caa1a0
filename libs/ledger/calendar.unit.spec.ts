import { calendarDay, calendarMonth, dayEnd, dayStart, isTimeZone, momentOfDay, monthsOf } from './calendar.js';

describe('the calendar of a ledger', () => {
  it.each([
    ['2026-03-01T00:00:00.000Z', 'UTC', '2026-03-01'],
    ['2026-02-28T23:59:59.999Z', 'UTC', '2026-02-28'],
    ['2026-02-28T23:00:00.000Z', 'Europe/Berlin', '2026-03-01'],
    ['2026-03-29T22:00:00.000Z', 'Europe/Berlin', '2026-03-30'],
    ['2026-03-28T22:59:59.999Z', 'Europe/Berlin', '2026-03-28'],
    ['2026-01-01T04:59:59.999Z', 'America/New_York', '2025-12-31'],
    ['2026-01-01T05:00:00.000Z', 'America/New_York', '2026-01-01'],
    ['2025-12-31T10:00:00.000Z', 'Pacific/Kiritimati', '2026-01-01'],
    ['2028-02-29T12:00:00.000Z', 'Asia/Kolkata', '2028-02-29'],
  ])('%s is in %s on %s', (instant, time_zone, day) => {
    expect(calendarDay(instant, time_zone)).toBe(day);
    expect(calendarMonth(instant, time_zone)).toBe(day.slice(0, 7));
  });

  it.each([
    ['UTC', '2026-03-01T00:00:00.000Z'],
    ['Europe/Berlin', '2026-02-28T23:00:00.000Z'],
    ['Asia/Kolkata', '2026-02-28T18:30:00.000Z'],
    ['Pacific/Kiritimati', '2026-02-28T10:00:00.000Z'],
    // A minute after midnight the clocks go back: November begins twice.
    ['America/St_Johns', '2009-11-01T02:30:00.000Z'],
  ])('tells many months of %s as it tells one, around %s too', (time_zone, begin) => {
    const monthOf = monthsOf(time_zone);
    const begin_ms = Date.parse(begin);
    const minutes = Array.from({ length: 4 * 24 * 60 }, (_, n) => begin_ms + (n - 2 * 24 * 60) * 60_000);
    for (const ms of [...minutes, begin_ms - 1, begin_ms, -1, 0])
      expect([ms, monthOf(ms)]).toEqual([ms, calendarMonth(new Date(ms).toISOString(), time_zone)]);
  });

  it('knows which time zones there are', () => {
    const zones = ['UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'];
    expect(zones.filter(isTimeZone)).toEqual(zones);
    const none = [
      '',
      'Mars/Olympus',
      'Europe/Atlantis',
      '../UTC',
      '+05:30',
      '+0530',
      '-03',
      'CET',
      'EST5EDT',
      'utc',
      'posix/UTC',
    ];
    expect(none.filter(isTimeZone)).toEqual([]);
  });
});

describe('a day', () => {
  it.each([
    ['2026-03-29', 'UTC', '2026-03-29T00:00:00.000Z', '2026-03-29T23:59:59.999Z'],
    // The day that has 23 hours, and the one that has 25.
    ['2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z'],
    ['2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'],
    ['2026-01-01', 'Asia/Tehran', '2025-12-31T20:30:00.000Z', '2026-01-01T20:29:59.999Z'],
    ['2026-01-01', 'Pacific/Kiritimati', '2025-12-31T10:00:00.000Z', '2026-01-01T09:59:59.999Z'],
    ['2026-01-01', 'Pacific/Niue', '2026-01-01T11:00:00.000Z', '2026-01-02T10:59:59.999Z'],
    // Midnight does not exist: the clocks go forward at 00:00.
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T01:59:59.999Z'],
  ])('%s in %s is from %s to %s', (day, time_zone, start, end) => {
    expect([dayStart(day, time_zone), dayEnd(day, time_zone)]).toEqual([start, end]);
    expect([start, end].map((instant) => calendarDay(instant, time_zone))).toEqual([day, day]);
  });

  it('without a time of day is its last moment, and now when it is today', () => {
    const now = '2026-03-01T09:00:00.000Z';
    expect(momentOfDay('2026-02-28', 'UTC', now)).toBe('2026-02-28T23:59:59.999Z');
    expect(momentOfDay('2026-03-01', 'UTC', now)).toBe(now);
    // It is still February in Pago Pago, and 2 March is not there yet in Kiritimati.
    expect(momentOfDay('2026-02-28', 'Pacific/Pago_Pago', now)).toBe(now);
    expect(momentOfDay('2026-03-01', 'Pacific/Pago_Pago', now)).toBe('2026-03-02T10:59:59.999Z');
    expect(momentOfDay('2026-03-01', 'Pacific/Kiritimati', now)).toBe(now);
    expect(momentOfDay('9999-12-31', 'Pacific/Pago_Pago', now)).toBe('9999-12-31T23:59:59.999Z');
  });
});

import { calendarDay, calendarMonth, formatNumber, isTimeZone, kindOf, seriesAt, seriesOf } from './calendar.js';

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

  it('knows which time zones there are', () => {
    expect(['UTC', 'Europe/Berlin', 'Asia/Kolkata'].map(isTimeZone)).toEqual([true, true, true]);
    expect(['', 'Mars/Olympus', 'Europe/Atlantis', '../UTC'].map(isTimeZone)).toEqual([false, false, false, false]);
  });
});

describe('numbers of documents', () => {
  it('carry the prefix, the day in the ledger’s time zone and a sequence that grows past 9999', () => {
    const series = seriesAt('SO', '2025-12-23T23:30:00.000Z', 'Europe/Berlin');
    expect([1, 26, 9999, 10_000, 123_456].map((sequence) => formatNumber(series, sequence))).toEqual([
      'SO-251224-0001',
      'SO-251224-0026',
      'SO-251224-9999',
      'SO-251224-10000',
      'SO-251224-123456',
    ]);
  });

  it('are read one way only', () => {
    expect(seriesOf('SO-251223-0026')).toEqual({ series: 'SO-251223', sequence: 26 });
    expect(seriesOf('SO-251223-10000')).toEqual({ series: 'SO-251223', sequence: 10_000 });
    for (const text of [
      '',
      'SO',
      'SO-251223',
      'SO-251223-026',
      'SO-251223-00026',
      'so-251223-0026',
      'SO-251223-0026 ',
      '__proto__',
    ])
      expect(seriesOf(text)).toEqual({ series: '', sequence: 0 });
  });

  it('tell the kind of document', () => {
    expect(['PO', 'BL', 'SO', 'WS', 'ST', 'MT', 'PY', 'SC', 'RT', 'AP', 'RV', 'XX'].map(kindOf)).toEqual([
      'purchase',
      'blow',
      'sale',
      'waste',
      'stock_transfer',
      'transfer',
      'payment',
      'stock_count',
      'return',
      'approval',
      'reservation',
      undefined,
    ]);
  });
});

import { formatNumber, seriesAt, seriesOf } from './document-numbers.js';

describe('numbers of documents', () => {
  it('carry the prefix, the day in the ledger’s time zone and a sequence that grows past 9999', () => {
    const series = seriesAt('sale', '2025-12-23T23:30:00.000Z', 'Europe/Berlin');
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
});

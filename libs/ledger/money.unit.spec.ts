import { AMOUNT_MAX, divideHalfEven, formatDecimal, lineTotal, parseDecimal, share, toMajor } from './money.js';

describe('decimal text', () => {
  it.each([
    ['0', 2, 0n],
    ['-0', 2, 0n],
    ['12.5', 2, 1250n],
    ['-12.50', 2, -1250n],
    ['0.0375', 6, 37_500n],
    ['1.2300000', 2, 123n],
    ['700', 0, 700n],
    ['9999999999999.99', 2, AMOUNT_MAX],
  ])('%s with %i digits is %s', (text, digits, units) => {
    expect(parseDecimal(text, digits)).toBe(units);
  });

  it.each([
    ['0.001', 2],
    ['0.5', 0],
    ['', 2],
    ['.5', 2],
    ['5.', 2],
    ['1e3', 2],
    ['+1', 2],
    ['01', 2],
    ['1,5', 2],
    [' 1', 2],
    ['1 ', 2],
    ['１２', 2],
    ['٣', 2],
    ['0x10', 2],
    ['Infinity', 2],
    ['NaN', 2],
    ['1\n', 2],
    ['12345678901234567', 2],
    ['1.123456789012345678901', 6],
  ])('%j is no number with %i digits', (text, digits) => {
    expect(parseDecimal(text, digits)).toBeUndefined();
  });

  it.each([
    [37_500n, 6, '0.0375'],
    [1250n, 2, '12.5'],
    [-5n, 2, '-0.05'],
    [0n, 2, '0'],
    [700n, 0, '700'],
    [-1_000_000n, 6, '-1'],
    [2n, 3, '0.002'],
  ])('%s units of %i digits are written %s', (units, digits, text) => {
    expect(formatDecimal(units, digits)).toBe(text);
    expect(parseDecimal(text, digits)).toBe(units);
  });

  it('reads back every amount that it has written', () => {
    for (let units = -1100n; units <= 1100n; units += 1n)
      for (const digits of [0, 1, 2, 3, 6]) expect(parseDecimal(formatDecimal(units, digits), digits)).toBe(units);
  });

  it('goes through a JSON number and back unchanged up to the largest amount', () => {
    for (const minor of [AMOUNT_MAX, AMOUNT_MAX - 1n, -AMOUNT_MAX, 123_456_789_012_345n, 1n, -1n, 0n])
      for (const digits of [0, 2, 3])
        expect(parseDecimal(String(JSON.parse(JSON.stringify(toMajor(minor, digits)))), digits)).toBe(minor);
  });

  it('is the number that its decimal text reads as, whatever its size', () => {
    for (let minor = 1n; minor < 10n * AMOUNT_MAX; minor = minor * 3n + 7n)
      for (const signed of [minor, -minor])
        for (const digits of [0, 1, 2, 3, 4, 6])
          expect(toMajor(signed, digits)).toBe(Number(formatDecimal(signed, digits)));
  });
});

describe('rounding', () => {
  it.each([
    [1n, 2n, 0n],
    [3n, 2n, 2n],
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-1n, 2n, 0n],
    [-3n, 2n, -2n],
    [-5n, 2n, -2n],
    [49n, 100n, 0n],
    [51n, 100n, 1n],
    [150n, 100n, 2n],
    [250n, 100n, 2n],
    [251n, 100n, 3n],
    [-251n, 100n, -3n],
    [0n, 7n, 0n],
    [10n ** 30n + 1n, 2n, 5n * 10n ** 29n],
  ])('%s / %s is %s, half to even', (numerator, denominator, rounded) => {
    expect(divideHalfEven(numerator, denominator)).toBe(rounded);
  });

  it('shares an amount by parts of a whole', () => {
    expect([share(1000n, 1, 3), share(667n, 1, 2), share(333n, 1, 1)]).toEqual([333n, 334n, 333n]);
    expect(share(999_999_999_999_999n, 999_999_999_999, 1_000_000_000_000)).toBe(999_999_999_998_999n);
  });

  it('prices a line once, however fine the unit price', () => {
    // 10,000 × 0.0375 = 375.00; 3 × 0.335 = 1.005 → 1.00; 7 × 0.000001 = 0.000007 → 0.00; 10^12 × 0.000001 = 1,000,000.00.
    expect(lineTotal(10_000, 37_500n, 2)).toBe(37_500n);
    expect(lineTotal(3, 335_000n, 2)).toBe(100n);
    expect(lineTotal(7, 1n, 2)).toBe(0n);
    expect(lineTotal(1_000_000_000_000, 1n, 2)).toBe(100_000_000n);
    expect(lineTotal(7, 1n, 6)).toBe(7n);
    expect(lineTotal(3, 500_000n, 0)).toBe(2n);
  });
});

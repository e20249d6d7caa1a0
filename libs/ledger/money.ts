/**
 * Money is minor units: `bigint` in memory, a decimal-integer string in events. Prices are decimals of up to six
 * digits.
 */

/** Such as "12.5". No exponent, no plus. */
export type Decimal = string;
/** "-1250" for −12.50. */
export type Minor = string;

/** Fifteen digits survive a JSON number. */
export const AMOUNT_MAX = 999_999_999_999_999n;
export const QUANTITY_MAX = 1_000_000_000_000;
/** Of one place: exact in a double. */
export const ON_HAND_MAX = 999_999_999_999_999;
export const PRICE_DECIMALS_MAX = 6;

const DECIMAL = /^(-?)(0|[1-9][0-9]{0,15})(?:\.([0-9]{1,20}))?$/;

/** In units of 10^−`digits`; undefined: malformed or finer. Trailing zeros are allowed. */
export function parseDecimal(text: Decimal, digits: number): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return undefined;
  const units = BigInt(match[2]! + fraction.padEnd(digits, '0'));
  return match[1] === '-' ? -units : units;
}

/** Of `units` × 10^−`digits`: 37500n with 6 digits is "0.0375". */
export function formatDecimal(units: bigint, digits: number): Decimal {
  const text = (units < 0n ? -units : units).toString().padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  const fraction = text.slice(text.length - digits).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Major units as a JSON number, for answers only. Exact up to AMOUNT_MAX. */
export function toMajor(minor: bigint | Minor, digits: number): number {
  const whole = Number(minor);
  // The quotient of two exact doubles is the nearest double.
  if (Number.isSafeInteger(whole)) return whole / 10 ** digits;
  return Number(formatDecimal(BigInt(minor), digits));
}

/** Half to even (IEEE 754 roundTiesToEven). `denominator` > 0. */
export function divideHalfEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const size = magnitude(numerator);
  const quotient = size / denominator;
  const twice = (size % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  const rounded = up ? quotient + 1n : quotient;
  return negative ? -rounded : rounded;
}

export function magnitude(amount: bigint): bigint {
  return amount < 0n ? -amount : amount;
}

export function share(amount: bigint, part: number, whole: number): bigint {
  return divideHalfEven(amount * BigInt(part), BigInt(whole));
}

/** Minor units, rounded half-even once. `price_units`: 10^−6 of the major unit. */
export function lineTotal(quantity: number, price_units: bigint, digits: number): bigint {
  return divideHalfEven(BigInt(quantity) * price_units, 10n ** BigInt(PRICE_DECIMALS_MAX - digits));
}

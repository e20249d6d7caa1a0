/** Numbers of JSON as the decimal text that the ledger reckons with. */
import { PRICE_DECIMALS_MAX } from '../../../libs/ledger/money.js';

/** Up to here a double and its decimal text are one and the same. */
const SIGNIFICANT_DIGITS_MAX = 15;

/** "0.0375" for 0.0375; undefined for what is no finite number, is −0, or has more digits than a double holds exactly. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value) || Object.is(value, -0)) return undefined;
  const text = String(value);
  if (text.includes('e')) return undefined;
  const digits = text.replace(/^-?0*\.?0*/, '').replace('.', '');
  return digits.length > SIGNIFICANT_DIGITS_MAX ? undefined : text;
}

function decimalsOf(text: string): number {
  const point = text.indexOf('.');
  return point === -1 ? 0 : text.length - point - 1;
}

export function isUnitPrice(value: unknown): boolean {
  const text = decimalText(value);
  return text !== undefined && !text.startsWith('-') && decimalsOf(text) <= PRICE_DECIMALS_MAX;
}

/** How fine it may be is the currency's matter, which the ledger knows. */
export function isAmount(value: unknown, least: 'zero' | 'more than zero'): boolean {
  const text = decimalText(value);
  return text !== undefined && !text.startsWith('-') && (least === 'zero' || text !== '0');
}

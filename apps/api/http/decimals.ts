import { PRICE_DECIMALS_MAX } from '../../../libs/ledger/money.js';

/** Up to here every decimal has a double of its own. */
const SIGNIFICANT_DIGITS_MAX = 15;

/** "0.0375" for 0.0375; undefined for −0, for what is no finite number, and for more digits than a double holds exactly. */
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

export function isSignedAmount(value: unknown): boolean {
  const text = decimalText(value);
  return text !== undefined && text !== '0';
}

export function isAmount(value: unknown, least: 'zero' | 'more than zero'): boolean {
  const text = decimalText(value);
  return text !== undefined && !text.startsWith('-') && (least === 'zero' || text !== '0');
}

/** Amounts of a command in minor units, and the journal made of them. */
import type { JournalPosting } from '../events.js';
import { AMOUNT_MAX, type Decimal, lineTotal, magnitude, PRICE_DECIMALS_MAX, parseDecimal, toMajor } from '../money.js';
import { invalid, type Refusal } from '../refusals.js';
import type { Context } from './context.js';

/**
 * Minor units of an amount in major units, or a refusal that names `path` where it is below `least`, too large or finer than the currency.
 */
export function amountOf({ config }: Context, text: Decimal, path: string, least = 0n): bigint | Refusal {
  const minor = parseDecimal(text, config.digits);
  if (minor === undefined) return invalid(path, `must be an amount with at most ${config.digits} decimals`);
  if (minor < least) return invalid(path, `must be at least ${toMajor(least, config.digits)}`);
  return magnitude(minor) > AMOUNT_MAX ? invalid(path, `must be at most ${toMajor(AMOUNT_MAX, config.digits)}`) : minor;
}

/** Line totals in minor units, or a refusal that names the first malformed price. */
export function priceLines(
  { config }: Context,
  lines: readonly { quantity: number; unit_price: Decimal }[],
): bigint[] | Refusal {
  const totals: bigint[] = [];
  for (const [index, { quantity, unit_price }] of lines.entries()) {
    const units = parseDecimal(unit_price, PRICE_DECIMALS_MAX);
    if (units === undefined || units < 0n)
      return invalid(`line_items.${index}.unit_price`, 'must be a price ≥ 0 with at most 6 decimals');
    totals.push(lineTotal(quantity, units, config.digits));
  }
  return totals;
}

export function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, each) => total + each, 0n);
}

export function journal(entries: readonly [account_id: string, amount: bigint][]): JournalPosting[] {
  return entries
    .filter(([, amount]) => amount !== 0n)
    .map(([account_id, amount]) => ({ account_id, amount: amount.toString() }));
}

/** Sums by account: an event names an account in one line at most. */
export function summedByAccount(entries: readonly JournalPosting[]): JournalPosting[] {
  const sums = new Map<string, bigint>();
  for (const { account_id, amount } of entries) sums.set(account_id, (sums.get(account_id) ?? 0n) + BigInt(amount));
  return journal([...sums]);
}

/** What pieces cost when they leave or come back. Decisions and adjustments share these rules, so that both come to the same cents. */
import { divideHalfEven, share } from '../money.js';

/** Moving weighted average, in minor units: round-half-even(value × quantity / on hand), or all of the value with the last piece. */
export function costOfLeaving({ on_hand, value }: { on_hand: number; value: bigint }, quantity: number): bigint {
  return quantity === on_hand ? value : share(value, quantity, on_hand);
}

/** As `share`, of amounts that fit into a double. */
export function portion(amount: number, part: number, whole: number): number {
  const product = amount * part;
  if (product < 0 || product > Number.MAX_SAFE_INTEGER)
    return Number(divideHalfEven(BigInt(amount) * BigInt(part), BigInt(whole)));
  const rest = product % whole;
  const quotient = (product - rest) / whole;
  return 2 * rest > whole || (2 * rest === whole && quotient % 2 === 1) ? quotient + 1 : quotient;
}

/** Shares by quantity; each is rounded but never more than what is left, so that the last one, which takes the rest, cannot be negative. */
export function sharesOf(total: bigint, quantities: readonly number[]): bigint[] {
  const pieces = quantities.reduce((sum, quantity) => sum + quantity, 0);
  let left = total;
  return quantities.map((quantity, index) => {
    const rounded = share(total, quantity, pieces);
    const own = index === quantities.length - 1 || rounded > left ? left : rounded;
    left -= own;
    return own;
  });
}

/** Of a blow: what is wasted with the rejects, and what is left for the outputs. All is wasted where all is rejected. */
export function blowCosts(
  inputs_cost: bigint,
  conversion_cost: bigint,
  { rejected, put_in, outputs }: { rejected: number; put_in: number; outputs: readonly number[] },
): { rejected_cost: bigint; costs: bigint[] } {
  const rejected_cost = rejected === put_in ? inputs_cost + conversion_cost : share(inputs_cost, rejected, put_in);
  return { rejected_cost, costs: sharesOf(inputs_cost - rejected_cost + conversion_cost, outputs) };
}

/** A line of a sale that customers bring back part by part. `cost` is that of all its pieces, `left` what is still out. */
export interface LineOut {
  quantity: number;
  cost: bigint;
  left: { quantity: number; cost: bigint };
}
/**
 * Changes `out`. A part costs its share of what is still out, so that all parts together cost what the line did. Where more comes back than is out,
 * because another return is void only later, a piece costs what it cost on the bill.
 */
export function takeBack(out: LineOut, quantity: number): bigint {
  const { left } = out;
  const cost =
    quantity <= left.quantity && left.cost >= 0n
      ? share(left.cost, quantity, left.quantity)
      : share(out.cost, quantity, out.quantity);
  out.left = { quantity: left.quantity - quantity, cost: left.cost - cost };
  return cost;
}

/**
 * What a count adds to the value of a place. `on_hand` and `value` are those ahead of it, of which `adjusted` came (+) by adjustments of this
 * very count: they and the `difference` are one, for which a loss leaves at average and a gain comes in at average. `recorded`: the value that the
 * count has recorded, which tells what a piece is worth where none was there.
 */
export function countValue(
  { on_hand, value }: { on_hand: number; value: number },
  adjusted: { quantity: number; value: number },
  { difference, recorded }: { difference: number; recorded: number },
): number {
  const found = difference + adjusted.quantity;
  const before = on_hand - adjusted.quantity;
  const worth = Math.max(0, value - adjusted.value);
  if (on_hand + difference === 0) return -value;
  if (before > 0)
    return (found < 0 ? worth - portion(worth, -found, before) : worth + portion(worth, found, before)) - value;
  const gained =
    difference > 0
      ? portion(recorded, Math.max(found, 0), difference)
      : adjusted.quantity > 0
        ? portion(Math.max(adjusted.value, 0), Math.max(found, 0), adjusted.quantity)
        : 0;
  return worth + gained - value;
}

/**
 * What of a late cost of so many pieces is added to the value of a place: for each that is still there its part, and never so much less that the
 * value were below zero. The rest is cost of sales.
 */
export function capitalisedOf(
  { on_hand, value }: { on_hand: number; value: number },
  { amount, pieces }: { amount: number; pieces: number },
): number {
  if (on_hand <= 0) return 0;
  const part = Math.sign(amount) * portion(Math.abs(amount), Math.min(on_hand, pieces), pieces);
  return Math.max(part, -value);
}

/** Shares by weight that sum to the amount: the largest remainders are rounded up, of equal ones the first. */
export function sharesByWeight(amount: bigint, weights: readonly bigint[]): bigint[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  const [size, sign] = amount < 0n ? [-amount, -1n] : [amount, 1n];
  const shares = weights.map((weight) => (size * weight) / whole);
  const remainders = weights.map((weight, index) => ({ index, remainder: (size * weight) % whole }));
  const left = Number(size - shares.reduce((sum, share) => sum + share, 0n));
  remainders.sort((a, b) => Number(b.remainder - a.remainder) || a.index - b.index);
  for (const { index } of remainders.slice(0, left)) shares[index]! += 1n;
  return shares.map((share) => sign * share);
}

/** Stock and balances as JSON carries them. Read models and audit share this, so they cannot differ. */
import { isDebitAccount } from '../ledger/accounts.js';
import type { AccountType } from '../ledger/events.js';
import { divideHalfEven, toMajor } from '../ledger/money.js';

export interface StockLevel {
  on_hand: number;
  reserved: number;
  /** On hand less reserved. */
  available: number;
  /** Major units a piece, to 6 decimals; null: nothing on hand. */
  average_cost: number | null;
  value: number;
}
export interface AccountBalance {
  account_id: string;
  name: string;
  type: AccountType;
  /** The net, on its side; major units. */
  debit: number;
  credit: number;
  /** Positive on the normal side: debit for assets and expenses. */
  balance: number;
}

/** `value` in minor units. */
export function levelOf(
  { on_hand, value, reserved }: { on_hand: bigint; value: bigint; reserved: bigint },
  digits: number,
): StockLevel {
  return {
    on_hand: Number(on_hand),
    reserved: Number(reserved),
    available: Number(on_hand - reserved),
    average_cost: averageOf(on_hand, value, digits),
    value: toMajor(value, digits),
  };
}
/** Major units a piece, to 6 decimals. */
export function averageOf(on_hand: bigint, value: bigint, digits: number): number | null {
  return on_hand === 0n ? null : Number(divideHalfEven(value * 10n ** BigInt(6 - digits), on_hand)) / 1e6;
}

/** `amount` in minor units, debit positive. */
export function balanceOf(
  { account_id, name, type }: { account_id: string; name: string; type: AccountType },
  amount: bigint,
  digits: number,
): AccountBalance {
  return {
    account_id,
    name,
    type,
    debit: toMajor(amount > 0n ? amount : 0n, digits),
    credit: toMajor(amount < 0n ? -amount : 0n, digits),
    balance: toMajor(isDebitAccount(type) ? amount : -amount, digits),
  };
}
/** The sums of the debit and of the credit balances. `amounts` in minor units, debit positive. */
export function totalsOf(amounts: readonly bigint[], digits: number): { debit: number; credit: number } {
  let [debit, credit] = [0n, 0n];
  for (const amount of amounts) {
    if (amount > 0n) debit += amount;
    else credit -= amount;
  }
  return { debit: toMajor(debit, digits), credit: toMajor(credit, digits) };
}

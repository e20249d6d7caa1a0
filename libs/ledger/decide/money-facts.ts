/** Money moved between accounts, and payments of bills. */
import { billOf, mostOpenSince, openAmount } from '../bill.js';
import { kindOf } from '../calendar.js';
import type { RecordPayment, TransferMoney } from '../commands.js';
import { toMajor } from '../money.js';
import { type Refusal, refuse } from '../refusals.js';
import { awaitApproval, needsApproval } from './approval-rule.js';
import {
  active,
  amountOf,
  type Basis,
  bearable,
  type Context,
  type Decision,
  dateOpen,
  given,
  isRefusal,
  journal,
  known,
  notBefore,
  type Reference,
  recorded,
  refused,
  usable,
} from './guards.js';
import { isControlAccount } from './master-data.js';
import { nextNumber } from './numbers.js';

export const DEFAULT_PAYMENT_ACCOUNT = 'cash';

/** Opening balances, deposits and withdrawals are transfers from and to accounts, too. */
export function transferMoney(context: Context, command: TransferMoney, basis: Basis = {}): Decision {
  const { from_account_id, to_account_id, reference, effective_at = context.recorded_at } = command;
  const amount = amountOf(context, command.amount, 'amount', 1n);
  if (isRefusal(amount)) return refused(amount);
  const postings = journal([
    [to_account_id, amount],
    [from_account_id, -amount],
  ]);
  const refusal =
    usable(context, [...accountNamed(from_account_id), ...accountNamed(to_account_id)]) ??
    dateOpen(context, effective_at) ??
    byHand(from_account_id) ??
    byHand(to_account_id) ??
    (from_account_id === to_account_id ? refuse('same_account', { account_id: to_account_id }) : undefined) ??
    bearable(context, { journal: postings });
  if (refusal) return refused(refusal);
  if (needsApproval(context, amount, basis)) return awaitApproval(context, command, amount, []);
  return recorded(effective_at, {
    type: 'MoneyTransferred',
    data: {
      number: nextNumber(context, 'MT'),
      from_account_id,
      to_account_id,
      amount: amount.toString(),
      ...given('reference', reference),
      ...basis.approval,
      journal: postings,
    },
  });
}

/** Accounts of parties are there without having been registered. */
function accountNamed(account_id: string): Reference[] {
  return isControlAccount(account_id) ? [] : [['account', account_id]];
}
function byHand(account_id: string): Refusal | undefined {
  return isControlAccount(account_id) ? refuse('control_account', { account_id }) : undefined;
}

/** Settles a bill in whole or in part; where a return left it settled too much, pays back, at most what is too much. */
export function recordPayment(context: Context, command: RecordPayment): Decision {
  const { state, config } = context;
  const { bill_number, account_id = DEFAULT_PAYMENT_ACCOUNT, method, effective_at = context.recorded_at } = command;
  const amount = amountOf(context, command.amount, 'amount', 1n);
  if (isRefusal(amount)) return refused(amount);
  const history = state.documents.get(bill_number);
  const early =
    known(context, accountNamed(account_id)) ??
    (history === undefined ? refuse('unknown_document', { number: bill_number }) : undefined) ??
    active(context, accountNamed(account_id)) ??
    dateOpen(context, effective_at) ??
    byHand(account_id);
  if (early) return refused(early);
  const bill = billOf(history ?? []);
  if (bill === undefined) return refused(refuse('not_payable', { number: bill_number, kind: kindOf(bill_number) }));
  const late =
    notBefore(bill, effective_at) ?? (bill.void ? refuse('already_void', { number: bill_number }) : undefined);
  if (late) return refused(late);
  const open = openAmount(bill);
  if (open === 0n) return refused(refuse('already_paid', { number: bill_number }));
  const back = open < 0n;
  // Money goes back only when it is too much already, and stays so.
  const too_much = back ? -mostOpenSince(history ?? [], effective_at) : 0n;
  const due = back ? (too_much < 0n ? 0n : too_much) : open;
  if (amount > due) {
    const [owed, offered] = [toMajor(due, config.digits), toMajor(amount, config.digits)];
    return refused(refuse('overpayment', { number: bill_number, open: owed, requested: offered, effective_at }));
  }
  const received = (bill.kind === 'sale') !== back;
  const party = bill.kind === 'sale' ? `receivable:${bill.party_id}` : `payable:${bill.party_id}`;
  const postings = journal([
    [account_id, received ? amount : -amount],
    [party, received ? -amount : amount],
  ]);
  const refusal = bearable(context, { journal: postings });
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: received ? 'PaymentReceived' : 'PaymentMade',
    data: {
      number: nextNumber(context, 'PY'),
      bill_number,
      party_id: bill.party_id,
      account_id,
      amount: amount.toString(),
      ...given('method', method),
      settles: (back ? -amount : amount).toString(),
      journal: postings,
    },
  });
}

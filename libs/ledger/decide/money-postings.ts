/** Transfers of money, payments of bills, write-offs. */
import { isControlAccount, WRITE_OFF } from '../accounts.js';
import { type Bill, billOf, mostOpenSince, openAmount } from '../bill.js';
import type { RecordJournalEntry, RecordPayment, TransferMoney, WriteOff } from '../commands.js';
import { kindOf } from '../document-kinds.js';
import { formatDecimal, toMajor } from '../money.js';
import { invalid, type Refusal, refuse } from '../refusals.js';
import { amountOf, journal, sum } from './amounts.js';
import { active, dateOpen, known, notBefore, type Reference, usable, withinLimits } from './checks.js';
import { type Context, type Decision, given, isRefusal, recorded, refused } from './context.js';
import { nextNumber } from './next-number.js';

export const DEFAULT_PAYMENT_ACCOUNT = 'cash';

/** Opening balances, deposits and withdrawals are transfers, too. */
export function transferMoney(context: Context, command: TransferMoney): Decision {
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
    notKept(from_account_id) ??
    notKept(to_account_id) ??
    (from_account_id === to_account_id ? refuse('same_account', { account_id: to_account_id }) : undefined) ??
    withinLimits(context, { journal: postings }, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: 'MoneyTransferred',
    data: {
      number: nextNumber(context, 'transfer'),
      from_account_id,
      to_account_id,
      amount: amount.toString(),
      ...given('reference', reference),
      journal: postings,
    },
  });
}

/** Manual entries: rent, wages, depreciation, a loan. What stock and bills post has commands of its own. */
export function recordJournalEntry(context: Context, command: RecordJournalEntry): Decision {
  const { lines, description, reference, effective_at = context.recorded_at } = command;
  const entries: [account_id: string, amount: bigint][] = [];
  for (const [index, { account_id, side, amount }] of lines.entries()) {
    if (entries.some(([id]) => id === account_id))
      return refused(invalid(`lines.${index}.account_id`, 'must stand in one line only'));
    const minor = amountOf(context, amount, `lines.${index}.amount`, 1n);
    if (isRefusal(minor)) return refused(minor);
    entries.push([account_id, side === 'debit' ? minor : -minor]);
  }
  const debits = sum(entries.map(([, amount]) => (amount > 0n ? amount : 0n)));
  const credits = debits - sum(entries.map(([, amount]) => amount));
  const postings = journal(entries);
  const refusal =
    balanced(context, debits, credits) ??
    usable(
      context,
      lines.flatMap(({ account_id }) => accountNamed(account_id)),
    ) ??
    dateOpen(context, effective_at) ??
    lines.map(({ account_id }) => notKept(account_id)).find((each) => each !== undefined) ??
    withinLimits(context, { journal: postings }, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: 'JournalEntryRecorded',
    data: {
      number: nextNumber(context, 'journal_entry'),
      description,
      ...given('reference', reference),
      lines: entries.map(([account_id, amount]) =>
        amount > 0n
          ? { account_id, side: 'debit', amount: amount.toString() }
          : { account_id, side: 'credit', amount: (-amount).toString() },
      ),
      amount: debits.toString(),
      journal: postings,
    },
  });
}

function balanced({ config }: Context, debits: bigint, credits: bigint): Refusal | undefined {
  if (debits === credits) return undefined;
  const [debit, credit] = [debits, credits].map((minor) => formatDecimal(minor, config.digits));
  return invalid('lines', `must balance: debits are ${debit}, credits ${credit}`);
}

export function accountNamed(account_id: string): Reference[] {
  return isControlAccount(account_id) ? [] : [['account', account_id]];
}
export function notKept(account_id: string): Refusal | undefined {
  return isControlAccount(account_id) ? refuse('control_account', { account_id }) : undefined;
}

/** Bills are paid from accounts that hold money or owe it, such as a loan. */
export function moneyAccount({ state }: Context, account_id: string): Refusal | undefined {
  const { type } = state.master.account.get(account_id)!.attributes;
  return type === 'asset' || type === 'liability'
    ? undefined
    : refuse('not_a_money_account', { account_id, account_type: type });
}

/** Settles a bill in whole or in part. Where a return left too much settled, pays back at most the excess. */
export function recordPayment(context: Context, command: RecordPayment): Decision {
  const { state } = context;
  const { bill_number, account_id = DEFAULT_PAYMENT_ACCOUNT, method, effective_at = context.recorded_at } = command;
  const offered = amountOf(context, command.amount, 'amount', 1n);
  if (isRefusal(offered)) return refused(offered);
  const early =
    known(context, accountNamed(account_id)) ??
    (state.documents.has(bill_number) ? undefined : refuse('unknown_document', { number: bill_number })) ??
    active(context, accountNamed(account_id)) ??
    dateOpen(context, effective_at) ??
    notKept(account_id) ??
    moneyAccount(context, account_id);
  if (early) return refused(early);
  const settled = settledBy(context, bill_number, effective_at, offered);
  if (isRefusal(settled)) return refused(settled);
  const { bill, amount, back } = settled;
  const received = (bill.kind === 'sale') !== back;
  const postings = journal([
    [account_id, received ? amount : -amount],
    [accountOf(bill), received ? -amount : amount],
  ]);
  const refusal = withinLimits(context, { journal: postings }, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: received ? 'PaymentReceived' : 'PaymentMade',
    data: {
      number: nextNumber(context, 'payment'),
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

/** Gives up what is open: a loss on a customer's bill, a gain on a supplier's; the other way round where too much was settled. */
export function writeOff(context: Context, command: WriteOff): Decision {
  const { state } = context;
  const { bill_number, reason, effective_at = context.recorded_at } = command;
  const wanted = command.amount === undefined ? undefined : amountOf(context, command.amount, 'amount', 1n);
  if (isRefusal(wanted)) return refused(wanted);
  const early =
    (state.documents.has(bill_number) ? undefined : refuse('unknown_document', { number: bill_number })) ??
    dateOpen(context, effective_at);
  if (early) return refused(early);
  const settled = settledBy(context, bill_number, effective_at, wanted);
  if (isRefusal(settled)) return refused(settled);
  const { bill, amount, back } = settled;
  const lost = (bill.kind === 'sale') !== back ? amount : -amount;
  const postings = journal([
    [WRITE_OFF, lost],
    [accountOf(bill), -lost],
  ]);
  const refusal = withinLimits(context, { journal: postings }, effective_at);
  if (refusal) return refused(refusal);
  return recorded(effective_at, {
    type: 'BillWrittenOff',
    data: {
      number: nextNumber(context, 'write_off'),
      bill_number,
      party_id: bill.party_id,
      amount: amount.toString(),
      reason,
      settles: (back ? -amount : amount).toString(),
      journal: postings,
    },
  });
}

function accountOf({ kind, party_id }: Bill): string {
  return kind === 'sale' ? `receivable:${party_id}` : `payable:${party_id}`;
}

/** Without `amount` all that is open. `back`: too much was settled before, and it goes back. */
function settledBy(
  { state, config }: Context,
  number: string,
  effective_at: string,
  amount?: bigint,
): { bill: Bill; amount: bigint; back: boolean } | Refusal {
  const history = state.documents.get(number)!;
  const bill = billOf(history);
  if (bill === undefined) return refuse('not_payable', { number, kind: kindOf(number) });
  const refusal = notBefore(bill, effective_at) ?? (bill.void ? refuse('already_void', { number }) : undefined);
  if (refusal) return refusal;
  const open = openAmount(bill);
  if (open === 0n) return refuse('already_paid', { number });
  const back = open < 0n;
  // The excess must have existed on that day and ever since.
  const due = back ? -mostOpenSince(history, effective_at) : open;
  const asked = amount ?? (back ? -open : open);
  if (asked > due) {
    const [owed, requested] = [due < 0n ? 0n : due, asked].map((minor) => toMajor(minor, config.digits));
    return refuse('overpayment', { number, open: owed, requested, effective_at });
  }
  return { bill, amount: asked, back };
}

export const MONEY_POSTINGS = {
  transfer_money: transferMoney,
  record_journal_entry: recordJournalEntry,
  record_payment: recordPayment,
  write_off: writeOff,
};

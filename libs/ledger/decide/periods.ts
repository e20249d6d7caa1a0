/** Months are closed in order and at their end; the closing carries the balances that the next month starts from. */
import { calendarMonth } from '../calendar.js';
import type { ClosePeriod, ReopenPeriod } from '../commands.js';
import { refuse } from '../refusals.js';
import type { LedgerState } from '../state.js';
import { type Context, type Decision, journal, recorded, refused } from './guards.js';

export function closePeriod({ state, config, recorded_at }: Context, { month }: ClosePeriod): Decision {
  if (month <= state.closed_through)
    return refused(refuse('period_closed', { month, closed_through: state.closed_through }));
  const current = calendarMonth(recorded_at, config.time_zone);
  if (month >= current) return refused(refuse('period_not_over', { month, current_month: current }));
  const balances = balancesThrough(state, month);
  return recorded(recorded_at, {
    type: 'PeriodClosed',
    data: {
      month,
      trial_balance: journal([...balances].sort()),
      stock_value: (balances.get('inventory') ?? 0n).toString(),
    },
  });
}

/** By effective date, debit positive. */
export function balancesThrough(state: LedgerState, month: string): Map<string, bigint> {
  const balances = new Map<string, bigint>();
  for (const [each, accounts] of state.months) {
    if (each > month) continue;
    for (const [account_id, amount] of accounts) balances.set(account_id, (balances.get(account_id) ?? 0n) + amount);
  }
  return balances;
}

/** Only the last closed month, so that closed months have no holes. */
export function reopenPeriod({ state, recorded_at }: Context, { month, reason }: ReopenPeriod): Decision {
  if (month !== state.closed_through)
    return refused(refuse('period_not_closed', { month, closed_through: state.closed_through }));
  return recorded(recorded_at, { type: 'PeriodReopened', data: { month, reason } });
}

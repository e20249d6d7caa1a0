/** Months are closed in order, after their end. Each closing carries the balances that the next month starts from. */
import { calendarMonth, monthAfter } from '../calendar.js';
import type { ClosePeriod, ReopenPeriod } from '../commands.js';
import type { EventBody } from '../events.js';
import { refuse } from '../refusals.js';
import type { LedgerState } from '../state/state.js';
import { journal } from './amounts.js';
import { closedNow } from './checks.js';
import { type Context, type Decision, recorded, refused } from './context.js';

export const MONTHS_MAX = 120;

/** Closes all open months up to this one, each with an event of its own. */
export function closePeriod({ state, config, recorded_at }: Context, { month }: ClosePeriod): Decision {
  const current = calendarMonth(recorded_at, config.time_zone);
  if (month >= current) return refused(refuse('period_not_over', { month, current_month: current }));
  const months = [firstOpenMonth(state, month)];
  while (months.length <= MONTHS_MAX && months.at(-1)! < month) months.push(monthAfter(months.at(-1)!));
  if (months.length > MONTHS_MAX)
    return refused(refuse('batch_too_large', { first_month: months[0], months_max: MONTHS_MAX }));
  if (month <= state.closed_through) return refused(refuse('period_closed', { month, ...closedNow(state) }));
  return recorded(recorded_at, ...closings(state, months));
}

/** The month after the last closed one; where none is closed, the first with a posting. */
function firstOpenMonth({ closed_through, months }: LedgerState, month: string): string {
  if (closed_through !== '') return monthAfter(closed_through);
  return [...months.keys(), month].reduce((first, each) => (each < first ? each : first));
}

function closings(state: LedgerState, months: readonly string[]): EventBody[] {
  const posted = [...state.months].sort(([one], [other]) => (one < other ? -1 : 1));
  const balances = new Map<string, bigint>();
  let added = 0;
  return months.map((month) => {
    for (; added < posted.length && posted[added]![0] <= month; added += 1)
      for (const [account_id, amount] of posted[added]![1])
        balances.set(account_id, (balances.get(account_id) ?? 0n) + amount);
    const stock_value = (balances.get('inventory') ?? 0n).toString();
    return { type: 'PeriodClosed', data: { month, trial_balance: journal([...balances].sort()), stock_value } };
  });
}

/** Only the last closed month, so that closed months have no gaps. */
export function reopenPeriod({ state, recorded_at }: Context, { month, reason }: ReopenPeriod): Decision {
  if (month !== state.closed_through)
    return refused(refuse('period_not_closed', { month, closed_through: state.closed_through }));
  return recorded(recorded_at, { type: 'PeriodReopened', data: { month, reason } });
}

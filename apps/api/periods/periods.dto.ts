import Type, { type Static } from 'typebox';
import { component, described, id, instant, money, month, position, text, words } from '../http/schema.js';

export const Period = component(
  'Period',
  Type.Object({ month, status: words('closed', 'open'), decided_by: text, decided_at: instant, position }),
);
export const Periods = component('Periods', Type.Object({ data: Type.Array(Period), position }));
export type Periods = Static<typeof Periods>;

export const ClosedPeriod = component(
  'ClosedPeriod',
  Type.Object({
    month,
    status: words('closed'),
    trial_balance: Type.Array(Type.Object({ account_id: id, balance: money })),
    stock_value: money,
    months_closed: described(Type.Array(month), 'by this command, each with a closing of its own'),
    created_by: text,
    recorded_at: instant,
    position,
  }),
);
export const ReopenedPeriod = component(
  'ReopenedPeriod',
  Type.Object({
    month,
    status: words('open'),
    reason: text,
    closed_through: described(month, 'this month and all before it stay closed'),
    created_by: text,
    recorded_at: instant,
    position,
  }),
);

import { PROFIT_GROUPS, type ProfitGroup } from '../../../projections/read-models/profit.js';
import { PERIOD_UNITS, type PeriodUnit } from '../../../projections/read-models/report-periods.js';
import { RESTATED, type RestatedGroup, type RestatedReport } from '../../../projections/reports/restatement.js';
import { STOCK_GROUPS, type StockGroup } from '../../../projections/reports/stock-groups.js';
import { Day, OneOf, optional } from '../http/fields.js';
import { Cursor, type Format, FormatField, Limit, MinPosition, Moment, PageParameters } from '../queries/parameters.js';

export class DaysParameters extends PageParameters {
  @Day({ ...optional, description: "first day, in the ledger's time zone" }) from?: string;
  @Day({ ...optional, description: 'last day, included' }) to?: string;
}
export class ProfitParameters extends DaysParameters {
  @OneOf(PROFIT_GROUPS, { ...optional, description: 'default: day' }) group_by?: ProfitGroup;
}
const StockGroupField = () =>
  OneOf(STOCK_GROUPS, { ...optional, description: 'default: place, an item at a location' });
export class StockMovementParameters extends DaysParameters {
  @StockGroupField() group_by?: StockGroup;
}
export class ValuationParameters extends PageParameters {
  @StockGroupField() group_by?: StockGroup;
}
export class CustomerSalesParameters extends DaysParameters {
  @OneOf(['customer', 'month'], { ...optional, description: 'default: customer; month: each of them by month' })
  group_by?: 'customer' | 'month';
}
export class SupplierCostsParameters extends DaysParameters {
  @OneOf(['supplier', 'month'], { ...optional, description: 'default: supplier; month: each of them by month' })
  group_by?: 'supplier' | 'month';
}
export class TrendsParameters extends DaysParameters {
  @OneOf(PERIOD_UNITS, { ...optional, description: 'default: day' }) group_by?: PeriodUnit;
}

export class RestatementParameters {
  @Moment({ optional: false, description: 'the one state: as it was known by then; a day means its end' })
  known_at!: string;
  @Moment({ description: 'the other state, likewise; default: now' })
  versus?: string;
  @OneOf(Object.keys(RESTATED)) report!: RestatedReport;
  @Day({ ...optional, description: 'first day; of profit-loss only' }) from?: string;
  @Day({ ...optional, description: 'last day, included; of balances and values: as of its end' }) to?: string;
  @OneOf([...new Set(Object.values(RESTATED).flat())], {
    ...optional,
    description: 'profit-loss: day (default), month, item, customer; stock-valuation: place (default), item, location',
  })
  group_by?: RestatedGroup;
  @FormatField() format?: Format;
  @Limit() limit?: number;
  @Cursor() cursor?: string;
  @MinPosition() min_position?: number;
}

/** What questions can be asked by: the parameters of queries, each one decorator like the fields of bodies. */

import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { dayEnd, dayStart } from '../../../libs/ledger/calendar.js';
import { type AsOf } from '../../../projections/as-of/as-of.js';
import type { DocumentFilter } from '../../../projections/read-models/documents.js';
import { PERIOD_UNITS, type PeriodUnit } from '../../../projections/read-models/periods.js';
import { PROFIT_GROUPS, type ProfitGroup } from '../../../projections/read-models/profit.js';
import { RESTATED, type RestatedGroup, type RestatedReport } from '../../../projections/reports/restatement.js';
import { STOCK_GROUPS, type StockGroup } from '../../../projections/reports/stock-reports.js';
import { Day, type FieldOptions, Instant, OneOf, optional, Text, Whole } from '../http/fields.js';
import { instantOrDay, isDay } from '../http/instants.js';
import { invalidParameters } from '../http/problem.js';

export const LIMIT_MAX = 1000;

/** A parameter is text; what is no whole number stays what it is, and is refused for it. */
const WholeParameter = (minimum: number, maximum: number, options: FieldOptions) =>
  applyDecorators(
    Transform(({ value }) => (/^(0|[1-9]\d{0,15})$/.test(value) ? Number(value) : value), { toClassOnly: true }),
    Whole(minimum, maximum, { ...optional, ...options }),
  );
const Position = (options: FieldOptions) => WholeParameter(0, Number.MAX_SAFE_INTEGER, options);

/** An instant in UTC, or a day, which only the ledger's time zone makes one. */
const Moment = (options: FieldOptions = {}) =>
  applyDecorators(
    Transform(({ value }) => instantOrDay(value) ?? value, { toClassOnly: true }),
    Instant({ ...optional, ...options }),
  );

/** Of which moment the books are asked. */
export class AsOfParameters {
  @Moment({ description: 'as it was in the factory by then, by effective time; a day means its end' })
  as_of?: string;
  @Moment({ description: 'as it was known by then, by recorded time; a day means its end' })
  known_at?: string;
  @Position({ description: 'as it was known at this position of the ledger' })
  position?: number;
  @Position({ description: 'wait until this position can be read; so does the header Ledger-Position' })
  min_position?: number;
}
export class PageParameters extends AsOfParameters {
  @WholeParameter(1, LIMIT_MAX, { description: 'default: 100' })
  limit?: number;
  @Text(3000, { ...optional, description: 'next_cursor of the page before' })
  cursor?: string;
}
export class PeriodParameters extends PageParameters {
  @Moment({ description: 'from this moment or day on' })
  from?: string;
  @Moment({ description: 'until this moment or day, included' })
  to?: string;
}

const FORMATS = ['json', 'csv'] as const;
type Format = (typeof FORMATS)[number];
const FormatField = () => OneOf(FORMATS, { ...optional, description: 'default: json; csv holds all rows' });

export class AgingParameters extends PageParameters {
  @FormatField() format?: Format;
}
export class DaysParameters extends AgingParameters {
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
export class ValuationParameters extends AgingParameters {
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
/** Two states of knowledge, not one; so it is no AsOfParameters. */
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
  @WholeParameter(1, LIMIT_MAX, { description: 'default: 100' })
  limit?: number;
  @Text(3000, { ...optional, description: 'next_cursor of the page before' })
  cursor?: string;
  @Position({ description: 'wait until this position can be read; so does the header Ledger-Position' })
  min_position?: number;
}
/** The present, at least as new as asked for. */
export class NowParameters {
  @Position({ description: 'wait until this position can be read; so does the header Ledger-Position' })
  min_position?: number;
}
/** `from` and `to` as instants where the ledger is. @throws Problem invalid_parameter where they are the wrong way round */
export function periodIn({ time_zone }: AsOf, { from, to }: { from?: string; to?: string }): DocumentFilter {
  const start = isDay(from) ? dayStart(from, time_zone) : from;
  const end = isDay(to) ? dayEnd(to, time_zone) : to;
  assertFromBeforeTo(start, end);
  return { from: start, to: end };
}
/** @throws Problem invalid_parameter */
export function assertFromBeforeTo(from: string | undefined, to: string | undefined): void {
  if (from !== undefined && to !== undefined && from > to)
    throw invalidParameters([{ path: 'from', message: 'must not be after to' }]);
}

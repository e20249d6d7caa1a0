/** Figures of a period or of a moment, as pages or as a table; each row leads to its documents. */
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { calendarDay, dayEnd } from '../../../libs/ledger/calendar.js';
import { type AsOf } from '../../../projections/as-of/as-of.js';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { type ProfitGroup, profit } from '../../../projections/read-models/profit.js';
import { aging, agingDay } from '../../../projections/reports/aging.js';
import { dashboard } from '../../../projections/reports/dashboard.js';
import { RESTATED, restatement } from '../../../projections/reports/restatement.js';
import {
  type Group,
  MOVEMENT_KINDS,
  stockMovement,
  stockValuation,
} from '../../../projections/reports/stock-reports.js';
import { customerSales, supplierCosts, trends } from '../../../projections/reports/trade-reports.js';
import { Permit } from '../auth/permit.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { isDay } from '../http/instants.js';
import { invalidParameters } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import { ApiAnswer, ApiReport } from './api-answer.js';
import { flatRow, toCsv } from './csv.js';
import { documentHref, listHref } from './links.js';
import {
  AgingParameters,
  type AsOfParameters,
  assertFromBeforeTo,
  CustomerSalesParameters,
  NowParameters,
  ProfitParameters,
  RestatementParameters,
  StockMovementParameters,
  SupplierCostsParameters,
  TrendsParameters,
  ValuationParameters,
} from './parameters.js';
import { Questions } from './questions.js';
import { view } from './views.js';

/** What may be asked of every report. */
type ReportQuery = AsOfParameters & Paging & { from?: string; to?: string; format?: 'json' | 'csv' };
/** A report as a table: how the file is called and which columns it has. */
type Table = { name: string; columns: readonly string[] };

@ApiTags('reports')
@Controller()
export class ReportsController {
  constructor(private readonly questions: Questions) {}

  @Get('dashboard')
  @Permit('reads')
  @ApiAnswer('getDashboard', 'The factory at a glance, now', view('Dashboard'))
  dashboard(@Req() request: ApiRequest, @Query() query: NowParameters) {
    return this.questions.ask(request, query, (snapshot) => dashboard(snapshot, today(snapshot)));
  }

  @Get('reports/profit-loss')
  @Permit('reads_reports')
  @ApiReport('getProfitLoss', 'What was sold, what it had cost, what was earned', view('ProfitLoss'))
  profitLoss(@TheExchange() exchange: Exchange, @Query() query: ProfitParameters) {
    const { group_by = 'day' } = query;
    const table = { name: `profit-loss-by-${group_by}`, columns: ['key', ...EARNED] };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const found = await profit(snapshot, { ...query, ...paging, group_by });
      return linked(found, ({ key }) => hrefOfProfit(key, group_by, query, snapshot));
    });
  }

  @Get('reports/aging')
  @Permit('reads_reports')
  @ApiReport('getAging', 'Who owes what to whom, by days since it was due', view('Aging'))
  aging(@TheExchange() exchange: Exchange, @Query() query: AgingParameters) {
    const table = { name: 'aging', columns: AGING };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const found = await aging(snapshot, {
        ...paging,
        day: agingDay(snapshot, query, new Date().toISOString()),
      });
      return linked(found, ({ owed, party_id }) =>
        listHref(owed === 'to_us' ? '/sales' : '/purchases', { party_id, ...momentOf(snapshot, query) }),
      );
    });
  }

  @Get('reports/stock-movement')
  @Permit('reads_reports')
  @ApiReport('getStockMovement', 'Opening, what came in and went out by kind, closing', view('StockMovementReport'))
  stockMovement(@TheExchange() exchange: Exchange, @Query() query: StockMovementParameters) {
    const { group_by = 'place', from, to } = query;
    const table = { name: `stock-movement-by-${group_by}`, columns: MOVED };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const found = await stockMovement(snapshot, { ...paging, from, to, group_by });
      return linked(found, (row) => hrefOfStock(row, 'movements', { from, to, ...momentOf(snapshot, query) }));
    });
  }

  @Get('reports/stock-valuation')
  @Permit('reads_reports')
  @ApiReport('getStockValuation', 'What is on hand and what it is worth', view('StockValuation'))
  stockValuation(@TheExchange() exchange: Exchange, @Query() query: ValuationParameters) {
    const { group_by = 'place' } = query;
    const table = { name: `stock-valuation-by-${group_by}`, columns: VALUED };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const found = await stockValuation(snapshot, { ...paging, group_by });
      return linked(found, (row) => hrefOfStock(row, 'explain', momentOf(snapshot, query)));
    });
  }

  @Get('reports/customer-sales')
  @Permit('reads_reports')
  @ApiReport('getCustomerSales', 'What each customer bought, less what came back', view('CustomerSales'))
  customerSales(@TheExchange() exchange: Exchange, @Query() query: CustomerSalesParameters) {
    const { group_by = 'customer' } = query;
    const table = { name: `customer-sales-by-${group_by}`, columns: [...SPAN, 'customer_id', 'name', ...EARNED] };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const groups = group_by === 'month' ? 'month' : 'party';
      const found = await customerSales(snapshot, { ...query, ...paging, group_by: groups });
      return linked(found, ({ customer_id, from, to }) =>
        listHref('/sales', { party_id: customer_id, ...daysOf({ from, to }), ...momentOf(snapshot, query) }),
      );
    });
  }

  @Get('reports/supplier-costs')
  @Permit('reads_reports')
  @ApiReport('getSupplierCosts', 'What each supplier cost, was paid and is owed', view('SupplierCosts'))
  supplierCosts(@TheExchange() exchange: Exchange, @Query() query: SupplierCostsParameters) {
    const { group_by = 'supplier' } = query;
    const table = { name: `supplier-costs-by-${group_by}`, columns: SUPPLIED };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const groups = group_by === 'month' ? 'month' : 'party';
      const found = await supplierCosts(snapshot, { ...query, ...paging, group_by: groups });
      return linked(found, ({ supplier_id, from, to }) =>
        listHref('/purchases', { party_id: supplier_id, ...daysOf({ from, to }), ...momentOf(snapshot, query) }),
      );
    });
  }

  @Get('reports/trends')
  @Permit('reads_reports')
  @ApiReport('getTrends', 'Revenue, cost, profit, purchases and waste from period to period', view('Trends'))
  trends(@TheExchange() exchange: Exchange, @Query() query: TrendsParameters) {
    const { group_by = 'day' } = query;
    const table = { name: `trends-by-${group_by}`, columns: TREND };
    return this.report(exchange, query, table, async (snapshot, paging) => {
      const found = await trends(snapshot, { ...query, ...paging, group_by });
      return linked(found, ({ from, to }) => listHref('/sales', { from, to, ...momentOf(snapshot, query) }));
    });
  }

  @Get('reports/restatement')
  @Permit('reads_reports')
  @ApiReport('getRestatement', 'A report in two states of knowledge, and what changed it', view('Restatement'))
  restatement(@TheExchange() exchange: Exchange, @Query() query: RestatementParameters) {
    const { report, from, to, known_at, versus = new Date().toISOString() } = query;
    const groups: readonly string[] = RESTATED[report];
    const { group_by = RESTATED[report][0] } = query;
    if (!groups.includes(group_by))
      throw invalidParameters([{ path: 'group_by', message: `must be one of ${groups.join(', ')}` }]);
    if (from !== undefined && report !== 'profit-loss')
      throw invalidParameters([{ path: 'from', message: 'is for profit-loss only: the others are of one moment' }]);
    const figures = RESTATED_FIGURES[report].flatMap((name) => SIDES.map((side) => `${side}_${name}`));
    const table = { name: `restatement-of-${report}`, columns: ['key', 'location_id', ...figures, 'events'] };
    const { min_position, format } = query;
    return this.report(
      exchange,
      { min_position, format, from, to, ...pagingOf(query) },
      table,
      async (snapshot, paging) => {
        const states = [instantOf(snapshot, known_at), instantOf(snapshot, versus)] as const;
        const found = await restatement(snapshot, states, { report, group_by, from, to, ...paging });
        const data = found.data.map(({ events, events_total, ...row }) => ({
          ...row,
          events: events.map((event) => ({ ...event, href: documentHref(event.number) })),
          events_total,
        }));
        return { ...found, data };
      },
    );
  }

  /** A page as JSON; or all of them, asked for in one transaction, as CSV. */
  private async report<Row extends object>(
    { request, reply }: Exchange,
    query: ReportQuery,
    { name, columns }: Table,
    ask: (snapshot: Snapshot, paging: Paging) => Promise<Page<Row>>,
  ): Promise<Page<Row> | string> {
    assertFromBeforeTo(query.from, query.to);
    if (query.format !== 'csv') return this.questions.ask(request, query, (snapshot) => ask(snapshot, pagingOf(query)));
    // All rows are one page, so that the report is computed once.
    const all = { limit: Number.MAX_SAFE_INTEGER - 1 };
    const { data: rows } = await this.questions.ask(request, query, (snapshot) => ask(snapshot, all));
    reply.header('content-type', 'text/csv; charset=utf-8');
    reply.header('content-disposition', `attachment; filename="${name}.csv"`);
    return toCsv(
      columns,
      rows.map((row) => flatRow(row)),
    );
  }
}

// ── Columns of the tables ───────────────────────────────────────────────────────────────────────────────────────────────────────

const AGING = ['owed', 'party_id', 'not_due', 'days_0_30', 'days_31_60', 'days_61_90', 'days_over_90', 'total'];
const EARNED = ['quantity', 'revenue', 'cost', 'profit'];
const SPAN = ['month', 'from', 'to'];
const SUPPLIED = [...SPAN, ...['supplier_id', 'name', 'purchases', 'purchased', 'returned', 'cost', 'paid', 'owed']];
const TREND = ['key', 'from', 'to', 'revenue', 'cost', 'profit', 'purchases', 'waste'];
const GROUP = ['item_id', 'location_id'];
const VALUED = [...GROUP, 'on_hand', 'average_cost', 'value'];
const amounts = (...names: string[]) => names.flatMap((name) => [`${name}_quantity`, `${name}_value`]);
const MOVED = [
  ...GROUP,
  ...amounts('opening', ...MOVEMENT_KINDS.map((kind) => `in_${kind}`), 'total_in'),
  ...amounts(...MOVEMENT_KINDS.map((kind) => `out_${kind}`), 'total_out', 'closing'),
];
const SIDES = ['before', 'after', 'difference'];
const RESTATED_FIGURES = {
  'profit-loss': EARNED,
  'trial-balance': ['debit', 'credit'],
  'stock-valuation': ['on_hand', 'value'],
};

// ── Links and moments ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function linked<P extends Page<object>>(
  found: P,
  href: (row: P['data'][number]) => string,
): Omit<P, 'data'> & Page<P['data'][number] & { href: string }> {
  return { ...found, data: found.data.map((row) => ({ ...row, href: href(row) })) };
}

type Filters = Record<string, string | number | undefined>;

/** So that whoever follows a link sees the books that the figure is of. */
function momentOf({ position }: AsOf, { as_of }: AsOfParameters): Filters {
  return { as_of, position };
}
function daysOf({ from, to }: { from: string | null; to: string | null }): Filters {
  return { from: from ?? undefined, to: to ?? undefined };
}

function hrefOfProfit(key: string, group_by: ProfitGroup, query: ProfitParameters, snapshot: AsOf): string {
  const { from, to } = query;
  const moment = momentOf(snapshot, query);
  switch (group_by) {
    case 'day':
      return listHref('/sales', { from: key, to: key, ...moment });
    case 'month':
      return listHref('/sales', { from: `${key}-01`, to: lastDay(key), ...moment });
    case 'item':
      return listHref(`/stock/${key}/movements`, { from, to, ...moment });
    case 'customer':
      return listHref('/sales', { party_id: key, from, to, ...moment });
    default:
      return group_by satisfies never;
  }
}
function lastDay(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
}

function hrefOfStock({ item_id, location_id }: Group, what: 'movements' | 'explain', filters: Filters): string {
  const there = { location_id: location_id ?? undefined };
  // Of a place alone the API has no list of movements; what lies there leads on to them.
  if (item_id === null) return listHref('/stock', { ...there, as_of: filters.as_of, position: filters.position });
  return listHref(`/stock/${item_id}/${what}`, { ...there, ...filters });
}

function pagingOf({ limit, cursor }: Paging): Paging {
  return { limit, cursor };
}
/** The day of a moment where the ledger is; a day is itself. */
function dayOf({ time_zone }: AsOf, when: string | undefined): string {
  if (isDay(when)) return when;
  return calendarDay(when ?? new Date().toISOString(), time_zone);
}
const today = (snapshot: AsOf) => dayOf(snapshot, undefined);
function instantOf({ time_zone }: AsOf, when: string): string {
  return isDay(when) ? dayEnd(when, time_zone) : when;
}

import { Controller, Get, Query } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { PartyGroup } from '../../../projections/reports/party-spans.js';
import { RESTATED, type RestatedGroup } from '../../../projections/reports/restatement.js';
import { Permit } from '../auth/permit.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { invalidParameters } from '../http/problem.js';
import { ApiReport } from '../queries/api-answer.js';
import { PageParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { GetAging } from './get-aging.query.js';
import { GetCustomerSales } from './get-customer-sales.query.js';
import { GetProfitLoss } from './get-profit-loss.query.js';
import { GetRestatement } from './get-restatement.query.js';
import { GetStockMovement } from './get-stock-movement.query.js';
import { GetStockValuation } from './get-stock-valuation.query.js';
import { GetSupplierCosts } from './get-supplier-costs.query.js';
import { GetTrends } from './get-trends.query.js';
import { columnsOf, restatementColumns } from './report-columns.js';
import { daysIn, inFormat, pagingOf } from './report-format.js';
import {
  Aging,
  CustomerSales,
  ProfitLoss,
  Restatement,
  StockMovementReport,
  StockValuation,
  SupplierCosts,
  Trends,
} from './reports.dto.js';
import {
  CustomerSalesParameters,
  ProfitParameters,
  RestatementParameters,
  StockMovementParameters,
  SupplierCostsParameters,
  TrendsParameters,
  ValuationParameters,
} from './reports.parameters.js';

@ApiTags('reports')
@Controller('reports')
export class ReportsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('profit-loss')
  @Permit('reads_reports')
  @ApiReport('getProfitLoss', 'Profit and loss: revenue, cost of sales and profit', ProfitLoss)
  async profitLoss(
    @CurrentExchange() exchange: Exchange,
    @Query() query: ProfitParameters,
  ): Promise<ProfitLoss | string> {
    const { group_by = 'day' } = query;
    const filter = { ...daysIn(query), ...pagingOf(query), group_by };
    const report = await this.queries.execute(new GetProfitLoss(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `profit-loss-by-${group_by}`, columnsOf(ProfitLoss));
  }

  @Get('aging')
  @Permit('reads_reports')
  @ApiReport('getAging', 'Aging of receivables and payables, by days since they were due', Aging)
  async aging(@CurrentExchange() exchange: Exchange, @Query() query: PageParameters): Promise<Aging | string> {
    const at = snapshotQueryOf(exchange.request, query);
    const report = await this.queries.execute(new GetAging(at, new Date().toISOString(), pagingOf(query)));
    return inFormat(exchange, query, report, 'aging', columnsOf(Aging));
  }

  @Get('stock-movement')
  @Permit('reads_reports')
  @ApiReport('getStockMovement', 'Stock movement: opening, receipts and issues by kind, closing', StockMovementReport)
  async stockMovement(
    @CurrentExchange() exchange: Exchange,
    @Query() query: StockMovementParameters,
  ): Promise<StockMovementReport | string> {
    const { group_by = 'place' } = query;
    const filter = { ...daysIn(query), ...pagingOf(query), group_by };
    const report = await this.queries.execute(new GetStockMovement(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `stock-movement-by-${group_by}`, columnsOf(StockMovementReport));
  }

  @Get('stock-valuation')
  @Permit('reads_reports')
  @ApiReport('getStockValuation', 'Stock valuation: quantity and value on hand', StockValuation)
  async stockValuation(
    @CurrentExchange() exchange: Exchange,
    @Query() query: ValuationParameters,
  ): Promise<StockValuation | string> {
    const { group_by = 'place' } = query;
    const filter = { ...pagingOf(query), group_by };
    const report = await this.queries.execute(new GetStockValuation(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `stock-valuation-by-${group_by}`, columnsOf(StockValuation));
  }

  @Get('customer-sales')
  @Permit('reads_reports')
  @ApiReport('getCustomerSales', 'Sales by customer, less returns', CustomerSales)
  async customerSales(
    @CurrentExchange() exchange: Exchange,
    @Query() query: CustomerSalesParameters,
  ): Promise<CustomerSales | string> {
    const { group_by = 'customer' } = query;
    const filter = { ...daysIn(query), ...pagingOf(query), group_by: partyGroupOf(group_by) };
    const report = await this.queries.execute(new GetCustomerSales(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `customer-sales-by-${group_by}`, columnsOf(CustomerSales));
  }

  @Get('supplier-costs')
  @Permit('reads_reports')
  @ApiReport('getSupplierCosts', 'Costs by supplier: purchased, paid and owed', SupplierCosts)
  async supplierCosts(
    @CurrentExchange() exchange: Exchange,
    @Query() query: SupplierCostsParameters,
  ): Promise<SupplierCosts | string> {
    const { group_by = 'supplier' } = query;
    const filter = { ...daysIn(query), ...pagingOf(query), group_by: partyGroupOf(group_by) };
    const report = await this.queries.execute(new GetSupplierCosts(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `supplier-costs-by-${group_by}`, columnsOf(SupplierCosts));
  }

  @Get('trends')
  @Permit('reads_reports')
  @ApiReport('getTrends', 'Trends: revenue, cost, profit, purchases and waste by period', Trends)
  async trends(@CurrentExchange() exchange: Exchange, @Query() query: TrendsParameters): Promise<Trends | string> {
    const { group_by = 'day' } = query;
    const filter = { ...daysIn(query), ...pagingOf(query), group_by };
    const report = await this.queries.execute(new GetTrends(snapshotQueryOf(exchange.request, query), filter));
    return inFormat(exchange, query, report, `trends-by-${group_by}`, columnsOf(Trends));
  }

  @Get('restatement')
  @Permit('reads_reports')
  @ApiReport(
    'getRestatement',
    'Restatement: a report as known at two times, and the events that changed it',
    Restatement,
  )
  async restatement(
    @CurrentExchange() exchange: Exchange,
    @Query() query: RestatementParameters,
  ): Promise<Restatement | string> {
    const { report: name, known_at, versus = new Date().toISOString(), min_position } = query;
    const group_by = restatedGroupIn(query);
    const filter = { report: name, group_by, ...daysIn(query), ...pagingOf(query) };
    const at = snapshotQueryOf(exchange.request, { min_position });
    const report = await this.queries.execute(new GetRestatement(at, { known_at, versus }, filter));
    return inFormat(exchange, query, report, `restatement-of-${name}`, restatementColumns(name));
  }
}

function partyGroupOf(group_by: 'customer' | 'supplier' | 'month'): PartyGroup {
  return group_by === 'month' ? 'month' : 'party';
}

function restatedGroupIn({ report, from, group_by = RESTATED[report][0] }: RestatementParameters): RestatedGroup {
  const groups: readonly RestatedGroup[] = RESTATED[report];
  if (!groups.includes(group_by))
    throw invalidParameters([{ path: 'group_by', message: `must be one of ${groups.join(', ')}` }]);
  if (from !== undefined && report !== 'profit-loss')
    throw invalidParameters([{ path: 'from', message: 'is for profit-loss only: the others are of one moment' }]);
  return group_by;
}

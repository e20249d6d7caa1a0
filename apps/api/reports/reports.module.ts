import { Module } from '@nestjs/common';
import { DashboardController } from './dashboard.controller.js';
import { GetAgingHandler } from './get-aging.query.js';
import { GetCustomerSalesHandler } from './get-customer-sales.query.js';
import { GetDashboardHandler } from './get-dashboard.query.js';
import { GetProfitLossHandler } from './get-profit-loss.query.js';
import { GetRestatementHandler } from './get-restatement.query.js';
import { GetStockMovementHandler } from './get-stock-movement.query.js';
import { GetStockValuationHandler } from './get-stock-valuation.query.js';
import { GetSupplierCostsHandler } from './get-supplier-costs.query.js';
import { GetTrendsHandler } from './get-trends.query.js';
import { ReportsController } from './reports.controller.js';

@Module({
  controllers: [DashboardController, ReportsController],
  providers: [
    GetDashboardHandler,
    GetProfitLossHandler,
    GetAgingHandler,
    GetStockMovementHandler,
    GetStockValuationHandler,
    GetCustomerSalesHandler,
    GetSupplierCostsHandler,
    GetTrendsHandler,
    GetRestatementHandler,
  ],
})
export class ReportsModule {}

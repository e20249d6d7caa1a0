import { Module } from '@nestjs/common';
import { CountStockHandler } from './count-stock.command.js';
import { StockCountsController } from './stock-counts.controller.js';
import { GetStockCountHandler, ListStockCountsHandler } from './stock-counts.queries.js';

@Module({
  controllers: [StockCountsController],
  providers: [CountStockHandler, ListStockCountsHandler, GetStockCountHandler],
})
export class StockCountsModule {}

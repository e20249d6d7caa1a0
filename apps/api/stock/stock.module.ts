import { Module } from '@nestjs/common';
import { ExplainStockHandler } from './explain-stock.query.js';
import { GetStockHandler } from './get-stock.query.js';
import { ListMovementsHandler } from './list-movements.query.js';
import { ListStockHandler } from './list-stock.query.js';
import { StockController } from './stock.controller.js';

@Module({
  controllers: [StockController],
  providers: [ListStockHandler, GetStockHandler, ListMovementsHandler, ExplainStockHandler],
})
export class StockModule {}

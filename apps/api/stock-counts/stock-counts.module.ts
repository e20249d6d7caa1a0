import { Module } from '@nestjs/common';
import { CountStockHandler } from './count-stock.command.js';
import { StockCountsController } from './stock-counts.controller.js';

@Module({ controllers: [StockCountsController], providers: [CountStockHandler] })
export class StockCountsModule {}

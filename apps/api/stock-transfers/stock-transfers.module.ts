import { Module } from '@nestjs/common';
import { StockTransfersController } from './stock-transfers.controller.js';
import { GetStockTransferHandler, ListStockTransfersHandler } from './stock-transfers.queries.js';
import { TransferStockHandler } from './transfer-stock.command.js';

@Module({
  controllers: [StockTransfersController],
  providers: [TransferStockHandler, ListStockTransfersHandler, GetStockTransferHandler],
})
export class StockTransfersModule {}

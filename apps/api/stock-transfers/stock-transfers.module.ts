import { Module } from '@nestjs/common';
import { StockTransfersController } from './stock-transfers.controller.js';
import { TransferStockHandler } from './transfer-stock.command.js';

@Module({ controllers: [StockTransfersController], providers: [TransferStockHandler] })
export class StockTransfersModule {}

import { Module } from '@nestjs/common';
import { MoneyTransfersController } from './money-transfers.controller.js';
import { GetTransferHandler, ListTransfersHandler } from './money-transfers.queries.js';
import { TransferMoneyHandler } from './transfer-money.command.js';

@Module({
  controllers: [MoneyTransfersController],
  providers: [TransferMoneyHandler, ListTransfersHandler, GetTransferHandler],
})
export class MoneyTransfersModule {}

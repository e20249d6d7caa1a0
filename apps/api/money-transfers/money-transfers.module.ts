import { Module } from '@nestjs/common';
import { MoneyTransfersController } from './money-transfers.controller.js';
import { TransferMoneyHandler } from './transfer-money.command.js';

@Module({ controllers: [MoneyTransfersController], providers: [TransferMoneyHandler] })
export class MoneyTransfersModule {}

import { Module } from '@nestjs/common';
import { PurchasesController } from './purchases.controller.js';
import { RecordPurchaseHandler } from './record-purchase.command.js';

@Module({ controllers: [PurchasesController], providers: [RecordPurchaseHandler] })
export class PurchasesModule {}

import { Module } from '@nestjs/common';
import { PurchasesController } from './purchases.controller.js';
import { GetPurchaseHandler, ListPurchasesHandler } from './purchases.queries.js';
import { RecordPurchaseHandler } from './record-purchase.command.js';

@Module({
  controllers: [PurchasesController],
  providers: [RecordPurchaseHandler, ListPurchasesHandler, GetPurchaseHandler],
})
export class PurchasesModule {}

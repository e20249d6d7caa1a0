import { Module } from '@nestjs/common';
import { RecordSaleHandler } from './record-sale.command.js';
import { SalesController } from './sales.controller.js';
import { GetSaleHandler, ListSalesHandler } from './sales.queries.js';

@Module({ controllers: [SalesController], providers: [RecordSaleHandler, ListSalesHandler, GetSaleHandler] })
export class SalesModule {}

import { Module } from '@nestjs/common';
import { RecordSaleHandler } from './record-sale.command.js';
import { SalesController } from './sales.controller.js';

@Module({ controllers: [SalesController], providers: [RecordSaleHandler] })
export class SalesModule {}

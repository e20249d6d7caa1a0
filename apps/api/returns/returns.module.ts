import { Module } from '@nestjs/common';
import { ReturnBillHandler } from './return-bill.command.js';
import { ReturnsController } from './returns.controller.js';
import { GetReturnHandler, ListReturnsHandler } from './returns.queries.js';

@Module({ controllers: [ReturnsController], providers: [ReturnBillHandler, ListReturnsHandler, GetReturnHandler] })
export class ReturnsModule {}

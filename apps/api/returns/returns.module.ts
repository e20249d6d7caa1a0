import { Module } from '@nestjs/common';
import { ReturnBillHandler } from './return-bill.command.js';
import { ReturnsController } from './returns.controller.js';

@Module({ controllers: [ReturnsController], providers: [ReturnBillHandler] })
export class ReturnsModule {}

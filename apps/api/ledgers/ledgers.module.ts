import { Module } from '@nestjs/common';
import { LedgersController } from './ledgers.controller.js';
import { OpenLedgerHandler } from './open-ledger.command.js';

@Module({ controllers: [LedgersController], providers: [OpenLedgerHandler] })
export class LedgersModule {}

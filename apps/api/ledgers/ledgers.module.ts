import { Module } from '@nestjs/common';
import { LedgersController } from './ledgers.controller.js';
import { ListLedgersHandler } from './list-ledgers.query.js';
import { OpenLedgerHandler } from './open-ledger.command.js';

@Module({ controllers: [LedgersController], providers: [OpenLedgerHandler, ListLedgersHandler] })
export class LedgersModule {}

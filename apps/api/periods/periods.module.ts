import { Module } from '@nestjs/common';
import { ClosePeriodHandler } from './close-period.command.js';
import { ListPeriodsHandler } from './list-periods.query.js';
import { PeriodsController } from './periods.controller.js';
import { ReopenPeriodHandler } from './reopen-period.command.js';

@Module({ controllers: [PeriodsController], providers: [ClosePeriodHandler, ReopenPeriodHandler, ListPeriodsHandler] })
export class PeriodsModule {}

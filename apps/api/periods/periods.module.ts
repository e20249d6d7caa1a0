import { Module } from '@nestjs/common';
import { ClosePeriodHandler } from './close-period.command.js';
import { PeriodsController } from './periods.controller.js';
import { ReopenPeriodHandler } from './reopen-period.command.js';

@Module({ controllers: [PeriodsController], providers: [ClosePeriodHandler, ReopenPeriodHandler] })
export class PeriodsModule {}

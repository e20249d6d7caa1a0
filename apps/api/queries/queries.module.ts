import { Module } from '@nestjs/common';
import { ReadQueryHandler } from '../cqrs.js';
import { BalancesController, StockController } from './books.controllers.js';
import { Questions } from './questions.js';
import { RECORD_CONTROLLERS } from './records.controllers.js';
import { ReportsController } from './reports.controller.js';

@Module({
  controllers: [...RECORD_CONTROLLERS, StockController, BalancesController, ReportsController],
  providers: [Questions, ReadQueryHandler],
  exports: [Questions],
})
export class QueriesModule {}

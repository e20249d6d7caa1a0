import { Module } from '@nestjs/common';
import { ReadQueryHandler } from '../cqrs.js';
import { Questions } from './questions.js';
import { ReportsController } from './reports.controller.js';

@Module({
  controllers: [ReportsController],
  providers: [Questions, ReadQueryHandler],
  exports: [Questions],
})
export class QueriesModule {}

import { Module } from '@nestjs/common';
import { LateCostsController } from './late-costs.controller.js';
import { GetLateCostHandler, ListLateCostsHandler } from './late-costs.queries.js';
import { RecordLateCostHandler } from './record-late-cost.command.js';

@Module({
  controllers: [LateCostsController],
  providers: [RecordLateCostHandler, ListLateCostsHandler, GetLateCostHandler],
})
export class LateCostsModule {}

import { Module } from '@nestjs/common';
import { GetProjectionsHandler } from './get-projections.query.js';
import { HealthController } from './health.controller.js';
import { ProjectionsController } from './projections.controller.js';

/** Without the prefix: load balancers and Prometheus need no version of the API. */
@Module({ controllers: [HealthController] })
export class HealthModule {}

@Module({ controllers: [ProjectionsController], providers: [GetProjectionsHandler] })
export class OperationsModule {}

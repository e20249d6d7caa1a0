import { Module } from '@nestjs/common';
import { AdjustmentsController } from './adjustments.controller.js';
import { ListAdjustmentsHandler } from './list-adjustments.query.js';

@Module({ controllers: [AdjustmentsController], providers: [ListAdjustmentsHandler] })
export class AdjustmentsModule {}

import { Module } from '@nestjs/common';
import { BatchesController } from './batches.controller.js';
import { RecordAllHandler } from './record-all.command.js';

@Module({ controllers: [BatchesController], providers: [RecordAllHandler] })
export class BatchesModule {}

import { Module } from '@nestjs/common';
import { BatchesController } from './batches.controller.js';
import { ImportsController } from './imports.controller.js';
import { LineCommands } from './line-commands.js';
import { RecordAllHandler } from './record-all.command.js';

@Module({ controllers: [BatchesController, ImportsController], providers: [LineCommands, RecordAllHandler] })
export class BatchesModule {}

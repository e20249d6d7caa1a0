import { Module } from '@nestjs/common';
import { BlowsController } from './blows.controller.js';
import { GetBlowHandler, ListBlowsHandler } from './blows.queries.js';
import { RecordBlowHandler } from './record-blow.command.js';

@Module({ controllers: [BlowsController], providers: [RecordBlowHandler, ListBlowsHandler, GetBlowHandler] })
export class BlowsModule {}

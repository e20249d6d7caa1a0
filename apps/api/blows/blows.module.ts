import { Module } from '@nestjs/common';
import { BlowsController } from './blows.controller.js';
import { RecordBlowHandler } from './record-blow.command.js';

@Module({ controllers: [BlowsController], providers: [RecordBlowHandler] })
export class BlowsModule {}

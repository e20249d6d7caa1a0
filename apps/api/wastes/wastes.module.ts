import { Module } from '@nestjs/common';
import { RecordWasteHandler } from './record-waste.command.js';
import { WastesController } from './wastes.controller.js';

@Module({ controllers: [WastesController], providers: [RecordWasteHandler] })
export class WastesModule {}

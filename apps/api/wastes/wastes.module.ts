import { Module } from '@nestjs/common';
import { RecordWasteHandler } from './record-waste.command.js';
import { WastesController } from './wastes.controller.js';
import { GetWasteHandler, ListWastesHandler } from './wastes.queries.js';

@Module({ controllers: [WastesController], providers: [RecordWasteHandler, ListWastesHandler, GetWasteHandler] })
export class WastesModule {}

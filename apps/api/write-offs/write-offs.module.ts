import { Module } from '@nestjs/common';
import { WriteOffHandler } from './write-off.command.js';
import { WriteOffsController } from './write-offs.controller.js';

@Module({ controllers: [WriteOffsController], providers: [WriteOffHandler] })
export class WriteOffsModule {}

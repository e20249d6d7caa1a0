import { Module } from '@nestjs/common';
import { WaitingQueueController } from './waiting-queue.controller.js';

@Module({ controllers: [WaitingQueueController] })
export class WaitingQueueModule {}

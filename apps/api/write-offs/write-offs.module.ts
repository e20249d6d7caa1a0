import { Module } from '@nestjs/common';
import { WriteOffBillHandler } from './write-off-bill.command.js';
import { WriteOffsController } from './write-offs.controller.js';
import { GetWriteOffHandler, ListWriteOffsHandler } from './write-offs.queries.js';

@Module({
  controllers: [WriteOffsController],
  providers: [WriteOffBillHandler, ListWriteOffsHandler, GetWriteOffHandler],
})
export class WriteOffsModule {}

import { Module } from '@nestjs/common';
import { PaymentsController } from './payments.controller.js';
import { GetPaymentHandler, ListPaymentsHandler } from './payments.queries.js';
import { RecordPaymentHandler } from './record-payment.command.js';

@Module({
  controllers: [PaymentsController],
  providers: [RecordPaymentHandler, ListPaymentsHandler, GetPaymentHandler],
})
export class PaymentsModule {}

import { Module } from '@nestjs/common';
import { PaymentsController } from './payments.controller.js';
import { RecordPaymentHandler } from './record-payment.command.js';

@Module({ controllers: [PaymentsController], providers: [RecordPaymentHandler] })
export class PaymentsModule {}

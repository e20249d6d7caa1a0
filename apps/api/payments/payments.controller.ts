import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { RecordPayment } from './record-payment.command.js';

@ApiTags('payments')
@Controller('payments')
export class PaymentsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordPayment, {
    operation: 'recordPayment',
    summary: 'Records a payment',
    answer: 'Payment',
    approvable: true,
  })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordPayment, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidPayment', summary: 'Takes a payment back whole', answer: 'Payment' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('payment', number));
  }
}

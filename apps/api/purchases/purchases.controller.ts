import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { RecordPurchase } from './record-purchase.command.js';

@ApiTags('purchases')
@Controller('purchases')
export class PurchasesController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordPurchase, {
    operation: 'recordPurchase',
    summary: 'Records a purchase',
    answer: 'Purchase',
    approvable: true,
  })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordPurchase, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidPurchase', summary: 'Takes a purchase back whole', answer: 'Purchase' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('purchase', number));
  }
}

import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { RecordSale } from './record-sale.command.js';

@ApiTags('sales')
@Controller('sales')
export class SalesController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordSale, { operation: 'recordSale', summary: 'Records a sale', answer: 'Sale', approvable: true })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordSale, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidSale', summary: 'Takes a sale back whole', answer: 'Sale' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('sale', number));
  }
}

import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ReturnBill } from './return-bill.command.js';

@Controller()
export class ReturnsController {
  constructor(private readonly commands: Commands) {}

  @Post('sales/:number/returns')
  @Permit('records')
  @ApiTags('sales')
  @ApiCommand(ReturnBill, {
    operation: 'returnSale',
    summary: 'Takes part of a sale back',
    answer: 'Return',
    approvable: true,
  })
  returnSale(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(ReturnBill, exchange, numberOfKind('sale', number));
  }

  @Post('purchases/:number/returns')
  @Permit('records')
  @ApiTags('purchases')
  @ApiCommand(ReturnBill, {
    operation: 'returnPurchase',
    summary: 'Takes part of a purchase back',
    answer: 'Return',
    approvable: true,
  })
  returnPurchase(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(ReturnBill, exchange, numberOfKind('purchase', number));
  }

  @Post('returns/:number/void')
  @Permit('admin')
  @ApiTags('returns')
  @ApiCommand(VoidDocument, { operation: 'voidReturn', summary: 'Takes a return back', answer: 'Return' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('return', number));
  }
}

import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { TransferMoney } from './transfer-money.command.js';

@ApiTags('transfers')
@Controller('transfers')
export class MoneyTransfersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(TransferMoney, {
    operation: 'recordTransfer',
    summary: 'Records a transfer',
    answer: 'Transfer',
    approvable: true,
  })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(TransferMoney, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidTransfer', summary: 'Takes a transfer back whole', answer: 'Transfer' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('transfer', number));
  }
}

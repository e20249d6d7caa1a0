import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { RecordBlow } from './record-blow.command.js';

@ApiTags('blows')
@Controller('blows')
export class BlowsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordBlow, { operation: 'recordBlow', summary: 'Records a blow', answer: 'Blow', approvable: true })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordBlow, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidBlow', summary: 'Takes a blow back whole', answer: 'Blow' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('blow', number));
  }
}

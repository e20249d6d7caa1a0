import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { WriteOff } from './write-off.command.js';

@ApiTags('write-offs')
@Controller('write-offs')
export class WriteOffsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(WriteOff, {
    operation: 'recordWriteOff',
    summary: 'Records a write off',
    answer: 'WriteOff',
    approvable: true,
  })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(WriteOff, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidWriteOff', summary: 'Takes a write off back whole', answer: 'WriteOff' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('write_off', number));
  }
}

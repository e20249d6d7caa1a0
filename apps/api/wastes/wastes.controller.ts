import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { RecordWaste } from './record-waste.command.js';

@ApiTags('wastes')
@Controller('wastes')
export class WastesController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordWaste, { operation: 'recordWaste', summary: 'Records a waste', answer: 'Waste', approvable: true })
  record(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordWaste, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, { operation: 'voidWaste', summary: 'Takes a waste back whole', answer: 'Waste' })
  void(@TheExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('waste', number));
  }
}

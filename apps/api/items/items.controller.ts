import { Controller, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeItem } from './change-item.command.js';
import { RegisterItem } from './register-item.command.js';

@ApiTags('items')
@Controller('items')
export class ItemsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterItem, { operation: 'registerItem', summary: 'Registers a new item', answer: 'Item' })
  register(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterItem, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeItem, {
    operation: 'changeItem',
    summary: 'Changes what is given, and only that; `active: false` deactivates',
    answer: 'Item',
  })
  change(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeItem, exchange, id);
  }
}

import { Controller, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeAccount } from './change-account.command.js';
import { RegisterAccount } from './register-account.command.js';

@ApiTags('accounts')
@Controller('accounts')
export class AccountsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterAccount, { operation: 'registerAccount', summary: 'Registers a new account', answer: 'Account' })
  register(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterAccount, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeAccount, {
    operation: 'changeAccount',
    summary: 'Changes what is given, and only that; `active: false` deactivates',
    answer: 'Account',
  })
  change(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeAccount, exchange, id);
  }
}

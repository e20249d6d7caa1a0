import { Controller, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeCustomer } from './change-customer.command.js';
import { RegisterCustomer } from './register-customer.command.js';

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterCustomer, {
    operation: 'registerCustomer',
    summary: 'Registers a new customer',
    answer: 'Customer',
  })
  register(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterCustomer, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeCustomer, {
    operation: 'changeCustomer',
    summary: 'Changes what is given, and only that; `active: false` deactivates',
    answer: 'Customer',
  })
  change(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeCustomer, exchange, id);
  }
}

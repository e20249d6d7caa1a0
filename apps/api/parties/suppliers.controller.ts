import { Controller, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeSupplier } from './change-supplier.command.js';
import { RegisterSupplier } from './register-supplier.command.js';

@ApiTags('suppliers')
@Controller('suppliers')
export class SuppliersController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterSupplier, {
    operation: 'registerSupplier',
    summary: 'Registers a new supplier',
    answer: 'Supplier',
  })
  register(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterSupplier, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeSupplier, {
    operation: 'changeSupplier',
    summary: 'Changes what is given, and only that; `active: false` deactivates',
    answer: 'Supplier',
  })
  change(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeSupplier, exchange, id);
  }
}

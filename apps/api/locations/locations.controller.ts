import { Controller, Param, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeLocation } from './change-location.command.js';
import { RegisterLocation } from './register-location.command.js';

@ApiTags('locations')
@Controller('locations')
export class LocationsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterLocation, {
    operation: 'registerLocation',
    summary: 'Registers a new location',
    answer: 'Location',
  })
  register(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterLocation, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeLocation, {
    operation: 'changeLocation',
    summary: 'Changes what is given, and only that; `active: false` deactivates',
    answer: 'Location',
  })
  change(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeLocation, exchange, id);
  }
}

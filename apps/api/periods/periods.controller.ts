import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { view } from '../queries/views.js';
import { ClosePeriod } from './close-period.command.js';
import { ReopenPeriod } from './reopen-period.command.js';

@ApiTags('periods')
@Controller('periods')
export class PeriodsController {
  constructor(private readonly commands: Commands) {}

  @Post(':month/close')
  @Permit('leads')
  @ApiCommand(ClosePeriod, {
    operation: 'closePeriod',
    summary: 'Closes each month up to this one that is still open: nothing may be dated in them any more',
    answer: view('ClosedPeriod'),
  })
  close(@TheExchange() exchange: Exchange, @Param('month') month: string): Promise<Answer> {
    return this.commands.execute(ClosePeriod, exchange, month);
  }

  @Post(':month/reopen')
  @Permit('admin')
  @ApiCommand(ReopenPeriod, {
    operation: 'reopenPeriod',
    summary: 'Opens the last closed month again; says what stays closed',
    answer: view('ReopenedPeriod'),
  })
  reopen(@TheExchange() exchange: Exchange, @Param('month') month: string): Promise<Answer> {
    return this.commands.execute(ReopenPeriod, exchange, month);
  }
}

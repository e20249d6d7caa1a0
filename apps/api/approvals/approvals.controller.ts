import { Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { Approve } from './approve.command.js';
import { Reject } from './reject.command.js';
import { Withdraw } from './withdraw.command.js';

@ApiTags('approvals')
@Controller('approvals')
export class ApprovalsController {
  constructor(private readonly commands: Commands) {}

  @Post(':id/approve')
  @Permit('leads')
  @ApiCommand(Approve, {
    operation: 'approve',
    summary: 'Carries out what waits, decided on the state of now; never by who asked for it',
    answer: 'ApprovedDocument',
  })
  approve(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Approve, exchange, id);
  }

  @Post(':id/reject')
  @Permit('leads')
  @ApiCommand(Reject, { operation: 'reject', summary: 'Refuses what waits', answer: 'Approval' })
  reject(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Reject, exchange, id);
  }

  @Post(':id/withdraw')
  @Permit('records')
  @ApiCommand(Withdraw, {
    operation: 'withdraw',
    summary: 'Takes the request back; only by who asked for it',
    answer: 'Approval',
  })
  withdraw(@TheExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(Withdraw, exchange, id);
  }
}

import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { type Exchange, TheExchange } from '../http/exchange.js';
import { ChangeThreshold } from './change-threshold.command.js';

@ApiTags('approvals')
@Controller('approval-thresholds')
export class ApprovalThresholdsController {
  constructor(private readonly commands: Commands) {}

  @Post()
  @Permit('admin')
  @ApiCommand(ChangeThreshold, {
    operation: 'changeApprovalThreshold',
    summary: 'From now on two people are needed for what is worth more; requests that wait go on waiting',
    answer: 'ChangedThreshold',
  })
  change(@TheExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(ChangeThreshold, exchange);
  }
}

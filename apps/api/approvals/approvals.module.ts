import { Module } from '@nestjs/common';
import { ApprovalThresholdsController } from './approval-thresholds.controller.js';
import { ListApprovalThresholdsHandler } from './approval-thresholds.queries.js';
import { ApprovalsController } from './approvals.controller.js';
import { GetApprovalHandler, ListApprovalsHandler } from './approvals.queries.js';
import { ApproveHandler } from './approve.command.js';
import { ChangeThresholdHandler } from './change-threshold.command.js';
import { RejectHandler } from './reject.command.js';
import { WithdrawHandler } from './withdraw.command.js';

@Module({
  controllers: [ApprovalsController, ApprovalThresholdsController],
  providers: [
    ApproveHandler,
    RejectHandler,
    WithdrawHandler,
    ChangeThresholdHandler,
    ListApprovalsHandler,
    GetApprovalHandler,
    ListApprovalThresholdsHandler,
  ],
})
export class ApprovalsModule {}

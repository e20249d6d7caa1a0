import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { ListAccountsHandler } from './accounts.queries.js';
import { GetAccountHandler, GetTrialBalanceHandler, ListEntriesHandler } from './balances.queries.js';
import { ChangeAccountHandler } from './change-account.command.js';
import { RegisterAccountHandler } from './register-account.command.js';
import { TrialBalanceController } from './trial-balance.controller.js';

@Module({
  controllers: [AccountsController, TrialBalanceController],
  providers: [
    RegisterAccountHandler,
    ChangeAccountHandler,
    ListAccountsHandler,
    GetAccountHandler,
    ListEntriesHandler,
    GetTrialBalanceHandler,
  ],
})
export class AccountsModule {}

import { Module } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { ListAccountsHandler } from './accounts.queries.js';
import { ChangeAccountHandler } from './change-account.command.js';
import { RegisterAccountHandler } from './register-account.command.js';

@Module({
  controllers: [AccountsController],
  providers: [RegisterAccountHandler, ChangeAccountHandler, ListAccountsHandler],
})
export class AccountsModule {}

import { Controller, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import type { Page, PageBetween } from '../../../projections/as-of/cursor.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import type { ApiRequest } from '../http/request.js';
import { page, pageBetween } from '../http/schema.js';
import { masterDataFilterOf } from '../master-data/read-master-data.js';
import { ApiAnswer, ApiList } from '../queries/api-answer.js';
import { AsOfParameters, PeriodParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { Account, AccountBalance, AccountsParameters, Entry } from './accounts.dto.js';
import { ListAccounts } from './accounts.queries.js';
import { GetAccount, ListEntries } from './balances.queries.js';
import { ChangeAccount } from './change-account.command.js';
import { RegisterAccount } from './register-account.command.js';

@ApiTags('accounts')
@Controller('accounts')
export class AccountsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterAccount, { operation: 'registerAccount', summary: 'Registers a new account', answer: Account })
  register(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterAccount, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeAccount, {
    operation: 'changeAccount',
    summary: 'Changes those fields of an account that are given; `active: false` deactivates it',
    answer: Account,
  })
  change(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeAccount, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listAccounts', 'Lists accounts by id', pageBetween(Account), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: AccountsParameters): Promise<PageBetween<Account>> {
    return this.queries.execute(
      new ListAccounts(snapshotQueryOf(request, query), masterDataFilterOf('account', query)),
    );
  }

  @Get(':id')
  @Permit('reads')
  @ApiAnswer('getAccount', 'Gets an account with its balance', AccountBalance, 'unknown_account')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<AccountBalance> {
    return this.queries.execute(new GetAccount(snapshotQueryOf(request, query), id));
  }

  @Get(':id/entries')
  @Permit('reads')
  @ApiList(
    'listEntries',
    'Lists the entries of an account, its statement, the last recorded first',
    page(Entry),
    'unknown_account',
  )
  entries(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: PeriodParameters): Promise<Page<Entry>> {
    const { from, to, limit, cursor } = query;
    return this.queries.execute(new ListEntries(snapshotQueryOf(request, query), id, { from, to, limit, cursor }));
  }
}

import { Controller, Get, Param, Patch, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import { Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import type { ApiRequest } from '../http/request.js';
import { pageBetween } from '../http/schema.js';
import { masterDataFilterOf } from '../master-data/read-master-data.js';
import { ApiList, ApiRecord } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { ChangeCustomer } from './change-customer.command.js';
import { GetCustomer, ListCustomers } from './customers.queries.js';
import { Customer, CustomersParameters } from './parties.dto.js';
import { RegisterCustomer } from './register-customer.command.js';

@ApiTags('customers')
@Controller('customers')
export class CustomersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterCustomer, {
    operation: 'registerCustomer',
    summary: 'Registers a new customer',
    answer: Customer,
  })
  register(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterCustomer, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeCustomer, {
    operation: 'changeCustomer',
    summary: 'Changes those fields of a customer that are given; `active: false` deactivates it',
    answer: Customer,
  })
  change(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeCustomer, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listCustomers', 'Lists customers by id', pageBetween(Customer), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: CustomersParameters): Promise<PageBetween<Customer>> {
    return this.queries.execute(
      new ListCustomers(snapshotQueryOf(request, query), masterDataFilterOf('customer', query)),
    );
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiRecord('getCustomer', 'Gets a customer, as it is or was then', Customer, 'unknown_customer')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Customer> {
    return this.queries.execute(new GetCustomer(snapshotQueryOf(request, query), id));
  }
}

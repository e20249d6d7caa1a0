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
import { ChangeSupplier } from './change-supplier.command.js';
import { Supplier, SuppliersParameters } from './parties.dto.js';
import { RegisterSupplier } from './register-supplier.command.js';
import { GetSupplier, ListSuppliers } from './suppliers.queries.js';

@ApiTags('suppliers')
@Controller('suppliers')
export class SuppliersController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterSupplier, {
    operation: 'registerSupplier',
    summary: 'Registers a new supplier',
    answer: Supplier,
  })
  register(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterSupplier, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeSupplier, {
    operation: 'changeSupplier',
    summary: 'Changes those fields of a supplier that are given; `active: false` deactivates it',
    answer: Supplier,
  })
  change(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeSupplier, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listSuppliers', 'Lists suppliers by id', pageBetween(Supplier), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: SuppliersParameters): Promise<PageBetween<Supplier>> {
    return this.queries.execute(
      new ListSuppliers(snapshotQueryOf(request, query), masterDataFilterOf('supplier', query)),
    );
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiRecord('getSupplier', 'Gets a supplier, as it is or was then', Supplier, 'unknown_supplier')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Supplier> {
    return this.queries.execute(new GetSupplier(snapshotQueryOf(request, query), id));
  }
}

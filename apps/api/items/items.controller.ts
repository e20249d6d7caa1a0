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
import { ChangeItem } from './change-item.command.js';
import { Item, ItemsParameters } from './items.dto.js';
import { GetItem, ListItems } from './items.queries.js';
import { RegisterItem } from './register-item.command.js';

@ApiTags('items')
@Controller('items')
export class ItemsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterItem, { operation: 'registerItem', summary: 'Registers a new item', answer: Item })
  register(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterItem, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeItem, {
    operation: 'changeItem',
    summary: 'Changes those fields of an item that are given; `active: false` deactivates it',
    answer: Item,
  })
  change(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeItem, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listItems', 'Lists items by id', pageBetween(Item), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: ItemsParameters): Promise<PageBetween<Item>> {
    return this.queries.execute(new ListItems(snapshotQueryOf(request, query), masterDataFilterOf('item', query)));
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiRecord('getItem', 'Gets an item, as it is or was then', Item, 'unknown_item')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Item> {
    return this.queries.execute(new GetItem(snapshotQueryOf(request, query), id));
  }
}

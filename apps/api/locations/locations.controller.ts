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
import { ChangeLocation } from './change-location.command.js';
import { Location, LocationsParameters } from './locations.dto.js';
import { GetLocation, ListLocations } from './locations.queries.js';
import { RegisterLocation } from './register-location.command.js';

@ApiTags('locations')
@Controller('locations')
export class LocationsController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('leads')
  @ApiCommand(RegisterLocation, {
    operation: 'registerLocation',
    summary: 'Registers a new location',
    answer: Location,
  })
  register(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RegisterLocation, exchange);
  }

  @Patch(':id')
  @Permit('leads')
  @ApiCommand(ChangeLocation, {
    operation: 'changeLocation',
    summary: 'Changes those fields of a location that are given; `active: false` deactivates it',
    answer: Location,
  })
  change(@CurrentExchange() exchange: Exchange, @Param('id') id: string): Promise<Answer> {
    return this.commands.execute(ChangeLocation, exchange, id);
  }

  @Get()
  @Permit('signed_in')
  @ApiList('listLocations', 'Lists locations by id', pageBetween(Location), 'list_too_broad', 'only_at_present')
  list(@Req() request: ApiRequest, @Query() query: LocationsParameters): Promise<PageBetween<Location>> {
    return this.queries.execute(
      new ListLocations(snapshotQueryOf(request, query), masterDataFilterOf('location', query)),
    );
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiRecord('getLocation', 'Gets a location, as it is or was then', Location, 'unknown_location')
  get(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: AsOfParameters): Promise<Location> {
    return this.queries.execute(new GetLocation(snapshotQueryOf(request, query), id));
  }
}

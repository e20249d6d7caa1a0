import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Page, PageBetween } from '../../../projections/as-of/cursor.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { page, pageBetween } from '../http/schema.js';
import { ApiAnswer, ApiList, OfOnePosition } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { ExplainStock } from './explain-stock.query.js';
import { GetStock } from './get-stock.query.js';
import { ListMovements } from './list-movements.query.js';
import { ListStock } from './list-stock.query.js';
import { Explanation, ItemStock, Movement, StockAtPlace } from './stock.dto.js';
import { ExplainParameters, MovementsParameters, StockParameters, stockFilterOf } from './stock.parameters.js';

@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Permit('signed_in')
  @OfOnePosition()
  @ApiList(
    'listStock',
    'Lists stock by item and location, with its value',
    pageBetween(StockAtPlace),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: StockParameters): Promise<PageBetween<StockAtPlace>> {
    return this.queries.execute(new ListStock(snapshotQueryOf(request, query), stockFilterOf(query)));
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiAnswer('getStock', 'Gets the stock of an item, in total and by location', ItemStock, 'unknown_item')
  get(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: AsOfParameters): Promise<ItemStock> {
    return this.queries.execute(new GetStock(snapshotQueryOf(request, query), item_id));
  }

  @Get(':id/movements')
  @Permit('signed_in')
  @ApiList(
    'listMovements',
    'Lists the stock movements of an item, the last recorded first; staff see those of their own documents',
    page(Movement),
    'unknown_item',
  )
  movements(
    @Req() request: ApiRequest,
    @Param('id') item_id: string,
    @Query() query: MovementsParameters,
  ): Promise<Page<Movement>> {
    const { location_id, from, to, limit, cursor } = query;
    const filter = { location_id, from, to, limit, cursor, created_by: ownOnly(userOf(request)) };
    return this.queries.execute(new ListMovements(snapshotQueryOf(request, query), item_id, filter));
  }

  @Get(':id/explain')
  @Permit('signed_in')
  @ApiList(
    'explainStock',
    'Explains the value and average cost of an item, movement by movement, the last recorded first',
    Explanation,
    'unknown_item',
  )
  explain(
    @Req() request: ApiRequest,
    @Param('id') item_id: string,
    @Query() query: ExplainParameters,
  ): Promise<Explanation> {
    const { location_id, limit, cursor } = query;
    const filter = { location_id, limit, cursor, created_by: ownOnly(userOf(request)) };
    return this.queries.execute(new ExplainStock(snapshotQueryOf(request, query), item_id, filter));
  }
}

import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '../../../projections/as-of/cursor.js';
import { Permit } from '../auth/permit.js';
import type { ApiRequest } from '../http/request.js';
import { page } from '../http/schema.js';
import { ApiList } from '../queries/api-answer.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { AdjustmentsParameters, CostAdjustment } from './adjustments.dto.js';
import { ListAdjustments } from './list-adjustments.query.js';

@ApiTags('stock')
@Controller('adjustments')
export class AdjustmentsController {
  constructor(private readonly queries: QueryBus) {}

  @Get()
  @Permit('reads')
  @ApiList(
    'listAdjustments',
    'Lists what backdated events have changed of the costs of earlier documents, the last recorded first',
    page(CostAdjustment),
  )
  list(@Req() request: ApiRequest, @Query() query: AdjustmentsParameters): Promise<Page<CostAdjustment>> {
    const { item_id, location_id, number, cause, from, to, limit, cursor } = query;
    const filter = { item_id, location_id, number, cause, from, to, limit, cursor };
    return this.queries.execute(new ListAdjustments(snapshotQueryOf(request, query), filter));
  }
}

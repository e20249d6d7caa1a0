/** Stock, as of any moment. */
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { isKnown } from '../../../projections/read-models/master-data.js';
import { explainStock, listMovements, listStock, stockOfItem } from '../../../projections/read-models/stock.js';
import { Permit } from '../auth/permit.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import { ApiAnswer } from './api-answer.js';
import { documentHref } from './links.js';
import { AsOfParameters, ExplainParameters, MovementsParameters, periodIn, StockParameters } from './parameters.js';
import { Questions } from './questions.js';
import { page, view } from './views.js';

@ApiTags('stock')
@Controller('stock')
export class StockController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('signed_in')
  @ApiAnswer('listStock', 'What lies where', page(view('StockAtPlace')))
  list(@Req() request: ApiRequest, @Query() query: StockParameters) {
    return this.questions.ask(request, query, (snapshot) => listStock(snapshot, query));
  }

  @Get(':id')
  @Permit('signed_in')
  @ApiAnswer('getStock', 'One item, at all places together and at each', view('ItemStock'), 'unknown_item')
  one(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: AsOfParameters) {
    return this.questions.ask(request, query, async (snapshot) => {
      await knownItem(snapshot, item_id);
      return stockOfItem(snapshot, item_id);
    });
  }

  @Get(':id/movements')
  @Permit('signed_in')
  @ApiAnswer('listMovements', 'What came and went, the last recorded first', page(view('Movement')), 'unknown_item')
  movements(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: MovementsParameters) {
    return this.questions.ask(request, query, async (snapshot) => {
      await knownItem(snapshot, item_id);
      return listMovements(snapshot, { ...query, item_id, ...periodIn(snapshot, query) });
    });
  }

  @Get(':id/explain')
  @Permit('signed_in')
  @ApiAnswer(
    'explainStock',
    'How its value and average cost came about, step by step, the last recorded first',
    view('Explanation'),
    'unknown_item',
  )
  explain(@Req() request: ApiRequest, @Param('id') item_id: string, @Query() query: ExplainParameters) {
    const { location_id, limit, cursor } = query;
    return this.questions.ask(request, query, async (snapshot) => {
      await knownItem(snapshot, item_id);
      const found = await explainStock(snapshot, { item_id, location_id, limit, cursor });
      return { ...found, data: found.data.map((step) => ({ ...step, href: documentHref(step.number) })) };
    });
  }
}

async function knownItem(snapshot: Snapshot, item_id: string): Promise<void> {
  const known = isId(item_id) && (await isKnown(snapshot, { kind: 'item', id: item_id }));
  if (!known) throw new Problem('unknown_item', { item_id });
}

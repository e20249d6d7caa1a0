import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '../../../projections/as-of/cursor.js';
import { isPermittedInAll, Permit } from '../auth/permit.js';
import { Users } from '../auth/users.js';
import { Problem } from '../http/problem.js';
import { type ApiRequest, principalOf, userOf } from '../http/request.js';
import { page } from '../http/schema.js';
import { ApiList } from '../queries/api-answer.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { HistoryEntry } from './audit.dto.js';
import { HistoryParameters } from './audit.parameters.js';
import { GetHistory, subjectOf } from './get-history.query.js';

@ApiTags('audit')
@Controller('audit/history')
export class HistoryController {
  constructor(
    private readonly queries: QueryBus,
    private readonly users: Users,
  ) {}

  @Get(':kind/:id')
  @Permit('audits')
  @ApiList(
    'getHistory',
    'Every change of a thing: who, when, what, each field before and after. Kind: item, supplier, customer, location, account, user, bill, or a kind of document, also as its path has it. Of a user: their acts in the ledger and the security events by or about them, by the time at which each was noted, which is also what from and to mean for these; they have no position: as_of cuts them by that time, known_at by when the log recorded them, and position by the recorded time of that event',
    page(HistoryEntry),
    ...(['unknown_document', 'unknown_approval', 'unknown_reservation', 'unknown_user'] as const),
    ...(['unknown_flash_sale', 'unknown_order'] as const),
    ...(['unknown_item', 'unknown_supplier', 'unknown_customer', 'unknown_location', 'unknown_account'] as const),
  )
  async get(
    @Req() request: ApiRequest,
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Query() query: HistoryParameters,
  ): Promise<Page<HistoryEntry>> {
    const subject = subjectOf(kind, id);
    if (subject.kind === 'user') {
      // Users and their security events are of no ledger.
      if (!isPermittedInAll(principalOf(request), 'audits_system'))
        throw new Problem('forbidden', { role: userOf(request).role });
      await this.users.assertActor(id);
    }
    const { limit, cursor, order, from, to } = query;
    return this.queries.execute(
      new GetHistory(snapshotQueryOf(request, query), subject, { limit, cursor, order, from, to }),
    );
  }
}

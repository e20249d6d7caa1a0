import { Controller, Get, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { EventFilter } from '../../../projections/read-models/list-events.js';
import { Permit } from '../auth/permit.js';
import type { ApiRequest } from '../http/request.js';
import { page } from '../http/schema.js';
import { ApiList } from '../queries/api-answer.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { AuditEvent, SecurityEvent } from './audit.dto.js';
import { AuditParameters, SecurityParameters } from './audit.parameters.js';
import { ListEvents } from './list-events.query.js';
import { ListSecurityEvents } from './list-security-events.query.js';

@ApiTags('audit')
@Controller('audit')
export class AuditEventsController {
  constructor(private readonly queries: QueryBus) {}

  @Get('events')
  @Permit('audits')
  @ApiList('listEvents', 'Lists all events as they were recorded: who did what, when', page(AuditEvent))
  listEvents(@Req() request: ApiRequest, @Query() query: AuditParameters): Promise<Page<AuditEvent>> {
    return this.queries.execute(new ListEvents(snapshotQueryOf(request, query), filterOf(query)));
  }

  @Get('security-events')
  @Permit('audits_system')
  @ApiList(
    'listSecurityEvents',
    'Who signed in, failed, was locked, made or changed a user. They are of no ledger: as_of, from and to cut them by when they happened, known_at and the recorded time of position by when the log recorded them',
    page(SecurityEvent),
  )
  listSecurityEvents(@Req() request: ApiRequest, @Query() query: SecurityParameters): Promise<Page<SecurityEvent>> {
    const { user } = query;
    const entity = user === undefined ? undefined : { kind: 'user' as const, id: user };
    const filter = { ...filterOf(query), entity };
    return this.queries.execute(new ListSecurityEvents(snapshotQueryOf(request, query), filter));
  }
}

function filterOf({ limit, cursor, actor, type, order, from, to }: AuditParameters): EventFilter {
  return { limit, cursor, actor, types: type === undefined ? undefined : [type], order, from, to };
}

import { Controller, Get, Query, Req, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { listEvents, listPeriods } from '../../../projections/read-models/events.js';
import { listSecurityEvents } from '../../../projections/read-models/security.js';
import { Permit } from '../auth/permit.js';
import type { ApiRequest } from '../http/request.js';
import { ApiAnswer } from './api-answer.js';
import { HistoryController } from './history.controller.js';
import { AsOfParameters, AuditParameters, periodIn, SecurityParameters } from './parameters.js';
import { ProjectionsController } from './projections.controller.js';
import { Questions } from './questions.js';
import { page, view } from './views.js';

@ApiTags('periods')
@Controller('periods')
class PeriodsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('reads')
  @ApiAnswer('listPeriods', 'Months that are closed or were opened again, the last first', view('Periods'))
  list(@Req() request: ApiRequest, @Query() query: AsOfParameters) {
    return this.questions.ask(request, query, (snapshot) => listPeriods(snapshot));
  }
}

@ApiTags('audit')
@Controller('audit/events')
class AuditEventsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('audits')
  @ApiAnswer('listEvents', 'Who did what, when: every event as it was recorded', page(view('AuditEvent')))
  list(@Req() request: ApiRequest, @Query() query: AuditParameters) {
    const { limit, cursor, actor, type, order } = query;
    const types = type === undefined ? undefined : [type];
    return this.questions.ask(request, query, (snapshot) =>
      listEvents(snapshot, { limit, cursor, actor, types, order, ...periodIn(snapshot, query) }),
    );
  }
}

@ApiTags('audit')
@Controller('audit/security-events')
class SecurityEventsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('audits')
  @ApiAnswer(
    'listSecurityEvents',
    'Who signed in, failed, was locked, made or changed a user. They are of no ledger: as_of, from and to cut them by when they happened, known_at and the recorded time of position by when the log recorded them',
    page(view('SecurityEvent')),
  )
  list(@Req() request: ApiRequest, @Query() query: SecurityParameters) {
    const { limit, cursor, actor, type, user, order } = query;
    const types = type === undefined ? undefined : [type];
    const entity = user === undefined ? undefined : { kind: 'user' as const, id: user };
    return this.questions.ask(request, query, (snapshot) =>
      listSecurityEvents(snapshot, { limit, cursor, actor, types, entity, order, ...periodIn(snapshot, query) }),
    );
  }
}

export const RECORD_CONTROLLERS: Type[] = [
  PeriodsController,
  AuditEventsController,
  SecurityEventsController,
  HistoryController,
  ProjectionsController,
];

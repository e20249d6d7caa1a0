/** Documents and master data, singly and in lists. */

import { Controller, Get, Param, Query, Req, type Type } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import { MASTER_KINDS, type MasterKind } from '../../../libs/ledger/events.js';
import { findDocument, listDocuments } from '../../../projections/read-models/documents.js';
import { listEvents, listPeriods, listThresholds } from '../../../projections/read-models/events.js';
import { findMasterData, listMasterData } from '../../../projections/read-models/master-data.js';
import { listSecurityEvents } from '../../../projections/read-models/security.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { DOCUMENT_PATHS } from '../documents/document-paths.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { HistoryController } from './history.controller.js';
import { AuditQuery, BooksQuery, DocumentsQuery, MasterDataQuery, periodIn, SecurityQuery } from './parameters.js';
import { ProjectionsController } from './projections.controller.js';
import { ApiQuestion } from './question-docs.js';
import { Questions } from './questions.js';
import { page, view } from './views.js';

function documentsController(kind: DocumentKind): Type {
  const { path, view: name } = DOCUMENT_PATHS[kind];
  // What is done to an approval or a reservation has a path with its id; the same address has one name only.
  const [named, unknown] =
    kind === 'approval' || kind === 'reservation'
      ? (['id', `unknown_${kind}`] as const)
      : (['number', 'unknown_document'] as const);
  const permit = kind === 'approval' ? 'reads_approvals' : 'signed_in';
  @ApiTags(path)
  @Controller(path)
  class DocumentsController {
    constructor(private readonly questions: Questions) {}

    @Get()
    @Permit(permit)
    @ApiQuestion(`list${name}s`, 'The last recorded first', page(view(name)))
    list(@Req() request: ApiRequest, @Query() query: DocumentsQuery) {
      const own = ownOnly(userOf(request)) ?? query.created_by;
      return this.questions.ask(request, query, (snapshot) =>
        listDocuments(snapshot, { ...filterOf(query), kinds: [kind], created_by: own, ...periodIn(snapshot, query) }),
      );
    }

    @Get(`:${named}`)
    @Permit(permit)
    @ApiQuestion(`get${name}`, 'One, with what became of it', view(name), unknown)
    one(@Req() request: ApiRequest, @Param(named) number: string, @Query() query: BooksQuery) {
      const own = ownOnly(userOf(request));
      return this.questions.ask(request, query, async (snapshot) => {
        const document = isId(number) && kindOf(number) === kind ? await findDocument(snapshot, number) : undefined;
        if (document !== undefined && (own === undefined || document.created_by === own)) return document;
        throw new Problem(unknown, unknown === 'unknown_document' ? { number } : { [`${kind}_id`]: number });
      });
    }
  }
  return renamed(DocumentsController, `${name}sController`);
}

function filterOf({ limit, cursor, party_id, status, payment_status }: DocumentsQuery) {
  return { limit, cursor, party_id, status, payment_status };
}

type MasterName = Capitalize<MasterKind>;
const nameOf = (kind: MasterKind) => `${kind[0]!.toUpperCase()}${kind.slice(1)}` as MasterName;

function masterListController(kind: MasterKind): Type {
  const name = nameOf(kind);
  @ApiTags(`${kind}s`)
  @Controller(`${kind}s`)
  class MasterListController {
    constructor(private readonly questions: Questions) {}

    @Get()
    @Permit('signed_in')
    @ApiQuestion(`list${name}s`, 'By id', page(view(name)))
    list(@Req() request: ApiRequest, @Query() query: MasterDataQuery) {
      const active = query.active === undefined ? undefined : query.active === 'true';
      return this.questions.ask(request, query, (snapshot) => listMasterData(snapshot, { ...query, kind, active }));
    }
  }
  return renamed(MasterListController, `${name}sController`);
}

function masterController(kind: MasterKind): Type {
  const name = nameOf(kind);
  @ApiTags(`${kind}s`)
  @Controller(`${kind}s`)
  class MasterController {
    constructor(private readonly questions: Questions) {}

    @Get(':id')
    @Permit('signed_in')
    @ApiQuestion(`get${name}`, 'One', view(name), `unknown_${kind}`)
    one(@Req() request: ApiRequest, @Param('id') id: string, @Query() query: BooksQuery) {
      return this.questions.ask(request, query, async (snapshot) => {
        const found = isId(id) ? await findMasterData(snapshot, { kind, id }) : undefined;
        if (found === undefined) throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: id });
        return found;
      });
    }
  }
  return renamed(MasterController, `${name}Controller`);
}

@ApiTags('periods')
@Controller('periods')
class PeriodsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('reads')
  @ApiQuestion('listPeriods', 'Months that are closed or were opened again, the last first', view('Periods'))
  list(@Req() request: ApiRequest, @Query() query: BooksQuery) {
    return this.questions.ask(request, query, (snapshot) => listPeriods(snapshot));
  }
}

@ApiTags('approvals')
@Controller('approval-thresholds')
class ThresholdsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('reads')
  @ApiQuestion('listApprovalThresholds', 'From where on two people were needed, the last first', view('Thresholds'))
  list(@Req() request: ApiRequest, @Query() query: BooksQuery) {
    return this.questions.ask(request, query, (snapshot) => listThresholds(snapshot));
  }
}

@ApiTags('audit')
@Controller('audit/events')
class AuditEventsController {
  constructor(private readonly questions: Questions) {}

  @Get()
  @Permit('audits')
  @ApiQuestion('listEvents', 'Who did what, when: every event as it was recorded', page(view('AuditEvent')))
  list(@Req() request: ApiRequest, @Query() query: AuditQuery) {
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
  @ApiQuestion(
    'listSecurityEvents',
    'Who signed in, failed, was locked, made or changed a user. They are of no ledger: as_of, from and to cut them by when they happened, known_at and the recorded time of position by when the log recorded them',
    page(view('SecurityEvent')),
  )
  list(@Req() request: ApiRequest, @Query() query: SecurityQuery) {
    const { limit, cursor, actor, type, user, order } = query;
    const types = type === undefined ? undefined : [type];
    const entity = user === undefined ? undefined : { kind: 'user' as const, id: user };
    return this.questions.ask(request, query, (snapshot) =>
      listSecurityEvents(snapshot, { limit, cursor, actor, types, entity, order, ...periodIn(snapshot, query) }),
    );
  }
}

function renamed(controller: Type, name: string): Type {
  Object.defineProperty(controller, 'name', { value: name });
  return controller;
}

export const RECORD_CONTROLLERS: Type[] = [
  ...(Object.keys(DOCUMENT_PATHS) as DocumentKind[]).map(documentsController),
  ...MASTER_KINDS.map(masterListController),
  // An account is shown with its balance, by another controller.
  ...MASTER_KINDS.filter((kind) => kind !== 'account').map(masterController),
  PeriodsController,
  ThresholdsController,
  AuditEventsController,
  SecurityEventsController,
  HistoryController,
  ProjectionsController,
];

import { Controller, Get, Param, Post, Query, Req } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiTags } from '@nestjs/swagger';
import type { Answer } from '../../../libs/documents/answers.js';
import { ownOnly, Permit } from '../auth/permit.js';
import { ApiCommand } from '../commands/api-command.js';
import { Commands } from '../commands/commands.js';
import { documentPage } from '../documents/document.schema.js';
import { documentFilterOf } from '../documents/documents.parameters.js';
import { numberOfKind } from '../documents/number-of-kind.js';
import type { DocumentPage } from '../documents/read-documents.js';
import { VoidDocument } from '../documents/void-document.command.js';
import { CurrentExchange, type Exchange } from '../http/exchange.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { ApiAnswer, ApiList } from '../queries/api-answer.js';
import { AsOfParameters } from '../queries/parameters.js';
import { snapshotQueryOf } from '../queries/snapshot-query.js';
import { JournalEntriesParameters, JournalEntry } from './journal-entries.dto.js';
import { GetJournalEntry, ListJournalEntries } from './journal-entries.queries.js';
import { RecordJournalEntry } from './record-journal-entry.command.js';

@ApiTags('journal-entries')
@Controller('journal-entries')
export class JournalEntriesController {
  constructor(
    private readonly commands: Commands,
    private readonly queries: QueryBus,
  ) {}

  @Post()
  @Permit('records')
  @ApiCommand(RecordJournalEntry, {
    operation: 'recordJournalEntry',
    summary: 'Records a manual journal entry',
    answer: JournalEntry,
    approvable: true,
  })
  record(@CurrentExchange() exchange: Exchange): Promise<Answer> {
    return this.commands.execute(RecordJournalEntry, exchange);
  }

  @Post(':number/void')
  @Permit('admin')
  @ApiCommand(VoidDocument, {
    operation: 'voidJournalEntry',
    summary: 'Voids a journal entry',
    answer: JournalEntry,
  })
  void(@CurrentExchange() exchange: Exchange, @Param('number') number: string): Promise<Answer> {
    return this.commands.execute(VoidDocument, exchange, numberOfKind('journal_entry', number));
  }

  @Get()
  @Permit('signed_in')
  @ApiList(
    'listJournalEntries',
    'Lists journal entries, the last recorded first',
    documentPage(JournalEntry),
    'list_too_broad',
    'only_at_present',
  )
  list(@Req() request: ApiRequest, @Query() query: JournalEntriesParameters): Promise<DocumentPage<JournalEntry>> {
    return this.queries.execute(
      new ListJournalEntries(snapshotQueryOf(request, query), documentFilterOf(request, query)),
    );
  }

  @Get(':number')
  @Permit('signed_in')
  @ApiAnswer('getJournalEntry', 'Gets a journal entry, with what became of it', JournalEntry, 'unknown_document')
  get(
    @Req() request: ApiRequest,
    @Param('number') number: string,
    @Query() query: AsOfParameters,
  ): Promise<JournalEntry> {
    return this.queries.execute(new GetJournalEntry(snapshotQueryOf(request, query), number, ownOnly(userOf(request))));
  }
}

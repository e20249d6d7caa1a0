import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { DocumentList } from '../documents/documents.parameters.js';
import { type DocumentPage, getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { JournalEntry } from './journal-entries.dto.js';

export class ListJournalEntries extends Query<DocumentPage<JournalEntry>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentList,
  ) {
    super();
  }
}

@QueryHandler(ListJournalEntries)
export class ListJournalEntriesHandler implements IQueryHandler<ListJournalEntries> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListJournalEntries): Promise<DocumentPage<JournalEntry>> {
    return this.models.read(at, (snapshot) => listDocumentsOfKind<JournalEntry>(snapshot, 'journal_entry', filter));
  }
}

export class GetJournalEntry extends Query<JournalEntry> {
  constructor(
    readonly at: SnapshotQuery,
    readonly number: string,
    readonly created_by: string | undefined,
  ) {
    super();
  }
}

@QueryHandler(GetJournalEntry)
export class GetJournalEntryHandler implements IQueryHandler<GetJournalEntry> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, number, created_by }: GetJournalEntry): Promise<JournalEntry> {
    return this.models.read(at, (snapshot) => getDocument<JournalEntry>(snapshot, 'journal_entry', number, created_by));
  }
}

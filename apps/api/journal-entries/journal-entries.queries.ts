import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { getDocument, listDocumentsOfKind } from '../documents/read-documents.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { JournalEntry } from './journal-entries.dto.js';

export class ListJournalEntries extends Query<Page<JournalEntry>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: DocumentFilter,
  ) {
    super();
  }
}

@QueryHandler(ListJournalEntries)
export class ListJournalEntriesHandler implements IQueryHandler<ListJournalEntries> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListJournalEntries): Promise<Page<JournalEntry>> {
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

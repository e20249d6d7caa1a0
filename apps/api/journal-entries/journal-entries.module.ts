import { Module } from '@nestjs/common';
import { JournalEntriesController } from './journal-entries.controller.js';
import { GetJournalEntryHandler, ListJournalEntriesHandler } from './journal-entries.queries.js';
import { RecordJournalEntryHandler } from './record-journal-entry.command.js';

@Module({
  controllers: [JournalEntriesController],
  providers: [RecordJournalEntryHandler, ListJournalEntriesHandler, GetJournalEntryHandler],
})
export class JournalEntriesModule {}

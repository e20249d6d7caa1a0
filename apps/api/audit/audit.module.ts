import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller.js';
import { AuditEventsController } from './audit-events.controller.js';
import { GetHistoryHandler } from './get-history.query.js';
import { HistoryController } from './history.controller.js';
import { ListDocumentPositionsHandler } from './list-document-positions.query.js';
import { ListEventsHandler } from './list-events.query.js';
import { ListSecurityEventsHandler } from './list-security-events.query.js';

@Module({
  controllers: [AuditController, AuditEventsController, HistoryController],
  providers: [ListEventsHandler, ListSecurityEventsHandler, GetHistoryHandler, ListDocumentPositionsHandler],
})
export class AuditModule {}

import type { Type } from '@nestjs/common';
import { AccountsModule } from './accounts/accounts.module.js';
import { AdjustmentsModule } from './adjustments/adjustments.module.js';
import { ApprovalsModule } from './approvals/approvals.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { OidcModule } from './auth/oidc/oidc.module.js';
import { BlowsModule } from './blows/blows.module.js';
import { DocumentsModule } from './documents/documents.module.js';
import { FlashSalesModule } from './flash-sales/flash-sales.module.js';
import { ItemsModule } from './items/items.module.js';
import { JournalEntriesModule } from './journal-entries/journal-entries.module.js';
import { LateCostsModule } from './late-costs/late-costs.module.js';
import { LedgersModule } from './ledgers/ledgers.module.js';
import { LiveModule } from './live/live.module.js';
import { LocationsModule } from './locations/locations.module.js';
import { MoneyTransfersModule } from './money-transfers/money-transfers.module.js';
import { OperationsModule } from './operations/operations.module.js';
import { PartiesModule } from './parties/parties.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { PeriodsModule } from './periods/periods.module.js';
import { PurchasesModule } from './purchases/purchases.module.js';
import { ReportsModule } from './reports/reports.module.js';
import { ReservationsModule } from './reservations/reservations.module.js';
import { ReturnsModule } from './returns/returns.module.js';
import { SalesModule } from './sales/sales.module.js';
import { StockModule } from './stock/stock.module.js';
import { StockCountsModule } from './stock-counts/stock-counts.module.js';
import { StockTransfersModule } from './stock-transfers/stock-transfers.module.js';
import { WaitingQueueModule } from './waiting-queue/waiting-queue.module.js';
import { WastesModule } from './wastes/wastes.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';
import { WriteOffsModule } from './write-offs/write-offs.module.js';

export const FEATURES: readonly Type[] = [
  AuthModule,
  OidcModule,
  LedgersModule,
  ItemsModule,
  PartiesModule,
  LocationsModule,
  AccountsModule,
  PurchasesModule,
  LateCostsModule,
  BlowsModule,
  SalesModule,
  WastesModule,
  StockTransfersModule,
  MoneyTransfersModule,
  JournalEntriesModule,
  PaymentsModule,
  WriteOffsModule,
  StockCountsModule,
  ReturnsModule,
  DocumentsModule,
  ApprovalsModule,
  ReservationsModule,
  FlashSalesModule,
  WaitingQueueModule,
  PeriodsModule,
  StockModule,
  AdjustmentsModule,
  LiveModule,
  WebhooksModule,
  ReportsModule,
  AuditModule,
  OperationsModule,
];

/** What Nest puts together. The parts are opened before it and handed in; nothing here connects to anything. */
import { type DynamicModule, Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { AuditController } from './audit/audit.controller.js';
import { Audit } from './audit/audit.js';
import { AuthController } from './auth/auth.controller.js';
import { PREFIX } from './auth/permissions.js';
import { SignIn } from './auth/sign-in.js';
import { Tokens } from './auth/tokens.js';
import { UsersController } from './auth/users.controller.js';
import { Users } from './auth/users.js';
import { LedgerCommandHandler, ReadQueryHandler, WRITERS } from './cqrs.js';
import { Addresses } from './http/address.js';
import { Commands } from './http/commands.js';
import { HealthController } from './http/health.controller.js';
import { LedgersController } from './http/ledgers.controller.js';
import { Metrics } from './metrics.js';
import { AtomicLedgerCommandHandler, BatchesController } from './orders/batches.controller.js';
import { ORDER_CONTROLLERS } from './orders/controllers.js';
import type { Parts } from './parts.js';
import { BalancesController, StockController } from './queries/books.controllers.js';
import { Questions } from './queries/questions.js';
import { RECORD_CONTROLLERS } from './queries/records.controllers.js';
import { ReportsController } from './queries/reports.controller.js';
import { ReadModels } from './read-models.js';
import { READINESS } from './readiness.js';

@Module({})
class ApiModule {}

export function apiModule(parts: Parts): DynamicModule {
  return {
    module: ApiModule,
    imports: [CqrsModule.forRoot(), RouterModule.register([{ path: PREFIX, module: ApiModule }]), operations(parts)],
    controllers: [
      AuthController,
      UsersController,
      LedgersController,
      ...ORDER_CONTROLLERS,
      BatchesController,
      AuditController,
      ...RECORD_CONTROLLERS,
      StockController,
      BalancesController,
      ReportsController,
    ],
    providers: [
      { provide: WRITERS, useValue: parts.writers },
      { provide: ReadModels, useValue: parts.models },
      { provide: Addresses, useValue: parts.addresses },
      { provide: SignIn, useValue: parts.sign_in },
      { provide: Tokens, useValue: parts.tokens },
      { provide: Users, useValue: parts.users },
      { provide: Audit, useValue: parts.audit },
      Commands,
      Questions,
      LedgerCommandHandler,
      AtomicLedgerCommandHandler,
      ReadQueryHandler,
    ],
  };
}

/** Beside the prefix, since who watches a process wants to know no version of its API. */
@Module({})
class OperationsModule {}

function operations({ readiness, metrics }: Parts): DynamicModule {
  return {
    module: OperationsModule,
    controllers: [HealthController],
    providers: [
      { provide: READINESS, useValue: readiness },
      { provide: Metrics, useValue: metrics },
    ],
  };
}

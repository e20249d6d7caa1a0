import { type DynamicModule, Module } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import type { RoutePermissions } from './auth/route-permissions.js';
import { BatchesModule } from './batches/batches.module.js';
import { FEATURES } from './features.js';
import { PREFIX } from './http/prefix.js';
import { HealthModule } from './operations/operations.module.js';
import type { Services } from './services.js';
import { servicesModule } from './services.module.js';

const MODULES = [...FEATURES, BatchesModule];

@Module({})
class ApiModule {}

export function apiModule(parts: Services, permissions: RoutePermissions): DynamicModule {
  return {
    module: ApiModule,
    imports: [
      CqrsModule.forRoot(),
      RouterModule.register([{ path: PREFIX, children: MODULES }]),
      servicesModule(parts, permissions),
      HealthModule,
      ...MODULES,
    ],
  };
}

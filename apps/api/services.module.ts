import { type DynamicModule, Module } from '@nestjs/common';
import { Audit } from './audit/audit.js';
import { ApiKeys } from './auth/api-keys.js';
import { DeviceTokens } from './auth/device-tokens.js';
import { JwtStrategy } from './auth/jwt.strategy.js';
import { SINGLE_SIGN_ON } from './auth/oidc/oidc.controller.js';
import { Passkeys } from './auth/passkeys.js';
import { RoutePermissions } from './auth/route-permissions.js';
import { SecondFactors } from './auth/second-factors.js';
import { Sessions } from './auth/sessions.js';
import { SignIn } from './auth/sign-in.js';
import { Tokens } from './auth/tokens.js';
import { Users } from './auth/users.js';
import { Commands } from './commands/commands.js';
import { LEDGER_HOMES } from './commands/ledger-command.js';
import { Addresses } from './http/address.js';
import { AnsweredRequests } from './http/answered-requests.js';
import { Limits } from './http/limits.js';
import { Operators } from './http/operators.js';
import { SecurityNotes } from './http/security-notes.js';
import { LiveStreams } from './live/live-streams.js';
import { Metrics } from './metrics.js';
import { ReadModels } from './read-models.js';
import { READINESS } from './readiness.js';
import type { Services } from './services.js';
import { WaitingQueues } from './waiting-queue/waiting-queues.js';
import { Webhooks } from './webhooks/webhooks.js';

@Module({})
class PartsModule {}

export function servicesModule(parts: Services, permissions: RoutePermissions): DynamicModule {
  const providers = [
    { provide: LEDGER_HOMES, useValue: parts.homes },
    { provide: ReadModels, useValue: parts.models },
    { provide: Addresses, useValue: parts.addresses },
    { provide: Limits, useValue: parts.limits },
    { provide: Operators, useValue: parts.operators },
    { provide: SignIn, useValue: parts.sign_in },
    { provide: Passkeys, useValue: parts.passkeys },
    { provide: SecondFactors, useValue: parts.factors },
    { provide: DeviceTokens, useValue: parts.devices },
    { provide: Tokens, useValue: parts.tokens },
    { provide: Sessions, useValue: parts.tokens.sessions },
    { provide: AnsweredRequests, useValue: parts.requests },
    { provide: ApiKeys, useValue: parts.tokens.keys },
    { provide: SecurityNotes, useValue: parts.notes },
    { provide: JwtStrategy, useValue: parts.tokens.strategy },
    { provide: SINGLE_SIGN_ON, useValue: parts.single_sign_on },
    { provide: Users, useValue: parts.users },
    { provide: LiveStreams, useValue: parts.streams },
    { provide: Webhooks, useValue: parts.webhooks },
    { provide: WaitingQueues, useValue: parts.queues },
    { provide: Audit, useValue: parts.audit },
    { provide: READINESS, useValue: parts.readiness },
    { provide: Metrics, useValue: parts.metrics },
    { provide: RoutePermissions, useValue: permissions },
    Commands,
  ];
  return { module: PartsModule, global: true, providers, exports: providers };
}

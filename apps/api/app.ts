import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiModule } from './api.module.js';
import { authenticateRequests } from './auth/authentication.hook.js';
import { permissionOf } from './auth/permit.js';
import { RoutePermissions } from './auth/route-permissions.js';
import { logRequests } from './http/access-log.js';
import { fastifyAdapter, keepPrivate, refuseEncodings, refuseNul, rememberRoutes, useParsers } from './http/adapter.js';
import { AdmissionControl } from './http/admission-control.js';
import { answerClientErrors, requireHost } from './http/client-errors.js';
import { validateAnswers } from './http/conditional-requests.js';
import { allowOrigins } from './http/cors.js';
import { serveDocs } from './http/docs.js';
import { openApiDocument } from './http/openapi-document.js';
import { ProblemFilter } from './http/problem-filter.js';
import { traceRequests } from './http/request-spans.js';
import { baseNames, componentSchemas } from './http/schema.js';
import { readTls, type TlsFiles } from './http/tls.js';
import { DtoPipe } from './http/validation.js';
import { type LogLine, nestLog } from './log.js';
import type { Services } from './services.js';

export interface Transport {
  tls?: TlsFiles | undefined;
  cors_origins?: readonly string[];
  /** Whose disk the metrics show. */
  data_dir?: string;
  access_log?: boolean;
}

/** @throws where a route has no @Permit */
export async function createApp(
  parts: Services,
  log: LogLine,
  { tls, cors_origins = [], data_dir = '.', access_log = false }: Transport = {},
): Promise<{ app: NestFastifyApplication; admission: AdmissionControl; permissions: RoutePermissions }> {
  const adapter = fastifyAdapter(tls && readTls(tls));
  const fastify = adapter.getInstance();
  keepPrivate(fastify, tls !== undefined);
  requireHost(fastify);
  await allowOrigins(fastify, cors_origins);
  const permissions = new RoutePermissions();
  permissions.collectFrom(fastify);
  authenticateRequests(fastify, parts);
  parts.limits.limitRequests(fastify);
  const routes = rememberRoutes(fastify);
  parts.metrics.measureRequests(fastify);
  if (access_log) logRequests(fastify, log);
  refuseNul(fastify);
  refuseEncodings(fastify);
  useParsers(fastify);
  traceRequests(fastify);
  validateAnswers(fastify);
  const admission = new AdmissionControl(parts.addresses);
  admission.admitArrived(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(parts, permissions), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: nestLog,
  });
  app.useGlobalFilters(new ProblemFilter(routes, log));
  app.useGlobalPipes(new DtoPipe());
  serveDocs(fastify, () =>
    openApiDocument(app, (route) => permissionOf(permissions.permitOf(route)!), {
      schemas: componentSchemas(),
      bases: baseNames(),
    }),
  );
  await app.init();
  admission.protect(app.getHttpServer());
  answerClientErrors(app.getHttpServer());
  parts.metrics.showAdmission(admission);
  parts.metrics.showLimits(parts.limits);
  parts.metrics.showDisk(data_dir);
  parts.metrics.showBackups(data_dir);
  if (tls !== undefined) parts.metrics.showCertificate(tls);
  return { app, admission, permissions };
}

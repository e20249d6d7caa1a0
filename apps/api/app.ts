/** The HTTP side: Fastify with our door, parsers and documents, and Nest's controllers behind it. */
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { guardDoor } from './auth/door.js';
import { fastifyAdapter, keepPrivate, refuseNul, rememberRoutes, useParsers } from './http/adapter.js';
import { Crowd } from './http/crowd.js';
import { serveDocs } from './http/docs.js';
import { openApiDocument } from './http/openapi-document.js';
import { ProblemFilter } from './http/problem-filter.js';
import { DtoPipe } from './http/validation.js';
import { type LogLine, nestLog } from './log.js';
import { apiModule } from './module.js';
import type { Parts } from './parts.js';
import { VIEWS } from './queries/views.js';

/** Ready to listen. @throws where a route is not in the permission table. */
export async function createApp(parts: Parts, log: LogLine): Promise<{ app: NestFastifyApplication; crowd: Crowd }> {
  const adapter = fastifyAdapter();
  const fastify = adapter.getInstance();
  keepPrivate(fastify);
  guardDoor(fastify, parts.tokens);
  const routes = rememberRoutes(fastify);
  parts.metrics.measureRequests(fastify);
  refuseNul(fastify);
  useParsers(fastify);
  const crowd = new Crowd(parts.addresses);
  crowd.admitWhole(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(apiModule(parts), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: nestLog,
  });
  app.useGlobalFilters(new ProblemFilter(routes, log));
  app.useGlobalPipes(new DtoPipe());
  serveDocs(fastify, () => openApiDocument(app, VIEWS));
  await app.init();
  crowd.bound(app.getHttpServer());
  parts.metrics.showCrowd(crowd);
  return { app, crowd };
}

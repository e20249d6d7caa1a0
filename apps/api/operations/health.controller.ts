import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { ApiProblems } from '../http/openapi.js';
import { Operators } from '../http/operators.js';
import { PREFIX } from '../http/prefix.js';
import { Problem } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import { openApi } from '../http/schema.js';
import { Metrics } from '../metrics.js';
import { READINESS, type Readiness } from '../readiness.js';
import { Readiness as ReadinessAnswer, Status } from './operations.dto.js';

@ApiTags('operations')
@Controller(['', PREFIX])
export class HealthController {
  constructor(
    @Inject(READINESS) private readonly readiness: Readiness,
    private readonly metrics: Metrics,
    private readonly operators: Operators,
  ) {}

  @Get('health/live')
  @Permit('public')
  @ApiOperation({
    operationId: 'isLive',
    summary: 'Liveness: whether the process runs',
    description: 'Also at /health/live, beside the prefix.',
  })
  @ApiOkResponse({ description: 'The process runs.', schema: openApi(Status) })
  live() {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Permit('public')
  @ApiOperation({
    operationId: 'isReady',
    summary: 'Readiness: whether commands and queries both work',
    description:
      'Also at /health/ready, beside the prefix. Ledgers that are halted are named to whoever may read the metrics; 503 only where none is left that takes commands.',
  })
  @ApiOkResponse({ description: 'Commands and queries both work.', schema: openApi(ReadinessAnswer) })
  @ApiProblems('unavailable')
  async ready(@Req() request: ApiRequest) {
    const missing = await this.readiness.missing();
    const breakers = this.readiness.breakers();
    const headers = { 'retry-after': '1' };
    if (missing.length > 0) throw new Problem('unavailable', { missing, breakers }, { headers });
    const { halted, none_left } = await this.readiness.halted();
    const named = this.operators.includes(request) ? { halted } : {};
    if (none_left) throw new Problem('unavailable', { missing: ['ledgers'], ...named }, { headers });
    const instances = this.readiness.instances();
    return halted.length === 0
      ? { status: 'ok', instances, breakers }
      : { status: 'degraded', instances, breakers, ...named };
  }

  @Get('metrics')
  @Permit('public')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: "Metrics in Prometheus' format",
    description:
      'Also at /metrics, beside the prefix. With the METRICS_TOKEN of the operator as bearer token; where none is set, from the same machine.',
  })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiProduces('text/plain')
  @ApiOkResponse({ description: 'Metrics in the format of Prometheus.', schema: { type: 'string' } })
  @ApiProblems('unauthenticated')
  scrape(@Req() request: ApiRequest): Promise<string> {
    if (!this.operators.includes(request)) throw new Problem('unauthenticated');
    return this.metrics.text();
  }
}

import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Permit } from '../auth/permit.js';
import { CurrentUser, type User } from '../http/request.js';
import { SecurityNotes } from '../http/security-notes.js';
import { ReadModels } from '../read-models.js';
import { GetProjections } from './get-projections.query.js';
import { ProjectionHealth, Rebuild } from './operations.dto.js';

@ApiTags('projections')
@Controller('projections')
export class ProjectionsController {
  constructor(
    private readonly queries: QueryBus,
    private readonly models: ReadModels,
    private readonly notes: SecurityNotes,
  ) {}

  @Get()
  @Permit('reads_system')
  @ApiOperation({ operationId: 'getProjections', summary: 'How far the read models are, and how far behind' })
  @ApiOkResponse({ schema: ProjectionHealth })
  get(): Promise<ProjectionHealth> {
    return this.queries.execute(new GetProjections());
  }

  @Post('rebuild')
  @Permit('runs_system')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'rebuildProjections',
    summary: 'Makes the read models anew from the log, beside the live ones; GET /projections tells how far it is',
  })
  @ApiResponse({ status: 202, description: 'begun, or under way already', schema: Rebuild })
  async rebuild(@CurrentUser() { username }: User): Promise<Rebuild> {
    await this.notes.note('RebuildRequested', username, { username });
    return this.models.requestRebuild(username);
  }
}

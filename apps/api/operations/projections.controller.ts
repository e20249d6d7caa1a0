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
  @ApiOperation({ operationId: 'getProjections', summary: 'Gets position and lag of the read models' })
  @ApiOkResponse({ schema: ProjectionHealth })
  get(): Promise<ProjectionHealth> {
    return this.queries.execute(new GetProjections());
  }

  @Post('rebuild')
  @Permit('runs_system')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'rebuildProjections',
    summary: 'Rebuilds the read models from the log, beside the live ones; GET /projections shows the progress',
  })
  @ApiResponse({ status: 202, description: 'begun, or under way already', schema: Rebuild })
  async rebuild(@CurrentUser() { username }: User): Promise<Rebuild> {
    await this.notes.note('RebuildRequested', username, { username });
    return this.models.requestRebuild(username);
  }
}

import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReadModels } from '../read-models.js';
import { view } from './views.js';

@ApiTags('projections')
@Controller('projections')
export class ProjectionsController {
  constructor(private readonly models: ReadModels) {}

  @Get()
  @ApiOperation({ operationId: 'getProjections', summary: 'How far the read models are, and how far behind' })
  @ApiOkResponse({ schema: view('ProjectionHealth') })
  health() {
    return this.models.health();
  }
}

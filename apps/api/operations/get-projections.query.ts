import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { ReadModels } from '../read-models.js';
import type { ProjectionHealth } from './operations.dto.js';

export class GetProjections extends Query<ProjectionHealth> {}

@QueryHandler(GetProjections)
export class GetProjectionsHandler implements IQueryHandler<GetProjections> {
  constructor(private readonly models: ReadModels) {}

  async execute(): Promise<ProjectionHealth> {
    const { state, ...health } = await this.models.health();
    return { state: state as ProjectionHealth['state'], ...health, rebuild: await this.models.rebuild() };
  }
}

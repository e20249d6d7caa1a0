import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { MasterDataFilter } from '../../../projections/read-models/master-data.js';
import { getMasterData, listMasterDataOfKind } from '../master-data/read-master-data.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { Location } from './locations.dto.js';

export class ListLocations extends Query<PageBetween<Location>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly filter: MasterDataFilter,
  ) {
    super();
  }
}

@QueryHandler(ListLocations)
export class ListLocationsHandler implements IQueryHandler<ListLocations> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, filter }: ListLocations): Promise<PageBetween<Location>> {
    return this.models.read(at, (snapshot) => listMasterDataOfKind<Location>(snapshot, 'location', filter));
  }
}

export class GetLocation extends Query<Location> {
  constructor(
    readonly at: SnapshotQuery,
    readonly location_id: string,
  ) {
    super();
  }
}

@QueryHandler(GetLocation)
export class GetLocationHandler implements IQueryHandler<GetLocation> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, location_id }: GetLocation): Promise<Location> {
    return this.models.read(at, (snapshot) => getMasterData<Location>(snapshot, 'location', location_id));
  }
}

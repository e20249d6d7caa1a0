import Type, { type Static } from 'typebox';
import { Flag, Id, NAME_MAX, optional, Text } from '../http/fields.js';
import { component, flag, id, position, text } from '../http/schema.js';
import { MasterDataParameters, SortMasterData } from '../master-data/read-master-data.js';

export class LocationBody {
  @Id() location_id!: string;
  @Text(NAME_MAX) name!: string;
}

export class LocationChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Flag(optional) active?: boolean;
}

export const Location = component('Location', Type.Object({ location_id: id, name: text, active: flag, position }));
export type Location = Static<typeof Location>;

export class LocationsParameters extends MasterDataParameters {
  @SortMasterData('location') sort?: string;
}

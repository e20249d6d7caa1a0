import { Flag, Id, NAME_MAX, optional, Text } from '../http/fields.js';

export class LocationBody {
  @Id() location_id!: string;
  @Text(NAME_MAX) name!: string;
}

export class LocationChangeBody {
  @Text(NAME_MAX, optional) name?: string;
  @Flag(optional) active?: boolean;
}

import { Id, optional } from '../http/fields.js';
import { PageParameters, PeriodParameters } from '../queries/parameters.js';

export class StockParameters extends PageParameters {
  @Id(optional) item_id?: string;
  @Id(optional) location_id?: string;
}

export class MovementsParameters extends PeriodParameters {
  @Id(optional) location_id?: string;
}

export class ExplainParameters extends PageParameters {
  @Id(optional) location_id?: string;
}

import { STOCK_ORDERS, type StockFilter, type StockMeasure } from '../../../projections/read-models/stock.js';
import { Id, optional } from '../http/fields.js';
import { LeastAmount, MostAmount, SortBy, sortIn } from '../queries/list-fields.js';
import { LeastPieces, MostPieces, PageParameters, PeriodParameters } from '../queries/parameters.js';

export class StockParameters extends PageParameters {
  @Id(optional) item_id?: string;
  @Id(optional) location_id?: string;
  @LeastPieces() on_hand_min?: number;
  @MostPieces() on_hand_max?: number;
  @LeastPieces() reserved_min?: number;
  @MostPieces() reserved_max?: number;
  @LeastPieces() available_min?: number;
  @MostPieces() available_max?: number;
  @LeastAmount() value_min?: string;
  @MostAmount() value_max?: string;
  @SortBy(STOCK_ORDERS, 'item_id') sort?: string;
}

export function stockFilterOf({ item_id, location_id, limit, cursor, sort, ...given }: StockParameters): StockFilter {
  const bounds = given as Record<string, number | string | undefined>;
  const measures = MEASURES.flatMap((name) => {
    const [least, most] = [bounds[`${name}_min`], bounds[`${name}_max`]];
    return least === undefined && most === undefined ? [] : [[name, { least: textOf(least), most: textOf(most) }]];
  });
  const orders = { item_id: 'item_id', location_id: 'location_id', on_hand: 'on_hand', value: 'value' } as const;
  return { item_id, location_id, limit, cursor, measures: Object.fromEntries(measures), sort: sortIn(sort, orders) };
}
const MEASURES: readonly StockMeasure[] = ['on_hand', 'reserved', 'available', 'value'];
const textOf = (bound: number | string | undefined) => (bound === undefined ? undefined : `${bound}`);

export class MovementsParameters extends PeriodParameters {
  @Id(optional) location_id?: string;
}

export class ExplainParameters extends PageParameters {
  @Id(optional) location_id?: string;
}

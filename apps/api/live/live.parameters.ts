import { Id, optional, Text } from '../http/fields.js';
import { Position } from '../queries/parameters.js';

const From = () => Position({ description: 'go on behind this position; Last-Event-ID goes before it' });

export class StockStreamParameters {
  @Id(optional) item_id?: string;
  @Id(optional) location_id?: string;
  @From() position?: number;
}

export class OrderStreamParameters {
  @Id(optional) order_id?: string;
  @From() position?: number;
}

export class EventStreamParameters {
  @Text(64, { ...optional, description: 'type of the events, such as SaleRecorded' }) type?: string;
  @From() position?: number;
}

import { Id, Quantity, UnitPrice } from '../http/fields.js';

export class QuantityLineBody {
  @Id() item_id!: string;
  @Quantity() quantity!: number;
}

export class PricedLineBody extends QuantityLineBody {
  @UnitPrice() unit_price!: number;
}

import Type, { type Static, type TProperties } from 'typebox';
import type { MovementKind } from '../../../libs/ledger/document-kinds.js';
import { RESTATED, type RestatedGroup, type RestatedReport } from '../../../projections/reports/restatement.js';
import { MOVEMENT_KINDS } from '../../../projections/reports/stock-movement.js';
import { event_fields, href } from '../documents/document.schema.js';
import {
  component,
  day,
  described,
  flag,
  id,
  instant,
  money,
  month,
  next_cursor,
  nullable,
  pieces,
  position,
  price,
  record,
  text,
  words,
} from '../http/schema.js';

const documents_href = described(text, 'of its documents');

function pageOf<F extends TProperties>(row: F) {
  const data = Type.Array(Type.Object({ ...row, href: documents_href }));
  return { data, next_cursor, position };
}

export const profit_figures = { quantity: pieces, revenue: money, cost: money, profit: money };
const span = { month: nullable(month), from: nullable(day), to: nullable(day) };

export const ProfitLoss = component(
  'ProfitLoss',
  Type.Object({
    data: Type.Array(
      Type.Object({
        key: described(text, 'day, month, item or customer'),
        ...profit_figures,
        href: documents_href,
      }),
    ),
    totals: Type.Object(profit_figures),
    next_cursor,
    position,
  }),
);
export type ProfitLoss = Static<typeof ProfitLoss>;

export const CustomerSales = component(
  'CustomerSales',
  Type.Object({
    ...pageOf({ ...span, customer_id: id, name: text, ...profit_figures }),
    totals: Type.Object(profit_figures),
  }),
);
export type CustomerSales = Static<typeof CustomerSales>;

const supplier_figures = {
  purchases: described(pieces, 'bills'),
  purchased: money,
  returned: money,
  cost: described(money, 'purchased less returned'),
  paid: money,
  written_off: money,
};
export const SupplierCosts = component(
  'SupplierCosts',
  Type.Object({
    ...pageOf({
      ...span,
      supplier_id: id,
      name: text,
      ...supplier_figures,
      owed: described(money, 'at the end of these days'),
    }),
    totals: Type.Object(supplier_figures),
  }),
);
export type SupplierCosts = Static<typeof SupplierCosts>;

const trend_figures = { revenue: money, cost: money, profit: money, purchases: money, waste: money };
export const Trends = component(
  'Trends',
  Type.Object({
    ...pageOf({ key: described(text, 'day, Monday or month'), from: day, to: day, ...trend_figures }),
    totals: Type.Object(trend_figures),
  }),
);
export type Trends = Static<typeof Trends>;

const ages = {
  not_due: money,
  days_0_30: money,
  days_31_60: money,
  days_61_90: money,
  days_over_90: money,
  total: money,
};
export const Aging = component(
  'Aging',
  Type.Object({
    data: Type.Array(Type.Object({ owed: words('to_us', 'by_us'), party_id: id, ...ages, href: documents_href })),
    totals: Type.Object({ to_us: Type.Object(ages), by_us: Type.Object(ages) }),
    next_cursor,
    position,
  }),
);
export type Aging = Static<typeof Aging>;

const group = { item_id: nullable(id), location_id: nullable(id) };
const Amount = component('QuantityAndValue', Type.Object({ quantity: pieces, value: money }));
const AmountByKind = Type.Unsafe<{ [K in MovementKind]?: Static<typeof Amount> }>({
  type: 'object',
  required: [],
  properties: Object.fromEntries(MOVEMENT_KINDS.map((kind) => [kind, Amount])),
});

export const StockMovementReport = component(
  'StockMovementReport',
  Type.Object(
    pageOf({
      ...group,
      opening: Amount,
      in: AmountByKind,
      total_in: Amount,
      out: AmountByKind,
      total_out: Amount,
      closing: Amount,
    }),
  ),
);
export type StockMovementReport = Static<typeof StockMovementReport>;

export const StockValuation = component(
  'StockValuation',
  Type.Object({
    ...pageOf({ ...group, on_hand: pieces, average_cost: nullable(price), value: money }),
    totals: Type.Object({ on_hand: pieces, value: money }),
  }),
);
export type StockValuation = Static<typeof StockValuation>;

const figures = record(money);
const compared = { before: figures, after: figures, difference: figures };
const State = Type.Object({ known_at: instant, position });

export const Restatement = component(
  'Restatement',
  Type.Object({
    report: words<RestatedReport>(...(Object.keys(RESTATED) as RestatedReport[])),
    group_by: words<RestatedGroup>(...new Set(Object.values(RESTATED).flat())),
    known_at: State,
    versus: State,
    data: Type.Array(
      Type.Object({
        key: text,
        location_id: nullable(id),
        ...compared,
        events: described(
          Type.Array(
            Type.Object({
              ...event_fields,
              backdated: described(flag, 'it had happened before the earlier state'),
              href,
            }),
          ),
          'the first of those recorded between, backdated ones before others',
        ),
        events_total: pieces,
      }),
    ),
    totals: Type.Object(compared),
    next_cursor,
    position,
  }),
);
export type Restatement = Static<typeof Restatement>;

/** What the answers hold, as OpenAPI says it: named schemas, referred to by `view('Sale')`. */

import type { OpenAPIObject } from '@nestjs/swagger';
import { RESTATED } from '../../../projections/reports/restatement.js';
import { MOVEMENT_KINDS } from '../../../projections/reports/stock-reports.js';
import { DOCUMENT_PATHS } from '../documents/document-paths.js';

type Components = NonNullable<OpenAPIObject['components']>;
export type Schema = NonNullable<Components['schemas']>[string];
type Fields = Record<string, Schema>;

const text: Schema = { type: 'string' };
const id: Schema = { type: 'string' };
const instant: Schema = { type: 'string', format: 'date-time' };
const day: Schema = { type: 'string', format: 'date' };
const month: Schema = { type: 'string', pattern: '^\\d{4}-\\d{2}$' };
const pieces: Schema = { type: 'integer', format: 'int64' };
const position: Schema = { type: 'integer', format: 'int64', description: 'revision in the ledger' };
const money: Schema = { type: 'number', description: 'in major units' };
const price: Schema = { type: 'number', description: 'in major units, up to 6 decimals' };
const flag: Schema = { type: 'boolean' };

export function object(required: Fields, optional: Fields = {}): Schema {
  return { type: 'object', required: Object.keys(required), properties: { ...required, ...optional } };
}
export function list(items: Schema): Schema {
  return { type: 'array', items };
}
/** A page of a list. */
export function page(row: Schema): Schema {
  return object({ data: list(row), next_cursor: orNull(text), position });
}
function words(...values: readonly string[]): Schema {
  return { type: 'string', enum: [...values] };
}
function orNull(schema: Schema): Schema {
  return { ...schema, nullable: true };
}
export function view(name: ViewName): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

// ── Figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const moved = { position, type: text, number: orNull(id), effective_at: instant, recorded_at: instant, actor: text };
const href: Schema = { ...orNull(text), description: 'of the document' };
const earned = { quantity: pieces, revenue: money, cost: money, profit: money };

const listed: Schema = { ...text, description: 'of its documents' };
/** A page of a report, whose rows lead to their documents. */
function report(row: Fields, totals?: Fields): Schema {
  const rows = { data: list(object({ ...row, href: listed })), next_cursor: orNull(text), position };
  return object(totals === undefined ? rows : { ...rows, totals: object(totals) });
}
const group = { item_id: orNull(id), location_id: orNull(id) };
const amount = object({ quantity: pieces, value: money });
const movedByKind = object({}, Object.fromEntries(MOVEMENT_KINDS.map((kind) => [kind, amount])));
const span = { month: orNull(month), from: orNull(day), to: orNull(day) };
const supplied = {
  purchases: { ...pieces, description: 'bills' },
  purchased: money,
  returned: money,
  cost: { ...money, description: 'purchased less returned' },
  paid: money,
  written_off: money,
};
const trend = { revenue: money, cost: money, profit: money, purchases: money, waste: money };
const changed: Schema = { type: 'object', additionalProperties: money };
const compared = { before: changed, after: changed, difference: changed };

const ages = {
  not_due: money,
  days_0_30: money,
  days_31_60: money,
  days_61_90: money,
  days_over_90: money,
  total: money,
};

const figures = {
  Aging: object({
    data: list(object({ owed: words('to_us', 'by_us'), party_id: id, ...ages, href: listed })),
    totals: object({ to_us: object(ages), by_us: object(ages) }),
    next_cursor: orNull(text),
    position,
  }),
  Dashboard: object({
    day,
    stock: object({ items: pieces, pieces, reserved: pieces, value: money }),
    low_stock: list(object({ item_id: id, name: text, available: pieces, reorder_level: pieces })),
    today: object(earned),
    owed: object({ to_us: money, by_us: money }),
    last_documents: list({
      oneOf: Object.values(DOCUMENT_PATHS).map(({ view }) => ({ $ref: `#/components/schemas/${view}` })),
    }),
    position,
  }),
  ProfitLoss: object({
    data: list(object({ key: { ...text, description: 'day, month, item or customer' }, ...earned, href: listed })),
    totals: object(earned),
    next_cursor: orNull(text),
    position,
  }),
  StockMovementReport: report({
    ...group,
    opening: amount,
    in: movedByKind,
    total_in: amount,
    out: movedByKind,
    total_out: amount,
    closing: amount,
  }),
  StockValuation: report(
    { ...group, on_hand: pieces, average_cost: orNull(price), value: money },
    { on_hand: pieces, value: money },
  ),
  CustomerSales: report({ ...span, customer_id: id, name: text, ...earned }, earned),
  SupplierCosts: report(
    {
      ...span,
      supplier_id: id,
      name: text,
      ...supplied,
      owed: { ...money, description: 'at the end of these days' },
    },
    supplied,
  ),
  Trends: report({ key: { ...text, description: 'day, Monday or month' }, from: day, to: day, ...trend }, trend),
  Restatement: object({
    report: words(...Object.keys(RESTATED)),
    group_by: words(...new Set(Object.values(RESTATED).flat())),
    known_at: object({ known_at: instant, position }),
    versus: object({ known_at: instant, position }),
    data: list(
      object({
        key: text,
        location_id: orNull(id),
        ...compared,
        events: {
          ...list(
            object({ ...moved, late: { ...flag, description: 'it had happened before the earlier state' }, href }),
          ),
          description: 'the first of those recorded between, late ones before others',
        },
        events_total: pieces,
      }),
    ),
    totals: object(compared),
    next_cursor: orNull(text),
    position,
  }),
};

export const VIEWS = figures;
export type ViewName = keyof typeof VIEWS;

/** What a list of documents can be filtered and sorted by is said once, at its parameters: checks, OpenAPI, totals and query follow. */
import { statusesOf } from '../../../libs/documents/documents.js';
import { PAYMENT_STATUSES } from '../../../libs/ledger/bill.js';
import type { DocumentKind } from '../../../libs/ledger/document-kinds.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import type { DocumentOrder } from '../../../projections/read-models/search-documents.js';
import { ownOnly } from '../auth/permit.js';
import { Day, Id, OneOf, optional, Text } from '../http/fields.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { IdOrNone, idIn, LeastAmount, MostAmount, Search, SortBy, sortIn, YesOrNo } from '../queries/list-fields.js';
import { PeriodParameters } from '../queries/parameters.js';

/** What a field of an answer is to the read model. */
type Column =
  | 'party_id'
  | 'item_id'
  | 'location_id'
  | 'account_id'
  | 'flash_sale_id'
  | 'order_id'
  | 'reservation_id'
  | 'bill_number'
  | 'status'
  | 'payment_status'
  | 'total'
  | 'open'
  | 'due_day';
/** A column is of one field; items, locations, accounts and flash sales may be of several, one of which a query gives. */
export type ListedFields = Readonly<Record<string, Column | 'optional_party_id'>>;

/** Of sales and purchases. */
export const LISTED_OF_TRADES = {
  item_id: 'item_id',
  location_id: 'location_id',
  payment_status: 'payment_status',
  total_price: 'total',
  open_amount: 'open',
  due_date: 'due_day',
} as const;

const BY_ALL = { recorded_at: 'recorded_at', effective_at: 'effective_at', number: 'number' } as const;

/** Of all lists of documents. */
export class DocumentsParameters extends PeriodParameters {
  @Text(64, { ...optional, description: 'username' }) created_by?: string;
  @Search('how the number begins, with or without the letters of its kind') q?: string;
  sort?: string;
  @YesOrNo('true: with the totals of all pages, of the present') totals?: string;

  static kind: DocumentKind;
  static fields: ListedFields = {};
}
type Parameters = typeof DocumentsParameters;

/** Of one kind: fields that its answers show, under their names. */
export function documentsListedBy(kind: DocumentKind, fields: ListedFields): Parameters {
  class OfKind extends DocumentsParameters {
    static override kind = kind;
    static override fields: ListedFields = { status: 'status', ...fields };
  }
  const add = (name: string, field: PropertyDecorator) => field(OfKind.prototype, name);
  add('sort', SortBy(Object.keys(ordersOf(OfKind)), '-recorded_at; with q: -number'));
  for (const [name, column] of Object.entries(OfKind.fields))
    for (const [parameter, field] of Object.entries(fieldsOf(kind, name, column))) add(parameter, field);
  return OfKind;
}

function fieldsOf(kind: DocumentKind, name: string, column: ListedFields[string]): Record<string, PropertyDecorator> {
  switch (column) {
    case 'status':
      return { [name]: OneOf(statusesOf(kind), optional) };
    case 'payment_status':
      return { [name]: OneOf(PAYMENT_STATUSES, optional) };
    case 'optional_party_id':
      return { [name]: IdOrNone() };
    case 'total':
    case 'open':
      return { [`${name}_min`]: LeastAmount(), [`${name}_max`]: MostAmount() };
    case 'due_day': {
      const about = { ...optional, description: 'of bills without one it is their own day' };
      return { [`${name}_from`]: Day(about), [`${name}_to`]: Day(about) };
    }
    default:
      return { [name]: Id(optional) };
  }
}

function ordersOf({ fields }: Parameters): Record<string, DocumentOrder> {
  const of_fields = Object.entries(fields).flatMap(([name, column]) =>
    column === 'total' || column === 'open' || column === 'due_day' ? [[name, column]] : [],
  );
  return { ...BY_ALL, ...Object.fromEntries(of_fields) };
}

/** Fields that are summed up in its totals. */
export function summedFields({ fields }: Parameters): [name: string, column: 'total' | 'open'][] {
  return Object.entries(fields).flatMap(([name, column]): [string, 'total' | 'open'][] =>
    column === 'total' || column === 'open' ? [[name, column]] : [],
  );
}

/** As the list names it. */
export function fieldOf({ fields }: Parameters, column: string): string {
  const found = Object.entries(fields).find(([, each]) => each === column || each === `optional_${column}`);
  return found?.[0] ?? column;
}

export type DocumentList = DocumentFilter & { totals: boolean; list: Parameters };

export function documentFilterOf(request: ApiRequest, parameters: DocumentsParameters): DocumentList {
  const list = parameters.constructor as Parameters;
  const { limit, cursor, created_by, from, to, q, sort, totals } = parameters;
  const given = parameters as unknown as Record<string, string | undefined>;
  const filter: Record<string, unknown> = {};
  for (const [name, column] of Object.entries(list.fields)) {
    const value = givenFor(given, name, column);
    if (value !== undefined) filter[column === 'optional_party_id' ? 'party_id' : column] = value;
  }
  return {
    ...{ limit, cursor, from, to, q },
    ...filter,
    created_by: ownOnly(userOf(request)) ?? created_by,
    sort: sortIn(sort, ordersOf(list)),
    totals: totals === 'true',
    list,
  };
}

function givenFor(given: Record<string, string | undefined>, name: string, column: ListedFields[string]): unknown {
  if (column === 'optional_party_id') return idIn(given[name]);
  if (column !== 'total' && column !== 'open' && column !== 'due_day') return given[name];
  const [lower, upper] = column === 'due_day' ? ['from', 'to'] : ['min', 'max'];
  const [least, most] = [given[`${name}_${lower}`], given[`${name}_${upper}`]];
  return least === undefined && most === undefined ? undefined : { least, most };
}

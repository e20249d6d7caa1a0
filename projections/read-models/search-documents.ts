/** Documents of one kind as they are now, in any order and by any of their fields. */
import { type RawBuilder, sql } from 'kysely';
import { statusesOf } from '../../libs/documents/documents.js';
import { PAYMENT_STATUSES } from '../../libs/ledger/bill.js';
import { DOCUMENT_KINDS, type DocumentKind } from '../../libs/ledger/document-kinds.js';
import { PRICE_DECIMALS_MAX, parseDecimal } from '../../libs/ledger/money.js';
import type { Snapshot } from '../as-of/snapshot.js';
import { lastBefore } from '../engine/as-of-rows.js';
import { hasTexts, type Key, keyNumber } from '../engine/keys.js';
import {
  type SearchFilter,
  type SearchOrder,
  searchRows,
  searchTotals,
  startsWith,
  type Totals,
} from '../engine/search.js';
import type { DocumentKey } from './documents.js';

export const DOCUMENT_ORDERS = ['recorded_at', 'effective_at', 'number', 'total', 'open', 'due_day'] as const;
export type DocumentOrder = (typeof DOCUMENT_ORDERS)[number];

/** Both included: decimals in major units, or days. */
export interface Range {
  least?: string;
  most?: string;
}
/** What documents name, which is in `document_parts`: narrow ones first. */
const PARTS = {
  order_id: 'order',
  reservation_id: 'reservation',
  flash_sale_id: 'flash_sale',
  item_id: 'item',
  account_id: 'account',
  location_id: 'location',
} as const;
type PartField = keyof typeof PARTS;
export const PART_FIELDS = Object.keys(PARTS) as PartField[];

export interface DocumentSearch extends Partial<Record<PartField, string>> {
  kind: DocumentKind;
  /** null: of none. */
  party_id?: string | null;
  status?: string;
  payment_status?: string;
  created_by?: string;
  /** Of the bill that it settles, sends back or adds to. */
  bill_number?: string;
  total?: Range;
  open?: Range;
  due_day?: Range;
  /** Effective time. */
  from?: string;
  to?: string;
  /** How its number begins, with or without the letters of its kind. */
  q?: string;
}

export interface DocumentTotals extends Totals {
  /** In minor units. */
  total: bigint;
  open: bigint;
}

export interface FoundDocument extends DocumentKey {
  key: string[];
}

const ORDERS: Record<DocumentOrder, SearchOrder['columns']> = {
  recorded_at: [{ name: 'position', type: 'bigint' }],
  number: [{ name: 'number', type: 'text' }],
  effective_at: [
    { name: 'effective_at', type: 'timestamptz' },
    { name: 'position', type: 'bigint' },
  ],
  total: [
    { name: 'total', type: 'bigint' },
    { name: 'position', type: 'bigint' },
  ],
  open: [
    { name: 'open', type: 'bigint' },
    { name: 'position', type: 'bigint' },
  ],
  due_day: [
    { name: 'due_day', type: 'date' },
    { name: 'position', type: 'bigint' },
  ],
};

export function keyTypes(order: DocumentOrder) {
  return ORDERS[order].map(({ type }) => type);
}

/** Behind the row of the key `after`. @throws QueryRefused list_too_broad */
export function searchDocuments(
  snapshot: Snapshot,
  search: DocumentSearch,
  by: DocumentOrder,
  descending: boolean,
  page: { after?: readonly string[]; limit: number },
): Promise<FoundDocument[]> {
  const columns = sql`m.number, m.position`;
  const order = orderOf(snapshot, search, by, descending);
  const filters = filtersOf(snapshot, search);
  // Parts are in the order of recording.
  const row =
    by === 'recorded_at'
      ? undefined
      : sql`documents m WHERE ${ofKind(snapshot, search.kind)} AND m.position = k.position`;
  return searchRows<DocumentKey>(snapshot.trx, { columns, filters, order, row, ...page });
}

export function totalsOfDocuments(snapshot: Snapshot, search: DocumentSearch): Promise<DocumentTotals> {
  const order = orderOf(snapshot, search, 'recorded_at', true);
  const sums = { total: sql`m.total`, open: sql`m.open` };
  return searchTotals(snapshot.trx, { filters: filtersOf(snapshot, search), order }, sums);
}

function orderOf(
  snapshot: Snapshot,
  { kind, from, ...search }: DocumentSearch,
  by: DocumentOrder,
  descending: boolean,
): SearchOrder {
  const columns = ORDERS[by];
  const documents = ofKind(snapshot, kind);
  if (by === 'number') {
    const { prefix } = DOCUMENT_KINDS[kind];
    return {
      columns,
      descending,
      from: sql`documents m WHERE ${startsWith('m.number', `${prefix}-`)} AND ${documents}`,
    };
  }
  if (by !== 'recorded_at')
    return { columns, descending, from: sql`documents m WHERE ${documents} AND ${isThere(by)}` };
  const part = partsIn(search)[0];
  if (part !== undefined) return { columns, descending, from: havingPart(snapshot, kind, part), is_scattered: true };
  // Nothing is recorded before it happens.
  const since = from === undefined ? sql`` : sql`AND m.position > ${lastBefore(snapshot, from)}`;
  return { columns, descending, from: sql`documents m WHERE ${documents} ${since}` };
}
/** Also without rows that have no such cell, the index has all that a list can show in this order. */
function isThere(column: DocumentOrder): RawBuilder<unknown> {
  return column === 'effective_at' ? sql`true` : sql`${sql.ref(`m.${column}`)} IS NOT NULL`;
}
function ofKind({ ledger }: Snapshot, kind: DocumentKind): RawBuilder<unknown> {
  return sql`m.ledger = ${ledger} AND m.kind = ${kind}`;
}

function partsIn(search: Omit<DocumentSearch, 'kind'>): string[] {
  return PART_FIELDS.flatMap((field) => (search[field] === undefined ? [] : [`${PARTS[field]}:${search[field]}`]));
}
function partKey({ ledger }: Snapshot, kind: DocumentKind, part: string): Key {
  return { ledger: sql`${ledger}`, kind: sql`${kind}`, part: sql`${part}` };
}
/** Also of other parts, where hashes collide. */
function hasHash(key: Key): RawBuilder<unknown> {
  return sql`p.hash = ${keyNumber(key)}`;
}
/** The CASE hides the texts from Postgres, as in `isOfKey`. */
function isOfPart(key: Key): RawBuilder<unknown> {
  return sql`${hasHash(key)} AND CASE WHEN ${hasTexts('p', key)} THEN true ELSE false END`;
}
function havingPart(snapshot: Snapshot, kind: DocumentKind, part: string): RawBuilder<unknown> {
  return sql`document_parts p JOIN documents m ON m.ledger = ${snapshot.ledger} AND m.kind = ${kind} AND m.position = p.position
    WHERE ${isOfPart(partKey(snapshot, kind, part))}`;
}

function ofPart(snapshot: Snapshot, kind: DocumentKind, part: string): SearchFilter {
  const key = partKey(snapshot, kind, part);
  // With OFFSET 0 Postgres looks each up, and never reads all of the part.
  const has = sql`document_parts p WHERE ${isOfPart(key)} AND p.position = m.position`;
  // The texts are compared in the rows found.
  const counted = sql`document_parts p WHERE ${hasHash(key)}`;
  // Only of bills, which have a due day, something can be open.
  const open = sql`SELECT d.open FROM documents d
    WHERE d.ledger = ${snapshot.ledger} AND d.kind = ${kind} AND d.position = p.position AND d.open <> 0`;
  return {
    wanted: sql`EXISTS (SELECT FROM ${has} OFFSET 0)`,
    from: havingPart(snapshot, kind, part),
    counted,
    keys: sql`(SELECT p.position, p.number, p.effective_at, p.total, p.due_day,
      CASE WHEN p.due_day IS NOT NULL THEN coalesce((${open}), 0) END AS open FROM ${counted}) m WHERE true`,
    on_keys: sql`EXISTS (SELECT FROM ${counted} AND p.position = m.position)`,
  };
}

function filtersOf(snapshot: Snapshot, search: DocumentSearch): SearchFilter[] {
  const { kind, party_id, status, payment_status, created_by, bill_number, total, open, due_day, q } = search;
  const { digits } = snapshot;
  const documents = ofKind(snapshot, kind);
  const where = (wanted: RawBuilder<unknown>) => ({ wanted, from: sql`documents m WHERE ${documents} AND ${wanted}` });
  const parts = partsIn(search).map((part) => ofPart(snapshot, kind, part));
  // Their indexes have any of them together.
  const cells = [
    ...(typeof party_id === 'string' ? [sql`m.party_id = ${party_id}`] : []),
    ...(created_by === undefined ? [] : [sql`m.created_by = ${created_by}`]),
    ...(status === undefined && payment_status === undefined ? [] : [inState(kind, status, payment_status)]),
  ];
  const ranges = [
    within('total', { least: minor(total?.least, digits, 'up'), most: minor(total?.most, digits, 'down') }, 'bigint'),
    within('open', { least: minor(open?.least, digits, 'up'), most: minor(open?.most, digits, 'down') }, 'bigint'),
    within('due_day', due_day, 'date'),
    within('effective_at', { least: search.from, most: search.to }, 'timestamptz'),
  ];
  const of_cells = cells.length === 0 ? [] : [where(sql.join(cells, sql` AND `))];
  const is_of_party = typeof party_id === 'string';
  // Totals read by the first one where none is narrow.
  return [
    ...(bill_number === undefined ? [] : [ofBill(snapshot, kind, bill_number)]),
    ...(q === undefined ? [] : [numbered(documents, kind, q)]),
    ...parts,
    ...(party_id === null ? [{ wanted: sql`m.party_id IS NULL` }] : []),
    ...(is_of_party ? of_cells : []),
    ...ranges.flatMap((range) =>
      range === undefined ? [] : [{ ...where(range.wanted), on: range.on, on_keys: range.wanted }],
    ),
    ...(is_of_party ? [] : of_cells),
  ];
}

function ofBill({ ledger }: Snapshot, kind: DocumentKind, bill_number: string): SearchFilter {
  const counted = sql`mentions n WHERE n.ledger = ${ledger} AND n.entity = ${bill_number}`;
  return {
    wanted: sql`EXISTS (SELECT FROM ${counted} AND n.position = m.position)`,
    from: sql`mentions n JOIN documents m ON m.ledger = ${ledger} AND m.kind = ${kind} AND m.position = n.position
      WHERE n.ledger = ${ledger} AND n.entity = ${bill_number}`,
    counted,
  };
}

function numbered(documents: RawBuilder<unknown>, kind: DocumentKind, q: string): SearchFilter {
  const { prefix } = DOCUMENT_KINDS[kind];
  const text = q.toUpperCase();
  const wanted = startsWith('m.number', /^\d/.test(text) ? `${prefix}-${text}` : text);
  return { wanted, from: sql`documents m WHERE ${wanted} AND ${documents}`, on: 'number', on_keys: wanted };
}
/** The states that end the index of states: all of them where one is not asked for. */
function inState(kind: DocumentKind, status?: string, payment_status?: string): RawBuilder<unknown> {
  const statuses = status === undefined ? statusesOf(kind) : [status];
  const payments = payment_status === undefined ? ['', ...PAYMENT_STATUSES] : [payment_status];
  return sql`m.status = ANY(${statuses}::text[]) AND coalesce(m.payment_status, '') = ANY(${payments}::text[])`;
}

function within(
  column: 'total' | 'open' | 'due_day' | 'effective_at',
  { least, most }: Range = {},
  type: string,
): SearchFilter | undefined {
  const cell = sql.ref(`m.${column}`);
  const bounds = [
    ...(least === undefined ? [] : [sql`${cell} >= ${least}::${sql.raw(type)}`]),
    ...(most === undefined ? [] : [sql`${cell} <= ${most}::${sql.raw(type)}`]),
  ];
  return bounds.length === 0 ? undefined : { wanted: sql.join(bounds, sql` AND `), on: column };
}

const MINOR_MAX = 10n ** 18n;

/** In minor units. A bound may be finer than the currency, and beyond what its books can hold. */
export function minor(amount: string | undefined, digits: number, rounded: 'up' | 'down'): string | undefined {
  if (amount === undefined) return undefined;
  const units = parseDecimal(amount, PRICE_DECIMALS_MAX)!;
  const scale = 10n ** BigInt(PRICE_DECIMALS_MAX - digits);
  const rest = ((units % scale) + scale) % scale;
  const below = (units - rest) / scale;
  const whole = rounded === 'up' && rest > 0n ? below + 1n : below;
  return `${whole > MINOR_MAX ? MINOR_MAX : whole < -MINOR_MAX ? -MINOR_MAX : whole}`;
}

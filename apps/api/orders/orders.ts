/**
 * Every command that can be given over HTTP, by the word it has in `/batches`. Controllers, batches and OpenAPI read this table; a new
 * kind of document is one row here and one shape of body.
 */
import { instanceToPlain } from 'class-transformer';
import type { DocumentKind } from '../../../libs/ledger/calendar.js';
import type { Command } from '../../../libs/ledger/commands.js';
import type { MasterKind } from '../../../libs/ledger/events.js';
import type { RefusalCode } from '../../../libs/ledger/refusals.js';
import { isId, quickly } from '../http/fields.js';
import { isMonth } from '../http/instants.js';
import { invalidFields, invalidParameters, shortName } from '../http/problem.js';
import { checked } from '../http/validation.js';
import * as bodies from './bodies.js';

type Data = Record<string, unknown>;
type Shape = new () => object;

export interface Order {
  /** Its own address, which is also where its permission stands. */
  route: `${'POST' | 'PATCH' | 'DELETE'} ${string}`;
  /** None where nothing but the path is needed. */
  body?: Shape;
  /** `data`: the body after the fields' own conversions, with the field that the path names. */
  command: (data: Data) => Command;
  /** The field that the path names; a line of `/batches` has it in its body. */
  named?: Named;
  refusals: RefusalCode[];
}
interface Named {
  field: string;
  passes: (value: unknown) => boolean;
  sentence: string;
}

// ── What rows are made of ───────────────────────────────────────────────────────────────────────────────────────────────────────

const usable = (...kinds: MasterKind[]) =>
  kinds.flatMap((kind): RefusalCode[] => [`unknown_${kind}`, `inactive_${kind}`]);
const dated: RefusalCode[] = ['effective_in_future', 'period_closed', 'amount_out_of_bounds'];
const moved: RefusalCode[] = ['counted_since', 'backdated_beyond_history'];
const taken: RefusalCode[] = ['insufficient_stock', ...moved];

const byId = (field: string): Named => ({
  field,
  passes: isId,
  sentence: 'must be an id or a number such as SO-251223-0026',
});
const month: Named = { field: 'month', passes: isMonth, sentence: 'must be a month such as 2026-03' };

/** The fields of the body are the fields of the command. */
const as =
  (type: Command['type'], defaults: Data = {}) =>
  (data: Data) =>
    ({ type, ...defaults, ...data }) as unknown as Command;

function registers(kind: MasterKind, body: Shape, defaults: (data: Data) => Data = () => ({})): Order {
  return {
    route: `POST /${kind}s`,
    body,
    command: ({ [`${kind}_id`]: id, ...attributes }) =>
      ({ type: 'register', kind, id, attributes: { ...defaults(attributes), ...attributes } }) as Command,
    refusals: ['already_exists'],
  };
}
function changes(kind: MasterKind, body: Shape): Order {
  return {
    route: `PATCH /${kind}s/:id`,
    body,
    command: ({ [`${kind}_id`]: id, ...changes }) => ({ type: 'change', kind, id, changes }) as Command,
    named: byId(`${kind}_id`),
    refusals: [
      `unknown_${kind}`,
      ...(kind === 'account' || kind === 'location' ? (['not_empty'] as const) : []),
      ...(kind === 'account' ? (['control_account', 'insufficient_funds'] as const) : []),
    ],
  };
}
const TTL_SECONDS = 600;

// ── The table ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────

const rows = {
  items: registers('item', bodies.ItemBody),
  'items/change': changes('item', bodies.ItemChangeBody),
  suppliers: registers('supplier', bodies.SupplierBody),
  'suppliers/change': changes('supplier', bodies.PartyChangeBody),
  customers: registers('customer', bodies.CustomerBody),
  'customers/change': changes('customer', bodies.PartyChangeBody),
  locations: registers('location', bodies.LocationBody),
  'locations/change': changes('location', bodies.LocationChangeBody),
  accounts: registers('account', bodies.AccountBody, ({ type }) => ({ may_go_negative: type !== 'asset' })),
  'accounts/change': changes('account', bodies.AccountChangeBody),

  purchases: {
    route: 'POST /purchases',
    body: bodies.PurchaseBody,
    command: as('record_purchase'),
    refusals: [...usable('supplier', 'location', 'item'), ...dated, ...moved],
  },
  blows: {
    route: 'POST /blows',
    body: bodies.BlowBody,
    command: as('record_blow'),
    refusals: [...usable('location', 'item'), ...dated, ...taken],
  },
  sales: {
    route: 'POST /sales',
    body: bodies.SaleBody,
    command: as('record_sale'),
    refusals: [...usable('customer', 'location', 'item'), ...dated, ...taken],
  },
  wastes: {
    route: 'POST /wastes',
    body: bodies.WasteBody,
    command: as('record_waste'),
    refusals: [...usable('location'), 'unknown_item', ...dated, ...taken],
  },
  'stock-transfers': {
    route: 'POST /stock-transfers',
    body: bodies.StockTransferBody,
    command: as('transfer_stock'),
    refusals: [...usable('location'), 'unknown_item', ...dated, 'same_location', ...taken],
  },
  transfers: {
    route: 'POST /transfers',
    body: bodies.TransferBody,
    command: as('transfer_money'),
    refusals: [...usable('account'), 'control_account', ...dated, 'same_account', 'insufficient_funds'],
  },
  payments: {
    route: 'POST /payments',
    body: bodies.PaymentBody,
    command: as('record_payment'),
    refusals: [
      'unknown_document',
      'not_payable',
      ...usable('account'),
      'control_account',
      'not_a_money_account',
      ...dated,
      'effective_before_document',
      'already_void',
      'already_paid',
      'overpayment',
      'insufficient_funds',
    ],
  },
  'write-offs': {
    route: 'POST /write-offs',
    body: bodies.WriteOffBody,
    command: as('write_off'),
    refusals: [
      'unknown_document',
      'not_payable',
      ...dated,
      'effective_before_document',
      'already_void',
      'already_paid',
      'overpayment',
    ],
  },
  'stock-counts': {
    route: 'POST /stock-counts',
    body: bodies.StockCountBody,
    command: as('count_stock'),
    refusals: [...usable('location'), 'unknown_item', ...dated, ...taken],
  },
  returns: {
    route: 'POST /sales/:number/returns',
    body: bodies.ReturnBody,
    command: as('return_bill'),
    named: byId('bill_number'),
    refusals: [
      'unknown_document',
      'unknown_item',
      'inactive_location',
      'not_returnable',
      'effective_before_document',
      'already_void',
      'return_exceeds_bill',
      'has_write_offs',
      ...dated,
      ...taken,
    ],
  },
  voids: {
    route: 'POST /sales/:number/void',
    body: bodies.VoidBody,
    command: as('void_document'),
    named: byId('number'),
    refusals: [
      'unknown_document',
      'not_voidable',
      'inactive_location',
      'inactive_account',
      ...dated,
      'effective_before_document',
      'already_void',
      'has_payments',
      'has_returns',
      'has_write_offs',
      ...taken,
      'insufficient_funds',
    ],
  },

  'approvals/approve': {
    route: 'POST /approvals/:id/approve',
    command: as('approve'),
    named: byId('approval_id'),
    refusals: [
      'unknown_approval',
      'approval_decided',
      'not_an_approver',
      'self_approval',
      ...usable('item', 'customer', 'supplier', 'location', 'account'),
      ...dated,
      ...taken,
      'insufficient_funds',
      // What was asked for may have changed meanwhile.
      'already_void',
      'already_paid',
      'overpayment',
      'return_exceeds_bill',
      'has_payments',
      'has_returns',
      'has_write_offs',
    ],
  },
  'approvals/reject': {
    route: 'POST /approvals/:id/reject',
    body: bodies.ReasonBody,
    command: as('reject'),
    named: byId('approval_id'),
    refusals: ['unknown_approval', 'approval_decided', 'not_an_approver', 'self_approval'],
  },
  'approvals/withdraw': {
    route: 'POST /approvals/:id/withdraw',
    command: as('withdraw'),
    named: byId('approval_id'),
    refusals: ['unknown_approval', 'approval_decided', 'not_the_requester'],
  },
  'approval-thresholds': {
    route: 'POST /approval-thresholds',
    body: bodies.ThresholdBody,
    command: as('change_threshold'),
    refusals: [],
  },
  reservations: {
    route: 'POST /reservations',
    body: bodies.ReservationBody,
    command: as('reserve_stock', { ttl_seconds: TTL_SECONDS }),
    refusals: [...usable('customer', 'location', 'item'), 'insufficient_stock'],
  },
  'reservations/checkout': {
    route: 'POST /reservations/:id/checkout',
    body: bodies.CheckOutBody,
    command: as('check_out'),
    named: byId('reservation_id'),
    refusals: [
      'unknown_reservation',
      'reservation_expired',
      'reservation_ended',
      'exceeds_reservation',
      ...usable('customer', 'location', 'item'),
      'amount_out_of_bounds',
    ],
  },
  'reservations/release': {
    route: 'DELETE /reservations/:id',
    command: as('release_reservation'),
    named: byId('reservation_id'),
    refusals: ['unknown_reservation', 'reservation_expired', 'reservation_ended'],
  },
  'periods/close': {
    route: 'POST /periods/:month/close',
    command: as('close_period'),
    named: month,
    refusals: ['period_closed', 'period_not_over', 'batch_too_large'],
  },
  'periods/reopen': {
    route: 'POST /periods/:month/reopen',
    body: bodies.ReasonBody,
    command: as('reopen_period'),
    named: month,
    refusals: ['period_not_closed'],
  },
} satisfies Record<string, Order>;

export type OrderWord = keyof typeof rows;
export const ORDERS: Readonly<Record<OrderWord, Order>> = rows;

export function isOrderWord(word: unknown): word is OrderWord {
  return typeof word === 'string' && Object.hasOwn(ORDERS, word);
}

/** What an order that was carried out is answered with: something new was made, or something was changed. */
export function recordedStatus(word: OrderWord): 200 | 201 {
  return ORDERS[word].route.startsWith('POST ') ? 201 : 200;
}

/** Where each kind of document is, and what its answers are called in OpenAPI. */
export const DOCUMENT_PATHS = {
  purchase: { path: 'purchases', view: 'Purchase' },
  blow: { path: 'blows', view: 'Blow' },
  sale: { path: 'sales', view: 'Sale' },
  waste: { path: 'wastes', view: 'Waste' },
  stock_transfer: { path: 'stock-transfers', view: 'StockTransfer' },
  transfer: { path: 'transfers', view: 'Transfer' },
  payment: { path: 'payments', view: 'Payment' },
  write_off: { path: 'write-offs', view: 'WriteOff' },
  stock_count: { path: 'stock-counts', view: 'StockCount' },
  return: { path: 'returns', view: 'Return' },
  approval: { path: 'approvals', view: 'Approval' },
  reservation: { path: 'reservations', view: 'Reservation' },
} as const satisfies Record<DocumentKind, { path: string; view: string }>;

// ── Reading them ────────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A command with a path of its own; `id` is what the path names. @throws Problem that names every bad field. */
export function commandAt(word: OrderWord, id: string | undefined, body: unknown): Command {
  const { named } = ORDERS[word];
  if (named === undefined) return ORDERS[word].command(dataOf(word, body));
  const { field, passes, sentence } = named;
  if (!passes(id)) throw invalidParameters([{ path: field, message: sentence }]);
  return ORDERS[word].command({ ...dataOf(word, body), [field]: id });
}

/** A line of a batch: what the path would name stands in the body. */
export function commandIn(word: OrderWord, body: unknown): Command {
  const { named, command } = ORDERS[word];
  if (named === undefined || typeof body !== 'object' || body === null) return command(dataOf(word, body));
  const { [named.field]: id, ...rest } = body as Data;
  const data = dataOf(word, Array.isArray(body) ? body : rest);
  if (!named.passes(id)) throw invalidFields([{ path: named.field, message: named.sentence }]);
  return command({ ...data, [named.field]: id });
}

function dataOf(word: OrderWord, body: unknown): Data {
  const { body: shape } = ORDERS[word];
  if (shape !== undefined)
    return quickly(shape, body) ?? instanceToPlain(checked(shape, body), { exposeUnsetFields: false });
  if (body === undefined) return {};
  const extra = typeof body === 'object' && body !== null ? Object.keys(body) : [''];
  if (extra.length > 0)
    throw invalidFields(extra.map((name) => ({ path: shortName(name), message: 'is not expected here' })));
  return {};
}

import { DOCUMENT_KINDS, type DocumentKind, KINDS } from '../../../libs/ledger/document-kinds.js';

/** The route of each kind of document, and the name of its schema in OpenAPI. */
export const DOCUMENT_PATHS = {
  purchase: { path: 'purchases', schema: 'Purchase' },
  blow: { path: 'blows', schema: 'Blow' },
  sale: { path: 'sales', schema: 'Sale' },
  waste: { path: 'wastes', schema: 'Waste' },
  stock_transfer: { path: 'stock-transfers', schema: 'StockTransfer' },
  transfer: { path: 'transfers', schema: 'Transfer' },
  payment: { path: 'payments', schema: 'Payment' },
  write_off: { path: 'write-offs', schema: 'WriteOff' },
  stock_count: { path: 'stock-counts', schema: 'StockCount' },
  return: { path: 'returns', schema: 'Return' },
  approval: { path: 'approvals', schema: 'Approval' },
  reservation: { path: 'reservations', schema: 'Reservation' },
} as const satisfies Record<DocumentKind, { path: string; schema: string }>;

/** Schemas of the documents that move stock or money. */
export const POSTED_DOCUMENTS: readonly string[] = KINDS.filter((kind) => DOCUMENT_KINDS[kind].is_posting).map(
  (kind) => DOCUMENT_PATHS[kind].schema,
);

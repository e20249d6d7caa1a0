import type { DocumentKind } from '../../../libs/ledger/document-kinds.js';

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

/** Names in OpenAPI of the documents that move stock or money. */
export const POSTED_DOCUMENTS: readonly string[] = Object.entries(DOCUMENT_PATHS)
  .filter(([kind]) => kind !== 'approval' && kind !== 'reservation')
  .map(([, { view }]) => view);

import { DOCUMENT_KINDS, type DocumentKind } from '../../../libs/ledger/document-kinds.js';
import { Problem } from '../http/problem.js';

/** Kinds whose ids have names of their own are refused by these. */
export function unknownDocument(kind: DocumentKind | undefined, number: string): Problem {
  const id = kind === undefined ? 'number' : DOCUMENT_KINDS[kind].id;
  switch (id) {
    case 'number':
      return new Problem('unknown_document', { number });
    case 'approval_id':
      return new Problem('unknown_approval', { approval_id: number });
    case 'reservation_id':
      return new Problem('unknown_reservation', { reservation_id: number });
    case 'flash_sale_id':
      return new Problem('unknown_flash_sale', { flash_sale_id: number });
    case 'order_id':
      return new Problem('unknown_order', { order_id: number });
  }
}

import { statusesOf } from '../../../libs/documents/documents.js';
import { PAYMENT_STATUSES } from '../../../libs/ledger/bill.js';
import type { DocumentKind } from '../../../libs/ledger/document-kinds.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { ownOnly } from '../auth/permit.js';
import { OneOf, optional, Text } from '../http/fields.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { PeriodParameters } from '../queries/parameters.js';

/** Of all lists of documents. Each list adds those of its fields that it can be filtered by, under their own names. */
export class DocumentsParameters extends PeriodParameters {
  @Text(64, { ...optional, description: 'username' }) created_by?: string;
}

export class BillsParameters extends DocumentsParameters {
  @OneOf(PAYMENT_STATUSES, optional) payment_status?: string;
}

export const StatusOf = (kind: DocumentKind) => OneOf(statusesOf(kind), optional);

interface OwnFields {
  status?: string;
  payment_status?: string;
  customer_id?: string;
  supplier_id?: string;
  party_id?: string;
}

export function documentFilterOf(request: ApiRequest, parameters: DocumentsParameters & OwnFields): DocumentFilter {
  const { limit, cursor, status, payment_status, created_by, from, to } = parameters;
  const { customer_id, supplier_id, party_id = customer_id ?? supplier_id } = parameters;
  const own = ownOnly(userOf(request));
  return { limit, cursor, party_id, status, payment_status, created_by: own ?? created_by, from, to };
}

import { statusesOf } from '../../../libs/documents/documents.js';
import { PAYMENT_STATUSES } from '../../../libs/ledger/bill.js';
import { KINDS } from '../../../libs/ledger/document-kinds.js';
import type { DocumentFilter } from '../../../projections/read-models/list-documents.js';
import { ownOnly } from '../auth/permit.js';
import { Id, OneOf, optional, Text } from '../http/fields.js';
import { type ApiRequest, userOf } from '../http/request.js';
import { PeriodParameters } from '../queries/parameters.js';

const STATUSES = [...new Set(KINDS.flatMap(statusesOf))];

export class DocumentsParameters extends PeriodParameters {
  @Id({ ...optional, description: 'customer or supplier' }) party_id?: string;
  @OneOf(STATUSES, optional) status?: string;
  @OneOf(PAYMENT_STATUSES, optional) payment_status?: string;
  @Text(64, { ...optional, description: 'username' }) created_by?: string;
}

export function documentFilterOf(request: ApiRequest, parameters: DocumentsParameters): DocumentFilter {
  const { limit, cursor, party_id, status, payment_status, created_by, from, to } = parameters;
  const own = ownOnly(userOf(request));
  return { limit, cursor, party_id, status, payment_status, created_by: own ?? created_by, from, to };
}

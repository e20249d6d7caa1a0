import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import { Problem } from '../http/problem.js';

/** @throws Problem unknown_document for a number of another kind */
export function numberOfKind(kind: DocumentKind, number: string): string {
  if (kindOf(number) !== kind) throw new Problem('unknown_document', { number });
  return number;
}

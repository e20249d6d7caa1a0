import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import { Problem } from '../http/problem.js';

/** A number under the path of another kind of document is no document there. @throws Problem unknown_document */
export function numberOfKind(kind: DocumentKind, number: string): string {
  if (kindOf(number) !== kind) throw new Problem('unknown_document', { number });
  return number;
}

import { DOCUMENT_KINDS, kindOf } from '../../../libs/ledger/document-kinds.js';
import { PREFIX } from '../http/prefix.js';

export function documentHref(number: string | null): string | null {
  const kind = number === null ? undefined : kindOf(number);
  return kind === undefined ? null : `${PREFIX}/${DOCUMENT_KINDS[kind].path}/${number}`;
}

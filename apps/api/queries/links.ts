import { DOCUMENT_KINDS, kindOf } from '../../../libs/ledger/document-kinds.js';
import { PREFIX } from '../http/prefix.js';

/** null for an event that is of no document. */
export function documentHref(number: string | null): string | null {
  const kind = number === null ? undefined : kindOf(number);
  return kind === undefined ? null : `${PREFIX}/${DOCUMENT_KINDS[kind].path}/${number}`;
}

export function listHref(path: string, filters: Record<string, string | number | undefined>): string {
  const given = Object.entries(filters).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, `${value}`]],
  );
  return given.length === 0 ? `${PREFIX}${path}` : `${PREFIX}${path}?${new URLSearchParams(given)}`;
}

import { DOCUMENT_KINDS, type DocumentKind, KINDS } from '../../../libs/ledger/document-kinds.js';

export function schemaNameOf(kind: DocumentKind): string {
  return kind.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export const POSTED_DOCUMENTS: readonly string[] = KINDS.filter((kind) => DOCUMENT_KINDS[kind].is_posting).map(
  schemaNameOf,
);

import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { type DocumentFilter, findDocument, listDocuments } from '../../../projections/read-models/list-documents.js';
import { isId } from '../http/fields.js';
import { periodIn } from '../queries/parameters.js';
import { unknownDocument } from './unknown-document.js';

/** What every document's answer has: its schema (documentSchema) says of which kind it is. */
type AnyDocument = { kind: DocumentKind; number: string; created_by: string; position: number };

export async function listDocumentsOfKind<D extends AnyDocument>(
  snapshot: Snapshot,
  kind: D['kind'],
  filter: DocumentFilter,
): Promise<Page<D>> {
  const { created_by, from, to, ...rest } = filter;
  const period = periodIn(snapshot, { from, to });
  return (await listDocuments(snapshot, {
    ...rest,
    kinds: [kind],
    created_by,
    ...period,
  })) as Page<AnyDocument> as Page<D>;
}

export async function getDocument<D extends AnyDocument>(
  snapshot: Snapshot,
  kind: D['kind'],
  number: string,
  created_by: string | undefined,
): Promise<D> {
  const found = isId(number) && kindOf(number) === kind ? await findDocument(snapshot, number) : undefined;
  if (found !== undefined && (created_by === undefined || found.created_by === created_by))
    return found as AnyDocument as D;
  throw unknownDocument(kind, number);
}

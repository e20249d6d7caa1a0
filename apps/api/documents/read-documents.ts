import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import type { Page } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { type DocumentFilter, findDocument, listDocuments } from '../../../projections/read-models/list-documents.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { periodIn } from '../queries/parameters.js';

export async function listDocumentsOfKind<D>(
  snapshot: Snapshot,
  kind: DocumentKind,
  filter: DocumentFilter,
): Promise<Page<D>> {
  const { created_by, from, to, ...rest } = filter;
  const period = periodIn(snapshot, { from, to });
  return (await listDocuments(snapshot, { ...rest, kinds: [kind], created_by, ...period })) as Page<unknown> as Page<D>;
}

export async function getDocument<D>(
  snapshot: Snapshot,
  kind: DocumentKind,
  number: string,
  created_by: string | undefined,
): Promise<D> {
  const found = isId(number) && kindOf(number) === kind ? await findDocument(snapshot, number) : undefined;
  if (found !== undefined && (created_by === undefined || found.created_by === created_by))
    return found as unknown as D;
  if (kind === 'approval' || kind === 'reservation') throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: number });
  throw new Problem('unknown_document', { number });
}

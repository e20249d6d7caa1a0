import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import { toMajor } from '../../../libs/ledger/money.js';
import type { PageBetween } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { QueryRefused } from '../../../projections/database/query-refused.js';
import { documentTotals, findDocument, listDocuments } from '../../../projections/read-models/list-documents.js';
import { isId } from '../http/fields.js';
import { Problem } from '../http/problem.js';
import { periodIn } from '../queries/parameters.js';
import { type DocumentList, fieldOf, summedFields } from './documents.parameters.js';
import { unknownDocument } from './unknown-document.js';

/** What every document's answer has: its schema (documentSchema) says of which kind it is. */
type AnyDocument = { kind: DocumentKind; number: string; created_by: string; position: number };

/** A page of one kind. `totals` where they were asked for: how many all pages have, and sums by the names of their fields. */
export interface DocumentPage<D> extends PageBetween<D> {
  totals?: { count: number; complete: boolean } & { [sum: string]: number | boolean };
}

export async function listDocumentsOfKind<D extends AnyDocument>(
  snapshot: Snapshot,
  kind: D['kind'],
  { totals, list, from, to, ...rest }: DocumentList,
): Promise<DocumentPage<D>> {
  const filter = { ...rest, kinds: [kind], ...periodIn(snapshot, { from, to }) };
  try {
    const page = (await listDocuments(snapshot, filter)) as PageBetween<AnyDocument> as PageBetween<D>;
    if (!totals) return page;
    const { count, complete, ...sums } = await documentTotals(snapshot, filter);
    const named = summedFields(list).map(([name, column]) => [name, toMajor(sums[column], snapshot.digits)]);
    return { ...page, totals: { count, complete, ...Object.fromEntries(named) } };
  } catch (error) {
    if (!(error instanceof QueryRefused) || error.code !== 'only_at_present') throw error;
    const columns = error.details.parameters as string[];
    throw new Problem('only_at_present', { parameters: columns.map((column) => fieldOf(list, column)) });
  }
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

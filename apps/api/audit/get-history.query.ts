import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import { DOCUMENT_KINDS, type DocumentKind, KINDS, kindOf } from '../../../libs/ledger/document-kinds.js';
import type { Page, Paging } from '../../../projections/as-of/cursor.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import type { Entity } from '../../../projections/read-models/event-sources.js';
import { history } from '../../../projections/read-models/history.js';
import { findDocument } from '../../../projections/read-models/list-documents.js';
import { isKnown, isMasterKind } from '../../../projections/read-models/master-data.js';
import { documentHref } from '../documents/document-href.js';
import { unknownDocument } from '../documents/unknown-document.js';
import { isId } from '../http/fields.js';
import { invalidParameters, Problem } from '../http/problem.js';
import { periodIn } from '../queries/parameters.js';
import { ReadModels, type SnapshotQuery } from '../read-models.js';
import type { HistoryEntry } from './audit.dto.js';

export type HistorySubject = Entity & { of_kind?: DocumentKind };

export interface HistoryFilter extends Paging {
  order?: 'newest_first' | 'oldest_first';
  from?: string;
  to?: string;
}

export class GetHistory extends Query<Page<HistoryEntry>> {
  constructor(
    readonly at: SnapshotQuery,
    readonly subject: HistorySubject,
    readonly filter: HistoryFilter,
  ) {
    super();
  }
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(private readonly models: ReadModels) {}

  execute({ at, subject, filter }: GetHistory): Promise<Page<HistoryEntry>> {
    return this.models.read(at, async (snapshot) => {
      await assertKnown(snapshot, subject);
      const { kind, id } = subject;
      const found = await history(snapshot, { ...filter, entity: { kind, id }, ...periodIn(snapshot, filter) });
      return { ...found, data: found.data.map((entry) => ({ ...entry, href: documentHref(entry.number) })) };
    });
  }
}

const DOCUMENT_WORDS = new Map(
  KINDS.flatMap((kind): [string, DocumentKind][] => {
    const { path } = DOCUMENT_KINDS[kind];
    return [kind, path, path.slice(0, -1)].map((word) => [word, kind]);
  }),
);

export function subjectOf(word: string, id: string): HistorySubject {
  const singular = word.replace(/s$/, '');
  if (singular === 'user' || isMasterKind(singular)) return { kind: singular, id };
  if (singular === 'bill' || singular === 'document') return { kind: 'document', id };
  const of_kind = DOCUMENT_WORDS.get(word);
  if (of_kind !== undefined) return { kind: 'document', id, of_kind };
  throw invalidParameters([{ path: 'kind', message: 'must be a kind of thing that the ledger keeps' }]);
}

async function assertKnown(snapshot: Snapshot, { kind, id, of_kind }: HistorySubject): Promise<void> {
  if (kind === 'user') return;
  if (kind === 'document') {
    const right = isId(id) && (of_kind === undefined || kindOf(id) === of_kind);
    if (right && (await findDocument(snapshot, id)) !== undefined) return;
    throw unknownDocument(of_kind, id);
  }
  const [, prefix, party] = kind === 'account' ? (/^(receivable|payable):(.*)$/.exec(id) ?? []) : [];
  const master =
    party === undefined
      ? { kind, id }
      : { kind: prefix === 'receivable' ? ('customer' as const) : ('supplier' as const), id: party };
  if (isId(master.id) && (await isKnown(snapshot, master))) return;
  throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: id });
}

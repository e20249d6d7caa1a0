import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type DocumentKind, kindOf } from '../../../libs/ledger/document-kinds.js';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { findDocument } from '../../../projections/read-models/documents.js';
import type { Entity } from '../../../projections/read-models/events.js';
import { history } from '../../../projections/read-models/history.js';
import { isKnown, isMasterKind } from '../../../projections/read-models/master-data.js';
import { Permit } from '../auth/permit.js';
import { Users } from '../auth/users.js';
import { DOCUMENT_PATHS } from '../documents/document-paths.js';
import { isId } from '../http/fields.js';
import { invalidParameters, Problem } from '../http/problem.js';
import type { ApiRequest } from '../http/request.js';
import { ApiAnswer } from './api-answer.js';
import { documentHref } from './links.js';
import { HistoryParameters, periodIn } from './parameters.js';
import { Questions } from './questions.js';
import { page, view } from './views.js';

/** A thing as the path names it; of a document also its kind, where the path says one. */
type Asked = Entity & { of_kind?: DocumentKind };

@ApiTags('audit')
@Controller('audit/history')
export class HistoryController {
  constructor(
    private readonly questions: Questions,
    private readonly users: Users,
  ) {}

  @Get(':kind/:id')
  @Permit('audits')
  @ApiAnswer(
    'getHistory',
    'Every change of a thing: who, when, what, each field before and after. Kind: item, supplier, customer, location, account, user, bill, or a kind of document, also as its path has it. Of a user: their acts in the ledger and the security events by or about them, by the time at which each was noted, which is also what from and to mean for these; they have no position: as_of cuts them by that time, known_at by when the log recorded them, and position by the recorded time of that event',
    page(view('HistoryEntry')),
    ...(['unknown_document', 'unknown_approval', 'unknown_reservation', 'unknown_user'] as const),
    ...(['unknown_item', 'unknown_supplier', 'unknown_customer', 'unknown_location', 'unknown_account'] as const),
  )
  async history(
    @Req() request: ApiRequest,
    @Param('kind') kind: string,
    @Param('id') id: string,
    @Query() query: HistoryParameters,
  ) {
    const asked = askedIn(kind, id);
    if (asked.kind === 'user') await this.users.get(id);
    return this.questions.ask(request, query, async (snapshot) => {
      await known(snapshot, asked);
      const { limit, cursor, order } = query;
      const entity = { kind: asked.kind, id };
      const period = periodIn(snapshot, query);
      const found = await history(snapshot, { limit, cursor, order, entity, ...period });
      return { ...found, data: found.data.map((entry) => ({ ...entry, href: documentHref(entry.number) })) };
    });
  }
}

const DOCUMENT_WORDS = new Map(
  (Object.keys(DOCUMENT_PATHS) as DocumentKind[]).flatMap((kind): [string, DocumentKind][] => {
    const { path } = DOCUMENT_PATHS[kind];
    return [kind, path, path.slice(0, -1)].map((word) => [word, kind]);
  }),
);

function askedIn(word: string, id: string): Asked {
  const singular = word.replace(/s$/, '');
  if (singular === 'user' || isMasterKind(singular)) return { kind: singular, id };
  if (singular === 'bill' || singular === 'document') return { kind: 'document', id };
  const of_kind = DOCUMENT_WORDS.get(word);
  if (of_kind !== undefined) return { kind: 'document', id, of_kind };
  throw invalidParameters([{ path: 'kind', message: 'must be a kind of thing that the ledger keeps' }]);
}

/** @throws Problem unknown_… */
async function known(snapshot: Snapshot, { kind, id, of_kind }: Asked): Promise<void> {
  if (kind === 'user') return;
  if (kind === 'document') {
    const right = isId(id) && (of_kind === undefined || kindOf(id) === of_kind);
    if (right && (await findDocument(snapshot, id)) !== undefined) return;
    if (of_kind === 'approval' || of_kind === 'reservation')
      throw new Problem(`unknown_${of_kind}`, { [`${of_kind}_id`]: id });
    throw new Problem('unknown_document', { number: id });
  }
  // An account that the ledger keeps for a party is told of as long as the party is known.
  const [, prefix, party] = kind === 'account' ? (/^(receivable|payable):(.*)$/.exec(id) ?? []) : [];
  const master =
    party === undefined
      ? { kind, id }
      : { kind: prefix === 'receivable' ? ('customer' as const) : ('supplier' as const), id: party };
  if (isId(master.id) && (await isKnown(snapshot, master))) return;
  throw new Problem(`unknown_${kind}`, { [`${kind}_id`]: id });
}

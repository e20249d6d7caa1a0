import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { ReadQuery } from '../cqrs.js';
import { invalidParameters } from '../http/problem.js';
import { type ApiRequest, ledgerOf } from '../http/request.js';
import type { BooksQuery } from './parameters.js';

/** The one verb of the controllers that answer questions. */
@Injectable()
export class Questions {
  constructor(private readonly bus: QueryBus) {}

  /** Asks the read models of the request's ledger, as of the moment that the query names. @throws Problem */
  ask<T>(request: ApiRequest, query: BooksQuery, answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    const { as_of, known_at, position, min_position = positionIn(request) } = query;
    const question = { ledger: ledgerOf(request), as_of, known_at, position, min_position };
    return this.bus.execute(new ReadQuery(question, answer));
  }
}

/** The header that the answer to a command had: who sends it back reads what they wrote. */
function positionIn({ headers }: ApiRequest): number | undefined {
  const text = headers['ledger-position'];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw invalidParameters([{ path: 'Ledger-Position', message: 'must be a position of the ledger' }]);
}

import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Snapshot } from '../../../projections/as-of/snapshot.js';
import { ReadQuery } from '../cqrs.js';
import type { ApiRequest } from '../http/request.js';
import type { AsOfParameters } from './parameters.js';
import { snapshotQueryOf } from './snapshot-query.js';

/** The one verb of the controllers that answer questions. */
@Injectable()
export class Questions {
  constructor(private readonly bus: QueryBus) {}

  /** Asks the read models of the request's ledger, as of the moment that the query names. @throws Problem */
  ask<T>(request: ApiRequest, query: AsOfParameters, answer: (snapshot: Snapshot) => Promise<T>): Promise<T> {
    return this.bus.execute(new ReadQuery(snapshotQueryOf(request, query), answer));
  }
}

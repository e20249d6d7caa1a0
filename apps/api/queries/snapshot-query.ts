import { invalidParameters } from '../http/problem.js';
import { type ApiRequest, ledgerOf } from '../http/request.js';
import type { SnapshotQuery } from '../read-models.js';
import type { AsOfParameters } from './parameters.js';

export function snapshotQueryOf(request: ApiRequest, parameters: AsOfParameters): SnapshotQuery {
  const { as_of, known_at, position, min_position = positionIn(request) } = parameters;
  return { ledger: ledgerOf(request), as_of, known_at, position, min_position };
}

/** Of the answer to a command: a client that sends it back reads what it wrote. */
function positionIn({ headers }: ApiRequest): number | undefined {
  const text = headers['ledger-position'];
  if (text === undefined) return undefined;
  if (typeof text === 'string' && /^(0|[1-9]\d{0,14})$/.test(text)) return Number(text);
  throw invalidParameters([{ path: 'Ledger-Position', message: 'must be a position of the ledger' }]);
}

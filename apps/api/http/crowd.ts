/**
 * How many may be inside at a time. Whoever comes while the house is full is told so at once, before anything is read of them: a system
 * that lets everybody in answers nobody in time, since what it has begun keeps it from ending anything.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { PRIVATE, traceIdOf } from './adapter.js';
import { Problem } from './problem.js';

export interface Crowd {
  readonly inside: number;
  /** Since the start. */
  readonly turned_away: number;
}

/** About half a second of work on two cores: who is let in is answered within the time that people wait. */
export const REQUESTS_MAX = 2000;

const full = new Problem('overloaded', {}, { headers: { 'retry-after': '1' } });
const headers = { ...full.headers, ...PRIVATE, 'content-type': 'application/problem+json' };
/** Who watches the process is answered above all when it is full. */
const OPERATIONS = /^(?:\/api\/v1)?\/(?:health\/|metrics)/;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Stands before all that `server` does with a request, so everything must have been put in place there. */
export function boundRequests(server: Server, requests_max = REQUESTS_MAX): Crowd {
  const crowd = { inside: 0, turned_away: 0 };
  const handlers = server.listeners('request') as Handler[];
  const turnAway: Handler = (request, response) => {
    crowd.turned_away += 1;
    const body = JSON.stringify(full.toDocument(traceIdOf(request)));
    response.writeHead(full.status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  };
  const letIn: Handler = (request, response) => {
    crowd.inside += 1;
    response.once('close', () => {
      crowd.inside -= 1;
    });
    for (const handle of handlers) handle.call(server, request, response);
  };
  server.removeAllListeners('request').on('request', (request, response) => {
    const room = crowd.inside < requests_max || OPERATIONS.test(request.url ?? '');
    return room ? letIn(request, response) : turnAway(request, response);
  });
  return crowd;
}

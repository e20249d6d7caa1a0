/** Asks for reports and queries in a thread of its own, so that what it receives does not delay what others measure. */
import { parentPort, workerData } from 'node:worker_threads';
import { runLoad, type Shot } from './load.js';

export interface Flood {
  url: string;
  token: string;
  connections: number;
  rate: number;
  seconds: number;
}
export interface Flooded {
  answered: { report: number; query: number };
  refused: { report: number; query: number };
}

/** Two reports for each query. */
const kindOf = (n: number) => (n % 3 === 2 ? 'query' : 'report');
export const asked = (n: number): Shot => ({
  method: 'GET',
  path: kindOf(n) === 'query' ? '/api/v1/stock?limit=10' : '/api/v1/reports/profit-loss?group_by=item',
});

if (parentPort !== null) {
  const { rate, seconds, ...target } = workerData as Flood;
  const flooded: Flooded = { answered: { report: 0, query: 0 }, refused: { report: 0, query: 0 } };
  await runLoad({
    ...{ ...target, rate },
    next: (n) => (n < rate * seconds ? asked(n) : undefined),
    onAnswer(n, status) {
      if (status === 200) flooded.answered[kindOf(n)] += 1;
      if (status === 503) flooded.refused[kindOf(n)] += 1;
    },
  });
  parentPort.postMessage(flooded);
}

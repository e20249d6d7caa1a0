/** Jest's order of the spec files: those that take longest begin first, so that no worker is left alone with one of them at the end. */
import Sequencer from '@jest/test-sequencer';

/** Parts of their names, without folders, since these move. */
const longest = [
  'start.e2e',
  'live.e2e',
  'move.e2e',
  'backup.e2e',
  'payments.e2e',
  'limits.e2e',
  'api-pool.e2e',
  'monitoring.e2e',
  'touched-log.e2e',
  'kill.e2e',
  'nginx.e2e',
  'fuzz.e2e',
  'auth.e2e',
  'rebuild.int',
  'sessions.e2e',
  'races.e2e',
  'audit.e2e',
  'openapi.e2e',
  'cluster.e2e',
  'api-process.e2e',
  'projector.e2e',
  'event-store-process.e2e',
  'as-of.int',
  'event-store.int',
  'touched-log.int',
  'costs.unit',
  'growth.unit',
  'properties.unit',
];

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const place = ({ path }) => {
      const at = longest.findIndex((part) => path.includes(`/${part}.`));
      return at < 0 ? longest.length : at;
    };
    // The others as Jest has them: by what they took the last time, or by their size.
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
}

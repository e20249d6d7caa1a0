/** Jest's order of the spec files: those that take longest begin first, so that no worker is left alone with one of them at the end. */
import Sequencer from '@jest/test-sequencer';

/** Parts of their names, without folders, since these move. */
const longest = [
  'start.e2e',
  'nginx.e2e',
  'kill.e2e',
  'move.e2e',
  'touched-log.e2e',
  'api-process.e2e',
  'cluster.e2e',
  'openapi.e2e',
  'projector.e2e',
  'event-store-process.e2e',
  'as-of.int',
  'rebuild.int',
  'event-store.int',
  'races.e2e',
  'touched-log.int',
  'costs.unit',
  'fuzz.e2e',
  'growth.unit',
  'properties.unit',
  'limits.e2e',
  'payments.e2e',
  'monitoring.e2e',
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

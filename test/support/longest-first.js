/** Jest's order of the spec files: those that take longest begin first, so that no worker is left alone with one of them at the end. */
import Sequencer from '@jest/test-sequencer';

const longest = [
  'test/start.e2e',
  'test/nginx.e2e',
  'test/faults/kill.e2e',
  'test/faults/cluster.e2e',
  'projections/projector/rebuild.int',
  'test/move.e2e',
  'test/touched-log.e2e',
  'test/openapi.e2e',
  'test/races.e2e',
  'test/api-process.e2e',
  'test/faults/event-store-process.e2e',
  'test/faults/projector.e2e',
  'test/properties.unit',
];

export default class LongestFirst extends Sequencer {
  async sort(tests) {
    const place = ({ path }) => {
      const at = longest.findIndex((part) => path.includes(part));
      return at < 0 ? longest.length : at;
    };
    // The others as Jest has them: by what they took the last time, or by their size.
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
}

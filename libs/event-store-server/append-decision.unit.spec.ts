import { type AppendDecision, decideAppend, type Expected, type StreamState } from './append-decision.js';

function streamOf(...written: string[]) {
  const ids = [...written];
  const state: StreamState = { last: ids.length - 1, deleted: 'no', has_metadata: false };
  return {
    ids,
    state,
    append(expected: Expected, ...proposed: string[]): AppendDecision['kind'] | `idempotent up to ${number}` {
      state.last = ids.length - 1;
      const decision = decideAppend(expected, state, proposed, {
        at: (revision) => ids[revision],
        revisionOf: (id) => (ids.includes(id) ? ids.lastIndexOf(id) : undefined),
      });
      if (decision.kind === 'append') ids.push(...proposed);
      return decision.kind === 'idempotent' ? `idempotent up to ${decision.last}` : decision.kind;
    },
  };
}

/** `0em1` = event 0 expecting −1, `0any`, `1e0`; `[0,1]em1` = both in one append. */
function run(notation: string): { answers: string[]; ids: string[] } {
  const stream = streamOf();
  const answers = notation.split(' ').map((step) => {
    const [, events = '', expected = ''] = /^\[?([\d,]+)\]?(?:e(m1|\d+)|any)$/.exec(step) ?? [];
    const revision = step.endsWith('any') ? 'any' : expected === 'm1' ? 'no_stream' : BigInt(expected);
    return stream.append(revision, ...events.split(','));
  });
  return { answers, ids: stream.ids };
}

const SIX = '0em1 1e0 2e1 3e2 4e3 5e4';

describe('the known matrix of EventStoreDB', () => {
  test.each([
    [`${SIX} 0em1`, 'idempotent up to 0', '012345'],
    [`${SIX} 0any`, 'idempotent up to 0', '012345'],
    [`${SIX} 0e5`, 'append', '0123450'],
    [`${SIX} 0e6`, 'wrong_expected_version', '012345'],
    [`${SIX} 0e4`, 'wrong_expected_version', '012345'],
    ['0em1 0e0', 'append', '00'],
    ['0em1 0any', 'idempotent up to 0', '0'],
    ['0em1 0em1', 'idempotent up to 0', '0'],
    ['0em1 1e0 2e1 1any 1any', 'idempotent up to 1', '012'],
    ['[0,1]em1 [0]em1', 'idempotent up to 0', '01'],
    ['[0,1]em1 [0]any', 'idempotent up to 0', '01'],
    ['[0,1]em1 [1]e0', 'idempotent up to 1', '01'],
    ['[0,1]em1 [1]any', 'idempotent up to 1', '01'],
    ['[0,1]em1 [0,1]em1', 'idempotent up to 1', '01'],
    ['[0,1]em1 [0,1]any', 'idempotent up to 1', '01'],
    ['[0,1]em1 [0,1,2]em1', 'wrong_expected_version', '01'],
    ['[0,1]em1 [0,1,2]any', 'wrong_expected_version', '01'],
    ['[0,1]em1 [0,2]em1', 'wrong_expected_version', '01'],
    ['[0,1]em1 [2,0]any', 'append', '0120'],
  ])('%s: %s', (notation, answer, ids) => {
    const result = run(notation);
    expect(result.answers.at(-1)).toBe(answer);
    expect(result.ids.join('')).toBe(ids);
  });
});

describe('expected revisions', () => {
  test.each<[string, Expected, AppendDecision['kind']]>([
    ['an empty stream takes no_stream', 'no_stream', 'append'],
    ['an empty stream takes any', 'any', 'append'],
    ['an empty stream refuses a revision', 0n, 'wrong_expected_version'],
    ['an empty stream refuses stream_exists', 'stream_exists', 'wrong_expected_version'],
  ])('%s', (_name, expected, answer) => expect(streamOf().append(expected, 'x')).toBe(answer));

  test.each<[string, Expected, string]>([
    ['its last revision', 1n, 'append'],
    ['any', 'any', 'append'],
    ['stream_exists', 'stream_exists', 'append'],
    ['a revision gone by', 0n, 'wrong_expected_version'],
    ['a revision to come', 2n, 'wrong_expected_version'],
    ['no_stream', 'no_stream', 'wrong_expected_version'],
  ])('a stream of two events expecting %s', (_name, expected, answer) =>
    expect(streamOf('a', 'b').append(expected, 'x')).toBe(answer),
  );

  test('stream_exists recognises a retry', () =>
    expect(streamOf('a', 'b').append('stream_exists', 'a', 'b')).toBe('idempotent up to 1'));

  test('a stream of which only metadata was written exists', () => {
    const stream = streamOf();
    stream.state.has_metadata = true;
    expect(stream.append('stream_exists', 'x')).toBe('append');
  });
});

describe('deleted streams', () => {
  test.each<Expected>(['any', 'no_stream', 'stream_exists', 0n, 7n])('a tombstone refuses %s', (expected) => {
    const stream = streamOf('a');
    stream.state.deleted = 'tombstoned';
    expect(stream.append(expected, 'a')).toBe('stream_deleted');
  });

  test.each<[Expected, string]>([
    ['any', 'append'],
    ['no_stream', 'append'],
    [1n, 'append'],
    ['stream_exists', 'stream_deleted'],
    [0n, 'wrong_expected_version'],
    [2n, 'wrong_expected_version'],
  ])('a soft-deleted stream of two events expecting %s', (expected, answer) => {
    const stream = streamOf('a', 'b');
    stream.state.deleted = 'soft';
    expect(stream.append(expected, 'x')).toBe(answer);
  });

  test('a retry of what was deleted since is still a retry', () => {
    const stream = streamOf('a', 'b');
    stream.state.deleted = 'soft';
    expect(stream.append('no_stream', 'a', 'b')).toBe('idempotent up to 1');
    expect(stream.append('no_stream', 'a', 'c')).toBe('wrong_expected_version');
  });
});

describe('an append without events', () => {
  test.each<[Expected, string]>([
    ['any', 'append'],
    ['stream_exists', 'append'],
    [1n, 'append'],
    [0n, 'wrong_expected_version'],
    ['no_stream', 'wrong_expected_version'],
    [2n, 'wrong_expected_version'],
  ])('is checked all the same, expecting %s', (expected, answer) =>
    expect(streamOf('a', 'b').append(expected)).toBe(answer),
  );
});

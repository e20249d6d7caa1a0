import { decode, hashedContent, serialize } from './codec.js';
import type { RecordedEvent } from './events.js';

const metadata = {
  actor: 'mia',
  recorded_at: '2026-03-02T08:00:00.000Z',
  effective_at: '2026-03-02T08:00:00.000Z',
  idempotency_key: 'k',
};
const raw = { type: 'PeriodReopened', data: { month: '2026-03', reason: 'why' }, metadata, revision: 7 };

describe('reading an event from the log', () => {
  it('gives the event with its position', () => {
    expect(decode(raw)).toEqual({ type: 'PeriodReopened', data: raw.data, metadata, position: 7 });
  });

  it('keeps fields that it does not know', () => {
    const { data, metadata: read } = decode({
      ...raw,
      data: { ...raw.data, weather: 'fine' },
      metadata: { ...metadata, trace: 'x' },
    });
    expect(data).toHaveProperty('weather', 'fine');
    expect(read).toHaveProperty('trace', 'x');
  });

  it.each(['PeriodMoved', 'periodReopened', '', '$metadata', 'toString', 'constructor', '__proto__'])(
    'stops at the unknown type %j',
    (type) => {
      expect(() => decode({ ...raw, type })).toThrow(
        `position 7 holds an event of unknown type ${JSON.stringify(type)}`,
      );
    },
  );

  it.each([
    ['data that is no object', { data: [] }],
    ['data that is null', { data: null }],
    ['data that is text', { data: 'month' }],
    ['no metadata', { metadata: undefined }],
    ['metadata without an actor', { metadata: { ...metadata, actor: undefined } }],
    ['metadata without an instant', { metadata: { ...metadata, recorded_at: undefined } }],
    ['an instant in another form', { metadata: { ...metadata, effective_at: '2026-03-02T08:00:00Z' } }],
    ['an instant with an offset', { metadata: { ...metadata, recorded_at: '2026-03-02T08:00:00.000+01:00' } }],
  ])('stops at %s', (_what, change) => {
    expect(() => decode({ ...raw, ...change })).toThrow('position 7');
  });
});

describe('what a hash covers', () => {
  it('is everything but the hash itself', () => {
    const hashed = (previous_hash: string, hash: string) =>
      hashedContent({ ...raw, metadata: Object.assign({}, metadata, { previous_hash, hash }) });
    expect(hashed('a', 'b')).toBe(JSON.stringify([raw.type, raw.data, { ...metadata, previous_hash: 'a' }]));
    expect(hashed('a', 'c')).toBe(hashed('a', 'b'));
    expect(hashed('x', 'b')).not.toBe(hashed('a', 'b'));
  });

  it('is the very text that goes into the log', () => {
    const unhashed: RecordedEvent['metadata'] = { ...metadata, previous_hash: 'a' };
    const event = { type: 'DocumentVoided', data: { number: 'SO-1', reason: 'ä "\u2028"' }, metadata: unhashed };
    const { json, content } = serialize(event as RecordedEvent);
    expect(content).toBe(hashedContent(event));
    expect(json).toEqual({ data: JSON.stringify(event.data), metadata: JSON.stringify(unhashed) });
  });
});

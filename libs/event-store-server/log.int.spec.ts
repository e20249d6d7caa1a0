import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Expected } from './append-decision.js';
import { type AppendRequest, Log } from './log.js';
import { LogUnavailable } from './log-file.js';
import { backUpFolder, verifyFolder } from './maintenance.js';
import type { ProposedEvent } from './record.js';

const folder = mkdtempSync(join(tmpdir(), 'event-store-log-'));
afterAll(() => rmSync(folder, { recursive: true }));

let folders = 0;
const newFolder = () => join(folder, String(folders++));
const newEvent = (text = ''): ProposedEvent => ({
  id: crypto.randomUUID(),
  type: 'Counted',
  is_json: false,
  data: Buffer.from(text),
  metadata: new Uint8Array(0),
});
const append = (stream: string, expected: Expected, ...events: ProposedEvent[]): AppendRequest => ({
  kind: 'append',
  stream,
  expected,
  events,
});
const limits = { events_max: 10_000, bytes_max: 100_000_000 };
const idsOf = (log: Log, stream: string) => log.readStream(stream, 0, false, limits).events.map(({ id }) => id);

describe('one commit', () => {
  it('decides each append on those before it, and a refused one leaves its neighbours alone', () => {
    const log = Log.open('memory');
    const [first, second] = [newEvent(), newEvent()];
    const outcomes = log.commit([
      append('s', 'no_stream', first),
      append('s', 'no_stream', newEvent()),
      append('s', 0n, second),
      append('s', 'no_stream', first, second),
    ]);
    expect(outcomes).toMatchObject([
      { kind: 'written', revision: 0 },
      { kind: 'wrong_expected_version', current: 0 },
      { kind: 'written', revision: 1 },
      { kind: 'written', revision: 1 },
    ]);
    expect(idsOf(log, 's')).toEqual([first.id, second.id]);
    log.close();
  });

  it('keeps what it wrote before retries that look up more ids than memory holds', () => {
    const log = Log.open('memory', Date.now, { streams_max: 100, ids_max: 4 });
    const streams = Array.from({ length: 5 }, (_, n) => ({ name: `s${n}`, events: [newEvent(), newEvent()] }));
    for (const { name, events } of streams) log.commit([append(name, 'no_stream', ...events)]);
    const outcomes = log.commit([
      append('t', 'no_stream', newEvent()),
      ...streams.map(({ name, events }) => append(name, 'any', events[0]!)),
      append('t', 0n, newEvent()),
    ]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(7).fill('written'));
    expect(idsOf(log, 't')).toHaveLength(2);
    log.close();
  });

  it('wakes watchers when it wrote, and not when it did not', () => {
    const log = Log.open('memory');
    let wakes = 0;
    const unwatch = log.watch(() => {
      wakes += 1;
    });
    log.commit([append('s', 'no_stream', newEvent()), append('t', 'no_stream', newEvent())]);
    log.commit([append('s', 7n, newEvent())]);
    expect(wakes).toBe(1);
    unwatch();
    log.commit([append('s', 'any', newEvent())]);
    expect(wakes).toBe(1);
    log.close();
  });
});

describe('after a restart', () => {
  it('revisions and positions go on, and every retry is still recognised', () => {
    const data_dir = newFolder();
    const events = Array.from({ length: 5 }, () => newEvent());
    let log = Log.open({ data_dir });
    const [written] = log.commit([append('s', 'no_stream', ...events)]);
    log.close();

    log = Log.open({ data_dir });
    expect(log.commit([append('s', 'no_stream', ...events)])).toEqual([written]);
    expect(log.commit([append('s', 'any', ...events)])).toEqual([written]);
    expect(log.commit([append('s', 'stream_exists', events[1]!, events[2]!)])).toMatchObject([{ revision: 2 }]);
    expect(log.commit([append('s', 'any', events[4]!, newEvent())])).toMatchObject([
      { kind: 'wrong_expected_version' },
    ]);
    const [next] = log.commit([append('s', 4n, newEvent())]);
    expect(next).toMatchObject({ kind: 'written', revision: 5 });
    expect(idsOf(log, 's')).toHaveLength(6);
    log.close();
  });

  it('deletions and tombstones stay', () => {
    const data_dir = newFolder();
    let log = Log.open({ data_dir });
    log.commit([
      append('soft', 'any', newEvent()),
      append('hard', 'any', newEvent()),
      { kind: 'delete', stream: 'soft', expected: 'any', events: [] },
      { kind: 'tombstone', stream: 'hard', expected: 'any', events: [] },
    ]);
    log.close();
    log = Log.open({ data_dir });
    expect(log.streamStatus('soft').readable).toBe('not_found');
    expect(log.streamStatus('hard').readable).toBe('deleted');
    expect(log.streamStatus('$$hard').readable).toBe('deleted');
    log.close();
  });
});

describe('metadata of a soft-deleted stream', () => {
  it('brings it back, empty, and keeps what was set', () => {
    const log = Log.open('memory');
    log.commit([append('s', 'any', newEvent(), newEvent())]);
    log.commit([{ kind: 'delete', stream: 's', expected: 'any', events: [] }]);
    const metadata = { ...newEvent('{"$maxCount":10,"own":1}'), type: '$metadata', is_json: true };
    log.commit([append('$$s', 'any', metadata)]);
    expect(log.streamStatus('s')).toEqual({ readable: 'yes', last: 1 });
    expect(idsOf(log, 's')).toEqual([]);
    const [latest] = log.readStream('$$s', 0, false, limits).events;
    expect(JSON.parse(Buffer.from(latest!.data).toString())).toEqual({ $maxCount: 10, own: 1, $tb: 2 });
    log.close();
  });
});

describe('metadata that is malformed', () => {
  test.each([
    '',
    '{',
    '[]',
    'null',
    '7',
    '{"$maxCount":-1,"$tb":"x","$maxAge":1.5}',
    '{"$tb":-5}',
    '{"$maxCount":1e400}',
  ])('%j hides nothing', (text) => {
    const log = Log.open('memory');
    log.commit([append('s', 'any', newEvent(), newEvent())]);
    log.commit([append('$$s', 'any', { ...newEvent(text), type: '$metadata' })]);
    expect(idsOf(log, 's')).toHaveLength(2);
    log.close();
  });
});

describe('$maxAge', () => {
  it('hides what is older than so many seconds by the clock handed in', () => {
    let now_ms = 1_000_000;
    const log = Log.open('memory', () => now_ms);
    log.commit([append('s', 'any', newEvent('old'))]);
    now_ms += 10_000;
    log.commit([append('s', 'any', newEvent('new'))]);
    log.commit([append('$$s', 'any', { ...newEvent('{"$maxAge":5}'), type: '$metadata', is_json: true })]);
    const texts = () => log.readStream('s', 0, false, limits).events.map(({ data }) => Buffer.from(data).toString());
    expect(texts()).toEqual(['new']);
    now_ms += 6_000;
    expect(texts()).toEqual([]);
    expect(log.readAll(0, false, limits).events).toHaveLength(3);
    log.close();
  });
});

describe('pages', () => {
  it('of any size hold together, both ways, also around a page’s bytes', () => {
    const log = Log.open('memory');
    for (let n = 0; n < 50; n += 1) log.commit([append(n % 3 ? 's' : 't', 'any', newEvent('x'.repeat(n * 37)))]);
    const whole = log.readAll(0, false, limits).events.map(({ position }) => position);
    for (const page of [
      { events_max: 1, bytes_max: 1e9 },
      { events_max: 7, bytes_max: 1e9 },
      { events_max: 1e9, bytes_max: 1_000 },
    ]) {
      expect(walk(log, false, 0, page)).toEqual(whole);
      expect(walk(log, true, log.end, page)).toEqual(whole.toReversed());
    }
    expect(walk(log, false, whole[10]! + 1, limits)).toEqual(whole.slice(11));
    expect(walk(log, true, whole[10]! + 1, limits)).toEqual(whole.slice(0, 11).reverse());
    expect(walk(log, false, log.end + 1_000, limits)).toEqual([]);
    log.close();
  });
});

function walk(log: Log, backwards: boolean, from: number, page_limits: typeof limits): number[] {
  const positions: number[] = [];
  for (let next = from; ; ) {
    const page = log.readAll(next, backwards, page_limits);
    positions.push(...page.events.map(({ position }) => position));
    if (page.end) return positions;
    next = page.next;
  }
}

describe('a folder', () => {
  it('belongs to one store at a time', () => {
    const data_dir = newFolder();
    const log = Log.open({ data_dir });
    expect(() => Log.open({ data_dir })).toThrow(
      new LogUnavailable(`The data folder ${data_dir} is in use by another event store.`),
    );
    log.close();
    Log.open({ data_dir }).close();
  });

  it('is backed up and verified while it is written; the copy is a log of its own', async () => {
    const data_dir = newFolder();
    const log = Log.open({ data_dir });
    const events = Array.from({ length: 100 }, () => newEvent('x'.repeat(500)));
    log.commit([append('s', 'any', ...events)]);
    const copy = newFolder();
    const unfinished = backUpFolder(data_dir, `${copy}.db`);
    log.commit([append('s', 'any', newEvent())]);
    const summary = await unfinished;
    expect(summary.events).toBeGreaterThanOrEqual(100);
    expect(verifyFolder(data_dir)).toEqual({ events: 101, streams: 1, end: log.end });
    log.close();

    await expect(backUpFolder(data_dir, `${copy}.db`)).rejects.toThrow('a backup never overwrites');
    await expect(backUpFolder(newFolder(), `${copy}-none.db`)).rejects.toThrow('There is no event log in');
    const { mkdirSync, renameSync, statSync } = await import('node:fs');
    expect(statSync(`${copy}.db`).mode & 0o077).toBe(0);
    mkdirSync(copy);
    renameSync(`${copy}.db`, join(copy, 'events.db'));
    const restored = Log.open({ data_dir: copy });
    expect(idsOf(restored, 's').slice(0, 100)).toEqual(events.map(({ id }) => id));
    restored.close();
  });
});

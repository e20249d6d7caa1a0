/** A copy that is begun, left at any point, and gone on with; and a log that is no longer what was copied. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { type MemoryLog, memoryLog } from '../../test/support/memory-log.js';
import { linkEvent } from '../audit/chain.js';
import { Tampered } from '../audit/signed-checkpoint.js';
import type { LogPosition, StoredEvent } from '../event-store/event-store.js';
import { CopyDamaged, followLog } from './follow-log.js';

type Log = MemoryLog & { all: StoredEvent[]; reads: number };

const at = (n: number): LogPosition => ({ commit: BigInt(n), prepare: BigInt(n) });
/** A clone's buffers are none. */
const whole = (event: StoredEvent): StoredEvent => {
  const { data, metadata } = event.bytes;
  return { ...structuredClone(event), bytes: { data: Buffer.from(data), metadata: Buffer.from(metadata) } };
};
const positioned = (event: StoredEvent, n: number) => ({ ...whole(event), log_position: at(n) });

/** Tells all of its events in the order of their writing, and what is written later. */
function ordered(): Log {
  const log = memoryLog();
  const all: StoredEvent[] = [];
  const { append, read } = log;
  return Object.assign(log, {
    ...{ all, reads: 0 },
    async append(stream: string, expected: number, events: Parameters<typeof append>[2]) {
      const result = await append(stream, expected, events);
      if (result.outcome === 'appended') all.push(...log.stream(stream).slice(-events.length));
      return result;
    },
    async *read(...given: Parameters<typeof read>) {
      if (!given[0].startsWith('$$')) (log as Log).reads += 1;
      for await (const event of read(...given)) yield whole(event);
    },
    async *readAll(after: LogPosition | undefined) {
      const next = after === undefined ? 0 : Number(after.commit) + 1;
      const events = all.slice(next).map((event, n) => positioned(event, next + n));
      yield events.map((event) => ({ kind: 'event' as const, event }));
      yield [{ kind: 'caught_up' as const }];
    },
    async *subscribeAll(after: LogPosition | 'end' | undefined, { signal }: { signal: AbortSignal }) {
      let next = after === undefined || after === 'end' ? 0 : Number(after.commit) + 1;
      for (; !signal.aborted; await sleep(5)) {
        const events = all.slice(next).map((event, n) => positioned(event, next + n));
        next = all.length;
        if (events.length > 0) yield events.map((event) => ({ kind: 'event' as const, event }));
      }
    },
  });
}

const heads = new WeakMap<Log, Map<string, string>>();
async function write(log: Log, count: number, ledger = 'main'): Promise<void> {
  const of_log = heads.get(log) ?? new Map<string, string>();
  heads.set(log, of_log);
  for (let n = 0; n < count; n += 1) {
    const revision = log.stream(`ledger-${ledger}`).length;
    const event = { type: 'SaleRecorded', data: { n: revision } };
    const link = linkEvent({ ...event, metadata: { actor: 'ann' } }, of_log.get(ledger) ?? '');
    of_log.set(ledger, link.metadata.hash);
    await log.append(`ledger-${ledger}`, revision - 1, [{ ...event, ...link }]);
  }
}

/** Until the copy has so many, or it ends by itself. @returns what it said */
async function follow(
  from: Log,
  to: Log,
  until: number,
  after?: LogPosition,
  look_every_ms?: number,
): Promise<string[]> {
  const stop = new AbortController();
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const following = followLog(from, to, { signal: stop.signal, after, log, look_every_ms });
  const ended = following.then(
    () => true,
    () => true,
  );
  while (to.all.length < until && !(await Promise.race([ended, sleep(5, false)])));
  await sleep(20);
  stop.abort();
  await following;
  return lines;
}
const ids = (log: Log) => log.all.map(({ id }) => id);

test('all is copied in its order, and gone on with from any position, or from none', async () => {
  const [from, to] = [ordered(), ordered()];
  for (const ledger of ['main', 'plant-2', 'main']) await write(from, 4, ledger);
  await follow(from, to, 12);
  expect(ids(to)).toEqual(ids(from));
  for (const after of [at(11), at(5), undefined]) {
    await write(from, 2);
    expect(await follow(from, to, from.all.length, after)).toEqual([]);
    expect(ids(to)).toEqual(ids(from));
  }
});

test('what comes again is compared by one read for many', async () => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 300);
  await follow(from, to, 300);
  to.reads = 0;
  await write(from, 1);
  await follow(from, to, 301);
  expect(to.reads).toBeLessThan(5);
});

test('a position that leaves something out is given up: the log is read from its beginning', async () => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 5);
  await follow(from, to, 5);
  await write(from, 5);
  const lines = await follow(from, to, 10, at(7));
  expect(lines).toEqual(['Event 8 of the stream ledger-main comes after 4. Reading the log from its beginning.']);
  expect(ids(to)).toEqual(ids(from));
});

test.each<[string, (from: Log) => void, RegExp]>([
  [
    'lost its last events',
    (from) => {
      from.all.splice(8);
      from.stream('ledger-main').splice(8);
    },
    /ends before event 9, which was copied/,
  ],
  [
    'another last event',
    (from) => Object.assign(from.stream('ledger-main')[9]!, { id: 'b'.repeat(36) }),
    /Event 9 .* is not the one that was copied/,
  ],
  [
    'another event among them',
    (from) => Object.assign(from.all[4]!.bytes, { data: Buffer.from('{"n":40}') }),
    /Event 4 .* is not the one that was copied/,
  ],
])('a log that has %s is refused, and the copy is left as it is', async (_what, change, message) => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 10);
  await follow(from, to, 10);
  const before = ids(to);
  change(from);
  const following = followLog(from, to, { signal: AbortSignal.timeout(2000), log: () => {} });
  await expect(following).rejects.toThrow(Tampered);
  await expect(following).rejects.toThrow(message);
  expect(ids(to)).toEqual(before);
});

test('an event that is not of its chain is not copied, what was before it is', async () => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 3);
  await from.append('ledger-main', 2, [
    { id: 'c'.repeat(36), type: 'SaleRecorded', data: {}, metadata: { actor: 'eve' } },
  ]);
  await expect(follow(from, to, 9)).rejects.toThrow(/Position 3 of ledger main/);
  expect(ids(to)).toEqual(ids(from).slice(0, 3));
});

test('a log that never tells an event is refused', async () => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 6);
  from.all.splice(4, 1);
  await expect(follow(from, to, 6)).rejects.toThrow('Event 5 of the stream ledger-main comes after 3.');
  expect(ids(to)).toEqual(ids(from).slice(0, 4));
});

test('a copy that was changed is told from a log that was', async () => {
  const [from, to] = [ordered(), ordered()];
  await write(from, 6);
  await follow(from, to, 6);
  Object.assign(to.all[2]!, { data: { n: 20 } });
  await expect(follow(from, to, 7)).rejects.toThrow(CopyDamaged);
});

describe('a log that falls silent', () => {
  /** Its first subscription tells of `told` events, and of none after them. */
  function silent(told: number): Log {
    const log = ordered();
    const { subscribeAll } = log;
    let subscriptions = 0;
    return Object.assign(log, {
      async *subscribeAll(...[after, options]: Parameters<typeof subscribeAll>) {
        subscriptions += 1;
        if (subscriptions > 1) return yield* subscribeAll(after, options);
        const events = log.all.slice(0, told).map(positioned);
        yield events.map((event) => ({ kind: 'event' as const, event }));
        while (!options.signal.aborted) await sleep(5);
      },
    });
  }

  test('of a ledger that is new is asked again, and nothing is said to be copied that is not', async () => {
    const [from, to] = [silent(3), ordered()];
    await write(from, 3);
    const stop = new AbortController();
    const lines: string[] = [];
    const copied: { events: number; had: number; at: string }[] = [];
    const following = followLog(from, to, {
      ...{ signal: stop.signal, look_every_ms: 300, log: (line: string) => lines.push(line) },
      on_copied: ({ events, at }) => copied.push({ events, at, had: from.all.length }),
    });
    while (copied.length === 0) await sleep(5);
    await write(from, 1, 'plant-2');
    const silent_since = new Date().toISOString();
    while (to.all.length < 4) await sleep(5);
    while (copied.at(-1)!.events < 4) await sleep(5);
    stop.abort();
    await following;
    expect(lines).toEqual(['The log tells nothing new, but has it. Reading on.']);
    expect(ids(to)).toEqual(ids(from));
    expect(copied.filter(({ at, events }) => at > silent_since && events < 4)).toEqual([]);
  });

  test('while it is copied from the beginning, too', async () => {
    const [from, to] = [silent(2), ordered()];
    await write(from, 6);
    const lines = await follow(from, to, 6, undefined, 50);
    expect(lines).toEqual(['The log tells nothing new, but has it. Reading on.']);
    expect(ids(to)).toEqual(ids(from));
  });
});

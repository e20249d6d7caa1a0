import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredEvent, SubscriptionMessage } from '../../libs/event-store/event-store.js';
import { type Batch, batchesOf } from './batches.js';

const limits = { events_max: 10, pace_ms: 0, idle_ms: 10_000 };

function message(revision: number): SubscriptionMessage {
  const log_position = { commit: BigInt(revision), prepare: BigInt(revision) };
  return { kind: 'event', event: { revision, log_position } as StoredEvent & { log_position: typeof log_position } };
}
async function* messages(count: number, taken = { count: 0 }): AsyncGenerator<SubscriptionMessage[]> {
  for (let revision = 0; revision < count; revision += 1) {
    taken.count += 1;
    yield [message(revision)];
  }
}
async function all(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const list: Batch[] = [];
  for await (const batch of batches) list.push(batch);
  return list;
}
const revisions = (batches: Batch[]) => batches.flatMap(({ events }) => events.map(({ revision }) => revision));

describe('batches', () => {
  it('hold every event once, in order, and no more than they may', async () => {
    const batches = await all(batchesOf(messages(95), limits));
    expect(revisions(batches)).toEqual(Array.from({ length: 95 }, (_, n) => n));
    expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(10);
    expect(batches.at(-1)!.read_to).toEqual({ commit: 94n, prepare: 94n });
  });

  it('cut portions where a batch is full', async () => {
    async function* large(): AsyncGenerator<SubscriptionMessage[]> {
      for (let from = 0; from < 60; from += 15) yield Array.from({ length: 15 }, (_, n) => message(from + n));
    }
    const batches = await all(batchesOf(large(), limits));
    expect(revisions(batches)).toEqual(Array.from({ length: 60 }, (_, n) => n));
    expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThanOrEqual(10);
  });

  describe('of commands with several events', () => {
    /** Each command has 4 events. */
    const ofCommand = (revision: number): SubscriptionMessage => {
      const sent = message(revision) as Extract<SubscriptionMessage, { kind: 'event' }>;
      const remaining = 3 - (revision % 4);
      return { ...sent, event: { ...sent.event, metadata: remaining > 0 ? { remaining } : {} } };
    };
    const ends = (batches: Batch[]) => batches.map(({ events }) => events.at(-1)?.revision);

    it('end with the last event of one, also where that is more than they hold', async () => {
      async function* one_by_one(): AsyncGenerator<SubscriptionMessage[]> {
        for (let revision = 0; revision < 40; revision += 1) {
          yield [ofCommand(revision)];
          await sleep(revision % 4 === 1 ? 20 : 0);
        }
      }
      for (const events_max of [1, 10]) {
        const batches = await all(batchesOf(one_by_one(), { ...limits, events_max }));
        expect(revisions(batches)).toEqual(Array.from({ length: 40 }, (_, n) => n));
        expect(ends(batches).filter((revision) => revision !== undefined && revision % 4 !== 3)).toEqual([]);
        expect(Math.max(...batches.map(({ events }) => events.length))).toBeLessThan(events_max + 4);
      }
    });

    it('do not wait for long for what a damaged log lacks', async () => {
      const stopping = new AbortController();
      async function* damaged(): AsyncGenerator<SubscriptionMessage[]> {
        yield [ofCommand(0)];
        await sleep(60_000, undefined, { signal: stopping.signal }).catch(() => {});
      }
      for await (const { events } of batchesOf(damaged(), limits)) {
        expect(events.map(({ revision }) => revision)).toEqual([0]);
        break;
      }
      stopping.abort();
    });
  });

  it('let no more than one batch wait while one is written', async () => {
    const taken = { count: 0 };
    for await (const { events } of batchesOf(messages(1000, taken), limits)) {
      await sleep(5);
      // One written, one waiting, one message in the reader's hand.
      expect(taken.count).toBeLessThanOrEqual(events.at(-1)!.revision + 1 + 10 + 1);
      if (events.at(-1)!.revision > 100) break;
    }
  });

  it('carry what is no event: how far was read, and that the head is reached', async () => {
    const log_position = { commit: 7n, prepare: 7n };
    async function* quiet(): AsyncGenerator<SubscriptionMessage[]> {
      yield [{ kind: 'checkpoint', log_position }, { kind: 'caught_up' }];
    }
    const batches = await all(batchesOf(quiet(), limits));
    expect(batches.flatMap(({ read_to }) => read_to ?? [])).toEqual([log_position]);
    expect(batches.at(-1)!.caught_up).toBe(true);
  });

  it('are empty from time to time where nothing comes', async () => {
    const stopping = new AbortController();
    async function* silent(): AsyncGenerator<SubscriptionMessage[]> {
      await sleep(10_000, undefined, { signal: stopping.signal }).catch(() => {});
      yield* [];
    }
    for await (const batch of batchesOf(silent(), { ...limits, idle_ms: 5 })) {
      expect(batch).toEqual({ events: [], read_to: undefined, caught_up: false });
      break;
    }
    stopping.abort();
  });

  it('come before the failure that ended the messages', async () => {
    async function* broken(): AsyncGenerator<SubscriptionMessage[]> {
      yield [message(0)];
      throw new Error('away');
    }
    const seen: Batch[] = [];
    const reading = (async () => {
      for await (const batch of batchesOf(broken(), limits)) seen.push(batch);
    })();
    await expect(reading).rejects.toThrow('away');
    expect(revisions(seen)).toEqual([0]);
  });
});

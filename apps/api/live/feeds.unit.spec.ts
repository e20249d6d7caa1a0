import { beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../../projections/read-models/list-events.js';
import { EventFeed } from './event-feed.js';
import type { Follower } from './feed.js';
import { KeyedFeed } from './keyed-feed.js';

interface Sent {
  id?: number;
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: what it holds depends on the event.
  data: any;
}
function read(frame: Buffer): Sent[] {
  return frame
    .toString()
    .split('\n\n')
    .filter((block) => block !== '')
    .map((block) => {
      const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)));
      return { ...fields, ...(fields.id && { id: Number(fields.id) }), data: JSON.parse(fields.data) } as Sent;
    });
}
async function allOf(follower: Follower): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (;;) {
    const frame = follower.next();
    const read_now = await frame;
    if (read_now !== undefined) sent.push(...read(read_now));
    else if (!(frame instanceof Promise)) return sent;
  }
}

describe('rows', () => {
  let changes: { position: number; item_id: string; on_hand: number }[];
  let reads: { position: number; all: boolean }[];
  type Row = { item_id: string; on_hand: number };
  let feed: KeyedFeed<Row, { item_id?: string }>;
  const head = () => changes.at(-1)?.position ?? 0;
  const sell = (item_id: string, on_hand: number) => changes.push({ position: head() + 1, item_id, on_hand });

  beforeEach(() => {
    changes = [];
    reads = [];
    feed = new KeyedFeed('main', {
      keyOf: ({ item_id }) => item_id,
      isShown: (row, { item_id = row.item_id }) => row.item_id === item_id,
      isOver: ({ on_hand }) => on_hand === 0,
      read: async (_ledger, position, { all }) => {
        reads.push({ position, all });
        const last = new Map(changes.map((change) => [change.item_id, change]));
        const rows = [...last.values()].map(({ item_id, on_hand, position: changed }) => ({
          row: { item_id, on_hand },
          touched: changed > position ? changed : -1,
        }));
        return { position: head(), rows: rows.filter(({ touched }) => all || touched >= 0) };
      },
    });
  });
  const advance = () => feed.advance(head());
  const told = async (follower: Follower) =>
    (await allOf(follower)).map(({ event, id, data }) => [
      event,
      id,
      Object.fromEntries(
        data.data.map((place: { item_id: string; on_hand: number }) => [place.item_id, place.on_hand]),
      ),
    ]);

  test('are sent whole, then what has changed, each place once however often it changed', async () => {
    sell('a', 10);
    sell('b', 20);
    await advance();
    const follower = feed.follow({});
    expect(await told(follower)).toEqual([['state', 2, { a: 10, b: 20 }]]);
    expect(await told(follower)).toEqual([]);
    for (const on_hand of [9, 8, 7]) sell('a', on_hand);
    await advance();
    expect(await told(follower)).toEqual([['change', 5, { a: 7 }]]);
    sell('b', 19);
    await advance();
    sell('a', 6);
    await advance();
    expect(await told(follower)).toEqual([['change', 7, { b: 19, a: 6 }]]);
  });

  test('go on from a position, also after a start, and begin anew where that is too old or of another log', async () => {
    for (let n = 0; n < 1500; n += 1) sell(n % 2 ? 'odd' : 'even', n);
    sell('c', 1);
    await advance();
    expect(reads).toEqual([{ position: 501, all: true }]);
    expect(await told(feed.follow({}, 1500))).toEqual([['change', 1501, { c: 1 }]]);
    expect(await told(feed.follow({}, 1501))).toEqual([]);
    expect(await told(feed.follow({}, 501))).toEqual([['change', 1501, { even: 1498, odd: 1499, c: 1 }]]);
    const all = [['state', 1501, { c: 1, even: 1498, odd: 1499 }]];
    expect(await told(feed.follow({}, 500))).toEqual(all);
    expect(await told(feed.follow({}, 9999))).toEqual(all);
  });

  test('of one item are told alone', async () => {
    sell('a', 10);
    sell('b', 20);
    await advance();
    const follower = feed.follow({ item_id: 'b' });
    expect(await told(follower)).toEqual([['state', 2, { b: 20 }]]);
    sell('a', 9);
    await advance();
    expect(await told(follower)).toEqual([]);
    sell('b', 19);
    await advance();
    expect(await told(follower)).toEqual([['change', 4, { b: 19 }]]);
    expect(await told(feed.follow({ item_id: 'none' }))).toEqual([['state', 4, {}]]);
  });

  test('in parts have the id in the last one, so that what breaks off before begins anew', async () => {
    for (let n = 0; n < 1200; n += 1) sell(`item-${n}`, n + 1);
    await advance();
    const sent = await allOf(feed.follow({}));
    expect(sent.map(({ id, data }) => [id, data.complete, data.data.length])).toEqual([
      [undefined, false, 500],
      [undefined, false, 500],
      [1200, true, 200],
    ]);
    expect(new Set(sent.flatMap(({ data }) => data.data.map(({ item_id }: Sent['data']) => item_id))).size).toBe(1200);
  });

  test('are sent whole again when the log was restored to an earlier moment', async () => {
    sell('a', 10);
    sell('a', 9);
    await advance();
    const follower = feed.follow({});
    await told(follower);
    changes.pop();
    await advance();
    expect(await told(follower)).toEqual([['state', 1, { a: 10 }]]);
  });

  test('that are over are told once, are no part of a state, and are forgotten in the end', async () => {
    sell('a', 1);
    sell('b', 1);
    await advance();
    const follower = feed.follow({});
    await told(follower);
    sell('a', 0);
    await advance();
    expect(await told(follower)).toEqual([['change', 3, { a: 0 }]]);
    expect(await told(feed.follow({}))).toEqual([['state', 3, { b: 1 }]]);
    expect(await told(feed.follow({}, 2))).toEqual([['change', 3, { a: 0 }]]);
    for (let n = 0; n < 9_998; n += 1) sell(`over-${n}`, 0);
    await advance();
    expect((await told(feed.follow({}, 2)))[0]![0]).toBe('change');
    for (let n = 0; n < 10; n += 1) sell(`later-${n}`, 0);
    await advance();
    expect(await told(feed.follow({}, 2))).toEqual([['state', head(), { b: 1 }]]);
    expect((await told(feed.follow({}, head() - 3)))[0]![0]).toBe('change');
  });

  test('of any number of filters and positions take little memory while nothing changes', async () => {
    sell('a', 10);
    await advance();
    const first = feed.follow({}).next();
    for (let n = 0; n < 2000; n += 1) feed.follow({ item_id: `${n}` }).next();
    expect(feed.follow({}).next()).not.toBe(first);
    expect(feed.follow({}).next()).toEqual(first);
  });

  test('are made once into bytes for all who are told the same', async () => {
    sell('a', 10);
    await advance();
    expect(feed.follow({}).next()).toBe(feed.follow({}).next());
    expect(feed.follow({ item_id: 'a' }).next()).not.toBe(feed.follow({}).next());
  });
});

describe('the events', () => {
  const log: AuditEvent[] = [];
  let reads: number[];
  let feed: EventFeed;
  const record = (type: string) =>
    log.push({ position: log.length, type, actor: 'maria', recorded_at: '', effective_at: '', data: {}, metadata: {} });

  beforeEach(() => {
    log.length = 0;
    reads = [];
    feed = new EventFeed('main', async (_ledger, position, count, types) => {
      reads.push(position);
      const behind = log.filter((event) => event.position > position && (types?.includes(event.type) ?? true));
      return behind.slice(0, count);
    });
  });
  const advance = () => feed.advance(log.length - 1);
  const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);
  const ids = async (follower: Follower) => (await allOf(follower)).map(({ id }) => id);

  test('begin at the present where no position is asked for', async () => {
    for (let n = 0; n < 5; n += 1) record('SaleRecorded');
    await advance();
    const follower = feed.follow(undefined);
    expect(await allOf(follower)).toEqual([{ event: 'state', id: 4, data: { position: 4 } }]);
    record('SaleRecorded');
    await advance();
    expect(await allOf(follower)).toEqual([{ event: 'event', id: 5, data: log[5] }]);
    expect(await allOf(follower)).toEqual([]);
  });

  test('none is left out or told twice, from wherever a stream begins and however slow it is', async () => {
    for (let n = 0; n < 700; n += 1) record('SaleRecorded');
    await advance();
    const slow = feed.follow(undefined, 10);
    const quick = feed.follow(undefined, 699);
    const seen = { slow: [] as (number | undefined)[], quick: [] as (number | undefined)[] };
    for (let round = 0; round < 8; round += 1) {
      for (let n = 0; n < 400; n += 1) record('SaleRecorded');
      await advance();
      seen.quick.push(...(await ids(quick)));
      // One page in all that time.
      if (round === 3) seen.slow.push(...read((await slow.next())!).map(({ id }) => id));
    }
    seen.slow.push(...(await ids(slow)));
    expect(seen.quick).toEqual(numbers(700, 3899));
    expect(seen.slow).toEqual(numbers(11, 3899));
    expect(await ids(feed.follow(undefined, -1))).toEqual(numbers(0, 3899));
  });

  test('are read for two streams at a time, however many come back from afar', async () => {
    for (let n = 0; n < 500; n += 1) record('SaleRecorded');
    let now = 0;
    let most = 0;
    feed = new EventFeed('main', async (_ledger, position, count) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((later) => setTimeout(later, 1));
      now -= 1;
      return log.slice(position + 1, position + 1 + count);
    });
    await advance();
    const all = await Promise.all(Array.from({ length: 20 }, () => ids(feed.follow(undefined, 0))));
    expect(all).toEqual(all.map(() => numbers(1, 499)));
    expect(most).toBe(2);
  });

  test('the last thousand are told from memory', async () => {
    record('SaleRecorded');
    await advance();
    for (let n = 0; n < 900; n += 1) record('SaleRecorded');
    await advance();
    reads = [];
    expect(await ids(feed.follow(undefined, 0))).toEqual(numbers(1, 900));
    expect(reads).toEqual([]);
  });

  test('of one type are those alone, read or remembered', async () => {
    for (let n = 0; n < 1000; n += 1) record(n % 3 ? 'SaleRecorded' : 'WasteRecorded');
    await advance();
    const follower = feed.follow('WasteRecorded', -1);
    expect(await ids(follower)).toEqual(numbers(0, 333).map((n) => 3 * n));
    record('SaleRecorded');
    record('WasteRecorded');
    await advance();
    expect(await ids(follower)).toEqual([1001]);
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { startTcpProxy } from '../../test/support/tcp-proxy.js';
import { type Touch, touchLog } from '../../test/support/touch.js';
import type { EventStore } from '../event-store/event-store.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { unhide } from '../event-store/stream-damage.js';
import type { Command } from '../ledger/commands.js';
import { rememberedHalt } from './remembered-halts.js';
import type { WriterOutcome } from './writer.js';
import { type LedgerWriters, openLedgerWriters, type WritersOptions } from './writers.js';

let server: EventStoreProcess;
let store: EventStore;
let touch: Touch;
let folder: string;
let writers: LedgerWriters;
beforeEach(async () => {
  server = await startEventStoreProcess({ memory: true });
  store = connectEventStore({ url: server.url });
  touch = touchLog(server.url);
  folder = await mkdtemp(join(tmpdir(), 'touched-'));
  writers = open();
});
afterEach(async () => {
  await writers.close();
  await touch.close();
  await store.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

function open(options: Partial<WritersOptions> = {}): LedgerWriters {
  return openLedgerWriters({ store, snapshots_dir: folder, watch_ms: 50, ...options });
}
async function restart(options: Partial<WritersOptions> = {}): Promise<void> {
  await writers.close();
  writers = open(options);
}

let keys = 0;
function give(ledger_id: string, command: Command): Promise<WriterOutcome> {
  keys += 1;
  const now = new Date().toISOString();
  const envelope = { actor: 'ann', role: 'admin', now, idempotency_key: `k-${keys}`, request_hash: 'same' } as const;
  return writers.of(ledger_id).submit({ command, envelope });
}
const opening = (ledger_id: string): Command => {
  const books = { currency: 'USD', digits: 2, time_zone: 'UTC', approval_threshold: '5000' };
  return { type: 'open_ledger', ledger_id, ...books };
};
const place = (id: string): Command => ({ type: 'register', kind: 'location', id, attributes: { name: id } });

async function made(ledger_id = 'main'): Promise<void> {
  for (const command of [opening(ledger_id), place('one'), place('two')])
    expect(await give(ledger_id, command)).toMatchObject({ outcome: 'recorded' });
}
async function untilHalted(ledger_id = 'main'): Promise<WriterOutcome> {
  const until_ms = performance.now() + 5000;
  for (let n = 0; ; n += 1) {
    const outcome = await give(ledger_id, place(`while-${ledger_id}-${n}`));
    if (outcome.outcome === 'halted' || performance.now() > until_ms) return outcome;
    await sleep(20);
  }
}
async function untilRecorded(command: Command): Promise<WriterOutcome> {
  const until_ms = performance.now() + 12_000;
  for (;;) {
    const outcome = await give('main', command);
    if (outcome.outcome === 'recorded' || performance.now() > until_ms) return outcome;
    await sleep(50);
  }
}
async function revisions(): Promise<number[]> {
  const all: number[] = [];
  for await (const { revision } of store.read('ledger-main', 0)) all.push(revision);
  return all;
}

describe.each<[string, (stream: string) => Promise<unknown>, RegExp]>([
  [
    'deleted',
    (stream) => touch.softDelete(stream),
    /(was deleted, which hides its events|hides events \(\$tb \d+\)); "cli unhide"/,
  ],
  ['bounded', (stream) => touch.setMetadata(stream, { maxCount: 2 }), /hides events \(\$maxCount 2\); "cli unhide"/],
  ['truncated', (stream) => touch.setMetadata(stream, { truncateBefore: 2 }), /hides events \(\$tb 2\); "cli unhide"/],
  [
    'given an age',
    (stream) => touch.setMetadata(stream, { maxAge: 3600 }),
    /hides events \(\$maxAge 3600\); "cli unhide"/,
  ],
])('a stream that is %s', (_, damage, reason) => {
  it('halts its ledger and no other, also after restarts; unhidden, it goes on with nothing lost', async () => {
    await made();
    await made('other');
    await damage('ledger-main');
    const halted = { outcome: 'halted', ledger_id: 'main', reason: expect.stringMatching(reason) };
    expect(await untilHalted()).toMatchObject(halted);
    expect(writers.halts()).toMatchObject([{ ledger_id: 'main' }]);
    for (const snapshots_dir of [folder, undefined]) {
      await restart(snapshots_dir === undefined ? { snapshots_dir: join(folder, 'none') } : {});
      expect(await give('main', opening('main'))).toMatchObject(halted);
      expect(await give('main', place('three'))).toMatchObject(halted);
      expect(await give('other', place(`three-${snapshots_dir}`.slice(0, 10)))).not.toMatchObject({
        outcome: 'halted',
      });
    }
    expect(await rememberedHalt(store, 'main')).toBeUndefined();
    await unhide(store, 'ledger-main');
    expect(await untilRecorded(place('four'))).toMatchObject({ outcome: 'recorded' });
    const all = await revisions();
    expect(all).toEqual(all.map((_, index) => index));
    expect(writers.halts()).toEqual([]);
  }, 60_000);
});

describe.each<[string, (stream: string) => Promise<unknown>]>([
  ['deleted', (stream) => touch.softDelete(stream)],
  ['bounded', (stream) => touch.setMetadata(stream, { maxCount: 2 })],
])('without looking now and then, a stream that is %s', (_, damage) => {
  const never_ms = 3_600_000;

  it('is noticed at once, and nothing is appended to it any more', async () => {
    await restart({ watch_ms: never_ms });
    await made();
    await made('other');
    const began_ms = performance.now();
    await damage('ledger-main');
    while (writers.halts().length === 0 && performance.now() - began_ms < 5000) await sleep(2);
    expect(performance.now() - began_ms).toBeLessThan(700);
    const { position } = writers.of('main').halted()!;
    expect(await give('main', place('late'))).toMatchObject({ outcome: 'halted' });
    await unhide(store, 'ledger-main');
    expect((await revisions()).at(-1)).toBe(position);
    expect(await give('other', place('late'))).toMatchObject({ outcome: 'recorded' });
  });

  it('is noticed after the connection was lost', async () => {
    await restart({ watch_ms: never_ms });
    const proxy = await startTcpProxy(server.port);
    const behind = connectEventStore({ url: server.url.replace(/:\d+\?/, `:${proxy.port}?`) });
    const own = openLedgerWriters({ store: behind, watch_ms: never_ms });
    try {
      await made();
      const envelope = { actor: 'ann', role: 'admin', now: new Date().toISOString(), idempotency_key: 'k' } as const;
      expect(await own.of('main').submit({ command: place('seen'), envelope })).toMatchObject({ outcome: 'recorded' });
      await proxy.refuse();
      await damage('ledger-main');
      await proxy.welcome();
      for (let waits = 0; own.halts().length === 0 && waits < 200; waits += 1) await sleep(50);
      expect(own.halts()).toMatchObject([{ ledger_id: 'main' }]);
    } finally {
      await own.close();
      await behind.close();
      await proxy.close();
    }
  }, 30_000);
});

it('halts an idle ledger, too', async () => {
  await made();
  const position = writers.of('main').position();
  await touch.setMetadata('ledger-main', { maxCount: 2 });
  for (let waits = 0; writers.halts().length === 0 && waits < 100; waits += 1) await sleep(50);
  expect(writers.halts()).toMatchObject([{ ledger_id: 'main', position }]);
});

it('halts a ledger with a tombstone, while it runs and at a start', async () => {
  await made();
  await touch.tombstone('ledger-main');
  const halted = { outcome: 'halted', reason: expect.stringContaining('was deleted for ever') };
  expect(await untilHalted()).toMatchObject(halted);
  await restart();
  expect(await give('main', opening('main'))).toMatchObject(halted);
});

it('halts a ledger at a foreign event, with and without a snapshot, as often as it is started', async () => {
  await made();
  const position = writers.of('main').position();
  await touch.repeatLast('ledger-main');
  const halted = { outcome: 'halted', position, reason: expect.stringContaining('not linked') };
  expect(await untilHalted()).toMatchObject(halted);
  for (const options of [{}, {}, { snapshots_dir: join(folder, 'none') }]) {
    await restart(options);
    expect(await give('main', place('three'))).toMatchObject(halted);
  }
  expect((await revisions()).at(-1)).toBe(position + 1);
});

describe('a ledger of which the log has no event', () => {
  const refused = (witness: string) => ({
    outcome: 'halted',
    position: -1,
    reason: `the log has no event of ledger main, but ${witness}: restore the log, it is not begun anew`,
  });

  it('is opened where it is unknown', async () => {
    await restart({ is_known: async () => false });
    expect(await give('main', place('one'))).toMatchObject({ outcome: 'refused', refusal: { code: 'unknown_ledger' } });
    expect(await give('main', opening('main'))).toMatchObject({ outcome: 'recorded' });
  });

  it('is not begun anew where the read models know it', async () => {
    await restart({ is_known: async (ledger_id) => ledger_id === 'main' });
    expect(await give('main', opening('main'))).toMatchObject(refused('the read models know it'));
    expect(await give('main', place('one'))).toMatchObject(refused('the read models know it'));
    expect(await give('other', opening('other'))).toMatchObject({ outcome: 'recorded' });
    expect(await revisions()).toEqual([]);
  });

  it('is not begun anew where its checkpoints are there, hidden or not', async () => {
    await touch.append('checkpoints-main', 'CheckpointSigned', {});
    expect(await give('main', opening('main'))).toMatchObject(refused('its checkpoints are there'));
    await touch.softDelete('checkpoints-main');
    await restart();
    expect(await give('main', opening('main'))).toMatchObject(refused('its checkpoints are there'));
  });

  it('is not begun anew where a snapshot of it is left', async () => {
    await made();
    await writers.close();
    await server.stop();
    server = await startEventStoreProcess({ memory: true });
    await store.close();
    store = connectEventStore({ url: server.url });
    writers = open();
    expect(await give('main', opening('main'))).toMatchObject(refused('a snapshot of it is in the data folder'));
    expect(await revisions()).toEqual([]);
  });

  it('is not begun anew while the read models are away, and then is', async () => {
    let away = true;
    const is_known = async () => {
      if (away) throw new Error('the database is away');
      return false;
    };
    await restart({ is_known, wait_ms_max: 300 });
    expect(await give('main', opening('main'))).toMatchObject({ outcome: 'away' });
    expect(await revisions()).toEqual([]);
    away = false;
    expect(await untilRecorded(opening('main'))).toMatchObject({ outcome: 'recorded' });
  });

  it('is not begun anew in a stream that was deleted after its writer had looked', async () => {
    expect(await give('main', place('one'))).toMatchObject({ outcome: 'refused' });
    await touch.append('ledger-main', 'Something', {});
    await touch.softDelete('ledger-main');
    expect(await give('main', opening('main'))).toMatchObject({ outcome: 'halted' });
    expect(await revisions()).toEqual([]);
  });
});

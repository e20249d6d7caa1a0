import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { factoryLog, WORKED_EXAMPLE } from '../../test/support/factory-log.js';
import { type Touch, touchLog } from '../../test/support/touch.js';
import type { EventStore } from '../event-store/event-store.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { unhide } from '../event-store/stream-damage.js';
import { loadAuditKey } from './audit-key.js';
import { exportLines, inspectExport, NotWhole } from './export.js';
import { ImportRefused, importLedger } from './import.js';
import { openSignedCheckpoints, Tampered } from './signed-checkpoint.js';
import { booksAsOf, stateAt } from './state-at.js';
import { watchLog } from './watch.js';

const LOG = factoryLog(WORKED_EXAMPLE);
const key = loadAuditKey(Buffer.alloc(32, 7).toString('base64'), '');

let server: EventStoreProcess;
let store: EventStore;
let touch: Touch;
beforeEach(async () => {
  server = await startEventStoreProcess({ memory: true });
  store = connectEventStore({ url: server.url });
  touch = touchLog(server.url);
  await store.append('ledger-main', -1, LOG);
});
afterEach(async () => {
  await touch.close();
  await store.close();
  await server.stop();
});

async function exported(until?: number): Promise<Buffer> {
  const lines: string[] = [];
  for await (const line of exportLines(store, 'main', { until })) lines.push(line);
  return Buffer.from(lines.join(''));
}
async function* once(bytes: Buffer) {
  yield bytes;
}
const repeatLast = () => touch.repeatLast('ledger-main');

describe('an export', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['deleted', () => touch.softDelete('ledger-main')],
    ['bounded', () => touch.setMetadata('ledger-main', { maxCount: 2 })],
    ['truncated', () => touch.setMetadata('ledger-main', { truncateBefore: 1 })],
    ['tombstoned', () => touch.tombstone('ledger-main')],
  ])('of a stream that was %s is refused with how it is undone', async (_, damage) => {
    await damage();
    await expect(exported()).rejects.toThrow(NotWhole);
    await expect(exported()).rejects.toThrow(
      /^Ledger main cannot be exported whole: the .*; ("cli unhide"|only a backup)/,
    );
  });

  it("names an event that is not the ledger's own; what stands before it is exported", async () => {
    await repeatLast();
    await expect(exported()).rejects.toThrow(`position ${LOG.length}: `);
    const { header, inspection } = await inspectExport(once(await exported(LOG.length - 1)));
    expect(header).toMatchObject({ events: LOG.length });
    expect(inspection.findings).toEqual([]);
  });

  it('is not brought into a deleted stream, whose events would be lost for good', async () => {
    const whole = await exported();
    await touch.softDelete('ledger-main');
    const restore = importLedger(store, () => once(whole));
    await expect(restore).rejects.toThrow(ImportRefused);
    await expect(restore).rejects.toThrow(/"cli unhide"/);
    await unhide(store, 'ledger-main');
    expect(await exported()).toEqual(whole);
  });
});

describe('checkpoints', () => {
  it('are not begun anew where theirs were deleted', async () => {
    const before = await openSignedCheckpoints(store, 'main', key).make();
    await touch.softDelete('checkpoints-main');
    await expect(openSignedCheckpoints(store, 'main', key).make()).rejects.toThrow(Tampered);
    await unhide(store, 'checkpoints-main');
    expect(await openSignedCheckpoints(store, 'main', key).make()).toEqual(before);
  });

  it('sign no stream whose events are hidden', async () => {
    await touch.setMetadata('ledger-main', { maxAge: 3600 });
    await expect(openSignedCheckpoints(store, 'main', key).make()).rejects.toThrow(/hides events \(\$maxAge 3600\)/);
  });
});

it.each([
  ['the state', () => stateAt(store, 'main', {})],
  ['the sums', () => booksAsOf(store, 'main', {}, '2030-01-01T00:00:00.000Z')],
])('%s comes from the events before, and not from a foreign one', async (_, read) => {
  const before = await read();
  await repeatLast();
  await expect(read()).rejects.toThrow(Tampered);
  await expect(read()).rejects.toThrow(`Position ${LOG.length} of ledger main: it does not follow the one before`);
  expect((await stateAt(store, 'main', { position: LOG.length - 1 })).position).toBe(before.position);
});

describe('the continuous look', () => {
  const look = () => watchLog(store, 'main', openSignedCheckpoints(store, 'main'));

  it('finds nothing in what the ledger wrote, in portions or behind a checkpoint', async () => {
    const watch = look();
    for (let looks = 0; looks < 4; looks += 1) expect(await watch(3)).toBeUndefined();
    await openSignedCheckpoints(store, 'main', key).make();
    expect(await watch(3)).toBeUndefined();
    expect(await look()(3)).toBeUndefined();
  });

  it('finds a foreign event, and does not forget it', async () => {
    const watch = look();
    expect(await watch(1000)).toBeUndefined();
    await repeatLast();
    for (let looks = 0; looks < 2; looks += 1)
      expect(await watch(1000)).toMatch(new RegExp(`^Position ${LOG.length} of ledger main: `));
  });

  it('finds what hides events of the ledger or of its checkpoints, until it is undone', async () => {
    await openSignedCheckpoints(store, 'main', key).make();
    const watch = look();
    for (const stream of ['ledger-main', 'checkpoints-main']) {
      await touch.setMetadata(stream, { maxCount: 1 });
      expect(await watch(1000)).toContain(`The metadata of the stream ${stream} hides events`);
      await unhide(store, stream);
      expect(await watch(1000)).toBeUndefined();
    }
  });

  it('finds a forged checkpoint', async () => {
    const watch = look();
    const { checkpoint } = (await openSignedCheckpoints(store, 'main', key).make())!;
    await touch.append('checkpoints-main', 'CheckpointSigned', { ...checkpoint, size: 5, head_position: 4, tiles: [] });
    expect(await watch(1000)).toContain('Its signature is not that of its key');
  });
});

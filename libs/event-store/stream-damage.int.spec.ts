/** What can be said of hidden events before and after a scavenge, as the real server does it. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { type StandInCluster, startStandInCluster } from '../../test/support/cluster.js';
import { type Touch, touchLog } from '../../test/support/touch.js';
import type { EventStore } from './event-store.js';
import { connectEventStore } from './eventstoredb.js';
import { findLoss, unhide } from './stream-damage.js';

const stream = 'ledger-main';
let cluster: StandInCluster;
let store: EventStore;
let touch: Touch;
beforeEach(async () => {
  cluster = await startStandInCluster();
  store = connectEventStore({ url: cluster.log_url });
  touch = touchLog(cluster.log_url);
  const events = Array.from({ length: 5 }, () => ({ id: randomUUID(), type: 'Recorded', data: {}, metadata: {} }));
  await store.append(stream, -1, events);
  await store.append('ledger-main-2', -1, [{ ...events[0]!, id: randomUUID() }]);
});
afterEach(async () => {
  await touch.close();
  await store.close();
  await cluster.stop();
});

function cli(verb: string): Promise<{ code: number; output: string }> {
  return new Promise((done) => {
    const options = { env: { ...process.env, EVENTSTORE_URL: cluster.log_url, DATABASE_URL: '' } };
    const args = ['--disable-warning=ExperimentalWarning', resolve('dist/apps/cli/main.js'), verb];
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), output: stdout + stderr }),
    );
  });
}

it('nothing is lost of a stream that hides nothing', async () => {
  expect(await findLoss(store, stream)).toBeUndefined();
});

describe.each<[string, () => Promise<unknown>, first_left: number, lost: string]>([
  ['bounded', () => touch.setMetadata(stream, { maxCount: 2 }), 3, 'the events from 0 to 2'],
  ['deleted', () => touch.softDelete(stream), 4, 'the events from 0 to 3'],
  ['deleted, with nothing left,', () => touch.softDelete(stream), 5, 'the events from 0 on'],
])('of a stream that was %s', (_, damage, first_left, lost) => {
  it('unhide brings all back while nothing was scavenged', async () => {
    await damage();
    expect(await findLoss(store, stream)).toMatchObject({ can_unhide: true, position: 0 });
    expect(await cli('unhide')).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${stream}: all events can be read again.`),
    });
    expect(await findLoss(store, stream)).toBeUndefined();
  });

  it('a scavenge is told, and that only a backup helps', async () => {
    await damage();
    cluster.scavenge(stream, first_left);
    const reason = `a scavenge has removed ${lost} of the stream ${stream}, which were hidden; only a backup or an export has its events`;
    expect(await findLoss(store, stream)).toEqual({ reason, can_unhide: false, position: 0 });
    expect(await cli('unhide')).toMatchObject({ code: 1, output: expect.stringContaining(`${stream}: ${reason}.`) });
  });
});

it('finds the gap where events were hidden and scavenged in the middle of a life', async () => {
  await touch.setMetadata(stream, { truncateBefore: 2 });
  cluster.scavenge(stream, 2);
  await unhide(store, stream);
  expect(await findLoss(store, stream)).toMatchObject({
    reason: `the events before 2 of the stream ${stream} were removed; only a backup or an export has its events`,
    can_unhide: false,
  });
});

import { type EventStore, StreamTombstoned } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { findDamage, unhide } from '../../libs/event-store/stream-damage.js';
import { type ContractServer, contractServer, eventsOf, newEvents, newStream, revisionsOf } from './server.js';

let server: ContractServer;
let store: EventStore;
beforeAll(async () => {
  server = await contractServer();
  store = connectEventStore({ url: server.url });
});
afterAll(async () => {
  await store?.close();
  await server?.close();
});

async function ledgerStream(): Promise<string> {
  const stream = newStream('ledger');
  await server.client.appendToStream(stream, newEvents(5));
  return stream;
}
const revisions = async (stream: string) => revisionsOf(await eventsOf(server.client.readStream(stream)));

it('finds none in a stream that was only appended to, in one with harmless metadata, and in one that never was', async () => {
  const stream = await ledgerStream();
  expect(await findDamage(store, stream)).toBeUndefined();
  await server.client.setStreamMetadata(stream, { acl: { deleteRoles: ['$admins'] }, owner: 'ann' });
  expect(await findDamage(store, stream)).toBeUndefined();
  expect(await findDamage(store, newStream())).toBeUndefined();
});

it.each([
  [
    'a soft deletion',
    (stream: string) => server.client.deleteStream(stream),
    'was deleted, which hides its events; "cli unhide" brings them back until a scavenge removes them',
  ],
  [
    'a truncation',
    (stream: string) => server.client.setStreamMetadata(stream, { truncateBefore: 2 }),
    'hides events ($tb 2)',
  ],
  [
    'a count that it has not reached yet',
    (stream: string) => server.client.setStreamMetadata(stream, { maxCount: 100 }),
    'hides events ($maxCount 100)',
  ],
  [
    'an age',
    (stream: string) => server.client.setStreamMetadata(stream, { maxAge: 3600 }),
    'hides events ($maxAge 3600)',
  ],
])('finds %s, and unhides all events', async (_, touch, reason) => {
  const stream = await ledgerStream();
  await touch(stream);
  const damage = await findDamage(store, stream);
  expect(damage?.reason).toContain(`the stream ${stream}`);
  expect(damage).toEqual({ reason: expect.stringContaining(reason), can_unhide: true });
  expect(await unhide(store, stream)).toBe(true);
  expect(await findDamage(store, stream)).toBeUndefined();
  expect(await revisions(stream)).toEqual([0, 1, 2, 3, 4]);
  expect(await unhide(store, stream)).toBe(false);
});

it('keeps the rest of the metadata when it unhides', async () => {
  const stream = await ledgerStream();
  await server.client.setStreamMetadata(stream, { maxCount: 2, acl: { deleteRoles: ['$admins'] }, owner: 'ann' });
  await unhide(store, stream);
  expect((await server.client.getStreamMetadata(stream)).metadata).toEqual({
    acl: { deleteRoles: ['$admins'] },
    owner: 'ann',
  });
});

it('finds a deletion that an append has already turned into a truncation', async () => {
  const stream = await ledgerStream();
  await server.client.deleteStream(stream);
  await server.client.appendToStream(stream, newEvents(1), { expectedRevision: 4n });
  expect(await revisions(stream)).toEqual([5]);
  expect(await findDamage(store, stream)).toMatchObject({ can_unhide: true });
  await unhide(store, stream);
  expect(await revisions(stream)).toEqual([0, 1, 2, 3, 4, 5]);
});

it('finds a tombstone, which nothing takes back', async () => {
  const stream = await ledgerStream();
  await server.client.tombstoneStream(stream);
  expect(await findDamage(store, stream)).toEqual({
    reason: `the stream ${stream} was deleted for ever (a tombstone); only a backup or an export has its events`,
    can_unhide: false,
  });
  await expect((async () => await store.read(stream, 0)[Symbol.asyncIterator]().next())()).rejects.toThrow(
    StreamTombstoned,
  );
});

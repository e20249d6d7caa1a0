/** A log of 600 events with three checkpoints, told in its order: whatever is changed in it is found when it comes. */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type MemoryLog, memoryLog } from '../../test/support/memory-log.js';
import { loadAuditKey } from '../audit/audit-key.js';
import { linkEvent } from '../audit/chain.js';
import { openSignedCheckpoints, Tampered } from '../audit/signed-checkpoint.js';
import type { StoredEvent } from '../event-store/event-store.js';
import { checkCopy } from './check-copy.js';

const newKey = () =>
  loadAuditKey(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string, '');
const key = newKey();
const SIZES = [100, 300, 599, 600];

/** In the order of their writing. */
async function history(signer = key): Promise<{ log: MemoryLog; told: StoredEvent[] }> {
  const log = memoryLog();
  const checkpoints = openSignedCheckpoints(log, 'main', signer);
  const told: StoredEvent[] = [];
  let hash = '';
  for (let n = 0; n < 600; n += 1) {
    const link = linkEvent({ type: 'SaleRecorded', data: { n }, metadata: { actor: 'ann' } }, hash);
    ({ hash } = link.metadata);
    await log.append('ledger-main', n - 1, [{ type: 'SaleRecorded', data: { n }, ...link }]);
    told.push(log.stream('ledger-main').at(-1)!);
    // The third is told one event late, as where sales go on meanwhile.
    if (!SIZES.includes(n + 1) || n + 1 === 599) continue;
    await checkpoints.make(n + 1 === 600 ? 299 : undefined);
    told.push(log.stream('checkpoints-main').at(-1)!);
  }
  await checkpoints.make();
  told.push(log.stream('checkpoints-main').at(-1)!);
  return { log, told };
}

async function tell(log: MemoryLog, told: readonly StoredEvent[], trusted_key?: string): Promise<number> {
  const check = checkCopy(trusted_key);
  for (const event of told) await check.next(event, log);
  return check.events;
}

test('a log that is whole passes, its checkpoints by the right key', async () => {
  const { log, told } = await history();
  expect(
    told.filter(({ stream }) => stream === 'checkpoints-main').map(({ data }) => (data as { size: number }).size),
  ).toEqual(SIZES);
  expect(await tell(log, told)).toBe(604);
  expect(await tell(log, told, key.public_key)).toBe(604);
  await expect(tell(log, told, newKey().public_key)).rejects.toThrow(/signed by another key/);
});

const changed = (told: StoredEvent[], at: number, change: Partial<StoredEvent>) =>
  told.with(at, { ...structuredClone(told[at]!), ...change });
const isSigned = (at: number) => (event: StoredEvent) =>
  event.stream === 'checkpoints-main' && (event.data as { size: number }).size === at;

test.each<[string, (told: StoredEvent[]) => StoredEvent[], RegExp]>([
  ['another amount', (told) => changed(told, 7, { data: { n: 8 } }), /Position 7 .* does not have the hash/],
  [
    'an event of no chain',
    (told) => told.toSpliced(9, 0, { ...told[9]!, id: randomUUID(), metadata: {} }),
    /Position 9/,
  ],
  ['an event less', (told) => told.toSpliced(5, 1), /Position 5 .* not there/],
  ['two in the other order', (told) => told.with(5, told[6]!).with(6, told[5]!), /Position 5/],
  [
    'a checkpoint of nothing',
    (told) => told.toSpliced(50, 0, told.find(isSigned(100))!),
    /covers 100 events, but the log has 50/,
  ],
  ['a checkpoint twice', (told) => [...told, told.find(isSigned(600))!], /covers 600 events, the one before 600/],
  [
    'a checkpoint without its signature',
    (told) => {
      const at = told.findIndex(isSigned(300));
      return changed(told, at, { data: { ...(told[at]!.data as object), merkle_root: '0'.repeat(64) } });
    },
    /signature/,
  ],
  [
    'other tiles',
    (told) => {
      const at = told.findIndex(isSigned(300));
      return changed(told, at, { data: { ...(told[at]!.data as object), tiles: ['0'.repeat(64)] } });
    },
    /over 300 events says otherwise/,
  ],
])('%s is found', async (_what, change, message) => {
  const { log, told } = await history();
  const telling = tell(log, change(told));
  await expect(telling).rejects.toThrow(Tampered);
  await expect(telling).rejects.toThrow(message);
});

test('a history written anew, hashes and all, is found by the checkpoints of the old one', async () => {
  const { told } = await history();
  const { log, told: anew } = await history();
  let hash = '';
  const forged = anew.map((event) => {
    if (event.stream !== 'ledger-main') return told[anew.indexOf(event)]!;
    const { n } = event.data as { n: number };
    const data = { n: n === 42 ? 43 : n };
    const link = linkEvent({ type: event.type, data, metadata: { actor: 'ann' } }, hash);
    ({ hash } = link.metadata);
    return { ...event, data, ...link };
  });
  await expect(tell(log, forged)).rejects.toThrow(/over 100 events says otherwise/);
});

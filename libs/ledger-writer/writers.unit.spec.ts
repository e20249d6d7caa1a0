import { memoryLog } from '../../test/support/memory-log.js';
import type { Command } from '../ledger/commands.js';
import { type LedgerWriters, openLedgerWriters } from './writers.js';

const log = memoryLog();
let writers: LedgerWriters;
beforeEach(() => {
  writers = openLedgerWriters({ store: log });
});
afterEach(() => writers.close());

let keys = 0;
async function give(ledger_id: string, command: Command): Promise<void> {
  keys += 1;
  const now = new Date().toISOString();
  const envelope = { actor: 'ann', role: 'manager', now, idempotency_key: `k-${keys}`, request_hash: 'r' } as const;
  const outcome = await writers.of(ledger_id).submit({ command, envelope });
  if (outcome.outcome !== 'recorded') throw new Error(JSON.stringify(outcome));
}
const opening = (ledger_id: string): Command => ({
  type: 'open_ledger',
  ledger_id,
  currency: 'USD',
  digits: 2,
  time_zone: 'UTC',
  approval_threshold: '5000',
});

it('forgets ledgers that do not exist, and none that is still read or about to be opened', async () => {
  const names = Array.from({ length: 150 }, (_, index) => `site-${index}`);
  for (const name of names) await give(name, opening(name));
  await give('site-0', {
    type: 'register',
    kind: 'item',
    id: 'bottle',
    attributes: { name: 'Bottle', kind: 'bottle' },
  });
  await give('site-0', { type: 'register', kind: 'supplier', id: 'SUP', attributes: { name: 'Supplier' } });
  const line_items = [{ item_id: 'bottle', quantity: 1 }];
  const supplied = line_items.map((line) => ({ ...line, unit_price: '1' }));
  await give('site-0', { type: 'record_purchase', supplier_id: 'SUP', line_items: supplied });
  await give('site-0', { type: 'reserve_stock', line_items, ttl_seconds: 1 });
  await writers.close();

  writers = openLedgerWriters({ store: log });
  const opened = names.map((name) => writers.of(name));
  const made_up = Array.from({ length: 150 }, (_, index) => writers.of(`nowhere-${index}`));
  const being_opened = give('new', opening('new'));
  const made_up_later = Array.from({ length: 150 }, (_, index) => writers.of(`elsewhere-${index}`));
  await being_opened;
  for (const writer of [...made_up, ...made_up_later]) while (!writer.unused()) await new Promise(setImmediate);
  writers.of('one-more');
  expect(names.map((name) => writers.of(name))).toEqual(opened);
  expect(writers.of('new').position()).toBeGreaterThan(0);
  const kept = [...made_up, ...made_up_later].filter((writer, index) => {
    const name = index < 150 ? `nowhere-${index}` : `elsewhere-${index - 150}`;
    return writers.of(name) === writer;
  });
  expect(kept.length).toBeLessThanOrEqual(100);
  while (log.stream('ledger-site-0').at(-1)!.type !== 'ReservationExpired')
    await new Promise((resolve) => setTimeout(resolve, 20));
});

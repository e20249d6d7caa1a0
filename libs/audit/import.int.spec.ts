import { generateKeyPairSync } from 'node:crypto';
import { type EventStoreProcess, startEventStoreProcess } from '../../test/support/event-store.js';
import { EVERY_KIND, factoryLog, manySales, WORKED_EXAMPLE } from '../../test/support/factory-log.js';
import type { EventStore } from '../event-store/event-store.js';
import { connectEventStore } from '../event-store/eventstoredb.js';
import { loadAuditKey } from './audit-key.js';
import { exportLines, NoLedger } from './export.js';
import { ImportRefused, importLedger } from './import.js';
import { checkProof, proveDocument } from './proof.js';
import { openSignedCheckpoints } from './signed-checkpoint.js';
import { booksAsOf, documentAt, documentCounts, figuresOf, findDocument, stateAt } from './state-at.js';

const secret = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
const KEY = loadAuditKey(secret(), '');
const LOG = factoryLog(EVERY_KIND);

let from: EventStoreProcess;
let into: EventStoreProcess;
let source: EventStore;
let target: EventStore;
beforeAll(async () => {
  [from, into] = await Promise.all([
    startEventStoreProcess({ memory: true }),
    startEventStoreProcess({ memory: true }),
  ]);
  source = connectEventStore({ url: from.url });
  target = connectEventStore({ url: into.url });
  await source.append('ledger-main', -1, LOG.slice(0, 30));
  await openSignedCheckpoints(source, 'main', KEY).make();
  await source.append('ledger-main', 29, LOG.slice(30));
  await openSignedCheckpoints(source, 'main', KEY).make();
}, 30_000);
afterAll(async () => {
  await Promise.all([source?.close(), target?.close()]);
  await Promise.all([from?.stop(), into?.stop()]);
});

async function exported(store: EventStore, ledger_id = 'main'): Promise<string> {
  let text = '';
  for await (const line of exportLines(store, ledger_id)) text += line;
  return text;
}
const bytes = (text: string) =>
  async function* () {
    yield Buffer.from(text);
  };
async function countOf(store: EventStore, stream: string): Promise<number> {
  for await (const event of store.readBackwards(stream, { max: 1 })) return event.revision + 1;
  return 0;
}

describe('a ledger out of one log and into another', () => {
  it('is the same to the byte, and a second time nothing is left to do', async () => {
    const text = await exported(source);
    expect(await importLedger(target, bytes(text))).toEqual({
      outcome: 'imported',
      ledger: 'main',
      events: LOG.length,
      checkpoints: 2,
      resumed_at: 0,
    });
    expect(await exported(target)).toBe(text);
    expect(await importLedger(target, bytes(text))).toMatchObject({ outcome: 'imported', resumed_at: LOG.length });
    expect(await exported(target)).toBe(text);
  });

  it('is not written over another one', async () => {
    await target.append('ledger-taken', -1, factoryLog(WORKED_EXAMPLE, '2026-03-02T09:00:00.000Z'));
    const renamed = { ...target, readBackwards: () => target.readBackwards('ledger-taken', { max: 1 }) };
    await expect(importLedger(renamed, bytes(await exported(source)))).rejects.toThrow(ImportRefused);
  });

  it('leaves nothing behind when the file is damaged', async () => {
    const text = (await exported(source)).replace('"quantity":100', '"quantity":101');
    const empty = { ...target, append: () => Promise.reject(new Error('nothing may be written')) };
    const result = await importLedger(empty, bytes(text));
    expect(result.outcome === 'damaged' && result.inspected.inspection.findings).toMatchObject([{ kind: 'altered' }]);
  });

  it('goes on where it was interrupted', async () => {
    const store = await startEventStoreProcess({ memory: true });
    const log = connectEventStore({ url: store.url });
    try {
      const many = factoryLog(manySales(1500));
      for (let at = 0; at < many.length; at += 500) await log.append('ledger-main', at - 1, many.slice(at, at + 500));
      const text = await exported(log);
      await into.kill();
      await into.restart();
      const interrupt = new AbortController();
      const on_written = () => interrupt.abort(new Error('interrupted'));
      const options = { signal: interrupt.signal, on_written };
      await expect(importLedger(target, bytes(text), options)).rejects.toThrow('interrupted');
      const written = await countOf(target, 'ledger-main');
      expect(written % 500).toBe(0);
      expect([written > 0, written < many.length]).toEqual([true, true]);
      expect(await importLedger(target, bytes(text))).toMatchObject({ outcome: 'imported', resumed_at: written });
      expect(await exported(target)).toBe(text);
    } finally {
      await log.close();
      await store.stop();
    }
  });

  it('is restored into a running system, which goes on to sign and to record', async () => {
    const store = await startEventStoreProcess({ memory: true });
    const log = connectEventStore({ url: store.url });
    try {
      const text = await exported(source);
      const signer = openSignedCheckpoints(log, 'main', loadAuditKey(secret(), ''));
      const signSome = async () => {
        const size = (await signer.latest())?.checkpoint.size ?? 0;
        if ((await countOf(log, 'ledger-main')) > size) await signer.make();
      };
      const append: EventStore['append'] = async (...args) => {
        const result = await log.append(...args);
        await signSome();
        return result;
      };
      expect(await importLedger({ ...log, append }, bytes(text))).toMatchObject({ outcome: 'imported', resumed_at: 0 });
      expect(await exported(log)).toBe(text);
      const more = factoryLog([...EVERY_KIND, { type: 'record_payment', bill_number: 'SO-260302-0001', amount: '1' }]);
      await append('ledger-main', LOG.length - 1, more.slice(LOG.length));
      expect(await countOf(log, 'checkpoints-main')).toBe(3);
      expect(await importLedger(log, bytes(text))).toMatchObject({ outcome: 'imported', resumed_at: LOG.length });
      expect(await countOf(log, 'ledger-main')).toBe(more.length);
    } finally {
      await log.close();
      await store.stop();
    }
  });

  it('is not written where others signed, or recorded more than it has', async () => {
    const store = await startEventStoreProcess({ memory: true });
    const log = connectEventStore({ url: store.url });
    try {
      const text = await exported(source);
      const other = factoryLog(manySales(100), '2026-03-02T09:00:00.000Z');
      await log.append('checkpoints-main', -1, [{ ...other[0]!, type: 'CheckpointSigned' }]);
      await expect(importLedger(log, bytes(text))).rejects.toThrow('checkpoints-main holds other events already');
      expect(await countOf(log, 'ledger-main')).toBe(0);
      await log.append('ledger-main', -1, other);
      await expect(importLedger(log, bytes(text))).rejects.toThrow('ledger-main holds other events already');
    } finally {
      await log.close();
      await store.stop();
    }
  });

  it('cannot be had of a ledger that does not exist', async () => {
    await expect(exported(source, 'nowhere')).rejects.toThrow(NoLedger);
  });
});

describe('the log by itself', () => {
  it('proves a document', async () => {
    const positions = await findDocument(source.read('ledger-main', 0), 'SO-260302-0001');
    expect(positions).toHaveLength(3);
    const document = { ledger_id: 'main', number: 'SO-260302-0001', positions };
    const proof = await proveDocument(source, openSignedCheckpoints(source, 'main'), document);
    expect(checkProof(proof).document).toMatchObject({ total_price: 700, paid_amount: 200, returned_amount: 20 });
  });

  it('folds a ledger as of a position and of an instant, from a snapshot as well', async () => {
    const payment = LOG.findIndex(({ type }) => type === 'PaymentReceived');
    const after_sale = await stateAt(source, 'main', { position: payment - 1 });
    const figures = figuresOf(after_sale);
    expect(figures).toMatchObject({ position: payment - 1, stock_value: 2240, profit: 140 });
    expect(figures?.stock).toContainEqual({
      item_id: 'bottle-500ml-a',
      location_id: 'main',
      on_hand: 400,
      reserved: 0,
      available: 400,
      average_cost: 3.5,
      value: 1400,
    });
    const { totals } = figures!.trial_balance;
    expect(totals.debit).toBe(totals.credit);
    expect(documentCounts(after_sale)).toEqual({ purchase: 1, sale: 1 });
    expect(await documentAt(source, after_sale, 'SO-260302-0001')).toMatchObject({ payment_status: 'pending' });
    expect(await documentAt(source, after_sale, 'PY-260302-0001')).toBeUndefined();

    const { recorded_at } = LOG[payment]!.metadata as { recorded_at: string };
    const then = await stateAt(source, 'main', { recorded_at }, { snapshot: after_sale });
    expect(figuresOf(then)).toEqual(figuresOf(await stateAt(source, 'main', { position: payment })));
    expect(figuresOf(await stateAt(source, 'main', { recorded_at: '2026-01-01T00:00:00.000Z' }))).toBeUndefined();
  });

  it('sums up by when it happened, too', async () => {
    const all = await booksAsOf(source, 'main', {}, '9999');
    expect(figuresOf(all)).toEqual(figuresOf(await stateAt(source, 'main', {})));
    const early = figuresOf(await booksAsOf(source, 'main', {}, '2026-03-02T08:07:45.000Z'));
    expect(early?.stock.find(({ item_id }) => item_id === 'bottle-500ml-a')).toMatchObject({ on_hand: 397 });
  });
});

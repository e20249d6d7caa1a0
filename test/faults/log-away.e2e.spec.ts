/** Every request is answered within ten seconds, and truly; what may have been recorded is settled by its key. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Answer, type Client, clientOf, expectStatus, login, stockUp } from '../support/http.js';
import { readLedger } from '../support/log.js';
import { type System, startSystem } from '../support/system.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';

const ANSWER_MS_MAX = 10_000;
const HEALTH_MS_MAX = 1000;

let system: System;
let proxy: TcpProxy;
let client: Client;

beforeAll(async () => {
  system = await startSystem({
    through: async (links) => {
      const port = /127\.0\.0\.1:(\d+)/.exec(links.eventstore_url)![1]!;
      proxy = await startTcpProxy(Number(port));
      return { ...links, eventstore_url: links.eventstore_url.replace(`:${port}`, `:${proxy.port}`) };
    },
  });
  client = await login(system.url, system.admin);
  await stockUp(client, 1000);
}, 120_000);
afterAll(async () => {
  proxy?.pass();
  await system?.stop();
  await proxy?.close();
});

const sale = { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 1, unit_price: 4 }] };
const line = (key: string) => `${JSON.stringify({ type: 'sales', idempotency_key: key, body: sale })}\n`;
const key = () => ({ 'idempotency-key': randomUUID() });
const ndjson = { 'content-type': 'application/x-ndjson' };

async function timed(request: Promise<Answer>): Promise<Answer & { took_ms: number }> {
  const since_ms = performance.now();
  const answer = await request;
  return { ...answer, took_ms: performance.now() - since_ms };
}

async function settled(headers: { 'idempotency-key': string }): Promise<Answer> {
  for (;;) {
    const answer = await client.post('/sales', sale, headers);
    if (answer.status !== 503) return answer;
  }
}

test.each([
  ['nothing arrives, and nothing comes back', () => proxy.blackHole()],
  ['what is sent arrives, and no answer comes back', () => proxy.swallowAnswers()],
])(
  '%s',
  async (_, fault) => {
    const bill = expectStatus(await client.post('/sales', sale, key()), 201).body.number;
    const { events } = await readLedger(system.eventstore_url);
    fault();
    const [first, behind, all_key] = [key(), key(), randomUUID()];
    const sending = timed(client.post('/sales', sale, first));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const commands = {
      first: sending,
      'the first once more': timed(client.post('/sales', sale, first)),
      'one behind it': timed(client.post('/sales', sale, behind)),
      'a dry run': timed(client.post('/sales?dry_run=true', sale)),
      'a payment, whose bill is read': timed(client.post('/payments', { bill_number: bill, amount: 1 }, key())),
      'a batch, all or none': timed(client.send('POST', '/batches?atomic=true', line(all_key), ndjson)),
      'a ledger that is opened': timed(
        client.post('/ledgers', { ledger_id: 'other', currency: 'USD', approval_threshold: 5000 }, key()),
      ),
      'a reader of what is not there yet': timed(client.get('/stock?min_position=1000000')),
      'the state from the log': timed(client.get('/audit/state')),
      'the chain’s head': timed(client.get('/audit/chain/head')),
      'the checkpoints': timed(client.get('/audit/checkpoints')),
      'a checkpoint to be made': timed(client.post('/audit/checkpoints')),
      'a proof': timed(client.get(`/audit/proofs/${bill}`)),
      'an export': timed(client.get('/audit/export')),
      'a verification': timed(client.post('/audit/verifications')),
    };
    const others = {
      'who signs in': timed(clientOf(system.url, '').post('/auth/login', system.admin)),
      'who looks at the stock': timed(client.get('/stock')),
      'a batch of lines': timed(client.send('POST', '/batches', line(randomUUID()), ndjson)),
    };
    const told = Object.fromEntries(
      await Promise.all(Object.entries(commands).map(async ([what, answer]) => [what, await answer] as const)),
    );
    const fine = Object.fromEntries(
      await Promise.all(Object.entries(others).map(async ([what, answer]) => [what, await answer] as const)),
    );
    // Apart: a sign-in's hashing takes a part of a second.
    const health = {
      live: await timed(client.get('/health/live')),
      ready: await timed(client.get('/health/ready')),
    };
    proxy.pass();
    for (const [what, { status, headers, took_ms }] of Object.entries(told)) {
      expect([what, status, headers.get('retry-after')]).toEqual([what, 503, expect.stringMatching(/^\d+$/)]);
      expect([what, took_ms < ANSWER_MS_MAX]).toEqual([what, true]);
    }
    const code = (what: string) => told[what]!.body.code;
    expect(['first', 'the first once more'].map(code)).toEqual(['outcome_unknown', 'outcome_unknown']);
    for (const what of ['one behind it', 'a dry run', 'a payment, whose bill is read', 'a batch, all or none'])
      expect([what, code(what)]).toEqual([what, 'log_unavailable']);
    expect(code('a reader of what is not there yet')).toBe('projection_behind');
    for (const [what, { status, took_ms }] of Object.entries(fine)) {
      expect([what, status]).toEqual([what, expect.any(Number)]);
      expect([what, status < 300, took_ms < ANSWER_MS_MAX]).toEqual([what, true, true]);
    }
    expect(fine['a batch of lines']!.body).toContain('log_unavailable');
    expect([health.live.status, health.ready.status]).toEqual([200, 503]);
    for (const { took_ms } of Object.values(health)) expect(took_ms).toBeLessThan(HEALTH_MS_MAX);

    // The unknown one is settled by its key; nothing else was recorded.
    expectStatus(await settled(first), 201);
    const after = (await readLedger(system.eventstore_url)).events.slice(events.length);
    expect(after.map(({ type, metadata }) => [type, metadata.idempotency_key.slice(-36)])).toEqual([
      ['SaleRecorded', first['idempotency-key']],
    ]);
  },
  120_000,
);

/** Sequences of requests made of the OpenAPI document, each sequence in a ledger of its own. */
import fc from 'fast-check';
import { operationsOf, readContract } from '../support/contract.js';
import { type Client, expectStatus, login, newUser } from '../support/http.js';
import type { System } from '../support/system.js';
import { ROLES, requestsOf } from './arbitraries.js';
import { type Clients, type Counts, Session, untilAnswered } from './session.js';

const REQUESTS_OF_SEQUENCE = 50;
export const NO_LIMITS_OF_USERS = {
  LIMIT_COMMAND_USER: 'none',
  LIMIT_COMMAND_LEDGER: 'none',
  LIMIT_QUERY_USER: 'none',
};

export interface FuzzOptions {
  seed: number;
  cases: number;
  /** Of a failure that fast-check has shrunk, to repeat it. */
  path?: string;
  minutes_max?: number;
}

/** @throws Error with seed and path of the sequence, and the request whose answer is wrong */
export async function fuzz(system: System, { seed, cases, path, minutes_max = 60 }: FuzzOptions): Promise<Counts> {
  const document = await readContract(system.url);
  const admin = await login(system.url, system.admin);
  const clients = await clientsOf(system.url, admin);
  const counts: Counts = { requests: 0, recorded: 0, refused: 0, by_code: new Map() };
  let sequences = 0;
  const sequence = fc.array(requestsOf(document, operationsOf(document)), {
    minLength: REQUESTS_OF_SEQUENCE,
    maxLength: REQUESTS_OF_SEQUENCE,
  });
  const property = fc.asyncProperty(sequence, async (requests) => {
    const ledger = `fuzz-${++sequences}`;
    const session = new Session(document, clients, ledger, counts);
    for (const made of await openBooks(admin, ledger)) session.learn(made);
    for (const request of requests) await session.ask(request);
    await session.checkBooks();
  });
  const numRuns = Math.ceil(cases / REQUESTS_OF_SEQUENCE);
  // A sequence takes a second: to shrink one for minutes would hide what was found.
  const interruptAfterTimeLimit = minutes_max * 60_000;
  const found = await fc.check(property, { seed, numRuns, path, endOnFailure: true, interruptAfterTimeLimit });
  if (!found.failed) return counts;
  const { counterexamplePath, errorInstance } = found;
  throw new Error(
    `Seed ${seed}, path ${counterexamplePath}: ${(errorInstance as Error | null)?.message ?? 'interrupted'}`,
  );
}

async function clientsOf(url: string, admin: Client): Promise<Clients> {
  const clients = { admin } as Clients;
  for (const role of ROLES.slice(1)) clients[role] = await newUser(url, admin, { username: `fuzz-${role}`, role });
  await newUser(url, admin, { username: 'fuzz-target', role: 'viewer' });
  return clients;
}

const BEGUN = '2026-01-02T08:00:00Z';
const OPENING = [
  ['items', { item_id: 'preform', name: 'Preform', kind: 'preform' }],
  ['items', { item_id: 'bottle', name: 'Bottle', kind: 'bottle' }],
  ['items', { item_id: 'cap', name: 'Cap', kind: 'other' }],
  ['suppliers', { supplier_id: 'SUP', name: 'Supplier' }],
  ['customers', { customer_id: 'CUST', name: 'Customer' }],
  ['locations', { location_id: 'yard', name: 'Yard' }],
  ['accounts', { account_id: 'petty', name: 'Petty cash', type: 'asset' }],
  ['transfers', { from_account_id: 'equity', to_account_id: 'bank', amount: 50_000, effective_at: BEGUN }],
  ...['preform', 'bottle'].map((item_id) => [
    'purchases',
    { supplier_id: 'SUP', line_items: [{ item_id, quantity: 500, unit_price: 0.75 }], effective_at: BEGUN },
  ]),
  [
    'sales',
    { customer_id: 'CUST', line_items: [{ item_id: 'bottle', quantity: 20, unit_price: 3 }], effective_at: BEGUN },
  ],
].map(([type, body], at) => JSON.stringify({ type, idempotency_key: `opening ${at}`, body }));

async function openBooks(admin: Client, ledger: string): Promise<Record<string, unknown>[]> {
  const key = { 'idempotency-key': `open ${ledger}` };
  const opened = await untilAnswered(() => admin.post('/ledgers', { ledger_id: ledger, currency: 'USD' }, key));
  expectStatus(opened, 201);
  const headers = { ledger, 'content-type': 'application/x-ndjson' };
  const lines = `${OPENING.join('\n')}\n`;
  const answer = expectStatus(await untilAnswered(() => admin.send('POST', '/batches', lines, headers)), 200);
  const results = `${answer.body}`.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const refused = results.filter(({ status }) => status !== 201);
  if (refused.length > 0) throw new Error(`The opening was refused: ${JSON.stringify(refused)}`);
  return results.map(({ body }) => body);
}

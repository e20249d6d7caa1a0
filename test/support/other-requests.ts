/** What docs/walkthrough.http leaves out, in its ledger and after it: so that each operation has been asked once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Secret, TOTP } from 'otpauth';
import { Authenticator } from './authenticator.js';
import { type Answer, type Client, clientOf, expectStatus, login } from './http.js';
import type { WebhookReceiver } from './webhook-receiver.js';

const PASSWORD = 'correct horse battery';
const STEP_MS = 30_000;

interface Parts {
  /** Of what is asked and recorded. */
  url: string;
  admin: { username: string; password: string };
  ledger: string;
  /** Of the passkeys: PUBLIC_URL. */
  origin: string;
  receiver: WebhookReceiver;
}

export async function otherRequests({ url, admin: by, ledger, origin, receiver }: Parts): Promise<void> {
  const admin = within(ledger, await login(url, by));
  const sam = within(ledger, await login(url, { username: 'sam', password: PASSWORD }));
  const sheet = 'item_id,name,kind,colour\ncap-28mm,Cap 28 mm,other,blue\ncap-38mm,,other,white\n';
  for (const format of ['json', 'csv'])
    expectStatus(
      await admin.send('POST', `/imports?type=items&format=${format}`, sheet, { ledger, 'content-type': 'text/csv' }),
      200,
    );
  const numberOf = async (list: string, at = 0): Promise<string> => (await admin.get(list)).body.data[at].number;

  const changes = {
    'suppliers/SUP-PET': { email: 'orders@pet-works.example' },
    'customers/CUST-001': { name: 'Spring Water Ltd' },
    'locations/yard': { name: 'Yard behind the hall' },
    'accounts/savings': { name: 'Savings at the other bank' },
  };
  for (const [path, change] of Object.entries(changes)) expectStatus(await admin.patch(`/${path}`, change), 200);
  const lines = [
    { account_id: 'cash', side: 'credit', amount: 12.5 },
    { account_id: 'equity', side: 'debit', amount: 12.5 },
  ];
  const entry = { lines, description: 'taken out by the owner', reference: 'receipt 17' };
  await made(admin.post('/journal-entries', entry));
  const sale = await numberOf('/sales?payment_status=pending');
  await made(admin.post('/write-offs', { bill_number: sale, amount: 0.5, reason: 'not worth a letter' }));
  const threshold = { approval_threshold: 4000, reason: 'the new manager asked for it' };
  await made(admin.post('/approval-thresholds', threshold));
  const transfer = { from_account_id: 'bank', to_account_id: 'savings', amount: 4500 };
  const { approval_id } = expectStatus(await sam.post('/transfers', transfer), 202).body;
  const { position } = await made(sam.post(`/approvals/${approval_id}/withdraw`));

  await waitingQueue(admin, sam);

  const reader = { ...admin, get: (path: string) => admin.get(path, { 'ledger-position': `${position}` }) };
  for (const path of [
    '/sales?sort=-total_price&totals=true',
    '/items?q=bottle&kind=bottle&sort=name',
    '/adjustments',
    '/approval-thresholds',
    '/stock/bottle-500ml/explain',
  ])
    await read(reader, path);
  for (const path of ['/users/sam', `/audit/history/sale/${sale}`, '/health/ready', '/metrics'])
    await read(reader, path);
  const march = 'from=2026-03-01&to=2026-03-31';
  const reports = ['customer-sales', 'stock-movement', 'supplier-costs', 'trends', 'profit-loss'];
  const restated = `restatement?report=profit-loss&known_at=2026-04-01`;
  for (const report of [...reports.map((name) => `${name}?${march}`), 'stock-valuation?', 'aging?', restated]) {
    await read(reader, `/reports/${report}`);
    await read(reader, `/reports/${report}&format=csv`);
  }
  for (const list of lists(sale))
    for (const format of ['json', 'csv'])
      await read(reader, `/${list}${list.includes('?') ? '&' : '?'}format=${format}`);
  await webhooks(admin, receiver);
  expectStatus(await admin.post('/projections/rebuild'), 202);

  expectStatus(await admin.patch('/users/sam', { role: 'staff', ledger_id: ledger, active: true }), 200);
  expectStatus(await admin.post('/users/sam/unlock'), 200);
  await secondFactors(url, origin);
  expectStatus(await admin.post('/users/sam/reset-password', { password: `another ${PASSWORD}` }), 200);
}

async function waitingQueue(admin: Client, sam: Client): Promise<void> {
  const starts_at = new Date(Date.now() + 2000).toISOString();
  const terms = { item_id: 'bottle-500ml', location_id: 'main', quantity: 10, unit_price: 0.05, per_customer_max: 2 };
  const offer = {
    ...terms,
    hold_seconds: 300,
    starts_at,
    ends_at: '2099-12-31',
    account_id: 'bank',
    queue_per_minute: 600,
  };
  const { flash_sale_id, position } = await made(admin.post('/flash-sales', offer));
  const sale = `/flash-sales/${flash_sale_id}`;
  expectStatus(await admin.get(sale, { 'ledger-position': `${position}` }), 200);
  const settings = { per_minute: 1200, pass_seconds: 120, passes_max: 500, passes_per_piece: 2 };
  await ok(admin.patch(`${sale}/queue`, settings));
  let ticket = await made(sam.post(`${sale}/queue/tickets`, { customer_id: 'CUST-001' }));
  await ok(sam.post(`${sale}/queue/tickets`, { customer_id: 'CUST-001' }));
  for (; ticket.status !== 'let_in'; await sleep(200)) ticket = await read(sam, `${sale}/queue/tickets/CUST-001`);
  await read(admin, `${sale}/queue`);
  await read(admin, `${sale}/queue/draw`);
  const line_items = [{ flash_sale_id, quantity: 1, pass: ticket.pass }];
  expectStatus(
    await sam.post('/flash-buy', { customer_id: 'CUST-001', line_items, payment_reference: 'tok_8f14e45f' }),
    202,
  );
  await made(admin.post(`${sale}/queue/lift`, { reason: 'few buyers are left' }));
}

function lists(sale: string): string[] {
  const master_data = ['items', 'suppliers', 'customers', 'locations', 'accounts'];
  const bills = [
    'purchases',
    'sales',
    'late-costs',
    'payments',
    'write-offs',
    'returns',
    'journal-entries',
    'transfers',
  ];
  const stock = ['blows', 'wastes', 'stock-transfers', 'stock-counts', 'reservations', 'flash-sales', 'orders'];
  const others = ['approvals', 'approval-thresholds', 'periods', 'stock', 'adjustments', 'trial-balance'];
  const of_users = [
    'users?sort=created_at',
    'users/sam/sessions',
    'auth/sessions',
    'api-keys',
    'ledgers',
    'audit/checkpoints',
  ];
  const histories = [
    'accounts/cash/entries',
    'stock/bottle-500ml/movements',
    'stock/bottle-500ml/explain',
    'audit/events?order=oldest_first',
    'audit/security-events?order=oldest_first',
    `audit/history/sale/${sale}?order=oldest_first`,
  ];
  return [...master_data, ...bills, ...stock, ...others, ...of_users, ...histories];
}

async function webhooks(admin: Client, receiver: WebhookReceiver): Promise<void> {
  const types = ['SaleRecorded', 'DocumentVoided'];
  const { webhook_id, secret } = await made(
    admin.post('/webhooks', { url: receiver.url, description: 'the web shop', types }),
  );
  receiver.secret = secret;
  const webhook = `/webhooks/${webhook_id}`;
  await ok(admin.post(`${webhook}/test`));
  for (const path of [
    webhook,
    '/webhooks',
    '/webhooks?format=csv',
    `${webhook}/attempts`,
    `${webhook}/attempts?format=csv`,
  ])
    await read(admin, path);
}

async function secondFactors(url: string, origin: string): Promise<void> {
  const sam = await login(url, { username: 'sam', password: PASSWORD });
  await beginOfStep();
  const { secret } = await made(sam.post('/auth/factors/totp'));
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  // A code is good for one use, and for a step more than its own.
  const confirmed = await ok(
    sam.post('/auth/factors/totp/confirm', { code: totp.generate({ timestamp: Date.now() - STEP_MS }) }),
  );
  const enrolled = clientOf(url, confirmed.access_token);
  const waits = clientOf(url, '').post('/auth/login', { username: 'sam', password: PASSWORD });
  const { access_token } = await ok(waits);
  await ok(clientOf(url, access_token).post('/auth/second-factor', { code: totp.generate() }));
  const device = new Authenticator(origin);
  const registration = await made(enrolled.post('/auth/factors/passkeys'));
  const named = { passkey: device.create(registration), name: 'key on my ring' };
  const added = clientOf(url, (await ok(enrolled.post('/auth/factors/passkeys/confirm', named))).access_token);
  const challenge = await ok(added.post('/auth/factors/passkeys/challenge'));
  const again = { password: PASSWORD, passkey: device.get(challenge) };
  expectStatus(await added.post('/auth/reauthenticate', again), 204);
  await made(added.post('/auth/factors/recovery-codes'));
  for (const format of ['json', 'csv']) await read(added, `/auth/factors?format=${format}`);
}

/** Far enough from the end of a step of codes for what follows. */
async function beginOfStep(): Promise<void> {
  const left_ms = STEP_MS - (Date.now() % STEP_MS);
  if (left_ms < 8000) await sleep(left_ms + 50);
}

const made = async (answer: Promise<Answer>) => expectStatus(await answer, 201).body;
const ok = async (answer: Promise<Answer>) => expectStatus(await answer, 200).body;
const read = async (client: Client, path: string) => expectStatus(await client.get(path), 200).body;

function within(ledger: string, client: Client): Client {
  const header = { ledger };
  return {
    ...client,
    get: (path, more) => client.get(path, { ...header, ...more }),
    post: (path, body) => client.post(path, body, header),
    patch: (path, body) => client.patch(path, body, header),
    delete: (path) => client.delete(path, header),
  };
}

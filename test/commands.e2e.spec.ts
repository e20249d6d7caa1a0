import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  approve,
  type Client,
  cancelOrder,
  changeAccount,
  changeApprovalThreshold,
  changeCustomer,
  changeItem,
  changeLocation,
  changeSupplier,
  checkOutReservation,
  closeFlashSale,
  closePeriod,
  flashBuy,
  getAccount,
  getAging,
  getApproval,
  getBlow,
  getCustomer,
  getDashboard,
  getFlashSale,
  getHistory,
  getItem,
  getLocation,
  getOrder,
  getPayment,
  getProfitLoss,
  getProjections,
  getPurchase,
  getReservation,
  getReturn,
  getSale,
  getStock,
  getStockCount,
  getStockMovement,
  getStockTransfer,
  getSupplier,
  getTransfer,
  getTrialBalance,
  getWaste,
  type ListSalesData,
  listAccounts,
  listApprovals,
  listApprovalThresholds,
  listBlows,
  listEntries,
  listEvents,
  listFlashSales,
  listJournalEntries,
  listLedgers,
  listLocations,
  listMovements,
  listOrders,
  listPayments,
  listPeriods,
  listPurchases,
  listSales,
  listStock,
  listStockCounts,
  listStockTransfers,
  listTransfers,
  listWastes,
  openFlashSale,
  openLedger,
  type Purchase,
  recordBlow,
  recordJournalEntry,
  recordPayment,
  recordPurchase,
  recordSale,
  recordStockCount,
  recordStockTransfer,
  recordTransfer,
  recordWaste,
  recordWriteOff,
  registerAccount,
  registerCustomer,
  registerItem,
  registerLocation,
  registerSupplier,
  reject,
  releaseReservation,
  reopenPeriod,
  reserveStock,
  returnPurchase,
  returnSale,
  rowsOf,
  type Sale,
  voidBlow,
  voidJournalEntry,
  voidPayment,
  voidReturn,
  voidSale,
  voidStockCount,
  voidStockTransfer,
  voidTransfer,
  voidWaste,
  voidWriteOff,
  withdraw,
} from '../libs/client/index.js';
import { approvalOf, documentOf, programWith, refusalOf, type Seen } from './support/client.js';
import { danglingReferences, heldTo, type OpenApi, parametersOf, readContract } from './support/contract.js';
import { type Answer, expectStatus, login, newUser, type Client as Untyped } from './support/http.js';
import { readLedger } from './support/log.js';
import { type System, startSystem } from './support/system.js';

let system: System;
let contract: OpenApi;
let admin: Untyped;
let manager: Untyped;
let staff: Untyped;

beforeAll(async () => {
  system = await startSystem();
  contract = await readContract(system.url);
  admin = await login(system.url, system.admin);
  manager = await newUser(system.url, admin, { username: 'mia', role: 'manager' });
  staff = await newUser(system.url, admin, { username: 'sam', role: 'staff' });
});
afterAll(() => system?.stop());

/** Every answer is held to the contract. */
function inLedger(ledger: string, client: Untyped): Untyped {
  const held = heldTo(contract, client);
  return {
    ...held,
    get: (path, headers) => held.get(path, { ledger, ...headers }),
    post: (path, body, headers) => held.post(path, body, { ledger, ...headers }),
    patch: (path, body, headers) => held.patch(path, body, { ledger, ...headers }),
    delete: (path, headers) => held.delete(path, { ledger, ...headers }),
    send: (method, path, body, headers) => held.send(method, path, body, { ledger, ...headers }),
  };
}

/** Each reads what any of them wrote. */
interface Books {
  admin: Client;
  manager: Client;
  staff: Client;
  /** For batches, tables and headers, and for what a typed client cannot send. */
  untyped: { admin: Untyped; manager: Untyped; staff: Untyped };
  events: () => Promise<number>;
}

async function openBooks(ledger: string): Promise<Books> {
  const seen: Seen = new Map();
  const [ada, mia, sam] = (await Promise.all(
    [admin, manager, staff].map(({ token }) => programWith(token, system, { ledger, seen })),
  )) as [Client, Client, Client];
  const client = ada;
  await openLedger({ client, body: { ledger_id: ledger, currency: 'USD' } });
  const bottle = { item_id: 'bottle-500ml-a', name: 'Bottle 0.5 l', kind: 'bottle', size_ml: 500, grade: 'A' } as const;
  await registerItem({ client, body: bottle });
  const large = { item_id: 'bottle-1500ml-a', name: 'Bottle 1.5 l', kind: 'bottle', size_ml: 1500 } as const;
  await registerItem({ client, body: large });
  await registerItem({ client, body: { item_id: 'preform-20g', name: 'Preform', kind: 'preform' } });
  await registerSupplier({ client, body: { supplier_id: 'SUP-001', name: 'Preforms Ltd' } });
  const springs = { customer_id: 'CUST-001', name: 'Springs Inc', email: 'buy@springs.example' };
  await registerCustomer({ client, body: springs });
  await registerLocation({ client, body: { location_id: 'shop', name: 'Shop' } });
  return {
    admin: ada,
    manager: mia,
    staff: sam,
    untyped: { admin: inLedger(ledger, admin), manager: inLedger(ledger, manager), staff: inLedger(ledger, staff) },
    events: async () => (await readLedger(system.eventstore_url, ledger)).events.length,
  };
}

const purchase = {
  supplier_id: 'SUP-001',
  line_items: [
    { item_id: 'bottle-500ml-a', quantity: 500, unit_price: 3.5 },
    { item_id: 'bottle-1500ml-a', quantity: 250, unit_price: 4.2 },
  ],
};
const sale = {
  customer_id: 'CUST-001',
  line_items: [
    { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4.0 },
    { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: 6.0 },
  ],
};
const sellOne = (quantity: number) => ({
  customer_id: 'CUST-001',
  line_items: [{ item_id: 'bottle-500ml-a', quantity, unit_price: 4 }],
});
const dry = { dry_run: true };
const bottle = { id: 'bottle-500ml-a' };

async function batch(client: Untyped, ...lines: object[]) {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const answer = await client.send('POST', '/batches', text, { 'content-type': 'application/x-ndjson' });
  const results = (answer.body as string).trim().split('\n');
  return results.map((line) => JSON.parse(line) as Pick<Answer, 'status' | 'body'>);
}

test('the contract refers to nothing that it does not have, and no two operations are called the same', () => {
  expect(danglingReferences(contract)).toEqual([]);
  const names = Object.values(contract.paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

describe('the worked example', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('worked-example');
    await recordPurchase({ client: books.staff, body: purchase });
  });

  test('sells to the cent', async () => {
    const answer = expectStatus(await books.untyped.staff.post('/sales', sale), 201);
    const sold = answer.body as Sale;
    expect(sold).toMatchObject({
      bill_number: expect.stringMatching(/^SO-\d{6}-0001$/),
      customer_id: 'CUST-001',
      total_price: 700.0,
      total_cost: 560.0,
      total_profit: 140.0,
      status: 'confirmed',
      payment_status: 'pending',
      created_by: 'sam',
      line_items: [
        { item_id: 'bottle-500ml-a', quantity: 100, unit_price: 4, total_price: 400, cost: 350.0, profit: 50.0 },
        { item_id: 'bottle-1500ml-a', quantity: 50, unit_price: 6, total_price: 300, cost: 210.0, profit: 90.0 },
      ],
    });
    expect(answer.headers.get('ledger-position')).toBe(`${sold.position}`);

    const client = books.admin;
    const query = { min_position: sold.position };
    expect((await listStock({ client, query })).data).toEqual([
      {
        item_id: 'bottle-1500ml-a',
        location_id: 'main',
        on_hand: 200,
        reserved: 0,
        available: 200,
        average_cost: 4.2,
        value: 840.0,
      },
      {
        item_id: 'bottle-500ml-a',
        location_id: 'main',
        on_hand: 400,
        reserved: 0,
        available: 400,
        average_cost: 3.5,
        value: 1400.0,
      },
    ]);
    const profit = await getProfitLoss({ client, query: { ...query, group_by: 'item' } });
    expect(profit.totals).toEqual({ quantity: 150, revenue: 700, cost: 560, profit: 140 });
    expect((await getTrialBalance({ client, query })).totals).toEqual({ debit: 3500, credit: 3500 });
    expect(await getSale({ client: books.staff, path: { number: sold.bill_number }, query })).toEqual(sold);
  });

  test('says what is missing', async () => {
    const events = await books.events();
    const line_items = [{ item_id: 'bottle-1500ml-a', quantity: 500, unit_price: 6 }];
    const refused = recordSale({ client: books.staff, body: { customer_id: 'CUST-001', line_items } });
    expect(await refusalOf(refused)).toMatchObject({
      status: 409,
      code: 'insufficient_stock',
      item_id: 'bottle-1500ml-a',
      location_id: 'main',
      available: 200,
      requested: 500,
      shortage: 300,
      retry: true,
    });
    expect(await books.events()).toBe(events);
  });
});

describe('every command is answered as the contract says', () => {
  let books: Books;
  let client: Client;
  let bought: Purchase;
  beforeAll(async () => {
    books = await openBooks('every-command');
    client = books.staff;
    const body = { ...purchase, due_date: '2030-01-31', notes: 'first' };
    bought = documentOf(await recordPurchase({ client, body }));
  });
  const one = [{ item_id: 'bottle-500ml-a', quantity: 1 }];
  const held = async () => (await getStock({ client, path: bottle })).reserved;
  const openUntil = (id: string) => ({ client: books.manager, path: { id } });

  /** What staff records, as it is read and would be voided. */
  interface Recorded {
    record: () => Promise<{ number: string }>;
    get: (path: { number: string }) => Promise<object>;
    list: () => Promise<{ data: object[] }>;
    undo: (path: { number: string }) => Promise<{ status: string }>;
  }
  const inAll = (): Recorded[] => {
    const voided = { client: books.admin, body: { reason: 'typo' }, query: dry };
    const blow = {
      inputs: [{ item_id: 'preform-20g', quantity: 100 }],
      outputs: [{ item_id: 'bottle-500ml-a', quantity: 98 }],
      rejected_quantity: 2,
      conversion_cost: 1.5,
      notes: 'line 2',
    };
    const waste = { line_items: one, reason: 'dropped', notes: 'by the door' };
    const moved = { from_location_id: 'main', to_location_id: 'shop', line_items: one, notes: 'for display' };
    const transfer = { from_account_id: 'equity', to_account_id: 'bank', amount: 4999.99, reference: 'opening' };
    const payment = { bill_number: bought.number, account_id: 'bank', amount: 100.25, method: 'wire' };
    const count = { counts: [{ item_id: 'preform-20g', counted_quantity: 899 }], reason: 'month end' };
    return [
      {
        record: () => recordBlow({ client, body: blow }),
        get: (path) => getBlow({ client, path }),
        list: () => listBlows({ client }),
        undo: (path) => voidBlow({ ...voided, path }),
      },
      {
        record: () => recordSale({ client, body: { ...sale, due_date: '2030-01-31', notes: 'by phone' } }),
        get: (path) => getSale({ client, path }),
        list: () => listSales({ client }),
        undo: (path) => voidSale({ ...voided, path }),
      },
      {
        record: () => recordWaste({ client, body: waste }),
        get: (path) => getWaste({ client, path }),
        list: () => listWastes({ client }),
        undo: (path) => voidWaste({ ...voided, path }),
      },
      {
        record: () => recordStockTransfer({ client, body: moved }),
        get: (path) => getStockTransfer({ client, path }),
        list: () => listStockTransfers({ client }),
        undo: (path) => voidStockTransfer({ ...voided, path }),
      },
      {
        record: () => recordTransfer({ client, body: transfer }),
        get: (path) => getTransfer({ client, path }),
        list: () => listTransfers({ client }),
        undo: (path) => voidTransfer({ ...voided, path }),
      },
      {
        record: () => recordPayment({ client, body: payment }),
        get: (path) => getPayment({ client, path }),
        list: () => listPayments({ client }),
        undo: (path) => voidPayment({ ...voided, path }),
      },
      {
        record: () => recordStockCount({ client, body: count }),
        get: (path) => getStockCount({ client, path }),
        list: () => listStockCounts({ client }),
        undo: (path) => voidStockCount({ ...voided, path }),
      },
    ];
  };

  test('events, and the same again when asked for', async () => {
    const line_items = [{ item_id: 'preform-20g', quantity: 1000, unit_price: 0.0375 }];
    documentOf(await recordPurchase({ client, body: { supplier_id: 'SUP-001', line_items } }));
    for (const { record, get, list, undo } of inAll()) {
      const document = await record();
      const path = { number: document.number };
      expect(await get(path)).toEqual(document);
      expect((await list()).data[0]).toEqual(document);
      expect((await undo(path)).status).toBe('void');
    }
  });

  test('returns, voids, and a bill that says what must be undone first', async () => {
    const { number } = documentOf(await recordSale({ client, body: sellOne(10) }));
    const path = { number };
    const back = documentOf(await returnSale({ client, path, body: { line_items: one, reason: 'cracked' } }));
    expect(back).toMatchObject({ kind: 'return', bill_number: number, total_price: 4 });
    expect(await getReturn({ client, path: { number: back.number } })).toEqual(back);
    const typo = { client: books.admin, body: { reason: 'typo' } };
    const early = await refusalOf(voidSale({ ...typo, path }));
    expect(early).toMatchObject({ status: 409, code: 'has_returns', returns: [back.number] });
    await voidReturn({ ...typo, path: { number: back.number } });
    const gone = await voidSale({ ...typo, path });
    expect(gone).toMatchObject({
      status: 'void',
      payment_status: 'void',
      voided_by: 'admin',
      void_reason: 'typo',
    });
    expect((await listSales({ client: books.admin, query: { status: 'void' } })).data).toEqual([gone]);
    const of_purchase = { path: { number: bought.number }, body: { line_items: one, reason: 'wrong' } };
    const sent_back = documentOf(await returnPurchase({ client, ...of_purchase }));
    expect(sent_back.bill_number).toBe(bought.number);
  });

  test('a number is found under its own kind only', async () => {
    const path = { number: bought.number };
    const of_admin = { client: books.admin, path };
    const body = { reason: 'x' };
    const answers = [
      voidSale({ ...of_admin, body }),
      getSale(of_admin),
      voidBlow({ ...of_admin, body }),
      getBlow(of_admin),
      voidPayment({ ...of_admin, body }),
      getPayment(of_admin),
      returnSale({ client, path, body: { line_items: one, ...body } }),
    ];
    for (const refused of await Promise.all(answers.map(refusalOf)))
      expect(refused).toMatchObject({ status: 404, code: 'unknown_document' });
  });

  test('four eyes', async () => {
    const body = { from_account_id: 'equity', to_account_id: 'bank', amount: 5000.01 };
    const waits = approvalOf(await recordTransfer({ client, body, headers: { 'Idempotency-Key': 'big' } }));
    expect(waits).toMatchObject({ status: 'pending', amount: 5000.01, threshold: 5000, requested_by: 'sam' });
    const again = expectStatus(await books.untyped.staff.post('/transfers', body, { 'idempotency-key': 'big' }), 202);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const of_waiting = openUntil(waits.approval_id);
    expect((await listApprovals({ client: books.manager, query: { status: 'pending' } })).data).toEqual([waits]);
    expect(await approve(of_waiting)).toMatchObject({
      status: 'approved',
      decided_by: 'mia',
      document: { kind: 'transfer', amount: 5000.01, created_by: 'sam', approved_by: 'mia' },
    });
    const twice = await refusalOf(approve({ ...of_waiting, client: books.admin }));
    expect(twice).toMatchObject({ status: 409, code: 'approval_decided' });
    const other = openUntil(approvalOf(await recordTransfer({ client, body })).approval_id);
    const rejected = await reject({ ...other, body: { reason: 'no' } });
    expect(rejected).toMatchObject({ status: 'rejected', reject_reason: 'no' });
    expect(await getApproval(other)).toEqual(rejected);
  });

  test('a threshold that was changed, a request taken back, and what waits in a batch', async () => {
    const lower = { approval_threshold: 1, reason: 'as agreed' };
    const lowered = await changeApprovalThreshold({ client: books.admin, body: lower });
    expect(lowered).toMatchObject({ approval_threshold: 1, previous_threshold: 5000 });
    const by_manager = changeApprovalThreshold({ client: books.manager, body: { approval_threshold: 9, reason: 'x' } });
    expect(await refusalOf(by_manager)).toMatchObject({ status: 403 });
    const scrap = { line_items: one, reason: 'dropped' };
    const tried = await recordWaste({ client, body: scrap, query: dry });
    expect(tried).toMatchObject({ kind: 'approval', status: 'pending', threshold: 1 });
    const path = { id: approvalOf(await recordWaste({ client, body: scrap })).approval_id };
    expect(await held()).toBe(1);
    const not_mine = await refusalOf(withdraw({ client: books.manager, path }));
    expect(not_mine).toMatchObject({ status: 403, code: 'not_the_requester', requested_by: 'sam' });
    expect(await withdraw({ client, path })).toMatchObject({ status: 'withdrawn', decided_by: 'sam' });
    expect(await held()).toBe(0);
    const lines = [
      { type: 'payments', body: { bill_number: bought.number, account_id: 'bank', amount: 4 } },
      { type: 'wastes', body: scrap },
    ];
    const answers = await batch(books.untyped.staff, ...lines);
    expect(answers.map(({ status, body }) => [status, body.kind])).toEqual([
      [202, 'approval'],
      [202, 'approval'],
    ]);
    const [payment, waste] = answers.map(({ body }) => body.approval_id as string);
    const approved = await approve(openUntil(payment!));
    expect(approved.document).toMatchObject({ kind: 'payment', amount: 4, created_by: 'sam', approved_by: 'mia' });
    const withdrawn = await batch(books.untyped.staff, { type: 'approvals/withdraw', body: { approval_id: waste } });
    expect(withdrawn).toMatchObject([{ status: 201, body: { status: 'withdrawn' } }]);
    const restored = await batch(books.untyped.admin, {
      type: 'approval-thresholds',
      body: { approval_threshold: 5000, reason: 'as before' },
    });
    expect(restored).toMatchObject([{ status: 201, body: { approval_threshold: 5000, previous_threshold: 1 } }]);
    const query = { min_position: restored[0]!.body.position };
    const { data } = await listApprovalThresholds({ client: books.manager, query });
    expect(data).toMatchObject([
      { approval_threshold: 5000, reason: 'as before', decided_by: 'admin' },
      { approval_threshold: 1, reason: 'as agreed' },
      { approval_threshold: 5000, reason: null },
    ]);
    const ledgers = await listLedgers({ client: books.admin });
    expect(ledgers.data.find(({ ledger_id }) => ledger_id === 'every-command')).toMatchObject({
      approval_threshold: 5000,
    });
  });

  test('manual journal entries', async () => {
    await registerAccount({ client: books.admin, body: { account_id: 'rent', name: 'Rent', type: 'expense' } });
    const line = (account_id: string, side: 'debit' | 'credit', amount: number) => ({ account_id, side, amount });
    const entry = (amount: number, credited = 'equity') => ({
      description: 'rent of March',
      lines: [line('rent', 'debit', amount), line(credited, 'credit', amount)],
    });
    const tried = await recordJournalEntry({ client, body: entry(500), query: dry });
    expect(tried).toMatchObject({ kind: 'journal_entry', amount: 500 });
    const { number, lines } = documentOf(await recordJournalEntry({ client, body: entry(500) }));
    expect({ number, lines }).toEqual({ number: expect.stringMatching(/^JE-\d{6}-0001$/), lines: entry(500).lines });
    const unequal = { ...entry(500), lines: [line('rent', 'debit', 500), line('equity', 'credit', 1)] };
    expect(await refusalOf(recordJournalEntry({ client, body: unequal }))).toMatchObject({
      status: 422,
      errors: [{ path: 'lines', message: 'must balance: debits are 500, credits 1' }],
    });
    const control = await refusalOf(recordJournalEntry({ client, body: entry(1, 'inventory') }));
    expect(control).toMatchObject({ status: 422, code: 'control_account', account_id: 'inventory' });
    const waiting = approvalOf(await recordJournalEntry({ client, body: entry(5000.01) }));
    const approved = await approve(openUntil(waiting.number));
    expect(approved.document).toMatchObject({ kind: 'journal_entry', amount: 5000.01 });
    const { data } = await listJournalEntries({ client: books.admin });
    expect(data.map(({ amount }) => amount)).toEqual([5000.01, 500]);
    const path = { number };
    await voidJournalEntry({ client: books.admin, path, body: { reason: 'typed twice' } });
    const by_manager = voidJournalEntry({ client: books.manager, path, body: { reason: 'x' } });
    expect(await refusalOf(by_manager)).toMatchObject({ status: 403 });
    const [in_batch] = await batch(books.untyped.staff, { type: 'journal-entries', body: entry(7) });
    expect(in_batch).toMatchObject({ status: 201, body: { amount: 7 } });
    const query = { min_position: in_batch!.body.position };
    expect((await listEntries({ client: books.manager, path: { id: 'rent' }, query })).data).toMatchObject([
      { debit: 7, balance: 5007.01 },
      { credit: 500, balance: 5000.01 },
      { debit: 5000.01, balance: 5500.01 },
      { debit: 500, balance: 500 },
    ]);
  });

  test('what will never be paid', async () => {
    const { number } = documentOf(await recordSale({ client, body: sellOne(10) }));
    const body = { bill_number: number, amount: 15, reason: 'bankrupt' };
    expect(await refusalOf(recordWriteOff({ client, body }))).toMatchObject({ status: 403 });
    const tried = await recordWriteOff({ client: books.manager, body, query: dry });
    expect(tried).toMatchObject({ kind: 'write_off', amount: 15, status: 'confirmed' });
    const written = documentOf(await recordWriteOff({ client: books.manager, body }));
    const path = { number };
    expect(await getSale({ client, path })).toMatchObject({
      payment_status: 'pending',
      written_off_amount: 15,
      open_amount: 25,
      write_offs: [written.number],
    });
    const writeOffs = () => getAccount({ client: books.manager, path: { id: 'write-off' } });
    expect(await writeOffs()).toMatchObject({ type: 'expense', balance: 15 });
    const whole = { type: 'write-offs', body: { ...body, amount: undefined } };
    const [rest] = await batch(books.untyped.manager, whole);
    expect(rest).toMatchObject({ status: 201, body: { amount: 25 } });
    const undone = { client: books.admin, path, body: { reason: 'typo' } };
    expect(await refusalOf(voidSale(undone))).toMatchObject({ status: 409, code: 'has_write_offs' });
    for (const { number } of [written, rest!.body])
      await voidWriteOff({ client: books.admin, path: { number }, body: { reason: 'they are back' } });
    await voidSale(undone);
    expect((await writeOffs()).balance).toBe(0);
    const pay = (account_id: string) =>
      recordPayment({ client, body: { bill_number: bought.number, account_id, amount: 1 } });
    expect(await refusalOf(pay('revenue'))).toMatchObject({ status: 422, code: 'control_account' });
    expect(await refusalOf(pay('equity'))).toMatchObject({ status: 422, code: 'not_a_money_account' });
  });

  test('reservations', async () => {
    const lines = { line_items: [{ item_id: 'bottle-500ml-a', quantity: 5 }] };
    const { reservation_id } = await reserveStock({ client, body: { ...lines, customer_id: 'CUST-001' } });
    expect(await held()).toBe(5);
    const path = { id: reservation_id };
    const taken = { line_items: [{ item_id: 'bottle-500ml-a', quantity: 3, unit_price: 4 }] };
    const sold = await checkOutReservation({ client, path, body: taken });
    expect(sold).toMatchObject({ kind: 'sale', reservation_id, total_price: 12 });
    expect(await getReservation({ client, path })).toMatchObject({
      status: 'confirmed',
      released: [{ item_id: 'bottle-500ml-a', quantity: 2 }],
    });
    expect((await listSales({ client, query: { reservation_id } })).data).toEqual([sold]);
    const other = { client, path: { id: (await reserveStock({ client, body: lines })).reservation_id } };
    expect((await releaseReservation(other)).status).toBe('released');
    expect(await refusalOf(releaseReservation(other))).toMatchObject({ status: 409, code: 'reservation_ended' });
  });

  test('flash sales and their orders', async () => {
    const { manager, staff } = books;
    const terms = { item_id: 'bottle-500ml-a', quantity: 6, unit_price: 2.5, per_customer_max: 3, hold_seconds: 60 };
    const ends_at = new Date(Date.now() + 3_600_000).toISOString();
    const offer = { ...terms, ends_at };
    const opened = await openFlashSale({ client: manager, body: offer });
    const { flash_sale_id } = opened;
    const large = { item_id: 'bottle-1500ml-a', quantity: 2, unit_price: 4, per_customer_max: 9, ends_at };
    const { flash_sale_id: other } = await openFlashSale({ client: manager, body: large });
    expect(await refusalOf(openFlashSale({ client: staff, body: offer }))).toMatchObject({ status: 403 });
    type Lines = { flash_sale_id: string; quantity: number }[];
    const buy = (client: Client, line_items: Lines, customer_id = 'CUST-001') =>
      flashBuy({ client, body: { customer_id, line_items } });
    const pieces = (quantity: number): Lines => [{ flash_sale_id, quantity }];
    const withKey = (quantity: number) => {
      const body = { customer_id: 'CUST-001', line_items: pieces(quantity), payment_reference: 'tok_1' };
      return flashBuy({ client: staff, body, headers: { 'Idempotency-Key': 'flash-1' } });
    };
    const bought = await withKey(1);
    expect(bought).toMatchObject({ kind: 'order', status: 'pending', total_price: 2.5, created_by: 'sam' });
    expect(await withKey(1)).toEqual(bought);
    expect(await refusalOf(withKey(2))).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    const body = { customer_id: 'CUST-001', line_items: pieces(1) };
    expect((await flashBuy({ client: staff, body, query: dry })).status).toBe('pending');
    const both = [...pieces(1), { flash_sale_id: other, quantity: 2 }];
    const two = await buy(manager, both);
    expect(two).toMatchObject({ total_price: 10.5, line_items: [{ quantity: 1 }, { quantity: 2 }] });
    const refused = async (answer: Promise<unknown>, status: number, code: string, details = {}) =>
      expect(await refusalOf(answer)).toMatchObject({ status, code, ...details });
    await refused(buy(manager, pieces(2)), 409, 'exceeds_customer_limit', { per_customer_max: 3, taken: 2 });
    await refused(buy(manager, pieces(5)), 409, 'sold_out', { remaining: 4, requested: 5 });
    await refused(buy(manager, [...both, both[0]!]), 422, 'validation');
    await refused(buy(manager, pieces(0)), 422, 'validation');
    const cheaper = { ...body, unit_price: 1 };
    expect(expectStatus(await books.untyped.manager.post('/flash-buy', cheaper), 422).body.code).toBe('validation');
    await refused(buy(manager, pieces(1), 'CUST-9'), 404, 'unknown_customer');
    const of_none = [{ flash_sale_id: 'FS-000101-0001', quantity: 1 }];
    await refused(buy(manager, of_none), 404, 'unknown_flash_sale');
    const coming = { ...offer, quantity: 1, starts_at: new Date(Date.now() + 1_800_000).toISOString() };
    const { flash_sale_id: not_begun } = await openFlashSale({ client: manager, body: coming });
    const early = [{ flash_sale_id: not_begun, quantity: 1 }];
    await refused(buy(manager, early), 409, 'flash_sale_not_begun', { starts_at: coming.starts_at });
    await closeFlashSale({ client: manager, path: { id: not_begun }, body: { reason: 'too early' } });
    const too_many = { ...offer, quantity: 100_000 };
    await refused(openFlashSale({ client: manager, body: too_many }), 409, 'insufficient_stock');

    const [of_sale, of_order] = [{ path: { id: flash_sale_id } }, { path: { id: two.order_id } }];
    const figures = { remaining: 4, held: 2, sold: 0, returned: 0 };
    expect(await getFlashSale({ client: manager, ...of_sale })).toMatchObject({ ...terms, ...figures });
    const to_staff = await getFlashSale({ client: staff, ...of_sale });
    expect(to_staff).toMatchObject({ remaining: 4 });
    expect(to_staff).not.toHaveProperty('held');
    await refused(getOrder({ client: staff, ...of_order }), 404, 'unknown_order');
    await refused(cancelOrder({ client: staff, ...of_order }), 404, 'unknown_order');
    expect((await listOrders({ client: staff })).data).toEqual([bought]);
    const orders = async (query: NonNullable<Parameters<typeof listOrders>[0]>['query']) =>
      (await listOrders({ client: manager, query })).data;
    expect(await orders({ status: 'pending', customer_id: 'CUST-001' })).toEqual([two, bought]);
    expect(await orders({ item_id: offer.item_id })).toEqual([two, bought]);
    expect(await orders({ flash_sale_id })).toEqual([two, bought]);
    expect(await orders({ flash_sale_id: other })).toEqual([two]);
    expect(await orders({ flash_sale_id: not_begun })).toEqual([]);
    expect((await listSales({ client: manager, query: { order_id: two.order_id } })).data).toEqual([]);
    const cancelled = await cancelOrder({ client: manager, ...of_order });
    expect(cancelled).toMatchObject({ status: 'released', release_reason: 'cancelled' });
    await refused(cancelOrder({ client: manager, ...of_order }), 409, 'order_ended');
    const closed = await closeFlashSale({ client: manager, ...of_sale, body: { reason: 'a faulty batch' } });
    expect(closed).toMatchObject({ status: 'closed', remaining_at_close: 5 });
    await refused(buy(staff, pieces(1)), 409, 'flash_sale_closed');
    const again = closeFlashSale({ client: manager, ...of_sale, body: { reason: 'again' } });
    await refused(again, 409, 'flash_sale_closed');
    expect((await listFlashSales({ client: manager, query: { limit: 5 } })).data).toMatchObject([
      { flash_sale_id: not_begun, status: 'closed', remaining: 0, held: 0, returned: 0 },
      { flash_sale_id: other, remaining: 2, held: 0, returned: 2 },
      { flash_sale_id, status: 'closed', remaining: 0, held: 1, returned: 1 },
    ]);
    const then = await getFlashSale({ client: manager, ...of_sale, query: { position: opened.position } });
    expect(then).toMatchObject({ status: 'open', remaining: 6, held: 0 });
    const history = (id: string) => getHistory({ client: books.admin, path: { kind: 'order', id } });
    const { data } = await history(two.order_id);
    expect(data.map(({ type }) => type)).toEqual(['FlashOrderReleased', 'FlashOrderPlaced']);
    await refused(history('OR-000101-0001'), 404, 'unknown_order');
  });

  test('master data is changed, not deleted', async () => {
    const client = books.admin;
    await registerLocation({ client, body: { location_id: 'annex', name: 'Annex' } });
    const item = { path: { id: 'preform-20g' }, body: { reorder_level: 10, unit: 'piece' } };
    const supplier = { path: { id: 'SUP-001' }, body: { phone: '+49 30 1234' } };
    const customer = { path: { id: 'CUST-001' }, body: { email: null } };
    const location = { path: { id: 'annex' }, body: { active: false } };
    const account = { path: { id: 'bank' }, body: { name: 'Main bank' } };
    const all: [
      address: string,
      body: object,
      change: () => Promise<{ position: number }>,
      get: () => Promise<object>,
    ][] = [
      [
        '/items/preform-20g',
        item.body,
        () => changeItem({ client, ...item }),
        () => getItem({ client, path: item.path }),
      ],
      [
        '/suppliers/SUP-001',
        supplier.body,
        () => changeSupplier({ client, ...supplier }),
        () => getSupplier({ client, path: supplier.path }),
      ],
      [
        '/customers/CUST-001',
        customer.body,
        () => changeCustomer({ client, ...customer }),
        () => getCustomer({ client, path: customer.path }),
      ],
      [
        '/locations/annex',
        location.body,
        () => changeLocation({ client, ...location }),
        () => getLocation({ client, path: location.path }),
      ],
      [
        '/accounts/bank',
        account.body,
        () => changeAccount({ client, ...account }),
        () => getAccount({ client, path: account.path }),
      ],
    ];
    for (const [address, body, change, get] of all) {
      const changed = await change();
      expect(changed).toMatchObject(body);
      expect(await get()).toMatchObject(body);
      // With a key, as programs send one, it would be an event.
      const { position } = expectStatus(await books.untyped.admin.patch(address, body), 200).body;
      expect(position).toBe(changed.position);
    }
    await registerAccount({ client, body: { account_id: 'petty', name: 'Petty cash', type: 'asset' } });
    const places = await listLocations({ client, query: { active: 'false' } });
    expect(places.data.map(({ location_id }) => location_id)).toEqual(['annex']);
    const full = changeLocation({ client, path: { id: 'shop' }, body: { active: false } });
    expect(await refusalOf(full)).toMatchObject({ status: 409, code: 'not_empty', location_id: 'shop' });
  });

  test('master data is changed only where it is what was read, by its tag', async () => {
    const { admin } = books.untyped;
    const bottle = '/items/bottle-500ml-a';
    const read = expectStatus(await admin.get(bottle), 200);
    const tag = read.headers.get('etag')!;
    expect(tag).toBe(`"${read.body.position}"`);
    const both = ['Bottle half a litre', 'Bottle 500 ml'].map((name) =>
      admin.patch(bottle, { name }, { 'if-match': tag }),
    );
    const outcomes = (await Promise.all(both)).sort((one, other) => one.status - other.status);
    expect(outcomes.map(({ status }) => status)).toEqual([200, 412]);
    const [won, lost] = outcomes as [Answer, Answer];
    expect(lost.body).toMatchObject({ code: 'changed_since', item_id: 'bottle-500ml-a', position: won.body.position });
    expect(won.headers.get('etag')).toBe(`"${won.body.position}"`);
    for (const stale of [tag, 'W/"1"', '"x"', `W/${won.headers.get('etag')}`])
      expectStatus(await admin.patch(bottle, { grade: 'B' }, { 'if-match': stale }), 412);
    const key = { 'if-match': `${tag}, ${won.headers.get('etag')}`, 'idempotency-key': 'grade' };
    const graded = expectStatus(await admin.patch(bottle, { grade: 'B' }, key), 200);
    expect((await admin.patch(bottle, { grade: 'B' }, key)).body).toEqual(graded.body);
    expectStatus(await admin.patch(bottle, { grade: 'B' }, { ...key, 'if-match': '*' }), 422);
    expectStatus(await admin.patch(bottle, { grade: 'A' }, { 'if-match': '*' }), 200);
  });

  test('periods', async () => {
    const january = { path: { month: '2020-01' } };
    const february = { path: { month: '2020-02' } };
    const closed = await closePeriod({ client: books.manager, ...january });
    expect(closed).toMatchObject({
      month: '2020-01',
      status: 'closed',
      months_closed: ['2020-01'],
      stock_value: 0,
    });
    const late = recordSale({ client, body: { ...sale, effective_at: '2020-01-31' } });
    expect(await refusalOf(late)).toMatchObject({ status: 409, code: 'period_closed' });
    const opened = await reopenPeriod({ client: books.admin, ...january, body: { reason: 'a late bill' } });
    expect(opened).toMatchObject({ month: '2020-01', status: 'open', closed_through: '2019-12' });
    const months = async () => (await listPeriods({ client: books.admin })).data;
    expect(await months()).toMatchObject([{ month: '2020-01', status: 'open' }]);
    const both = await closePeriod({ client: books.manager, ...february });
    expect(both).toMatchObject({ month: '2020-02', months_closed: ['2020-01', '2020-02'] });
    const again = await reopenPeriod({ client: books.admin, ...february, body: { reason: 'another' } });
    expect(again).toMatchObject({ month: '2020-02', closed_through: '2020-01' });
    expect(await months()).toMatchObject([
      { month: '2020-02', status: 'open', position: again.position },
      { month: '2020-01', status: 'closed', position: both.position - 1 },
    ]);
  });

  test('and what was recorded can be asked for in every way', async () => {
    const client = books.admin;
    const ever = { from: '2020-01-01', to: '9999-12-31' };
    const of_customer = { path: { id: 'receivable:CUST-001' } };
    await listMovements({ client, path: bottle, query: { location_id: 'main' } });
    await listAccounts({ client });
    await getAccount({ client, path: { id: 'inventory' } });
    await getAccount({ client, ...of_customer });
    await listEntries({ client, ...of_customer, query: { limit: 1 } });
    await getProfitLoss({ client, query: { group_by: 'customer', ...ever } });
    await getProfitLoss({ client, query: { group_by: 'month' } });
    await listEvents({ client, query: { type: 'SaleRecorded', actor: 'sam', order: 'oldest_first' } });
    await listPurchases({ client, query: { supplier_id: 'SUP-001', payment_status: 'partial', ...ever } });
    const table = '/reports/profit-loss?group_by=customer&format=csv';
    const { body } = expectStatus(await books.untyped.admin.get(table), 200);
    expect(body).toMatch(/^key,quantity,revenue,cost,profit\r\nCUST-001,/);
  });
});

test('what is dated before a count and recorded after it is no difference of the count', async () => {
  const books = await openBooks('counted');
  const { item_id } = { item_id: bottle.id };
  const line_items = [{ item_id, quantity: 100, unit_price: 1 }];
  const bought = { supplier_id: 'SUP-001', line_items, effective_at: '2024-03-02' };
  documentOf(await recordPurchase({ client: books.staff, body: bought }));
  const count = { counts: [{ item_id, counted_quantity: 95 }], reason: 'month end' };
  const body = { ...count, effective_at: '2024-03-05' };
  const counted = documentOf(await recordStockCount({ client: books.staff, body }));
  expect(counted).toMatchObject({ effective_at: '2024-03-05T23:59:59.999Z', counts: [{ difference: -5, value: -5 }] });

  const sold = (quantity: number, effective_at = '2024-03-03') => ({
    customer_id: 'CUST-001',
    line_items: [{ item_id, quantity, unit_price: 2 }],
    effective_at,
  });
  const contradicts = (client: Client) => refusalOf(recordSale({ client, body: sold(6), query: dry }));
  expect(await contradicts(books.manager)).toMatchObject({
    status: 409,
    code: 'counted_since',
    number: counted.number,
    item_id,
    difference: -5,
    moved: -6,
  });
  // It may be the count of another.
  const to_staff = await contradicts(books.staff);
  expect(to_staff).toMatchObject({ status: 409, code: 'counted_since' });
  expect(['number', 'difference'].filter((detail) => detail in to_staff)).toEqual([]);
  const [slip] = await batch(books.untyped.staff, { type: 'sales', body: sold(5) });
  expect(slip).toMatchObject({ status: 201, body: { kind: 'sale', total_cost: 5 } });
  const client = books.manager;
  await getStock({ client, path: bottle, query: { min_position: slip!.body.position } });
  const onHand = async (query: { as_of?: string }) => (await getStock({ client, path: bottle, query })).on_hand;
  expect([await onHand({ as_of: '2024-03-04' }), await onHand({ as_of: '2024-03-05' }), await onHand({})]).toEqual([
    95, 95, 95,
  ]);
  const difference = async () => (await getAccount({ client, path: { id: 'count-difference' } })).balance;
  expect(await difference()).toBe(0);
  const { adjustments } = await getStockCount({ client, path: { number: counted.number } });
  expect(adjustments).toMatchObject([{ cause: slip!.body.number, counts: [{ item_id, quantity: 5, value: 5 }] }]);
  const { data } = await getStockMovement({ client });
  expect(data).toMatchObject([{ in: { count_adjustment: { quantity: 5 } }, closing: { quantity: 95, value: 95 } }]);

  const undo = (effective_at: string) => {
    const path = { number: slip!.body.number };
    return voidSale({ client: books.admin, path, body: { reason: 'another customer', effective_at } });
  };
  const early = await refusalOf(undo('2024-03-02'));
  expect(early).toMatchObject({ status: 422, code: 'effective_before_document' });
  const gone = await undo('2024-03-03');
  expect(gone).toMatchObject({ status: 'void', effective_at: '2024-03-03T23:59:59.999Z' });
  expect(await difference()).toBe(5);
  expect(await onHand({})).toBe(95);

  // A count at a position is effective when that was recorded.
  const again = { ...count, counted_at_position: gone.position };
  expect(await recordStockCount({ client: books.staff, body: again })).toMatchObject({
    effective_at: gone.voided_at,
    counts: [{ expected_quantity: 95, difference: 0 }],
  });
});

describe('what the whole comes to', () => {
  test('a dashboard, and who owes what, agree with the accounts', async () => {
    const books = await openBooks('whole');
    const client = books.staff;
    documentOf(await recordPurchase({ client, body: { ...purchase, effective_at: '2024-01-01' } }));
    const dated = { ...sale, due_date: '2024-01-31', effective_at: '2024-01-02' };
    const sold = documentOf(await recordSale({ client, body: dated }));
    await changeItem({ client: books.admin, path: { id: 'preform-20g' }, body: { reorder_level: 100 } });
    const pay = { bill_number: sold.number, amount: 300.5, effective_at: '2024-02-10' };
    const paid = documentOf(await recordPayment({ client, body: pay }));
    const today = documentOf(await recordSale({ client, body: sellOne(1) }));
    const board = await getDashboard({ client: books.admin });
    expect(board).toMatchObject({
      stock: { items: 2, pieces: 599, reserved: 0, value: 2236.5 },
      low_stock: [{ item_id: 'preform-20g', name: 'Preform', available: 0, reorder_level: 100 }],
      today: { quantity: 1, revenue: 4, cost: 3.5, profit: 0.5 },
      owed: { to_us: 403.5, by_us: 2800 },
    });
    expect(board.last_documents[0]).toEqual(today);

    const ages = { not_due: 0, days_0_30: 0, days_31_60: 0, days_61_90: 0, days_over_90: 0, total: 0 };
    const aging = (query: { as_of?: string; position?: number; limit?: number } = {}) =>
      getAging({ client: books.admin, query });
    expect(await aging()).toMatchObject({
      data: [
        { owed: 'to_us', party_id: 'CUST-001', ...ages, days_0_30: 4, days_over_90: 399.5, total: 403.5 },
        { owed: 'by_us', party_id: 'SUP-001', ...ages, days_over_90: 2800, total: 2800 },
      ],
      totals: { to_us: { total: 403.5 }, by_us: { total: 2800 } },
      next_cursor: null,
    });
    expect((await aging({ as_of: '2024-01-15' })).data[0]).toEqual({
      href: expect.stringMatching(/^\/api\/v1\/sales\?customer_id=CUST-001&as_of=2024-01-15&position=\d+$/),
      owed: 'to_us',
      party_id: 'CUST-001',
      ...ages,
      not_due: 700,
      total: 700,
    });
    expect((await aging({ as_of: '2024-03-02' })).data[0]).toMatchObject({ days_31_60: 399.5, total: 399.5 });
    expect((await aging({ position: paid.position - 1, limit: 1 })).data[0]).toMatchObject({ total: 700 });
    const csv = expectStatus(await books.untyped.admin.get('/reports/aging?format=csv'), 200).body;
    expect(csv).toMatch(
      /^owed,party_id,not_due,days_0_30,days_31_60,days_61_90,days_over_90,total\r\nto_us,CUST-001,0,4,0,0,399.5,403.5\r\n/,
    );
    expect(await getProjections({ client: books.admin })).toMatchObject({
      outdated: false,
      ledgers: expect.arrayContaining([expect.objectContaining({ ledger_id: 'whole', halted: null })]),
    });
  });
});

describe('one key, one order', () => {
  test('after a restart the first answer again, whatever became of the document', async () => {
    const { admin, untyped } = await openBooks('keys');
    const { staff } = untyped;
    const bought = expectStatus(await staff.post('/purchases', purchase, { 'idempotency-key': 'buy' }), 201);
    const sold = expectStatus(await staff.post('/sales', sale, { 'idempotency-key': 'sell' }), 201);
    await voidSale({ client: admin, path: { number: sold.body.number }, body: { reason: 'typo' } });
    await system.restart('api');
    for (const [path, body, key, first] of [
      ['/purchases', purchase, 'buy', bought],
      ['/sales', sale, 'sell', sold],
    ] as const) {
      const again = expectStatus(await staff.post(path, body, { 'idempotency-key': key }), 201);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(again.headers.get('ledger-position')).toBe(first.headers.get('ledger-position'));
      expect(again.body).toEqual(first.body);
      const other = await staff.post(path, { ...body, notes: 'more' }, { 'idempotency-key': key });
      expect(expectStatus(other, 422).body.code).toBe('idempotency_key_reused');
    }
  });
});

describe('a dry run', () => {
  test('answers as if, and leaves nothing', async () => {
    const { staff: client, untyped, events } = await openBooks('dry-run');
    const before = await events();
    const key = 'dry';
    const tried = await recordPurchase({ client, body: purchase, query: dry, headers: { 'Idempotency-Key': key } });
    expect(tried).toMatchObject({ number: expect.stringMatching(/-0001$/), total_price: 2800 });
    const short = await refusalOf(recordSale({ client, body: sale, query: dry }));
    expect(short).toMatchObject({ status: 409, code: 'insufficient_stock' });
    expect(await events()).toBe(before);
    const real = expectStatus(await untyped.staff.post('/purchases', purchase, { 'idempotency-key': key }), 201);
    expect(real.body.number).toBe(tried.number);
    expect(real.headers.get('idempotency-replayed')).toBeNull();
  });
});

interface Result {
  line: number;
  status: number;
  replayed?: boolean;
  body?: Record<string, unknown>;
  problem?: { code: string; [detail: string]: unknown };
}
const ndjson = { 'content-type': 'application/x-ndjson' };
const linesOf = (...lines: (object | string)[]) =>
  lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n');
const resultsOf = (answer: Answer): Result[] =>
  expectStatus(answer, 200)
    .body.split('\n')
    .filter((line: string) => line !== '')
    .map((line: string) => JSON.parse(line));
const codesOf = (results: Result[]) => results.map(({ status, problem }) => problem?.code ?? status);

describe('a batch', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('batches');
  });
  const send = (client: Untyped, text: string, query = '') => client.send('POST', `/batches${query}`, text, ndjson);

  test('carries its lines out in their order, and one that is refused does not stop the rest', async () => {
    const results = resultsOf(
      await send(
        books.untyped.manager,
        linesOf(
          { type: 'items', body: { item_id: 'crate', name: 'Crate', kind: 'other' } },
          {
            type: 'purchases',
            body: { supplier_id: 'SUP-001', line_items: [{ item_id: 'crate', quantity: 5, unit_price: 2 }] },
          },
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 6, unit_price: 3 }] },
          },
          '{"type": "sales", ',
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 0, unit_price: 3 }] },
          },
          '',
          { type: 'voids', body: { number: 'PO-260101-0001', reason: 'not mine to do' } },
          { type: 'miracles', body: {} },
          { type: 'items/change', body: { item_id: 'crate', reorder_level: 3 } },
          { type: 'sales', body: {}, extra: true },
          `{"type":"sales","body":"${'x'.repeat(300_000)}"}`,
          {
            type: 'sales',
            body: { customer_id: 'CUST-001', line_items: [{ item_id: 'crate', quantity: 5, unit_price: 3 }] },
          },
        ),
      ),
    );
    expect(codesOf(results)).toEqual([
      201,
      201,
      'insufficient_stock',
      'malformed_json',
      'validation',
      'forbidden',
      'validation',
      200,
      'validation',
      'payload_too_large',
      201,
    ]);
    expect(results.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12]);
    expect(results[2]!.problem).toMatchObject({ available: 5, requested: 6, shortage: 1 });
    expect(results[4]!.problem!.errors).toEqual([expect.objectContaining({ path: 'line_items.0.quantity' })]);
  });

  test('knows the keys of its lines, and those of requests of their own', async () => {
    const line = { type: 'purchases', idempotency_key: 'batch-buy', body: purchase };
    const first = resultsOf(await send(books.untyped.staff, linesOf(line, line)));
    expect(first.map(({ replayed }) => replayed === true)).toEqual([false, true]);
    expect(first[1]!.body).toEqual(first[0]!.body);
    const alone = expectStatus(
      await books.untyped.staff.post('/purchases', purchase, { 'idempotency-key': 'batch-buy' }),
      201,
    );
    expect(alone.headers.get('idempotency-replayed')).toBe('true');
    const other = resultsOf(await send(books.untyped.staff, linesOf({ ...line, body: sale })));
    expect(codesOf(other)).toEqual(['validation']);
    const used = resultsOf(await send(books.untyped.staff, linesOf({ ...line, type: 'sales', body: sale })));
    expect(codesOf(used)).toEqual(['idempotency_key_reused']);
  });

  test('of a thousand lines is answered a thousand times, in order, and the same again', async () => {
    const lines = Array.from({ length: 1500 }, (_, index) => ({
      type: 'purchases',
      idempotency_key: `thousand-${index}`,
      body: { supplier_id: 'SUP-001', line_items: [{ item_id: 'preform-20g', quantity: index + 1, unit_price: 1 }] },
    }));
    const results = resultsOf(await send(books.untyped.manager, linesOf(...lines)));
    expect(codesOf(results)).toEqual(Array(1500).fill(201));
    expect(results.map(({ line }) => line)).toEqual(Array.from({ length: 1500 }, (_, index) => index + 1));
    const numbers = results.map(({ body }) => body!.number as string);
    expect(numbers).toEqual([...numbers].sort());
    const again = resultsOf(await send(books.untyped.manager, linesOf(...lines)));
    expect(again.every(({ replayed }) => replayed === true)).toBe(true);
    expect(again.map(({ body }) => body)).toEqual(results.map(({ body }) => body));
  });

  test('as a dry run leaves nothing', async () => {
    const events = await books.events();
    const item = { type: 'items', body: { item_id: 'dry', name: 'Dry', kind: 'other' } };
    expect(codesOf(resultsOf(await send(books.untyped.manager, linesOf(item), '?dry_run=true')))).toEqual([200]);
    expect(await books.events()).toBe(events);
  });

  test('that is atomic is recorded whole', async () => {
    const events = await books.events();
    const body = { supplier_id: 'SUP-001', line_items: [{ item_id: 'pallet', quantity: 5, unit_price: 2 }] };
    const results = resultsOf(
      await send(
        books.untyped.manager,
        linesOf(
          { type: 'items', body: { item_id: 'pallet', name: 'Pallet', kind: 'other' } },
          { type: 'purchases', body },
        ),
        '?atomic=true',
      ),
    );
    expect(codesOf(results)).toEqual([201, 201]);
    expect(await books.events()).toBe(events + 2);
  });

  test('that is atomic is not recorded at all where one line is refused', async () => {
    const events = await books.events();
    const good = { type: 'items', body: { item_id: 'never', name: 'Never', kind: 'other' } };
    const refused = { type: 'sales', body: { ...sale, customer_id: 'nobody' } };
    const answer = await send(books.untyped.manager, linesOf(good, '', refused), '?atomic=true');
    expect(expectStatus(answer, 404).body).toMatchObject({ code: 'unknown_customer', line: 3 });
    const bad = await send(books.untyped.manager, linesOf(good, { type: 'sales', body: {} }), '?atomic=true');
    expect(expectStatus(bad, 422).body).toMatchObject({ code: 'validation', line: 2 });
    const many = Array.from({ length: 501 }, () => good);
    const too_many = await send(books.untyped.manager, linesOf(...many), '?atomic=true');
    expect(expectStatus(too_many, 413).body).toMatchObject({ code: 'batch_too_large', lines_max: 500 });
    expectStatus(await send(books.untyped.manager, linesOf(good), '?atomic=true&dry_run=true'), 400);
    expect(await books.events()).toBe(events);
  });

  test('may be empty, and is NDJSON or nothing', async () => {
    expect(resultsOf(await send(books.untyped.manager, '\n\n'))).toEqual([]);
    expect(resultsOf(await send(books.untyped.manager, '', '?atomic=true'))).toEqual([]);
    expectStatus(
      await books.untyped.manager.send('POST', '/batches', '{}', { 'content-type': 'application/json' }),
      415,
    );
    expectStatus(await books.untyped.manager.send('POST', '/batches', '{}', { ...ndjson, ledger: 'nowhere' }), 200);
  });
});

describe('a batch that is streamed', () => {
  let books: Books;
  beforeAll(async () => {
    books = await openBooks('streams');
  });

  function open(): ClientRequest {
    const headers = { ...ndjson, authorization: `Bearer ${books.untyped.manager.token}`, ledger: 'streams' };
    return request(`${system.url}/api/v1/batches`, { method: 'POST', headers });
  }
  const item = (item_id: string) =>
    `${JSON.stringify({ type: 'items', body: { item_id, name: item_id, kind: 'other' } })}\n`;

  test('answers each line while the next is not written yet', async () => {
    const batch = open();
    batch.write(item('one'));
    const [response] = (await once(batch, 'response')) as [IncomingMessage];
    const answers = response[Symbol.asyncIterator]();
    expect(JSON.parse((await answers.next()).value)).toMatchObject({ line: 1, status: 201, body: { item_id: 'one' } });
    batch.write(item('two'));
    expect(JSON.parse((await answers.next()).value)).toMatchObject({ line: 2, status: 201, body: { item_id: 'two' } });
    batch.end();
    expect((await answers.next()).done).toBe(true);
  });

  test('whose client goes away is recorded as far as it was taken, and harms nobody', async () => {
    const batch = open();
    batch.on('error', () => {});
    batch.write(item('three') + item('four'));
    await once(batch, 'response');
    batch.write(item('five').slice(0, 20));
    batch.destroy();
    const found = expectStatus(await books.untyped.admin.get('/items/four?min_position=21'), 200);
    expect(found.body.name).toBe('four');
    expectStatus(await books.untyped.admin.get('/items/five'), 404);
  });

  test('whose client does not read is not read from either', async () => {
    const batch = open();
    batch.on('error', () => {});
    const name = 'x'.repeat(200);
    let written = 0;
    let last_ms = performance.now();
    // Unread answers, each with the name, soon fill every buffer.
    const lines_max = 200_000;
    const writing = (async () => {
      for (; written < lines_max && !batch.destroyed; written += 1) {
        const line = `${JSON.stringify({ type: 'items', body: { item_id: `slow-${written}`, name, kind: 'other' } })}\n`;
        last_ms = performance.now();
        if (!batch.write(line)) await once(batch, 'drain').catch(() => {});
      }
    })();
    const [response] = (await once(batch, 'response')) as [IncomingMessage];
    response.on('error', () => {});
    while (performance.now() - last_ms < 1500) await sleep(100);
    expect(written).toBeLessThan(lines_max);
    expectStatus(await books.untyped.admin.get('/items/one'), 200);
    batch.destroy();
    void writing;
  });
});

describe('a list', () => {
  type Query = ListSalesData['query'];

  test('is paged rightly while rows arrive', async () => {
    const { staff: client } = await openBooks('paging');
    documentOf(await recordPurchase({ client, body: purchase }));
    const sell = async () => documentOf(await recordSale({ client, body: sellOne(1) }));
    let last = await sell();
    for (let n = 1; n < 7; n += 1) last = await sell();
    const seen: string[] = [];
    const page = (cursor?: string) => listSales({ client, query: { limit: 2, cursor } });
    for await (const { number } of rowsOf(async (cursor) => {
      if (cursor !== undefined) await sell();
      return page(cursor);
    }))
      seen.push(number);
    const number = (n: number) => `${last.number.slice(0, -1)}${n}`;
    expect(seen).toEqual([7, 6, 5, 4, 3, 2, 1].map(number));
    const cursor = (await page()).next_cursor!;
    const of_others = [
      listPurchases({ client, query: { cursor } }),
      listSales({ client, query: { cursor, status: 'void' } }),
      listSales({ client, query: { cursor: `${cursor}x` } }),
    ];
    for (const refused of await Promise.all(of_others.map(refusalOf)))
      expect(refused).toMatchObject({ status: 400, errors: [{ path: 'cursor' }] });
  });

  test('of documents is filtered, sorted, summed up, and read forwards and backwards', async () => {
    const books = await openBooks('sorted-lists');
    const { manager, staff } = books;
    documentOf(await recordPurchase({ client: books.admin, body: purchase }));
    const sell = async (client: Client, quantity: number, due_date?: string) => {
      const line_items = [{ item_id: 'bottle-500ml-a', quantity, unit_price: 1 }];
      return documentOf(await recordSale({ client, body: { customer_id: 'CUST-001', line_items, due_date } }));
    };
    const sold: Sale[] = [];
    for (const quantity of [3, 1, 5, 2, 4]) sold.push(await sell(manager, quantity, `2030-01-0${quantity}`));
    const own = await sell(staff, 9);
    const bill_number = sold[2]!.number;
    const paid = await recordPayment({ client: manager, body: { bill_number, amount: 5, account_id: 'bank' } });
    const list = (query: Query, client = manager) => listSales({ client, query });
    const quantities = async (query: Query) => (await list(query)).data.map(({ total_price }) => total_price);

    expect(await quantities({ sort: 'total_price' })).toEqual([1, 2, 3, 4, 5, 9]);
    expect(await quantities({ sort: '-total_price', total_price_max: '4.5' })).toEqual([4, 3, 2, 1]);
    expect(await quantities({ sort: 'recorded_at', total_price_min: '2' })).toEqual([3, 5, 2, 4, 9]);
    const due = { due_date_from: '2030-01-02', due_date_to: '2030-01-04' };
    expect(await quantities({ sort: '-due_date', ...due })).toEqual([4, 3, 2]);
    expect(await quantities({ sort: 'open_amount', open_amount_min: '0.01' })).toEqual([1, 2, 3, 4, 9]);
    expect(await quantities({ q: sold[1]!.number.toLowerCase() })).toEqual([1]);
    expect(await quantities({ q: sold[1]!.number.slice(3, 9), sort: 'number' })).toEqual([3, 1, 5, 2, 4, 9]);
    const of_main = { item_id: 'bottle-500ml-a', location_id: 'main', customer_id: 'CUST-001' };
    expect(await quantities(of_main)).toEqual([9, 4, 2, 5, 1, 3]);
    expect(await quantities({ item_id: 'bottle-1500ml-a' })).toEqual([]);
    expect(await quantities({ payment_status: 'paid', sort: '-effective_at' })).toEqual([5]);
    const payments = (query: { bill_number?: string; account_id?: string; totals?: 'true' }) =>
      listPayments({ client: manager, query });
    expect((await payments({ bill_number })).data).toEqual([paid]);
    expect((await payments({ account_id: 'bank', totals: 'true' })).totals).toEqual({
      ...{ count: 1, complete: true, amount: 5 },
    });
    expect((await payments({ account_id: 'cash' })).data).toEqual([]);

    const dearest = { sort: '-total_price', limit: 2 } as const;
    const forwards = await list({ ...dearest, totals: 'true' });
    expect(forwards).toMatchObject({ data: [{ total_price: 9 }, { total_price: 5 }], prev_cursor: null });
    expect(forwards.totals).toEqual({ count: 6, complete: true, total_price: 24, open_amount: 19 });
    // What is recorded meanwhile moves no row from one page to another.
    await sell(manager, 9);
    const next = await list({ ...dearest, cursor: forwards.next_cursor! });
    expect(next.data).toMatchObject([{ total_price: 4 }, { total_price: 3 }]);
    const end = await list({ ...dearest, cursor: next.next_cursor! });
    expect(end).toMatchObject({ data: [{ total_price: 2 }, { total_price: 1 }], next_cursor: null });
    expect((await list({ ...dearest, cursor: end.prev_cursor! })).data).toEqual(next.data);
    const newest = await list({ limit: 2 });
    const second = await list({ limit: 2, cursor: newest.next_cursor! });
    expect(await list({ limit: 2, cursor: second.prev_cursor! })).toEqual(newest);

    // Staff sees what is theirs: in totals, orders, searches and pages, too.
    const theirs = { count: 1, complete: true, total_price: 9, open_amount: 9 };
    for (const [query, totals] of [
      [{ sort: '-total_price' }, theirs],
      [{ q: 'SO' }, theirs],
      [{ q: sold[0]!.number }, { count: 0, complete: true, total_price: 0, open_amount: 0 }],
      [{ total_price_min: '1' }, theirs],
      [{ item_id: 'bottle-500ml-a' }, theirs],
    ] as [Query, object][])
      expect((await list({ ...query, created_by: 'mia', totals: 'true' }, staff)).totals).toEqual(totals);
    expect((await list({ sort: 'total_price' }, staff)).data).toEqual([own]);

    const { position } = forwards;
    const refused = async (answer: Promise<unknown>, status: number, code: string) =>
      expect(await refusalOf(answer)).toMatchObject({ status, code });
    for (const query of [
      { sort: 'total_price' },
      { item_id: 'bottle-500ml-a' },
      { totals: 'true' },
      { q: 'SO' },
      { due_date_from: '2030-01-01' },
    ] as Query[])
      await refused(list({ ...query, position }), 422, 'only_at_present');
    const then = await list({ sort: 'recorded_at', position });
    expect(then.data.map(({ number }) => number)).toEqual([...sold, own].map(({ number }) => number));
    for (const query of [
      'sort=cost',
      'sort=--number',
      'total_price_min=ten',
      'due_date_to=tomorrow',
      'totals=yes',
      'account_id=cash',
    ]) {
      const answer = expectStatus(await books.untyped.manager.get(`/sales?${query}`), 400);
      expect(answer.body.code).toBe('invalid_parameter');
    }
    const of_another = list({ sort: 'total_price', cursor: forwards.next_cursor! });
    await refused(of_another, 400, 'invalid_parameter');
  });

  test('of documents shows staff their own', async () => {
    const { manager, staff } = await openBooks('own');
    const theirs = documentOf(await recordPurchase({ client: manager, body: purchase }));
    const own = documentOf(await recordPurchase({ client: staff, body: purchase }));
    const list = async (client: Client, query = {}) => (await listPurchases({ client, query })).data;
    expect(await list(staff)).toEqual([own]);
    expect(await list(staff, { created_by: 'mia' })).toEqual([own]);
    const found = await refusalOf(getPurchase({ client: staff, path: { number: theirs.number } }));
    expect(found).toMatchObject({ status: 404 });
    expect(await list(manager)).toEqual([own, theirs]);
  });
});

describe('the books as of', () => {
  test('are not sent again where they are known, and kept where they cannot change', async () => {
    const { manager: client } = await openBooks('known-answers');
    const { position } = documentOf(await recordPurchase({ client, body: purchase }));
    const ask = async (path: string, client: Untyped, tag?: string) => {
      const { status, headers, body } = await client.get(path, {
        ...{ ledger: 'known-answers', 'ledger-position': `${position}` },
        ...(tag !== undefined && { 'if-none-match': tag }),
      });
      return { status, body, tag: headers.get('etag')!, kept: headers.get('cache-control'), vary: headers.get('vary') };
    };
    for (const path of ['/stock', '/purchases?sort=-total_price', '/reports/aging', '/items/preform-20g']) {
      const first = await ask(path, manager);
      expect(first).toMatchObject({ status: 200, kept: 'no-store', vary: 'Authorization, Ledger' });
      expect(await ask(path, manager, `"other", W/${first.tag}`)).toMatchObject({
        status: 304,
        body: '',
        tag: first.tag,
      });
    }
    // The same address shows another user something else.
    const { tag } = await ask('/purchases', manager);
    expect(await ask('/purchases', staff, tag)).toMatchObject({
      status: 200,
      body: { data: [] },
    });
    const settled = await ask(`/stock?as_of=2100-01-01&position=${position}`, manager);
    expect(settled.kept).toBe('private, max-age=31536000, immutable');
    expect((await ask(`/stock?position=${position + 1}`, manager)).kept).toBe('no-store');
    const body = { line_items: [{ item_id: 'bottle-500ml-a', quantity: 1 }], reason: 'x' };
    documentOf(await recordWaste({ client, body }));
    expect(await ask(`/stock?as_of=2100-01-01&position=${position}`, manager)).toEqual(settled);
  });

  test('a position, a recorded moment, an effective moment', async () => {
    const { admin, staff } = await openBooks('as-of');
    const body = { ...purchase, effective_at: '2024-02-29T00:00:00Z' };
    const bought = documentOf(await recordPurchase({ client: staff, body }));
    documentOf(await recordSale({ client: staff, body: { ...sale, effective_at: '2024-03-01T00:00:00+02:00' } }));
    const held = async (query: { as_of?: string; known_at?: string; position?: number }) =>
      (await getStock({ client: admin, path: bottle, query })).on_hand;
    expect(await held({})).toBe(400);
    expect(await held({ position: bought.position - 1 })).toBe(0);
    expect(await held({ position: bought.position })).toBe(500);
    expect(await held({ known_at: bought.recorded_at })).toBe(500);
    expect(await held({ as_of: '2024-02-28' })).toBe(0);
    expect(await held({ as_of: '2024-02-29' })).toBe(400);
    expect(await held({ as_of: '2024-02-29T21:59:59.999Z' })).toBe(500);
    expect(await held({ as_of: '2024-02-29T22:00:00Z' })).toBe(400);
    expect(await held({ as_of: '1970-01-01' })).toBe(0);
    const { totals } = await getTrialBalance({ client: admin, query: { as_of: '2024-02-29T12:00:00Z' } });
    expect(totals).toEqual({ debit: 2800, credit: 2800 });
  });

  test.each([
    ['items', 'item', { kind: 'other' }],
    ['suppliers', 'supplier', {}],
    ['customers', 'customer', {}],
    ['locations', 'location', {}],
    ['accounts', 'account', { type: 'asset', may_go_negative: false }],
  ])('%s are those of the moment, by either time', async (path, kind, more) => {
    const { admin } = (await openBooks(`as-of-${path}`)).untyped;
    const id = `${kind}_id`;
    const change = async (body: object) => expectStatus(await admin.patch(`/${path}/NEW`, body), 200);
    const at = (moment: string) => [`/${path}/NEW?${moment}`, `/${path}?${moment}`] as const;
    const shown = async (moment: string, headers = {}) => {
      const [one, list] = await Promise.all(at(moment).map((each) => admin.get(each, headers)));
      const listed = list!.body.data.find((each: Record<string, unknown>) => each[id] === 'NEW');
      const inactive = await admin.get(`${at(moment)[1]}&active=false`, headers);
      const among = inactive.body.data.map((each: Record<string, unknown>) => each[id]);
      return [one!.status, one!.body.name ?? one!.body.code, listed?.name, listed?.active, among.includes('NEW')];
    };
    const made = expectStatus(await admin.post(`/${path}`, { [id]: 'NEW', name: 'Once', ...more }), 201);
    const renamed = await change({ name: 'Now' });
    const ended = await change({ active: false });
    const moments = [made.body.position - 1, made.body.position, renamed.body.position, ended.body.position];
    const answers = [
      [404, `unknown_${kind}`, undefined, undefined, false],
      [200, 'Once', 'Once', true, false],
      [200, 'Now', 'Now', true, false],
      [200, 'Now', 'Now', false, true],
    ];
    const headers = { 'ledger-position': ended.headers.get('ledger-position')! };
    for (const [index, position] of moments.entries())
      expect(await shown(`position=${position}`, headers)).toEqual(answers[index]);
    const { data } = (await admin.get('/audit/events?limit=4', headers)).body;
    for (const [index, { recorded_at }] of data.toReversed().entries())
      for (const time of ['as_of', 'known_at'])
        if (index === 3 || recorded_at < data.toReversed()[index + 1].recorded_at)
          expect(await shown(`${time}=${recorded_at}`)).toEqual(answers[index]);
    expect(await shown('as_of=1970-01-01')).toEqual(answers[0]);
    const contracted = (template: string) =>
      parametersOf(contract, contract.paths[`/api/v1/${path}${template}`]!.get!).map(({ name }) => name);
    for (const template of ['', '/{id}'])
      expect(contracted(template)).toEqual(expect.arrayContaining(['as_of', 'known_at', 'position']));
  });

  test('a position that is not there yet is waited for, and then it is said that it is behind', async () => {
    const books = await openBooks('behind');
    const answer = expectStatus(await books.untyped.admin.get('/stock?min_position=1000000'), 503);
    expect(answer.body.code).toBe('projection_behind');
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

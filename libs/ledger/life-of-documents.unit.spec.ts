/** Every state of every document × every command that can name it; the type of the rows leaves no pair out. */
import {
  ADMIN,
  approve,
  type Books,
  type By,
  blow,
  cancelOrder,
  checkOut,
  close,
  closeFlashSale,
  confirmOrder,
  count,
  flashSale,
  giveBack,
  givenAFactory,
  journalEntry,
  lateCharge,
  lateCost,
  later,
  MANAGER,
  order,
  payment,
  purchase,
  refund,
  reject,
  release,
  releaseOrder,
  reopen,
  reserve,
  STAFF,
  type Step,
  sale,
  startCharge,
  stockTransfer,
  transfer,
  voiding,
  waste,
  withdraw,
  writeOff,
} from '../../test/support/given.js';
import { type Command, documentsNeeded } from './commands.js';
import { DOCUMENT_KINDS } from './document-kinds.js';
import type { RefusalCode } from './refusals.js';

type Cell = 'ok' | RefusalCode;
type Cells<Column extends string> = Record<Column, Cell>;

function check(books: Books, [command, by]: readonly [Command, By], expected: Cell): void {
  const when = books.when(command, by);
  if (expected === 'ok') expect(when.decided.outcome).toBe('decided');
  else when.thenRefused(expected);
}

const BOTTLE = 'bottle-500ml-a';
const NOW = later(60);
const COMMANDS = {
  pay: (number: string) => [payment(number, '1'), { ...MANAGER, now: NOW }] as const,
  write_off: (number: string) => [writeOff(number, { amount: '1' }), { ...MANAGER, now: NOW }] as const,
  give_back: (number: string) => [giveBack(number, [[BOTTLE, 1]]), { ...MANAGER, now: NOW }] as const,
  late_cost: (number: string) => [lateCost(number, '1'), { ...MANAGER, now: NOW }] as const,
  void: (number: string) => [voiding(number), { ...ADMIN, now: NOW }] as const,
  approve: (number: string) => [approve(number), { ...MANAGER, now: NOW }] as const,
  approve_own: (number: string) => [approve(number), { actor: 'sam', role: 'manager', now: NOW }] as const,
  reject: (number: string) => [reject(number), { ...MANAGER, now: NOW }] as const,
  withdraw: (number: string) => [withdraw(number), { ...STAFF, now: NOW }] as const,
  withdraw_other: (number: string) => [withdraw(number), { ...ADMIN, now: NOW }] as const,
  check_out: (number: string) => [checkOut(number, [[BOTTLE, 1, '2']]), { ...MANAGER, now: NOW }] as const,
  release: (number: string) => [release(number), { ...MANAGER, now: NOW }] as const,
  close_sale: (number: string) => [closeFlashSale(number), { ...MANAGER, now: NOW }] as const,
  cancel: (number: string) => [cancelOrder(number), { ...MANAGER, now: NOW }] as const,
  cancel_other: (number: string) => [cancelOrder(number), { ...STAFF, now: NOW }] as const,
  charge: (number: string) => [startCharge(number), { ...MANAGER, now: NOW }] as const,
  confirm: (number: string) => [confirmOrder(number), { ...MANAGER, now: NOW }] as const,
  decline: (number: string) => [releaseOrder(number), { ...MANAGER, now: NOW }] as const,
  charge_late: (number: string) => [lateCharge(number), { ...MANAGER, now: NOW }] as const,
  refund: (number: string) => [refund(number), { ...MANAGER, now: NOW }] as const,
} satisfies Record<string, (number: string) => readonly [Command, By]>;
type Named = keyof typeof COMMANDS;

const by_admin = (command: Command): Step => [command, ADMIN];
const BASE: Step[] = [transfer('equity', 'cash', '100'), purchase([[BOTTLE, 10, '1']])];
const SOLD: Step[] = [...BASE, sale([[BOTTLE, 4, '2']])];
const DEAR: Step = [transfer('equity', 'bank', '6000'), STAFF];
const [PO, SO, PY, WO, RT, AP, RV, LC] = ['PO', 'SO', 'PY', 'WO', 'RT', 'AP', 'RV', 'LC'].map(
  (prefix) => `${prefix}-260302-0001`,
) as [string, string, string, string, string, string, string, string];

const neither = {
  late_cost: 'not_costable',
  approve: 'unknown_approval',
  approve_own: 'unknown_approval',
  reject: 'unknown_approval',
  withdraw: 'unknown_approval',
  withdraw_other: 'unknown_approval',
  check_out: 'unknown_reservation',
  release: 'unknown_reservation',
  close_sale: 'unknown_flash_sale',
  cancel: 'unknown_order',
  cancel_other: 'unknown_order',
  charge: 'unknown_order',
  confirm: 'unknown_order',
  decline: 'unknown_order',
  charge_late: 'unknown_order',
  refund: 'unknown_order',
} as const satisfies Partial<Cells<Named>>;
const no_bill = { pay: 'not_payable', write_off: 'not_payable', give_back: 'not_returnable' } as const;
const no_document = { ...no_bill, void: 'not_voidable' } as const;
const decided = {
  approve: 'approval_decided',
  approve_own: 'approval_decided',
  reject: 'approval_decided',
  withdraw: 'approval_decided',
  withdraw_other: 'approval_decided',
} as const;
const waits = {
  approve: 'ok',
  approve_own: 'self_approval',
  reject: 'ok',
  withdraw: 'ok',
  withdraw_other: 'not_the_requester',
} as const;

const [FS, OR] = ['FS-260302-0001', 'OR-260302-0001'];
const OFFERED: Step[] = [...BASE, flashSale(BOTTLE, 4)];
const ORDERED: Step[] = [...OFFERED, order([[FS, 1]])];
const CHARGED: Step[] = [...ORDERED, startCharge(OR)];
const order_ended = {
  cancel: 'order_ended',
  charge: 'order_ended',
  confirm: 'order_ended',
  decline: 'order_ended',
} as const;
const not_charged = { charge_late: 'charge_under_way', refund: 'charge_under_way' } as const;
const all_ended = { ...order_ended, charge_late: 'order_ended', refund: 'order_ended' } as const;
const was_released = { ...order_ended, charge_late: 'ok', refund: 'order_ended' } as const;

const DOCUMENTS: [state: string, number: string, given: Step[], cells: Cells<Named>][] = [
  ['a sale', SO, SOLD, { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' }],
  [
    'a sale partly paid',
    SO,
    [...SOLD, payment(SO, '3')],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a sale but for a cent paid',
    SO,
    [...SOLD, payment(SO, '7.99')],
    { ...neither, pay: 'overpayment', write_off: 'overpayment', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a sale paid',
    SO,
    [...SOLD, payment(SO, '8')],
    { ...neither, pay: 'already_paid', write_off: 'already_paid', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a sale partly given back',
    SO,
    [...SOLD, giveBack(SO, [[BOTTLE, 2]])],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_returns' },
  ],
  [
    'a sale wholly given back',
    SO,
    [...SOLD, giveBack(SO, [[BOTTLE, 4]])],
    {
      ...neither,
      pay: 'already_paid',
      write_off: 'already_paid',
      give_back: 'return_exceeds_bill',
      void: 'has_returns',
    },
  ],
  [
    'a sale paid and partly given back',
    SO,
    [...SOLD, payment(SO, '8'), giveBack(SO, [[BOTTLE, 2]])],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a sale paid, given back and paid back',
    SO,
    [...SOLD, payment(SO, '8'), giveBack(SO, [[BOTTLE, 4]]), payment(SO, '8')],
    {
      ...neither,
      pay: 'already_paid',
      write_off: 'already_paid',
      give_back: 'return_exceeds_bill',
      void: 'has_payments',
    },
  ],
  [
    'a sale whose payment is void',
    SO,
    [...SOLD, payment(SO, '3'), by_admin(voiding(PY))],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a sale whose return is void',
    SO,
    [...SOLD, giveBack(SO, [[BOTTLE, 4]]), by_admin(voiding(RT))],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a sale partly written off',
    SO,
    [...SOLD, writeOff(SO, { amount: '3' })],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_write_offs' },
  ],
  [
    'a sale wholly written off',
    SO,
    [...SOLD, writeOff(SO)],
    { ...neither, pay: 'already_paid', write_off: 'already_paid', give_back: 'has_write_offs', void: 'has_write_offs' },
  ],
  [
    'a sale whose write-off is void',
    SO,
    [...SOLD, writeOff(SO), by_admin(voiding(WO))],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a void sale',
    SO,
    [...SOLD, by_admin(voiding(SO))],
    { ...neither, pay: 'already_void', write_off: 'already_void', give_back: 'already_void', void: 'already_void' },
  ],
  [
    'a sale that was approved',
    SO,
    [...BASE, [sale([[BOTTLE, 4, '2000']]), STAFF], approve(AP)],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a sale that was reserved',
    SO,
    [...BASE, reserve([[BOTTLE, 4]]), checkOut(RV, [[BOTTLE, 'all', '2']])],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a gift',
    SO,
    [...BASE, sale([[BOTTLE, 4, '0']])],
    { ...neither, pay: 'already_paid', write_off: 'already_paid', give_back: 'ok', void: 'ok' },
  ],
  ['a purchase', PO, BASE, { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' }],
  [
    'a purchase partly paid',
    PO,
    [...BASE, payment(PO, '3')],
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a purchase paid',
    PO,
    [...BASE, payment(PO, '10')],
    {
      ...neither,
      late_cost: 'ok',
      pay: 'already_paid',
      write_off: 'already_paid',
      give_back: 'ok',
      void: 'has_payments',
    },
  ],
  [
    'a purchase there is no cash for',
    PO,
    [...BASE, transfer('cash', 'bank', '100')],
    { ...neither, late_cost: 'ok', pay: 'insufficient_funds', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a purchase partly sold',
    PO,
    SOLD,
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'insufficient_stock' },
  ],
  [
    'a purchase wholly sold',
    PO,
    [...BASE, sale([[BOTTLE, 10, '2']])],
    {
      ...neither,
      late_cost: 'ok',
      pay: 'ok',
      write_off: 'ok',
      give_back: 'insufficient_stock',
      void: 'insufficient_stock',
    },
  ],
  [
    'a purchase set aside',
    PO,
    [...BASE, reserve([[BOTTLE, 10]])],
    {
      ...neither,
      late_cost: 'ok',
      pay: 'ok',
      write_off: 'ok',
      give_back: 'insufficient_stock',
      void: 'insufficient_stock',
    },
  ],
  [
    'a purchase partly given back',
    PO,
    [...BASE, giveBack(PO, [[BOTTLE, 2]])],
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_returns' },
  ],
  [
    'a purchase wholly given back',
    PO,
    [...BASE, giveBack(PO, [[BOTTLE, 10]])],
    {
      ...neither,
      late_cost: 'not_costable',
      pay: 'already_paid',
      write_off: 'already_paid',
      give_back: 'return_exceeds_bill',
      void: 'has_returns',
    },
  ],
  [
    'a purchase paid and partly given back',
    PO,
    [...BASE, payment(PO, '10'), giveBack(PO, [[BOTTLE, 2]])],
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_payments' },
  ],
  [
    'a void purchase',
    PO,
    [...BASE, by_admin(voiding(PO))],
    {
      ...neither,
      late_cost: 'already_void',
      pay: 'already_void',
      write_off: 'already_void',
      give_back: 'already_void',
      void: 'already_void',
    },
  ],
  [
    'a purchase with a late cost',
    PO,
    [...BASE, lateCost(PO, '2')],
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'has_late_costs' },
  ],
  [
    'a purchase whose late cost is void',
    PO,
    [...BASE, lateCost(PO, '2'), by_admin(voiding(LC))],
    { ...neither, late_cost: 'ok', pay: 'ok', write_off: 'ok', give_back: 'ok', void: 'ok' },
  ],
  [
    'a late cost',
    LC,
    [...BASE, lateCost(PO, '2')],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'not_returnable', void: 'ok' },
  ],
  [
    'a late cost below zero',
    LC,
    [...BASE, lateCost(PO, '-2')],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'not_returnable', void: 'ok' },
  ],
  [
    'a late cost partly paid',
    LC,
    [...BASE, lateCost(PO, '2'), payment(LC, '0.5')],
    { ...neither, pay: 'ok', write_off: 'ok', give_back: 'not_returnable', void: 'has_payments' },
  ],
  [
    'a late cost written off',
    LC,
    [...BASE, lateCost(PO, '2'), writeOff(LC)],
    {
      ...neither,
      pay: 'already_paid',
      write_off: 'already_paid',
      give_back: 'not_returnable',
      void: 'has_write_offs',
    },
  ],
  [
    'a void late cost',
    LC,
    [...BASE, lateCost(PO, '2'), by_admin(voiding(LC))],
    { ...neither, pay: 'already_void', write_off: 'already_void', give_back: 'not_returnable', void: 'already_void' },
  ],
  [
    'a blow',
    'BL-260302-0001',
    [...BASE, blow([[BOTTLE, 4]], [['preform', 4]])],
    { ...neither, ...no_bill, void: 'ok' },
  ],
  [
    'a blow whose bottles are gone',
    'BL-260302-0001',
    [...BASE, blow([[BOTTLE, 4]], [['preform', 4]]), waste([['preform', 1]])],
    { ...neither, ...no_bill, void: 'insufficient_stock' },
  ],
  [
    'a void blow',
    'BL-260302-0001',
    [...BASE, blow([[BOTTLE, 4]], [['preform', 4]]), by_admin(voiding('BL-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a waste', 'WS-260302-0001', [...BASE, waste([[BOTTLE, 4]])], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a void waste',
    'WS-260302-0001',
    [...BASE, waste([[BOTTLE, 4]]), by_admin(voiding('WS-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  [
    'a stock transfer',
    'ST-260302-0001',
    [...BASE, stockTransfer([[BOTTLE, 4]])],
    { ...neither, ...no_bill, void: 'ok' },
  ],
  [
    'a stock transfer whose pieces are gone',
    'ST-260302-0001',
    [...BASE, stockTransfer([[BOTTLE, 4]]), waste([[BOTTLE, 1]], { location_id: 'store' })],
    { ...neither, ...no_bill, void: 'insufficient_stock' },
  ],
  [
    'a void stock transfer',
    'ST-260302-0001',
    [...BASE, stockTransfer([[BOTTLE, 4]]), by_admin(voiding('ST-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a stock count', 'SC-260302-0001', [...BASE, count([[BOTTLE, 9]])], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a void stock count',
    'SC-260302-0001',
    [...BASE, count([[BOTTLE, 9]]), by_admin(voiding('SC-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a transfer', 'MT-260302-0001', BASE, { ...neither, ...no_bill, void: 'ok' }],
  [
    'a transfer whose money is gone',
    'MT-260302-0001',
    [...BASE, transfer('cash', 'bank', '1')],
    { ...neither, ...no_bill, void: 'insufficient_funds' },
  ],
  [
    'a void transfer',
    'MT-260302-0001',
    [...BASE, by_admin(voiding('MT-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  [
    'a journal entry',
    'JE-260302-0001',
    [...BASE, journalEntry({ equity: '5' }, { cash: '5' })],
    { ...neither, ...no_bill, void: 'ok' },
  ],
  [
    'a void journal entry',
    'JE-260302-0001',
    [...BASE, journalEntry({ equity: '5' }, { cash: '5' }), by_admin(voiding('JE-260302-0001'))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a payment received', PY, [...SOLD, payment(SO, '3')], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a payment received whose money is gone',
    PY,
    [...SOLD, payment(SO, '3'), transfer('cash', 'bank', '101')],
    { ...neither, ...no_bill, void: 'insufficient_funds' },
  ],
  ['a payment made', PY, [...BASE, payment(PO, '3')], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a void payment',
    PY,
    [...BASE, payment(PO, '3'), by_admin(voiding(PY))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a write-off', WO, [...SOLD, writeOff(SO)], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a void write-off',
    WO,
    [...SOLD, writeOff(SO), by_admin(voiding(WO))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a return of a sale', RT, [...SOLD, giveBack(SO, [[BOTTLE, 2]])], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a return whose pieces are gone',
    RT,
    [...BASE, sale([[BOTTLE, 10, '2']]), giveBack(SO, [[BOTTLE, 2]]), waste([[BOTTLE, 1]])],
    { ...neither, ...no_bill, void: 'insufficient_stock' },
  ],
  ['a return of a purchase', RT, [...BASE, giveBack(PO, [[BOTTLE, 2]])], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a void return',
    RT,
    [...SOLD, giveBack(SO, [[BOTTLE, 2]]), by_admin(voiding(RT))],
    { ...neither, ...no_bill, void: 'already_void' },
  ],
  ['a request', AP, [...BASE, DEAR], { ...neither, ...no_document, ...waits }],
  [
    'a request whose stock is no longer for sale',
    AP,
    [
      ...BASE,
      [sale([[BOTTLE, 4, '2000']]), STAFF],
      { type: 'change', kind: 'item', id: BOTTLE, changes: { active: false } },
    ],
    {
      ...neither,
      ...no_document,
      ...waits,
      approve: 'inactive_item',
    },
  ],
  ['a request approved', AP, [...BASE, DEAR, approve(AP)], { ...neither, ...no_document, ...decided }],
  ['a request rejected', AP, [...BASE, DEAR, reject(AP)], { ...neither, ...no_document, ...decided }],
  ['a request withdrawn', AP, [...BASE, DEAR, [withdraw(AP), STAFF]], { ...neither, ...no_document, ...decided }],
  [
    'a reservation',
    RV,
    [...BASE, reserve([[BOTTLE, 4]])],
    { ...neither, ...no_document, check_out: 'ok', release: 'ok' },
  ],
  [
    'a reservation that has run out',
    RV,
    [...BASE, reserve([[BOTTLE, 4]], { ttl_seconds: 60 })],
    { ...neither, ...no_document, check_out: 'reservation_expired', release: 'reservation_expired' },
  ],
  [
    'a reservation whose end is on record',
    RV,
    [...BASE, reserve([[BOTTLE, 4]], { ttl_seconds: 30 }), [DEAR[0], { now: later(30) }]],
    { ...neither, ...no_document, check_out: 'reservation_expired', release: 'reservation_expired' },
  ],
  [
    'a reservation released',
    RV,
    [...BASE, reserve([[BOTTLE, 4]]), release(RV)],
    { ...neither, ...no_document, check_out: 'reservation_ended', release: 'reservation_ended' },
  ],
  [
    'a reservation checked out',
    RV,
    [...BASE, reserve([[BOTTLE, 4]]), checkOut(RV, [[BOTTLE, 'all', '2']])],
    { ...neither, ...no_document, check_out: 'reservation_ended', release: 'reservation_ended' },
  ],
  [
    'a reservation partly checked out',
    RV,
    [...BASE, reserve([[BOTTLE, 4]]), checkOut(RV, [[BOTTLE, 1, '2']])],
    { ...neither, ...no_document, check_out: 'reservation_ended', release: 'reservation_ended' },
  ],
  [
    'a reservation checked out that waits for approval',
    RV,
    [...BASE, [reserve([[BOTTLE, 4]]), STAFF], [checkOut(RV, [[BOTTLE, 'all', '2000']]), STAFF]],
    { ...neither, ...no_document, check_out: 'reservation_ended', release: 'reservation_ended' },
  ],
  ['a flash sale', FS, OFFERED, { ...neither, ...no_document, close_sale: 'ok' }],
  [
    'a flash sale that has ended',
    FS,
    [...BASE, flashSale(BOTTLE, 4, { ends_at: later(60) })],
    { ...neither, ...no_document, close_sale: 'flash_sale_closed' },
  ],
  [
    'a flash sale closed',
    FS,
    [...OFFERED, closeFlashSale(FS)],
    { ...neither, ...no_document, close_sale: 'flash_sale_closed' },
  ],
  [
    'an order',
    OR,
    ORDERED,
    { ...neither, ...no_document, ...not_charged, cancel: 'ok', charge: 'ok', confirm: 'ok', decline: 'ok' },
  ],
  [
    'an order that nobody pays',
    OR,
    [...BASE, flashSale(BOTTLE, 4, { hold_seconds: 60 }), order([[FS, 1]])],
    { ...neither, ...no_document, ...was_released },
  ],
  [
    'an order being paid, though its time has passed',
    OR,
    [...BASE, flashSale(BOTTLE, 4, { hold_seconds: 60 }), order([[FS, 1]]), startCharge(OR)],
    {
      ...{ ...neither, ...no_document, ...not_charged },
      ...{ cancel: 'charge_under_way', charge: 'charge_under_way', confirm: 'ok', decline: 'ok' },
    },
  ],
  [
    'an order of a closed sale',
    OR,
    [...ORDERED, closeFlashSale(FS)],
    { ...neither, ...no_document, ...not_charged, cancel: 'ok', charge: 'ok', confirm: 'ok', decline: 'ok' },
  ],
  ['an order cancelled', OR, [...ORDERED, cancelOrder(OR)], { ...neither, ...no_document, ...was_released }],
  ['an order declined', OR, [...CHARGED, releaseOrder(OR)], { ...neither, ...no_document, ...was_released }],
  ['an order paid', OR, [...CHARGED, confirmOrder(OR)], { ...neither, ...no_document, ...all_ended }],
  [
    'an order charged late',
    OR,
    [...CHARGED, releaseOrder(OR), lateCharge(OR)],
    { ...neither, ...no_document, ...all_ended, refund: 'ok' },
  ],
  [
    'an order refunded',
    OR,
    [...CHARGED, releaseOrder(OR), lateCharge(OR), refund(OR)],
    { ...neither, ...no_document, ...all_ended },
  ],
  [
    'the sale of an order',
    SO,
    [...CHARGED, confirmOrder(OR)],
    { ...neither, pay: 'already_paid', write_off: 'already_paid', give_back: 'ok', void: 'has_payments' },
  ],
  ['the payment of an order', PY, [...CHARGED, confirmOrder(OR)], { ...neither, ...no_bill, void: 'ok' }],
  [
    'a number not given yet',
    'SO-260302-0002',
    SOLD,
    {
      ...neither,
      late_cost: 'unknown_document',
      pay: 'unknown_document',
      write_off: 'unknown_document',
      give_back: 'unknown_document',
      void: 'unknown_document',
    },
  ],
  [
    'no number of ours',
    '__proto__',
    SOLD,
    {
      ...neither,
      late_cost: 'unknown_document',
      pay: 'unknown_document',
      write_off: 'unknown_document',
      give_back: 'unknown_document',
      void: 'unknown_document',
    },
  ],
];

describe.each(DOCUMENTS)('%s (%s)', (_state, number, steps, cells) => {
  it.each(Object.entries(cells) as [Named, Cell][])('%s: %s', (name, expected) => {
    check(givenAFactory(...steps), COMMANDS[name](number), expected);
  });
});

describe('the table of documents', () => {
  it('has every kind of document', () => {
    const kinds = new Set(DOCUMENTS.map(([, number]) => number.slice(0, 2)));
    for (const { prefix } of Object.values(DOCUMENT_KINDS)) expect(kinds).toContain(prefix);
  });
  it('has every command that names a document', () => {
    const naming = Object.values(COMMANDS).map((name) => name(SO)[0]);
    for (const command of naming) expect(documentsNeeded(command, new Map())).toEqual([SO]);
    expect([...new Set(naming.map(({ type }) => type))].sort()).toEqual(
      [
        'approve',
        'cancel_order',
        'check_out',
        'close_flash_sale',
        'confirm_order',
        'record_late_charge',
        'record_late_cost',
        'record_payment',
        'record_refund',
        'reject',
        'release_order',
        'release_reservation',
        'return_bill',
        'start_charge',
        'void_document',
        'withdraw',
        'write_off',
      ].sort(),
    );
  });
});

const IN_MAY = later(86_400 * 70);
const POSTINGS: Step[] = [
  [transfer('equity', 'cash', '100', { effective_at: '2026-02-15T08:00:00.000Z' }), {}],
  [transfer('equity', 'cash', '100'), {}],
];
const MONTH_COMMANDS = {
  close: (month: string) => [close(month), { ...MANAGER, now: IN_MAY }] as const,
  reopen: (month: string) => [reopen(month), { ...ADMIN, now: IN_MAY }] as const,
  record: (month: string) =>
    [
      transfer('equity', 'cash', '1', { effective_at: `${month}-10T08:00:00.000Z` }),
      { ...STAFF, now: IN_MAY },
    ] as const,
  record_now: (_month: string) => [transfer('equity', 'cash', '1'), { ...STAFF, now: IN_MAY }] as const,
  void_now: (_month: string) => [voiding('MT-260302-0001'), { ...ADMIN, now: IN_MAY }] as const,
} satisfies Record<string, (month: string) => readonly [Command, By]>;
type MonthCommand = keyof typeof MONTH_COMMANDS;
const at_once = { record_now: 'ok', void_now: 'ok' } as const;
const closed_in_may = (...months: string[]): Step[] => months.map((month) => [close(month), { now: IN_MAY }] as const);

const MONTHS: [state: string, month: string, given: Step[], cells: Cells<MonthCommand>][] = [
  ['a month that is over', '2026-02', POSTINGS, { ...at_once, close: 'ok', reopen: 'period_not_closed', record: 'ok' }],
  [
    'the current month',
    '2026-05',
    POSTINGS,
    { ...at_once, close: 'period_not_over', reopen: 'period_not_closed', record: 'ok' },
  ],
  [
    'a month to come',
    '2026-06',
    POSTINGS,
    { ...at_once, close: 'period_not_over', reopen: 'period_not_closed', record: 'effective_in_future' },
  ],
  [
    'the last closed month',
    '2026-03',
    [...POSTINGS, ...closed_in_may('2026-02', '2026-03')],
    { ...at_once, close: 'period_closed', reopen: 'ok', record: 'period_closed' },
  ],
  [
    'a closed month before the last',
    '2026-02',
    [...POSTINGS, ...closed_in_may('2026-02', '2026-03')],
    { ...at_once, close: 'period_closed', reopen: 'period_not_closed', record: 'period_closed' },
  ],
  [
    'a month closed with a later one',
    '2026-02',
    [...POSTINGS, ...closed_in_may('2026-03')],
    { ...at_once, close: 'period_closed', reopen: 'period_not_closed', record: 'period_closed' },
  ],
  [
    'the month after the last closed',
    '2026-04',
    [...POSTINGS, ...closed_in_may('2026-03')],
    { ...at_once, close: 'ok', reopen: 'period_not_closed', record: 'ok' },
  ],
  [
    'a month opened again',
    '2026-03',
    [...POSTINGS, ...closed_in_may('2026-03'), [reopen('2026-03'), { now: IN_MAY }]],
    { ...at_once, close: 'ok', reopen: 'period_not_closed', record: 'ok' },
  ],
  [
    'the month before one opened again',
    '2026-02',
    [...POSTINGS, ...closed_in_may('2026-03'), [reopen('2026-03'), { now: IN_MAY }]],
    { ...at_once, close: 'period_closed', reopen: 'ok', record: 'period_closed' },
  ],
  [
    'a month closed again',
    '2026-03',
    [...POSTINGS, ...closed_in_may('2026-03'), [reopen('2026-03'), { now: IN_MAY }], ...closed_in_may('2026-03')],
    { ...at_once, close: 'period_closed', reopen: 'ok', record: 'period_closed' },
  ],
];

describe.each(MONTHS)('%s (%s)', (_state, month, steps, cells) => {
  it.each(Object.entries(cells) as [MonthCommand, Cell][])('%s: %s', (name, expected) => {
    check(givenAFactory(...steps), MONTH_COMMANDS[name](month), expected);
  });
});

import {
  ADMIN,
  account,
  at,
  type Books,
  deactivate,
  giveBack,
  given,
  givenAFactory,
  item,
  later,
  MONDAY,
  openLedger,
  party,
  payment,
  purchase,
  STAFF,
  sale,
  transfer,
  voiding,
  waste,
  writeOff,
} from '../../../test/support/given.js';
import { viewDocument } from '../../documents/documents.js';

const BOTTLE = 'bottle-500ml-a';
const DAY_S = 24 * 3600;
const PO = 'PO-260302-0001';
const ON_THURSDAY = { effective_at: '2026-02-26T09:00:00.000Z' };
const SO = 'SO-260302-0001';
/** Cash of 1000.00, a bill of 300.00 to pay and one of 500.00 to be paid. */
const IN_BUSINESS = [transfer('equity', 'cash', '1000'), purchase([[BOTTLE, 100, '3']]), sale([[BOTTLE, 100, '5']])];

describe('transfer_money', () => {
  it('moves money from one account to another', () => {
    const books = given(openLedger())
      .when(transfer('equity', 'cash', '1000.50', { reference: 'opening balance' }))
      .thenRecorded({
        type: 'MoneyTransferred',
        data: {
          number: 'MT-260302-0001',
          from_account_id: 'equity',
          to_account_id: 'cash',
          amount: '100050',
          reference: 'opening balance',
        },
      });
    expect(books.trialBalance()).toEqual({ cash: '1000.50', equity: '-1000.50' });
    books.and(transfer('cash', 'bank', '1000.50'));
    expect(books.trialBalance()).toEqual({ bank: '1000.50', equity: '-1000.50' });
  });

  it('takes no account below zero that may not be, on either side of the books', () => {
    const books = given(openLedger(), transfer('equity', 'cash', '10'), account('loan', 'liability', false));
    books.when(transfer('cash', 'bank', '10.01')).thenRefused('insufficient_funds', {
      account_id: 'cash',
      available: 10,
      requested: 10.01,
      shortage: 0.01,
    });
    books
      .when(transfer('bank', 'cash', '1'))
      .thenRefused('insufficient_funds', { account_id: 'bank', available: 0, requested: 1, shortage: 1 });
    // A liability grows when money comes from it, and shrinks when it is paid back: not below zero.
    books.and(transfer('loan', 'bank', '5'));
    books.when(transfer('cash', 'loan', '6')).thenRefused('insufficient_funds', {
      account_id: 'loan',
      available: 5,
      requested: 6,
      shortage: 1,
    });
    books.when(transfer('cash', 'loan', '5')).thenRecorded({ type: 'MoneyTransferred' });
  });

  it('lets go below zero what may', () => {
    const books = given(openLedger(), account('overdraft', 'asset', true), transfer('overdraft', 'cash', '99'));
    expect(books.balance('overdraft')).toBe('-99.00');
  });

  it('refuses the accounts that the ledger itself keeps, the same account twice and ids that cannot be used', () => {
    const books = givenAFactory(...IN_BUSINESS, account('till', 'asset'), deactivate('account', 'till'));
    for (const id of ['inventory', 'receivable:CUST-001', 'payable:SUP-001', 'payable:nobody']) {
      books.when(transfer('equity', id, '1')).thenRefused('control_account', { account_id: id });
      books.when(transfer(id, 'equity', '1')).thenRefused('control_account', { account_id: id });
    }
    books.when(transfer('cash', 'cash', '1')).thenRefused('same_account', { account_id: 'cash' });
    books.when(transfer('cash', 'piggy-bank', '1')).thenRefused('unknown_account', { account_id: 'piggy-bank' });
    books.when(transfer('till', 'cash', '1')).thenRefused('inactive_account', { account_id: 'till' });
  });

  it('refuses amounts that are none, finer than the currency or beyond the books', () => {
    for (const amount of ['0', '-1', '0.001', '1e3', '', '10000000000000'])
      given(openLedger())
        .when(transfer('equity', 'cash', amount))
        .thenRefused('validation');
    given(openLedger(), transfer('equity', 'cash', '9999999999999.99'))
      .when(transfer('equity', 'cash', '0.01'))
      .thenRefused('amount_out_of_bounds');
    given(openLedger({ currency: 'JPY', digits: 0 }))
      .when(transfer('equity', 'cash', '1.5'))
      .thenRefused('validation');
  });

  it('waits for approval above the threshold when staff ask for it', () => {
    const books = given(openLedger(), transfer('equity', 'cash', '9000'));
    books
      .when(transfer('cash', 'bank', '5000.01'), STAFF)
      .thenRecorded({ type: 'ApprovalRequested', data: { amount: '500001' } });
    books.when(transfer('cash', 'bank', '5000'), STAFF).thenRecorded({ type: 'MoneyTransferred' });
  });
});

describe('record_payment', () => {
  it('receives what a customer owes: pending, partial, paid', () => {
    const books = givenAFactory(...IN_BUSINESS);
    expect(books.balance('receivable:CUST-001')).toBe('500.00');
    books.when(payment(SO, '120.50', { account_id: 'bank', method: 'wire' })).thenRecorded({
      type: 'PaymentReceived',
      data: {
        number: 'PY-260302-0001',
        bill_number: SO,
        party_id: 'CUST-001',
        account_id: 'bank',
        amount: '12050',
        settles: '12050',
        method: 'wire',
      },
    });
    books.when(payment(SO, '379.50')).thenMoved({ journal: { cash: '379.50', 'receivable:CUST-001': '-379.50' } });
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
    expect([books.balance('bank'), books.balance('cash')]).toEqual(['120.50', '1379.50']);
  });

  it('shows on the bill what has been paid', () => {
    const books = givenAFactory(...IN_BUSINESS);
    const shown = () => {
      const { payment_status, paid_amount, open_amount, payments } = viewDocument(books.state.documents.get(SO)!, 2);
      return [payment_status, paid_amount, open_amount, payments];
    };
    expect(shown()).toEqual(['pending', 0, 500, []]);
    books.and(payment(SO, '120.50'));
    expect(shown()).toEqual(['partial', 120.5, 379.5, ['PY-260302-0001']]);
    books.and(payment(SO, '379.50'));
    expect(shown()).toEqual(['paid', 500, 0, ['PY-260302-0001', 'PY-260302-0002']]);
    books.and(giveBack(SO, [[BOTTLE, 1]]));
    expect(shown()).toEqual(['refund_due', 500, -5, ['PY-260302-0001', 'PY-260302-0002']]);
    books.and(payment(SO, '5'));
    expect(shown()).toEqual(['paid', 495, 0, ['PY-260302-0001', 'PY-260302-0002', 'PY-260302-0003']]);
    books.and(voiding('PY-260302-0001'));
    expect(shown()).toEqual(['partial', 374.5, 120.5, ['PY-260302-0002', 'PY-260302-0003']]);
  });

  it('pays a supplier out of cash, not more than is there', () => {
    const books = givenAFactory(...IN_BUSINESS);
    books
      .when(payment(PO, '100'))
      .thenRecorded({ type: 'PaymentMade', data: { party_id: 'SUP-001', settles: '10000' } });
    expect(books.balance('payable:SUP-001')).toBe('-200.00');
    books.when(payment(PO, '1', { account_id: 'bank' })).thenRefused('insufficient_funds', { account_id: 'bank' });
    books.when(payment(PO, '200')).thenMoved({ journal: { cash: '-200.00', 'payable:SUP-001': '200.00' } });
  });

  it('refuses more than is owed and what is paid already', () => {
    const books = givenAFactory(...IN_BUSINESS, payment(SO, '499.99'));
    books.when(payment(SO, '0.02')).thenRefused('overpayment', { number: SO, open: 0.01, requested: 0.02 });
    books.and(payment(SO, '0.01')).when(payment(SO, '0.01')).thenRefused('already_paid', { number: SO });
    givenAFactory(purchase([[BOTTLE, 1, '0']]))
      .when(payment(PO, '1'))
      .thenRefused('already_paid');
  });

  it('pays back what a return left paid too much, and no more', () => {
    // 100 bottles at 5.00 paid whole; 30 come back: 150.00 are due to the customer.
    const books = givenAFactory(...IN_BUSINESS, payment(SO, '500'), giveBack(SO, [[BOTTLE, 30]]));
    books.when(payment(SO, '150.01')).thenRefused('overpayment', { open: 150, requested: 150.01 });
    books.when(payment(SO, '100')).thenRecorded({ type: 'PaymentMade', data: { amount: '10000', settles: '-10000' } });
    books.when(payment(SO, '50')).thenMoved({ journal: { cash: '-50.00', 'receivable:CUST-001': '50.00' } });
    books.when(payment(SO, '0.01')).thenRefused('already_paid');
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
  });

  it('receives back from a supplier', () => {
    const bought = [transfer('equity', 'cash', '300'), purchase([[BOTTLE, 100, '3']]), payment(PO, '300')];
    givenAFactory(...bought, giveBack(PO, [[BOTTLE, 10]]))
      .when(payment(PO, '30'))
      .thenRecorded({ type: 'PaymentReceived', data: { settles: '-3000' } });
  });

  it('owes the whole bill again when a payment is void', () => {
    const books = givenAFactory(...IN_BUSINESS, payment(SO, '500'), voiding('PY-260302-0001'));
    expect(books.balance('receivable:CUST-001')).toBe('500.00');
    books.when(payment(SO, '500.01')).thenRefused('overpayment', { open: 500 });
    books.when(payment(SO, '500')).thenRecorded({ type: 'PaymentReceived', data: { number: 'PY-260302-0002' } });
  });

  it('refuses bills that are void, documents that are no bills, and ids that cannot be used', () => {
    const books = givenAFactory(...IN_BUSINESS, purchase([[BOTTLE, 9, '1']]), waste([[BOTTLE, 1]]));
    books.when(payment('WS-260302-0001', '1')).thenRefused('not_payable', { kind: 'waste' });
    books.when(payment('SO-260302-0099', '1')).thenRefused('unknown_document', { number: 'SO-260302-0099' });
    books.when(payment('$all', '1')).thenRefused('unknown_document');
    books.when(payment(SO, '1', { account_id: 'piggy-bank' })).thenRefused('unknown_account');
    books.when(payment(SO, '1', { account_id: 'inventory' })).thenRefused('control_account');
    books.when(payment(SO, '1', { account_id: 'payable:SUP-001' })).thenRefused('control_account');
    books
      .and(account('till', 'asset'), deactivate('account', 'till'))
      .when(payment(SO, '1', { account_id: 'till' }))
      .thenRefused('inactive_account');
    for (const amount of ['0', '-5', '0.001']) books.when(payment(SO, amount)).thenRefused('validation');
    books
      .and([voiding(SO), ADMIN])
      .when(payment(SO, '1'))
      .thenRefused('already_void', { number: SO });
  });

  it('takes money that came before the day it is written down', () => {
    given(openLedger(), item(BOTTLE), party('supplier', 'SUP-001'), party('customer', 'CUST-001'))
      .and(purchase([[BOTTLE, 1, '3']], ON_THURSDAY), sale([[BOTTLE, 1, '5']], ON_THURSDAY))
      .when(payment(SO, '5', { effective_at: '2026-02-27T09:00:00.000Z' }))
      .thenRecorded({ type: 'PaymentReceived', metadata: { effective_at: '2026-02-27T09:00:00.000Z' } });
  });

  it('is not of a day before its bill', () => {
    const books = givenAFactory(...IN_BUSINESS);
    for (const number of [SO, PO])
      books.when(payment(number, '1', { effective_at: later(-1) })).thenRefused('effective_before_document', {
        number,
        document_effective_at: MONDAY,
        effective_at: later(-1),
      });
    books.when(payment(SO, '1', { effective_at: MONDAY })).thenRecorded({ type: 'PaymentReceived' });
  });

  it('pays nothing back before it was too much', () => {
    // 500.00 sold on Monday and paid on Tuesday; 150.00 come back on Thursday, 50.00 on Friday. It is Saturday.
    const on = (days: number) => ({ effective_at: later(days * DAY_S) });
    const books = givenAFactory(
      ...IN_BUSINESS,
      ...at(
        later(5 * DAY_S),
        payment(SO, '500', on(1)),
        giveBack(SO, [[BOTTLE, 30]], on(3)),
        giveBack(SO, [[BOTTLE, 10]], on(4)),
      ),
    );
    const refund = (amount: string, days: number) =>
      books.when(payment(SO, amount, on(days)), { now: later(5 * DAY_S) });
    refund('0.01', 2).thenRefused('overpayment', { open: 0, requested: 0.01, ...on(2) });
    refund('150.01', 3).thenRefused('overpayment', { open: 150, requested: 150.01, ...on(3) });
    refund('150', 3).thenRecorded({ type: 'PaymentMade', data: { settles: '-15000' }, metadata: on(3) });
    // What is too much since Friday was not on Thursday.
    refund('0.01', 3).thenRefused('overpayment', { open: 0, requested: 0.01 });
    refund('50', 4).thenRecorded({ type: 'PaymentMade', data: { settles: '-5000' } });
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
  });
});

describe('payment_status', () => {
  const shown = (books: Books, number: string) => {
    const { payment_status, paid_amount, returned_amount, open_amount } = viewDocument(
      books.state.documents.get(number)!,
      2,
    );
    return [payment_status, paid_amount, returned_amount, open_amount];
  };

  it('speaks of money only: what came back was not paid', () => {
    const books = givenAFactory(...IN_BUSINESS, giveBack(SO, [[BOTTLE, 40]]));
    expect(shown(books, SO)).toEqual(['pending', 0, 200, 300]);
    books.and(payment(SO, '100'));
    expect(shown(books, SO)).toEqual(['partial', 100, 200, 200]);
    books.and(giveBack(SO, [[BOTTLE, 40]]));
    expect(shown(books, SO)).toEqual(['paid', 100, 400, 0]);
    books.and(giveBack(SO, [[BOTTLE, 20]]));
    expect(shown(books, SO)).toEqual(['refund_due', 100, 500, -100]);
    books.and(payment(SO, '100'));
    expect(shown(books, SO)).toEqual(['nothing_due', 0, 500, 0]);
  });

  it('is nothing_due where nothing was ever owed', () => {
    const books = givenAFactory(...IN_BUSINESS, purchase([[BOTTLE, 1, '0']]), giveBack(SO, [[BOTTLE, 100]]));
    expect(shown(books, 'PO-260302-0002')).toEqual(['nothing_due', 0, 0, 0]);
    expect(shown(books, SO)).toEqual(['nothing_due', 0, 500, 0]);
  });
});

describe('a payment', () => {
  it('is made from and into accounts that hold or owe money, and no others', () => {
    const books = givenAFactory(...IN_BUSINESS, account('loan', 'liability'), account('rent', 'expense'));
    for (const account_id of [
      'revenue',
      'cogs',
      'waste',
      'count-difference',
      'price-variance',
      'inventory',
      'write-off',
    ])
      for (const number of [SO, PO])
        books.when(payment(number, '1', { account_id })).thenRefused('control_account', { account_id });
    for (const [account_id, account_type] of [
      ['equity', 'equity'],
      ['conversion', 'expense'],
      ['rent', 'expense'],
    ] as const)
      books.when(payment(PO, '1', { account_id })).thenRefused('not_a_money_account', { account_id, account_type });
    // Drawn from a loan.
    books
      .when(payment(PO, '300', { account_id: 'loan' }))
      .thenMoved({ journal: { loan: '-300.00', 'payable:SUP-001': '300.00' } });
  });

  it('leaves accounts that their own events post to alone, and so does a transfer', () => {
    const books = givenAFactory(...IN_BUSINESS, account('rent', 'expense'));
    for (const id of ['revenue', 'cogs', 'waste', 'count-difference', 'price-variance', 'inventory']) {
      books.when(transfer('cash', id, '1')).thenRefused('control_account', { account_id: id });
      books.when(transfer(id, 'cash', '1')).thenRefused('control_account', { account_id: id });
    }
    books.when(transfer('cash', 'rent', '1')).thenRecorded({ type: 'MoneyTransferred' });
    // What the blowing cost is paid against what was absorbed of it.
    books.when(transfer('cash', 'conversion', '1')).thenRecorded({ type: 'MoneyTransferred' });
  });
});

describe('write_off', () => {
  it('makes a loss of what a customer will never pay', () => {
    const books = givenAFactory(...IN_BUSINESS, payment(SO, '120'));
    const written = books.when(writeOff(SO, { amount: '80' }));
    written.thenRecorded({
      type: 'BillWrittenOff',
      data: {
        number: 'WO-260302-0001',
        bill_number: SO,
        party_id: 'CUST-001',
        amount: '8000',
        settles: '8000',
        reason: 'bankrupt',
      },
    });
    written.thenMoved({ journal: { 'write-off': '80.00', 'receivable:CUST-001': '-80.00' } });
    expect(written.answer()).toMatchObject({
      kind: 'write_off',
      number: 'WO-260302-0001',
      amount: 80,
      status: 'confirmed',
    });
    const shown = () => viewDocument(books.state.documents.get(SO)!, 2);
    expect(shown()).toMatchObject({
      payment_status: 'partial',
      paid_amount: 120,
      written_off_amount: 80,
      open_amount: 300,
      write_offs: ['WO-260302-0001'],
    });
    // Without an amount all that is open.
    books.when(writeOff(SO)).thenMoved({ journal: { 'write-off': '300.00', 'receivable:CUST-001': '-300.00' } });
    expect(shown()).toMatchObject({ payment_status: 'paid', written_off_amount: 380, open_amount: 0 });
    books.when(writeOff(SO)).thenRefused('already_paid');
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
  });

  it('makes a gain of what a supplier will never ask for', () => {
    const books = givenAFactory(...IN_BUSINESS);
    books.when(writeOff(PO)).thenMoved({ journal: { 'write-off': '-300.00', 'payable:SUP-001': '300.00' } });
    expect(viewDocument(books.state.documents.get(PO)!, 2)).toMatchObject({ payment_status: 'nothing_due' });
  });

  it('keeps what a customer paid too much and never asks for', () => {
    const books = givenAFactory(...IN_BUSINESS, payment(SO, '500'), giveBack(SO, [[BOTTLE, 30]]));
    books.when(writeOff(SO, { amount: '150.01' })).thenRefused('overpayment', { open: 150, requested: 150.01 });
    const written = books.when(writeOff(SO));
    written.thenRecorded({ type: 'BillWrittenOff', data: { amount: '15000', settles: '-15000' } });
    written.thenMoved({ journal: { 'write-off': '-150.00', 'receivable:CUST-001': '150.00' } });
    books.when(payment(SO, '1')).thenRefused('already_paid');
  });

  it('is void like any document: the bill is owed again', () => {
    const books = givenAFactory(...IN_BUSINESS, writeOff(SO));
    books.when(voiding(SO), ADMIN).thenRefused('has_write_offs', { number: SO, write_offs: ['WO-260302-0001'] });
    books
      .when(voiding('WO-260302-0001'), ADMIN)
      .thenRecorded({ type: 'DocumentVoided', data: { number: 'WO-260302-0001', bill_number: SO } });
    expect([books.balance('write-off'), books.balance('receivable:CUST-001')]).toEqual(['0.00', '500.00']);
    expect(viewDocument(books.state.documents.get(SO)!, 2)).toMatchObject({
      payment_status: 'pending',
      written_off_amount: 0,
      open_amount: 500,
      write_offs: [],
    });
    books.when(voiding(SO), ADMIN).thenRecorded({ type: 'DocumentVoided' });
  });

  it('stands in the way of a return of what was given up', () => {
    // 500.00 less 200.00: goods of 300.00 may still come back.
    const books = givenAFactory(...IN_BUSINESS, writeOff(SO, { amount: '200' }));
    books.when(giveBack(SO, [[BOTTLE, 61]])).thenRefused('has_write_offs', { write_offs: ['WO-260302-0001'] });
    books.when(giveBack(SO, [[BOTTLE, 60]])).thenRecorded({ type: 'SaleReturned' });
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
  });

  it('is not of a day before its bill, and not of what is no bill', () => {
    const books = givenAFactory(...IN_BUSINESS);
    books.when(writeOff(SO, { effective_at: later(-1) })).thenRefused('effective_before_document', { number: SO });
    books.when(writeOff('MT-260302-0001')).thenRefused('not_payable', { kind: 'transfer' });
    books.when(writeOff('SO-260302-0009')).thenRefused('unknown_document');
    books.when(writeOff(SO, { amount: '0' })).thenRefused('validation', { errors: [{ path: 'amount' }] });
    books.when(writeOff(SO, { amount: '500.01' })).thenRefused('overpayment', { open: 500 });
    books
      .and([voiding(SO), ADMIN])
      .when(writeOff(SO))
      .thenRefused('already_void');
  });
});

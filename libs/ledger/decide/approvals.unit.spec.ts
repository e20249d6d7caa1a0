import {
  ADMIN,
  account,
  approve,
  checkOut,
  close,
  deactivate,
  givenAFactory,
  later,
  MANAGER,
  purchase,
  reject,
  reserve,
  STAFF,
  sale,
  transfer,
} from '../../../test/support/given.js';

const BOTTLE = 'bottle-500ml-a';
const AP = 'AP-260302-0001';
const STOCKED = purchase([[BOTTLE, 100, '10']]);
/** 60 pieces for 6000.00, ordered by staff. */
const DEAR = [sale([[BOTTLE, 60, '100']]), STAFF] as const;

describe('a sale above the threshold', () => {
  it('waits with its pieces set aside', () => {
    const books = givenAFactory(STOCKED);
    const { answer } = books.when(...DEAR);
    expect(answer()).toMatchObject({
      kind: 'approval',
      number: AP,
      status: 'pending',
      amount: 6000,
      requested_by: 'sam',
    });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 60 of them set aside');
    expect(books.balance('revenue')).toBe('0.00');
    books.when(sale([[BOTTLE, 41, '1']])).thenRefused('insufficient_stock', { available: 40, requested: 41 });
    books.when(sale([[BOTTLE, 40, '1']])).thenRecorded({ type: 'SaleRecorded' });
  });

  it('is carried out when somebody else approves, both in one go', () => {
    const books = givenAFactory(STOCKED, DEAR);
    const { answer } = books.when(approve(AP), { ...MANAGER, now: later(60) });
    expect(books.facts.slice(-2)).toMatchObject([
      {
        type: 'ApprovalGranted',
        data: {
          approval_id: AP,
          requested_by: 'sam',
          number: 'SO-260302-0001',
          holds: [{ item_id: BOTTLE, location_id: 'main', quantity: -60 }],
        },
        metadata: { actor: 'mia' },
      },
      {
        type: 'SaleRecorded',
        data: {
          number: 'SO-260302-0001',
          approval_id: AP,
          requested_by: 'sam',
          total_price: '600000',
          total_cost: '60000',
        },
        metadata: { actor: 'mia', effective_at: later(60) },
      },
    ]);
    expect(answer()).toMatchObject({
      number: AP,
      status: 'approved',
      decided_by: 'mia',
      result_number: 'SO-260302-0001',
      document: { number: 'SO-260302-0001', created_by: 'sam', approved_by: 'mia', status: 'confirmed' },
    });
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
  });

  it('lets go of its pieces when it is rejected', () => {
    const books = givenAFactory(STOCKED, DEAR)
      .when(reject(AP), ADMIN)
      .thenRecorded({
        type: 'ApprovalRejected',
        data: { approval_id: AP, requested_by: 'sam', reason: 'too dear' },
      });
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00');
    expect(books.balance('revenue')).toBe('0.00');
  });

  it('sets pieces of two lines aside together, and takes those and no others', () => {
    const two_lines = sale([
      [BOTTLE, 60, '100'],
      [BOTTLE, 40, '100'],
    ]);
    const books = givenAFactory(STOCKED, [two_lines, STAFF]);
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 100 of them set aside');
    books.and([approve(AP), MANAGER]);
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('is refused at once where the pieces are not there', () => {
    givenAFactory(STOCKED)
      .when(sale([[BOTTLE, 101, '100']]), STAFF)
      .thenRefused('insufficient_stock', { available: 100 });
  });

  it('costs what the pieces cost when it is approved', () => {
    // 100 worth 1000.00 and 100 worth 3000.00: 60 × 20.00.
    const books = givenAFactory(STOCKED, DEAR, purchase([[BOTTLE, 100, '30']]));
    books.when(approve(AP), MANAGER).thenMoved({ stock: [`-60 ${BOTTLE} at main, -1200.00`] });
  });
});

describe('four eyes', () => {
  it('are two people’s, one of them a manager or an admin', () => {
    const books = givenAFactory(STOCKED, DEAR);
    for (const decision of [approve(AP), reject(AP)]) {
      books
        .when(decision, { actor: 'tom', role: 'staff' })
        .thenRefused('not_an_approver', { approval_id: AP, role: 'staff' });
      books.when(decision, { actor: 'sam', role: 'manager' }).thenRefused('self_approval', { requested_by: 'sam' });
      books.when(decision, { actor: 'sam', role: 'admin' }).thenRefused('self_approval');
      books.when(decision, { actor: 'tom', role: 'auditor' }).thenRefused('not_an_approver');
    }
    books.when(approve(AP), ADMIN).thenRecorded({ type: 'ApprovalGranted' }, { type: 'SaleRecorded' });
  });

  it('decide once: of fifty approvals the first counts', () => {
    const books = givenAFactory(STOCKED, DEAR, [approve(AP), MANAGER]);
    for (let attempt = 0; attempt < 49; attempt += 1)
      books
        .when(approve(AP), { actor: `manager-${attempt}`, role: 'manager' })
        .thenRefused('approval_decided', { approval_id: AP, approval_status: 'approved', decided_by: 'mia' });
    books.when(reject(AP), ADMIN).thenRefused('approval_decided', { approval_status: 'approved' });
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
    givenAFactory(STOCKED, DEAR, [reject(AP), MANAGER])
      .when(approve(AP), ADMIN)
      .thenRefused('approval_decided', { approval_status: 'rejected', decided_by: 'mia' });
  });

  it('decide on what was asked for and on nothing else', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 1]]));
    for (const id of [AP, 'PO-260302-0001', 'RV-260302-0001', '__proto__'])
      books.when(approve(id), MANAGER).thenRefused('unknown_approval', { approval_id: id });
  });

  it('are needed of staff only, and only above the threshold', () => {
    const books = givenAFactory(STOCKED);
    books.when(sale([[BOTTLE, 50, '100']]), STAFF).thenRecorded({ type: 'SaleRecorded' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), STAFF).thenRecorded({ type: 'ApprovalRequested' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), MANAGER).thenRecorded({ type: 'SaleRecorded' });
    books.when(sale([[BOTTLE, 1, '5000.01']]), ADMIN).thenRecorded({ type: 'SaleRecorded' });
  });
});

describe('what was asked for is decided again', () => {
  it('on the state of that moment, and stays asked for when it is refused then', () => {
    const books = givenAFactory(transfer('equity', 'cash', '9000'), [transfer('cash', 'bank', '6000'), STAFF]);
    books.and(transfer('cash', 'equity', '4000'));
    books
      .when(approve(AP), MANAGER)
      .thenRefused('insufficient_funds', { account_id: 'cash', available: 5000, requested: 6000 });
    books.and(transfer('equity', 'cash', '1000'));
    books
      .when(approve(AP), MANAGER)
      .thenRecorded(
        { type: 'ApprovalGranted' },
        { type: 'MoneyTransferred', data: { number: 'MT-260302-0004', approval_id: AP } },
      );
  });

  it('with ids that may have become inactive meanwhile', () => {
    const dear = [purchase([[BOTTLE, 600, '10']]), STAFF] as const;
    givenAFactory(dear, deactivate('supplier', 'SUP-001')).when(approve(AP), MANAGER).thenRefused('inactive_supplier');
    givenAFactory(STOCKED, DEAR, deactivate('item', BOTTLE)).when(approve(AP), MANAGER).thenRefused('inactive_item');
    givenAFactory(account('till', 'asset', true), [transfer('till', 'bank', '6000'), STAFF])
      .and(deactivate('account', 'till'))
      .when(approve(AP), MANAGER)
      .thenRefused('inactive_account');
  });

  it('on the day that was asked for, unless its month has been closed', () => {
    const effective_at = '2026-03-01T12:00:00.000Z';
    const books = givenAFactory([purchase([[BOTTLE, 600, '10']], { effective_at }), STAFF]);
    const in_april = { now: '2026-04-02T08:00:00.000Z' };
    books
      .and([close('2026-03'), in_april])
      .when(approve('AP-260302-0001'), { ...MANAGER, ...in_april })
      .thenRefused('period_closed', { month: '2026-03' });
    givenAFactory([purchase([[BOTTLE, 600, '10']], { effective_at }), STAFF])
      .when(approve('AP-260302-0001'), { ...MANAGER, ...in_april })
      .thenRecorded(
        { type: 'ApprovalGranted', metadata: { effective_at: in_april.now } },
        { type: 'PurchaseRecorded', data: { number: 'PO-260402-0001' }, metadata: { effective_at } },
      );
  });
});

describe('a reservation checked out above the threshold', () => {
  it('waits as a sale does, with the pieces that were taken still set aside', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 80]]));
    books.when(checkOut('RV-260302-0001', [[BOTTLE, 60, '100']]), STAFF).thenRecorded(
      {
        type: 'ReservationCheckedOut',
        data: { number: AP, released: [{ item_id: BOTTLE, quantity: 20 }] },
      },
      { type: 'ApprovalRequested', data: { amount: '600000' } },
    );
    expect(books.stock(BOTTLE)).toBe('100 worth 1000.00, 60 of them set aside');
    books.and([approve(AP), MANAGER]);
    expect(books.stock(BOTTLE)).toBe('40 worth 400.00');
  });
});

import {
  ADMIN,
  approve,
  type Books,
  blow,
  checkOut,
  close,
  count,
  giveBack,
  givenAFactory,
  MANAGER,
  MONDAY,
  payment,
  purchase,
  reserve,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  transfer,
  voiding,
  waste,
} from '../../../test/support/given.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';
const PO = 'PO-260302-0001';
const SO = 'SO-260302-0001';
const STOCKED = [transfer('equity', 'cash', '100'), purchase([[BOTTLE, 10, '1']])];

function figures(books: Books): unknown {
  return [
    books.trialBalance(),
    ...['preform', BOTTLE].flatMap((item) => [books.stock(item), books.stock(item, 'store')]),
  ];
}

describe('void_document', () => {
  it.each<[string, Step[], Step]>([
    ['PO-260302-0002', [], purchase([[BOTTLE, 3, '1']])],
    ['PO-260302-0002', [], purchase([['preform', 3, '7.77']])],
    [SO, [], sale([[BOTTLE, 3, '7.77']])],
    ['WS-260302-0001', [], waste([[BOTTLE, 3]])],
    ['ST-260302-0001', [], stockTransfer([[BOTTLE, 3]])],
    ['MT-260302-0002', [], transfer('cash', 'bank', '12.34')],
    ['PY-260302-0001', [], payment(PO, '4.56')],
    ['PY-260302-0001', [sale([[BOTTLE, 3, '7.77']])], payment(SO, '4.56')],
    ['BL-260302-0001', [], blow([[BOTTLE, 5]], [['preform', 4]], { rejected_quantity: 1, conversion_cost: '2.50' })],
    ['SC-260302-0001', [], count([[BOTTLE, 7]])],
    [
      'SC-260302-0001',
      [],
      count([
        [BOTTLE, 12],
        ['preform', 4, '0.25'],
      ]),
    ],
    ['RT-260302-0001', [sale([[BOTTLE, 3, '7.77']])], giveBack(SO, [[BOTTLE, 2]])],
    ['RT-260302-0001', [], giveBack(PO, [[BOTTLE, 2]])],
  ])('takes %s back: all figures are as before it', (number, before, document) => {
    const books = givenAFactory(...STOCKED, ...before);
    const as_before = figures(books);
    books.and(document);
    expect(figures(books)).not.toEqual(as_before);
    books
      .when(voiding(number), ADMIN)
      .thenRecorded({ type: 'DocumentVoided', data: { number, reason: 'typed wrong' } });
    expect(figures(books)).toEqual(as_before);
    books.when(voiding(number), ADMIN).thenRefused('already_void', { number });
  });

  it('takes the profit of a sale back, too', () => {
    givenAFactory(...STOCKED, sale([[BOTTLE, 3, '7.77']]))
      .when(voiding(SO), ADMIN)
      .thenRecorded({
        type: 'DocumentVoided',
        data: { sales: [{ item_id: BOTTLE, customer_id: 'CUST-001', quantity: -3, revenue: '-2331', cost: '-300' }] },
      });
  });

  it('keeps the voided document readable, with what happened to it', () => {
    const { answer } = givenAFactory(...STOCKED, sale([[BOTTLE, 3, '7.77']])).when(voiding(SO), ADMIN);
    expect(answer()).toMatchObject({
      kind: 'sale',
      number: SO,
      total_price: 23.31,
      status: 'void',
      payment_status: 'void',
      open_amount: 0,
      created_by: 'mia',
      voided_by: 'ada',
      void_reason: 'typed wrong',
    });
  });

  it('lets what came in leave at average cost, with the difference to what it came with in price variance', () => {
    // 10 at 1.00 and 10 at 3.00, 8 sold for 16.00 cost: 12 worth 24.00. Either ten leave at the average: 24.00 × 10/12 = 20.00.
    const then = () => givenAFactory(purchase([[BOTTLE, 10, '1']]), purchase([[BOTTLE, 10, '3']]));
    const without_dear = then().and(sale([[BOTTLE, 8, '9']]));
    without_dear.when(voiding('PO-260302-0002'), ADMIN).thenMoved({
      stock: [`-10 ${BOTTLE} at main, -20.00`],
      journal: { 'payable:SUP-001': '30.00', 'price-variance': '-10.00', inventory: '-20.00' },
    });
    expect(without_dear.stock(BOTTLE)).toBe('2 worth 4.00');
    const without_cheap = then().and(sale([[BOTTLE, 8, '9']]));
    without_cheap.when(voiding(PO), ADMIN).thenMoved({
      stock: [`-10 ${BOTTLE} at main, -20.00`],
      journal: { 'payable:SUP-001': '10.00', 'price-variance': '10.00', inventory: '-20.00' },
    });
    expect(without_cheap.stock(BOTTLE)).toBe('2 worth 4.00');
    // 10 sold for 20.00 cost: the cheap ten are all that is left and take their 20.00 along.
    const last = then().and(sale([[BOTTLE, 10, '9']]));
    last.when(voiding(PO), ADMIN).thenMoved({
      stock: [`-10 ${BOTTLE} at main, -20.00`],
      journal: { 'payable:SUP-001': '10.00', 'price-variance': '10.00', inventory: '-20.00' },
    });
    expect(last.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it.each([
    // 1 that cost 9.99, 10.00 or 10.01 and 9 that cost nothing, one of them sold: 9 are worth 8.99, 9.00 and 9.01.
    ['9.99', '8 worth 7.99'],
    ['10', '8 worth 8.00'],
    ['10.01', '8 worth 8.01'],
  ])('leaves no pieces without value behind, and no cent decides: one bought at %s', (unit_price, left) => {
    const books = givenAFactory(
      purchase([[BOTTLE, 1, unit_price]]),
      purchase([[BOTTLE, 9, '0']]),
      sale([[BOTTLE, 1, '9']]),
    );
    books.when(voiding(PO), ADMIN).thenMoved({ stock: [`-1 ${BOTTLE} at main, -1.00`] });
    expect(books.stock(BOTTLE)).toBe(left);
  });

  it('posts the variance of a stock transfer that comes back at another value', () => {
    // 5 worth 5.00 joined 10 worth 30.00 in the store; 10 were sold from there for 35.00 × 10/15 = 23.33; the last 5 are worth 11.67.
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '1']]),
      purchase([[BOTTLE, 10, '3']], { location_id: 'store' }),
      stockTransfer([[BOTTLE, 5]]),
      sale([[BOTTLE, 10, '9']], { location_id: 'store' }),
    );
    books.when(voiding('ST-260302-0001'), ADMIN).thenMoved({
      stock: [`-5 ${BOTTLE} at store, -11.67`, `+5 ${BOTTLE} at main, 5.00`],
      journal: { 'price-variance': '6.67', inventory: '-6.67' },
    });
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
  });

  it('takes back a return that itself had a price variance', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '3']]),
      purchase([[BOTTLE, 10, '1']]),
      sale([[BOTTLE, 15, '9']]),
    );
    const as_before = figures(books);
    books.and(giveBack(PO, [[BOTTLE, 4]]));
    expect(books.balance('price-variance')).toBe('-4.00');
    books.and([voiding('RT-260302-0001'), ADMIN]);
    expect(figures(books)).toEqual(as_before);
  });

  it('refuses when the stock is gone or set aside, with what is missing', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), sale([[BOTTLE, 2, '2']]));
    books.when(voiding(PO), ADMIN).thenRefused('insufficient_stock', {
      item_id: BOTTLE,
      location_id: 'main',
      available: 8,
      requested: 10,
      shortage: 2,
    });
    givenAFactory(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 1]]))
      .when(voiding(PO), ADMIN)
      .thenRefused('insufficient_stock', { available: 9, shortage: 1 });
    givenAFactory(
      purchase([['preform', 10, '1']]),
      blow(
        [['preform', 10]],
        [
          [BOTTLE, 6],
          [BIG_BOTTLE, 4],
        ],
      ),
      waste([[BIG_BOTTLE, 1]]),
    )
      .when(voiding('BL-260302-0001'), ADMIN)
      .thenRefused('insufficient_stock', { item_id: BIG_BOTTLE, available: 3, requested: 4 });
    givenAFactory(
      purchase([[BOTTLE, 10, '1']]),
      stockTransfer([[BOTTLE, 10]]),
      sale([[BOTTLE, 1, '2']], { location_id: 'store' }),
    )
      .when(voiding('ST-260302-0001'), ADMIN)
      .thenRefused('insufficient_stock', { location_id: 'store', shortage: 1 });
    givenAFactory(
      purchase([[BOTTLE, 10, '1']]),
      sale([[BOTTLE, 10, '2']]),
      giveBack(SO, [[BOTTLE, 5]]),
      waste([[BOTTLE, 1]]),
    )
      .when(voiding('RT-260302-0001'), ADMIN)
      .thenRefused('insufficient_stock', { available: 4, requested: 5 });
  });

  it('refuses when the money is gone', () => {
    const books = givenAFactory(transfer('equity', 'cash', '100'), transfer('cash', 'bank', '60'));
    books
      .when(voiding('MT-260302-0001'), ADMIN)
      .thenRefused('insufficient_funds', { account_id: 'cash', available: 40, requested: 100, shortage: 60 });
    givenAFactory(...STOCKED, sale([[BOTTLE, 1, '50']]), payment(SO, '50'), transfer('cash', 'bank', '120'))
      .when(voiding('PY-260302-0001'), ADMIN)
      .thenRefused('insufficient_funds', { account_id: 'cash', available: 30, requested: 50 });
  });

  it('says what must be undone first', () => {
    const books = givenAFactory(...STOCKED, sale([[BOTTLE, 4, '5']]), payment(SO, '3'), giveBack(SO, [[BOTTLE, 1]]));
    books.and(payment(SO, '2'), payment(PO, '1'));
    books.when(voiding(PO), ADMIN).thenRefused('has_payments', { payments: ['PY-260302-0003'] });
    books
      .when(voiding(SO), ADMIN)
      .thenRefused('has_payments', { number: SO, payments: ['PY-260302-0001', 'PY-260302-0002'] });
    books.and([voiding('PY-260302-0001'), ADMIN]);
    books.when(voiding(SO), ADMIN).thenRefused('has_payments', { payments: ['PY-260302-0002'] });
    books.and([voiding('PY-260302-0002'), ADMIN]);
    books.when(voiding(SO), ADMIN).thenRefused('has_returns', { number: SO, returns: ['RT-260302-0001'] });
    books.and([voiding('RT-260302-0001'), ADMIN]);
    books.when(voiding(SO), ADMIN).thenRecorded({ type: 'DocumentVoided' });
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
    expect(books.balance('receivable:CUST-001')).toBe('0.00');
  });

  it('refuses what is no document or cannot be void', () => {
    const books = givenAFactory(...STOCKED, [transfer('equity', 'cash', '6000'), STAFF], reserve([[BOTTLE, 1]]));
    books.when(voiding('SO-260302-0009'), ADMIN).thenRefused('unknown_document', { number: 'SO-260302-0009' });
    books.when(voiding('AP-260302-0001'), ADMIN).thenRefused('not_voidable', { kind: 'approval' });
    books.when(voiding('RV-260302-0001'), ADMIN).thenRefused('not_voidable', { kind: 'reservation' });
  });

  it('takes back a sale that had been approved, and one that had been reserved', () => {
    const books = givenAFactory(...STOCKED, [sale([[BOTTLE, 6, '1000']]), STAFF], [approve('AP-260302-0001'), MANAGER]);
    books.and([voiding(SO), ADMIN], reserve([[BOTTLE, 4]]), checkOut('RV-260302-0001', [[BOTTLE, 3, '2']]));
    books.and([voiding('SO-260302-0002'), ADMIN]);
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
  });

  it('undoes a mistake when it was made: in an open month, and not before what touched the document last', () => {
    const [in_january, in_february] = ['2026-01-10T09:00:00.000Z', '2026-02-20T09:00:00.000Z'];
    const books = givenAFactory(
      [purchase([[BOTTLE, 10, '1']], { effective_at: in_january }), ADMIN],
      [sale([[BOTTLE, 4, '5']], { effective_at: in_january }), ADMIN],
    );
    const bill = books.events.at(-1)!.data as { number: string };
    books
      .when(voiding(bill.number, { effective_at: '2026-01-10T08:59:59.999Z' }), ADMIN)
      .thenRefused('effective_before_document', { number: bill.number, document_effective_at: in_january });
    books.and([payment(bill.number, '3', { effective_at: in_february }), ADMIN], [voiding('PY-260302-0001'), ADMIN]);
    books
      .when(voiding(bill.number, { effective_at: in_february }), ADMIN)
      .thenRefused('effective_before_document', { document_effective_at: MONDAY });
    books
      .when(voiding('PO-260302-0001', { effective_at: '2026-01-31' }), ADMIN)
      .thenRefused('insufficient_stock', { available: 6, requested: 10 });
    const once = givenAFactory([purchase([[BOTTLE, 10, '1']], { effective_at: in_january }), ADMIN]);
    once.when(voiding(PO, { effective_at: '2026-01-31' }), ADMIN).thenRecorded({
      type: 'DocumentVoided',
      metadata: { effective_at: '2026-01-31T23:59:59.999Z', recorded_at: MONDAY },
    });
    const closed = givenAFactory(
      [purchase([[BOTTLE, 10, '1']], { effective_at: in_january }), ADMIN],
      close('2026-01'),
    );
    closed
      .when(voiding(PO, { effective_at: '2026-01-31' }), ADMIN)
      .thenRefused('period_closed', { month: '2026-01', first_open_month: '2026-02' });
    closed.when(voiding(PO, { effective_at: in_february }), ADMIN).thenRecorded({ type: 'DocumentVoided' });
  });

  it('corrects a closed month in the open one', () => {
    const books = givenAFactory([purchase([[BOTTLE, 10, '1']]), { now: '2026-03-31T12:00:00.000Z' }]);
    books.and([close('2026-03'), { now: '2026-04-02T12:00:00.000Z' }]);
    books.when(voiding('PO-260331-0001'), ADMIN).thenRecorded({
      type: 'DocumentVoided',
      data: { number: 'PO-260331-0001' },
      metadata: { effective_at: '2026-04-02T12:00:00.000Z' },
    });
  });
});

import {
  ADMIN,
  approve,
  checkOut,
  deactivate,
  givenAFactory,
  later,
  party,
  purchase,
  release,
  reserve,
  sale,
  transfer,
  waste,
} from '../../../test/support/given.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';
const RV = 'RV-260302-0001';
const STOCKED = purchase([
  [BOTTLE, 100, '1'],
  [BIG_BOTTLE, 50, '2'],
]);

describe('reserve_stock', () => {
  it('sets pieces of several lines aside for a while', () => {
    const books = givenAFactory(STOCKED)
      .when(
        reserve(
          [
            [BOTTLE, 10],
            [BIG_BOTTLE, 5],
          ],
          { customer_id: 'CUST-001', ttl_seconds: 90 },
        ),
      )
      .thenRecorded({
        type: 'StockReserved',
        data: {
          reservation_id: RV,
          customer_id: 'CUST-001',
          location_id: 'main',
          line_items: [
            { item_id: BOTTLE, quantity: 10 },
            { item_id: BIG_BOTTLE, quantity: 5 },
          ],
          expires_at: later(90),
        },
      });
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00, 10 of them set aside');
    expect(books.stock(BIG_BOTTLE)).toBe('50 worth 100.00, 5 of them set aside');
    expect(books.trialBalance()).toEqual({ inventory: '200.00', 'payable:SUP-001': '-200.00' });
  });

  it('is all or nothing, two lines of one item summed', () => {
    const books = givenAFactory(STOCKED);
    books
      .when(
        reserve([
          [BIG_BOTTLE, 5],
          [BOTTLE, 60],
          [BOTTLE, 41],
        ]),
      )
      .thenRefused('insufficient_stock', { item_id: BOTTLE, available: 100, requested: 101, shortage: 1 });
    expect(books.stock(BIG_BOTTLE)).toBe('50 worth 100.00');
  });

  it('takes from everybody else what it sets aside', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 70]]));
    books.when(sale([[BOTTLE, 31, '2']])).thenRefused('insufficient_stock', { available: 30, requested: 31 });
    books.when(waste([[BOTTLE, 31]])).thenRefused('insufficient_stock', { available: 30 });
    books.when(reserve([[BOTTLE, 31]])).thenRefused('insufficient_stock', { available: 30 });
    books
      .when(reserve([[BOTTLE, 30]]))
      .thenRecorded({ type: 'StockReserved', data: { reservation_id: 'RV-260302-0002' } });
    books.when(sale([[BOTTLE, 1, '2']])).thenRefused('insufficient_stock', { available: 0 });
  });

  it('refuses ids that cannot be used', () => {
    const books = givenAFactory(STOCKED);
    books.when(reserve([['cap', 1]])).thenRefused('unknown_item');
    books.when(reserve([[BOTTLE, 1]], { customer_id: 'CUST-9' })).thenRefused('unknown_customer');
    books.when(reserve([[BOTTLE, 1]], { location_id: 'attic' })).thenRefused('unknown_location');
    books
      .and(deactivate('item', BOTTLE))
      .when(reserve([[BOTTLE, 1]]))
      .thenRefused('inactive_item');
  });
});

describe('a reservation runs out', () => {
  it('at its very instant, and is written down before anything else', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 100]], { ttl_seconds: 60 }));
    const last_moment = new Date(Date.parse(later(60)) - 1).toISOString();
    books.when(sale([[BOTTLE, 1, '2']]), { now: last_moment }).thenRefused('insufficient_stock', { available: 0 });
    books.when(sale([[BOTTLE, 1, '2']]), { now: later(60) }).thenRecorded({ type: 'SaleRecorded' });
    expect(books.events.slice(-2)).toMatchObject([
      {
        type: 'ReservationExpired',
        data: { reservation_id: RV, holds: [{ item_id: BOTTLE, location_id: 'main', quantity: -100 }] },
        metadata: { actor: 'system', recorded_at: later(60) },
      },
      { type: 'SaleRecorded' },
    ]);
  });

  it('also when no event says so: a late check-out is refused by time alone', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 10]], { ttl_seconds: 60 }));
    books.state.next_expiry = later(3600);
    books
      .when(checkOut(RV, [[BOTTLE, 'all', '2']]), { now: later(60) })
      .thenRefused('reservation_expired', { reservation_id: RV, expires_at: later(60) });
    books.when(release(RV), { now: later(60) }).thenRefused('reservation_expired');
  });

  it('or is checked out, never both', () => {
    const reserved = [STOCKED, reserve([[BOTTLE, 10]], { ttl_seconds: 60 })] as const;
    const early = givenAFactory(...reserved).and([checkOut(RV, [[BOTTLE, 'all', '2']]), { now: later(59.999) }]);
    early.and([transfer('equity', 'cash', '1'), { now: later(61) }]);
    expect(early.events.map(({ type }) => type)).not.toContain('ReservationExpired');
    expect(early.stock(BOTTLE)).toBe('90 worth 90.00');
    const late = givenAFactory(...reserved);
    late.when(checkOut(RV, [[BOTTLE, 'all', '2']]), { now: later(60) }).thenRefused('reservation_expired');
    expect(late.events.at(-1)).toMatchObject({ type: 'ReservationExpired' });
    expect(late.stock(BOTTLE)).toBe('100 worth 100.00');
  });

  it('by the ledger’s time, when a clock was ahead of the others', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 10]], { ttl_seconds: 60 }));
    books.and([transfer('equity', 'cash', '1'), { now: later(100) }]);
    books.when(checkOut(RV, [[BOTTLE, 'all', '2']]), { now: later(10) }).thenRefused('reservation_expired');
  });

  it('one after the other, the soonest first', () => {
    const books = givenAFactory(STOCKED);
    for (const ttl_seconds of [30, 10, 20, 10]) books.and(reserve([[BOTTLE, 1]], { ttl_seconds }));
    books.and([transfer('equity', 'cash', '1'), { now: later(29) }]);
    const expired = books.events.filter(({ type }) => type === 'ReservationExpired').map(({ data }) => data);
    expect(expired).toMatchObject(
      ['RV-260302-0002', 'RV-260302-0004', 'RV-260302-0003'].map((reservation_id) => ({ reservation_id })),
    );
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00, 1 of them set aside');
  });
});

describe('check_out', () => {
  const reserved = [
    STOCKED,
    reserve(
      [
        [BOTTLE, 10],
        [BIG_BOTTLE, 5],
        [BOTTLE, 10],
      ],
      { customer_id: 'CUST-001' },
    ),
  ] as const;

  it('makes a sale of what was reserved', () => {
    const books = givenAFactory(...reserved);
    const { answer } = books.when(
      checkOut(
        RV,
        [
          [BOTTLE, 'all', '2'],
          [BIG_BOTTLE, 'all', '3'],
        ],
        { due_date: '2026-04-01', notes: 'to the gate' },
      ),
      { now: later(5) },
    );
    expect(books.events.slice(-2)).toMatchObject([
      { type: 'ReservationCheckedOut', data: { reservation_id: RV, number: 'SO-260302-0001', released: [] } },
      {
        type: 'SaleRecorded',
        data: {
          reservation_id: RV,
          customer_id: 'CUST-001',
          line_items: [
            { item_id: BOTTLE, quantity: 20, total_price: '4000', cost: '2000' },
            { item_id: BIG_BOTTLE, quantity: 5, total_price: '1500', cost: '1000' },
          ],
          due_date: '2026-04-01',
          notes: 'to the gate',
        },
      },
    ]);
    expect(answer()).toMatchObject({ number: 'SO-260302-0001', total_price: 55, reservation_id: RV });
    expect(books.stock(BOTTLE)).toBe('80 worth 80.00');
    expect(books.stock(BIG_BOTTLE)).toBe('45 worth 90.00');
  });

  it('lets go of what is not taken', () => {
    const books = givenAFactory(...reserved);
    books
      .when(
        checkOut(RV, [
          [BOTTLE, 5, '2'],
          [BOTTLE, 7, '1.50'],
        ]),
      )
      .thenRecorded(
        {
          type: 'ReservationCheckedOut',
          data: {
            released: [
              { item_id: BOTTLE, quantity: 8 },
              { item_id: BIG_BOTTLE, quantity: 5 },
            ],
          },
        },
        { type: 'SaleRecorded', data: { total_price: '2050' } },
      );
    expect(books.stock(BOTTLE)).toBe('88 worth 88.00');
    expect(books.stock(BIG_BOTTLE)).toBe('50 worth 100.00');
  });

  it('happens once', () => {
    const books = givenAFactory(...reserved, checkOut(RV, [[BOTTLE, 1, '2']]));
    const ended = { reservation_id: RV, reservation_status: 'confirmed', number: 'SO-260302-0001' };
    books.when(checkOut(RV, [[BOTTLE, 1, '2']])).thenRefused('reservation_ended', ended);
    books.when(release(RV)).thenRefused('reservation_ended', ended);
    books.when(checkOut(RV, [[BOTTLE, 1, '2']]), { now: later(9999) }).thenRefused('reservation_ended', ended);
  });

  it('takes no more than was reserved, even where there is more', () => {
    const books = givenAFactory(...reserved);
    books.when(checkOut(RV, [[BOTTLE, 21, '2']])).thenRefused('exceeds_reservation', {
      item_id: BOTTLE,
      reserved: 20,
      requested: 21,
    });
    books
      .when(
        checkOut(RV, [
          [BOTTLE, 15, '2'],
          [BOTTLE, 6, '2'],
        ]),
      )
      .thenRefused('exceeds_reservation', { reserved: 5, requested: 6 });
    books
      .when(
        checkOut(RV, [
          [BOTTLE, 'all', '2'],
          [BOTTLE, 'all', '2'],
        ]),
      )
      .thenRefused('exceeds_reservation', { reserved: 0 });
    books.when(checkOut(RV, [['preform', 'all', '2']])).thenRefused('exceeds_reservation', { item_id: 'preform' });
  });

  it('sells to whom it was reserved for, or to whom the check-out names', () => {
    const without = givenAFactory(STOCKED, party('customer', 'CUST-002'), reserve([[BOTTLE, 10]]));
    without.when(checkOut(RV, [[BOTTLE, 1, '2']], { customer_id: undefined })).thenRefused('validation', {
      errors: [{ path: 'customer_id', message: 'must be given, for the reservation names none' }],
    });
    without
      .when(checkOut(RV, [[BOTTLE, 1, '2']], { customer_id: 'CUST-002' }))
      .thenMoved({ journal: { 'receivable:CUST-002': '2.00', revenue: '-2.00', cogs: '1.00', inventory: '-1.00' } });
    givenAFactory(...reserved)
      .when(checkOut(RV, [[BOTTLE, 1, '2']], { customer_id: undefined }))
      .thenRecorded({ type: 'ReservationCheckedOut' }, { type: 'SaleRecorded', data: { customer_id: 'CUST-001' } });
  });

  it('keeps its reservation when the sale had to wait for a second person', () => {
    const books = givenAFactory(...reserved);
    books
      .when(checkOut(RV, [[BOTTLE, 10, '1000']]), { actor: 'mia', role: 'staff' })
      .thenRecorded(
        { type: 'ReservationCheckedOut', data: { number: 'AP-260302-0001' } },
        { type: 'ApprovalRequested', data: { approval_id: 'AP-260302-0001', reservation_id: RV } },
      );
    books
      .when(approve('AP-260302-0001'), ADMIN)
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'SaleRecorded', data: { reservation_id: RV } });
  });

  it('takes pieces at the cost of that moment', () => {
    // 100 worth 100.00 and 100 worth 300.00: 2.00 a piece.
    givenAFactory(...reserved, purchase([[BOTTLE, 100, '3']]))
      .when(checkOut(RV, [[BOTTLE, 10, '5']]))
      .thenMoved({ stock: [`-10 ${BOTTLE} at main, -20.00`] });
  });

  it('refuses what cannot be sold', () => {
    const books = givenAFactory(...reserved);
    books.when(checkOut('RV-260302-0002', [[BOTTLE, 1, '2']])).thenRefused('unknown_reservation');
    books.when(checkOut('PO-260302-0001', [[BOTTLE, 1, '2']])).thenRefused('unknown_reservation');
    books.when(checkOut(RV, [['cap', 1, '2']])).thenRefused('unknown_item');
    books.when(checkOut(RV, [[BOTTLE, 1, '2']], { customer_id: 'CUST-9' })).thenRefused('unknown_customer');
    books.when(checkOut(RV, [[BOTTLE, 1, '-2']])).thenRefused('validation');
    books.when(checkOut(RV, [[BOTTLE, 20, '9999999999999']])).thenRefused('amount_out_of_bounds');
    books
      .and(deactivate('customer', 'CUST-001'))
      .when(checkOut(RV, [[BOTTLE, 1, '2']]))
      .thenRefused('inactive_customer');
  });
});

describe('release_reservation', () => {
  it('lets go of all pieces, once', () => {
    const books = givenAFactory(STOCKED, reserve([[BOTTLE, 10]]))
      .when(release(RV))
      .thenRecorded({ type: 'ReservationReleased', data: { reservation_id: RV } });
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00');
    books.when(release(RV)).thenRefused('reservation_ended', { reservation_status: 'released' });
    books.when(checkOut(RV, [[BOTTLE, 1, '2']])).thenRefused('reservation_ended', { reservation_status: 'released' });
    books.when(release('RV-260302-0009')).thenRefused('unknown_reservation');
  });
});

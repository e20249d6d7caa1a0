import {
  ADMIN,
  account,
  type Books,
  cancelOrder,
  closeFlashSale,
  confirmOrder,
  deactivate,
  flashSale,
  giveBack,
  givenAFactory,
  item,
  lateCharge,
  later,
  MANAGER,
  order,
  party,
  payment,
  purchase,
  refund,
  releaseOrder,
  reserve,
  STAFF,
  sale,
  startCharge,
  transfer,
  waste,
} from '../../../test/support/given.js';
import { contentOf, restoredFrom } from '../../../test/support/state-content.js';
import { saveState } from '../state/snapshot.js';

const BOTTLE = 'bottle-500ml-a';
const LARGE = 'bottle-1500ml-a';
const [FS, FS_2, FS_3] = ['FS-260302-0001', 'FS-260302-0002', 'FS-260302-0003'];
const [OR, OR_2] = ['OR-260302-0001', 'OR-260302-0002'];
const SO = 'SO-260302-0001';

/** 100 pieces at 1.00 each, 10 of them on sale at 2.50. */
function offered(more: Parameters<typeof flashSale>[2] = {}): Books {
  return givenAFactory(purchase([[BOTTLE, 100, '1']]), party('customer', 'CUST-002'), flashSale(BOTTLE, 10, more));
}
const remaining = ({ state }: Books, flash_sale_id = FS) => state.flash_sales.get(flash_sale_id)?.remaining;

describe('a flash sale', () => {
  it('sets its pieces aside, so that nothing else sells them', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]));
    books
      .when(flashSale(BOTTLE, 90))
      .thenRecorded({ type: 'FlashSaleOpened', data: { flash_sale_id: FS, location_id: 'main', account_id: 'bank' } });
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00, 90 of them set aside');
    books.when(sale([[BOTTLE, 11, '2']])).thenRefused('insufficient_stock', { available: 10 });
    books.when(waste([[BOTTLE, 11]])).thenRefused('insufficient_stock', { available: 10 });
    books.when(flashSale(BOTTLE, 11)).thenRefused('insufficient_stock', { available: 10 });
    books.when(reserve([[BOTTLE, 10]])).thenRecorded({ type: 'StockReserved' });
  });

  it('costs at least the smallest amount that can be charged', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]));
    for (const unit_price of ['0', '0.004', '0.005', '-1', 'x'])
      books.when(flashSale(BOTTLE, 1, { unit_price })).thenRefused('validation');
    books.when(flashSale(BOTTLE, 1, { unit_price: '0.006' })).thenRecorded({ type: 'FlashSaleOpened' });
  });

  it('ends in the future, and after it began', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]));
    books.when(flashSale(BOTTLE, 1, { ends_at: later(0) })).thenRefused('validation');
    books.when(flashSale(BOTTLE, 1, { starts_at: later(60), ends_at: later(60) })).thenRefused('validation');
    books.when(flashSale(BOTTLE, 1, { starts_at: later(-60), ends_at: later(1) })).thenRecorded({
      type: 'FlashSaleOpened',
    });
  });

  it('takes days as they are in the ledger’s time zone', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]));
    books.when(flashSale(BOTTLE, 1, { starts_at: '2026-03-03', ends_at: '2026-03-04' })).thenRecorded({
      type: 'FlashSaleOpened',
      data: { starts_at: '2026-03-03T00:00:00.000Z', ends_at: '2026-03-04T23:59:59.999Z' },
    });
  });

  it('is paid into an account that holds money', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 100, '1']]),
      account('till', 'asset'),
      deactivate('account', 'till'),
    );
    books.when(flashSale(BOTTLE, 1, { account_id: 'inventory' })).thenRefused('control_account');
    books.when(flashSale(BOTTLE, 1, { account_id: 'revenue' })).thenRefused('control_account');
    books.when(flashSale(BOTTLE, 1, { account_id: 'conversion' })).thenRefused('not_a_money_account');
    books.when(flashSale(BOTTLE, 1, { account_id: 'nowhere' })).thenRefused('unknown_account');
    books.when(flashSale(BOTTLE, 1, { account_id: 'till' })).thenRefused('inactive_account');
  });

  it('keeps the account that it is paid into', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 100, '1']]),
      account('gateway', 'asset'),
      flashSale(BOTTLE, 1, { account_id: 'gateway' }),
      order([[FS, 1]]),
      closeFlashSale(FS),
    );
    books.when(deactivate('account', 'gateway')).thenRefused('not_empty', { number: OR });
    books.and(cancelOrder(OR), deactivate('account', 'gateway'));
  });

  it('gives what remains back when it is closed, and when it ends', () => {
    const closed = offered().and(order([[FS, 2]]));
    closed
      .when(closeFlashSale(FS))
      .thenMoved({ holds: [`-8 ${BOTTLE} at main`], stock: [], journal: {} })
      .when(order([[FS, 1]]))
      .thenRefused('flash_sale_closed');
    expect(closed.stock(BOTTLE)).toBe('100 worth 100.00, 2 of them set aside');

    const ended = offered().and([transfer('equity', 'cash', '1'), { now: later(3600) }]);
    expect(ended.events.at(-2)).toMatchObject({
      type: 'FlashSaleClosed',
      data: { flash_sale_id: FS, remaining: 10 },
      metadata: { actor: 'system', recorded_at: later(3600), idempotency_key: `expire:${FS}` },
    });
    ended.when(order([[FS, 1]]), { now: later(3601) }).thenRefused('flash_sale_closed', { flash_sale_id: FS });
    expect(ended.stock(BOTTLE)).toBe('100 worth 100.00');
  });

  it('forgets who bought when it is over', () => {
    const books = offered().and(order([[FS, 2]]));
    expect([...books.state.taken]).toEqual([[`${FS} CUST-001`, 2]]);
    books.and(closeFlashSale(FS));
    expect(books.state.taken.size).toBe(0);
  });
});

describe('an order', () => {
  it('holds its pieces from that moment on', () => {
    const books = offered();
    books.when(order([[FS, 2]], { payment_reference: 'tok_1' })).thenRecorded({
      type: 'FlashOrderPlaced',
      data: { order_id: OR, total_price: '500', pay_by: later(600), account_id: 'bank', payment_reference: 'tok_1' },
    });
    expect(remaining(books)).toBe(8);
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00, 10 of them set aside');
  });

  it('is answered as pending', () => {
    expect(
      offered()
        .when(order([[FS, 2]]))
        .answer(),
    ).toMatchObject({
      kind: 'order',
      number: OR,
      order_id: OR,
      status: 'pending',
      total_price: 5,
      line_items: [{ flash_sale_id: FS, item_id: BOTTLE, quantity: 2, unit_price: 2.5, total_price: 5 }],
      created_by: 'mia',
    });
  });

  it('is refused when too few pieces remain, whatever else is wrong with it', () => {
    const books = offered({ per_customer_max: 100 }).and(order([[FS, 7]]));
    books.when(order([[FS, 4]], { customer_id: 'nobody' })).thenRefused('sold_out', { remaining: 3, requested: 4 });
    books.when(order([[FS, 3]], { customer_id: 'nobody' })).thenRefused('unknown_customer');
    books.when(order([[FS, 3]])).thenRecorded({ type: 'FlashOrderPlaced' });
    books.when(order([[FS, 1]])).thenRefused('sold_out', { remaining: 0 });
  });

  it('can have what another one gave up', () => {
    const books = offered({ per_customer_max: 100 }).and(order([[FS, 10]]));
    books.when(order([[FS, 1]])).thenRefused('sold_out');
    books
      .and(cancelOrder(OR))
      .when(order([[FS, 10]]))
      .thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('is not taken before the sale begins', () => {
    const books = offered({ starts_at: later(60) });
    books.when(order([[FS, 1]]), { now: later(59) }).thenRefused('flash_sale_not_begun', { starts_at: later(60) });
    books.when(order([[FS, 1]]), { now: later(60) }).thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('is limited with all others of the customer, held or bought', () => {
    const books = offered({ per_customer_max: 3 }).and(order([[FS, 2]]));
    const more = (quantity: number) => books.when(order([[FS, quantity]]));
    more(2).thenRefused('exceeds_customer_limit', {
      customer_id: 'CUST-001',
      per_customer_max: 3,
      taken: 2,
      requested: 2,
    });
    books.when(order([[FS, 3]], { customer_id: 'CUST-002' })).thenRecorded({ type: 'FlashOrderPlaced' });
    books.and(startCharge(OR), confirmOrder(OR));
    more(2).thenRefused('exceeds_customer_limit', { taken: 2 });
    more(1).thenRecorded({ type: 'FlashOrderPlaced' });
    more(1).thenRefused('exceeds_customer_limit', { taken: 3 });
  });

  it('does not count what was released against the customer', () => {
    const books = offered().and(order([[FS, 2]]), cancelOrder(OR));
    books.when(order([[FS, 2]])).thenRecorded({ type: 'FlashOrderPlaced' });
    books
      .and(startCharge(OR_2), releaseOrder(OR_2))
      .when(order([[FS, 2]]))
      .thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('tells staff not what others have ordered for the customer', () => {
    const books = offered().and(order([[FS, 2]]));
    const when = books.when(order([[FS, 1]]), STAFF).decided;
    expect(when).toMatchObject({ outcome: 'refused', refusal: { code: 'exceeds_customer_limit' } });
    expect(when).not.toHaveProperty('refusal.details.taken');
  });

  it('is of several products, all or none', () => {
    const books = offered().and(
      purchase([[LARGE, 5, '2']]),
      flashSale(LARGE, 5, { unit_price: '4', hold_seconds: 30 }),
    );
    books
      .when(
        order([
          [FS, 2],
          [FS_2, 6],
        ]),
      )
      .thenRefused('sold_out', { flash_sale_id: FS_2 });
    expect(remaining(books)).toBe(10);
    books
      .when(
        order([
          [FS, 2],
          [FS_2, 1],
        ]),
      )
      .thenRecorded({
        type: 'FlashOrderPlaced',
        data: { total_price: '900', pay_by: later(30) },
      });
    expect([remaining(books), remaining(books, FS_2)]).toEqual([8, 4]);
    books
      .when(
        order([
          [FS, 1],
          [FS, 1],
        ]),
      )
      .thenRefused('validation');
  });

  it('is of two flash sales of one item, each counted for itself', () => {
    const books = offered().and(flashSale(BOTTLE, 5, { unit_price: '2' }));
    books
      .when(
        order([
          [FS, 2],
          [FS_2, 2],
        ]),
      )
      .thenRecorded({ type: 'FlashOrderPlaced', data: { total_price: '900' } });
    books.when(startCharge(OR)).thenRecorded({ type: 'FlashOrderChargeStarted' });
    books
      .when(confirmOrder(OR))
      .thenRecorded(
        { type: 'FlashOrderConfirmed' },
        { type: 'SaleRecorded', data: { total_price: '900', total_cost: '400' } },
        { type: 'PaymentReceived' },
      );
    expect(books.stock(BOTTLE)).toBe('96 worth 96.00, 11 of them set aside');
  });

  it('is of one location and one account', () => {
    const books = offered().and(
      purchase([[BOTTLE, 5, '1']], { location_id: 'store' }),
      flashSale(BOTTLE, 5, { location_id: 'store' }),
      flashSale(BOTTLE, 5, { account_id: 'cash' }),
    );
    books
      .when(
        order([
          [FS, 1],
          [FS_2, 1],
        ]),
      )
      .thenRefused('not_together', { flash_sale_id: FS_2, location_id: 'store' });
    books
      .when(
        order([
          [FS, 1],
          [FS_3, 1],
        ]),
      )
      .thenRefused('not_together', { flash_sale_id: FS_3, account_id: 'cash' });
  });

  it('is released when its time has passed, at that very moment', () => {
    const books = offered().and(order([[FS, 2]]));
    books.when(startCharge(OR), { now: later(600) }).thenRefused('order_ended', { order_status: 'released' });
    expect(books.events.at(-1)).toMatchObject({
      type: 'FlashOrderReleased',
      data: { order_id: OR, reason: 'expired' },
      metadata: { actor: 'system', recorded_at: later(600) },
    });
    expect(remaining(books)).toBe(10);
  });

  it('is not released while a charge is under way, however long that takes', () => {
    const books = offered().and(order([[FS, 2]]), [startCharge(OR), { now: later(599) }]);
    books.and([transfer('equity', 'cash', '1'), { now: later(90_000) }]);
    expect(books.state.orders.has(OR)).toBe(true);
    // The flash sale is long over.
    books
      .when(confirmOrder(OR), { now: later(90_001) })
      .thenRecorded({ type: 'FlashOrderConfirmed' }, { type: 'SaleRecorded' }, { type: 'PaymentReceived' });
    expect(books.stock(BOTTLE)).toBe('98 worth 98.00');
  });

  it('gives its pieces back into stock where the sale is over', () => {
    const books = offered().and(order([[FS, 2]]), startCharge(OR), closeFlashSale(FS));
    books.when(releaseOrder(OR)).thenMoved({ holds: [`-2 ${BOTTLE} at main`] });
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00');
  });

  it('that runs out together with its sale gives its pieces back first', () => {
    const books = offered({ ends_at: later(600) }).and(order([[FS, 2]]));
    books.and([transfer('equity', 'cash', '1'), { now: later(600) }]);
    expect(books.events.slice(-3)).toMatchObject([
      { type: 'FlashSaleClosed', data: { remaining: 8 } },
      { type: 'FlashOrderReleased', data: { holds: [{ quantity: -2 }] } },
      { type: 'MoneyTransferred' },
    ]);
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00');
    const shorter = offered({ ends_at: later(600), hold_seconds: 599 }).and(order([[FS, 2]]));
    shorter.and([transfer('equity', 'cash', '1'), { now: later(600) }]);
    expect(shorter.events.slice(-3)).toMatchObject([
      { type: 'FlashOrderReleased', data: { allotments: [{ remaining: 2 }] } },
      { type: 'FlashSaleClosed', data: { remaining: 10 } },
      { type: 'MoneyTransferred' },
    ]);
    expect(shorter.stock(BOTTLE)).toBe('100 worth 100.00');
  });

  it('of staff is not there for other staff', () => {
    const books = offered().and([order([[FS, 2]]), STAFF]);
    books.when(cancelOrder(OR), { actor: 'tom', role: 'staff' }).thenRefused('unknown_order');
    books.when(cancelOrder(OR), STAFF).thenRecorded({ type: 'FlashOrderReleased', data: { reason: 'cancelled' } });
  });
});

describe('the payment of an order', () => {
  it('makes it a sale at the cost of that moment, paid in full', () => {
    const books = offered().and(order([[FS, 2]]), startCharge(OR));
    const when = books.when(confirmOrder(OR));
    when.thenRecorded(
      {
        type: 'FlashOrderConfirmed',
        data: { order_id: OR, number: SO, payment_number: 'PY-260302-0001', charge_id: 'ch_1' },
      },
      {
        type: 'SaleRecorded',
        data: { number: SO, order_id: OR, total_price: '500', total_cost: '200', total_profit: '300' },
      },
      {
        type: 'PaymentReceived',
        data: { number: 'PY-260302-0001', bill_number: SO, account_id: 'bank', settles: '500' },
      },
    );
    expect(books.stock(BOTTLE)).toBe('98 worth 98.00, 8 of them set aside');
    expect(books.trialBalance()).toEqual({
      ...{ bank: '5.00', revenue: '-5.00', cogs: '2.00', inventory: '98.00', 'payable:SUP-001': '-100.00' },
    });
    expect(when.answer()).toMatchObject({ kind: 'order', status: 'confirmed', result_number: SO, charge_id: 'ch_1' });
    books.when(payment(SO, '1')).thenRefused('already_paid');
  });

  it('makes the sale the buyer’s, who may be staff, whatever it is worth', () => {
    const books = offered({ unit_price: '6000' }).and([order([[FS, 1]]), STAFF], startCharge(OR));
    books
      .when(confirmOrder(OR), { actor: 'payments', role: 'manager' })
      .thenRecorded(
        { type: 'FlashOrderConfirmed' },
        { type: 'SaleRecorded', data: { ordered_by: 'sam' }, metadata: { actor: 'payments' } },
        { type: 'PaymentReceived', data: { ordered_by: 'sam' } },
      );
    books.when(giveBack(SO, [[BOTTLE, 1]]), { actor: 'tom', role: 'staff' }).thenRefused('unknown_document');
  });

  it('counts even where customer and item have become inactive', () => {
    const books = offered().and(
      order([[FS, 2]]),
      startCharge(OR),
      deactivate('customer', 'CUST-001'),
      deactivate('item', BOTTLE),
    );
    books.when(order([[FS, 1]], { customer_id: 'CUST-002' })).thenRefused('inactive_item');
    books
      .when(confirmOrder(OR))
      .thenRecorded({ type: 'FlashOrderConfirmed' }, { type: 'SaleRecorded' }, { type: 'PaymentReceived' });
  });

  it('comes once: what is confirmed is neither confirmed again nor released nor refunded', () => {
    const books = offered().and(order([[FS, 2]]), startCharge(OR), confirmOrder(OR));
    for (const command of [startCharge(OR), confirmOrder(OR), releaseOrder(OR), cancelOrder(OR)])
      books.when(command).thenRefused('order_ended', { order_status: 'confirmed' });
    books.when(lateCharge(OR)).thenRefused('order_ended', { order_status: 'confirmed' });
    books.when(refund(OR)).thenRefused('order_ended', { order_status: 'confirmed' });
  });

  it('that comes too late is owed back, and refunded once', () => {
    const books = offered().and(order([[FS, 2]]), startCharge(OR), releaseOrder(OR, { reason: 'unpaid' }));
    books.when(lateCharge(OR)).thenMoved({ journal: { bank: '5.00', 'refunds-due': '-5.00' } });
    books.when(lateCharge(OR)).thenRefused('order_ended', { order_status: 'refund_due' });
    expect(books.balance('bank')).toBe('5.00');
    books.when(refund(OR)).thenMoved({ journal: { bank: '-5.00', 'refunds-due': '5.00' } });
    books.when(refund(OR)).thenRefused('order_ended', { order_status: 'refunded' });
    expect(books.balance('refunds-due')).toBe('0.00');
    expect(books.stock(BOTTLE)).toBe('100 worth 100.00, 10 of them set aside');
    books.when(transfer('cash', 'refunds-due', '1')).thenRefused('control_account');
  });

  it('says what became of it at every step', () => {
    const books = offered().and(order([[FS, 2]]));
    const told: unknown[] = [];
    for (const [command, seconds] of [
      [startCharge(OR), 1],
      [releaseOrder(OR, { detail: 'insufficient funds' }), 2],
      [lateCharge(OR), 3],
      [refund(OR), 4],
    ] as const)
      told.push(books.when(command, { ...MANAGER, now: later(seconds) }).answer());
    expect(told).toMatchObject([
      { status: 'paying', charge_started_at: later(1) },
      { status: 'released', release_reason: 'declined', release_detail: 'insufficient funds', ended_at: later(2) },
      { status: 'refund_due', charged_late_at: later(3), charge_id: 'ch_1', ended_at: later(2) },
      { status: 'refunded', refunded_at: later(4), refund_id: 're_1', release_reason: 'declined' },
    ]);
  });

  it('refuses an account below zero: the refund waits for its money', () => {
    const books = offered().and(order([[FS, 2]]), startCharge(OR), releaseOrder(OR), lateCharge(OR));
    books
      .and(transfer('bank', 'cash', '5'))
      .when(refund(OR))
      .thenRefused('insufficient_funds');
    books
      .and(transfer('cash', 'bank', '5'))
      .when(refund(OR))
      .thenRecorded({ type: 'FlashOrderRefunded' });
  });
});

describe('the state', () => {
  it('is the same from a snapshot, and after what was undone', () => {
    const books = offered().and(item('cap'), order([[FS, 2]]), order([[FS, 1]], { customer_id: 'CUST-002' }), [
      startCharge(OR),
      ADMIN,
    ]);
    const { orders, flash_sales, taken } = contentOf(restoredFrom(saveState(books.state)));
    expect({ orders, flash_sales, taken }).toEqual({
      orders: [...books.state.orders],
      flash_sales: [...books.state.flash_sales],
      taken: [...books.state.taken],
    });
    expect(orders).toMatchObject([
      [OR, { expires_at: '' }],
      [OR_2, { expires_at: later(600) }],
    ]);
  });
});

import {
  type Books,
  cancelOrder,
  changeQueue,
  closeFlashSale,
  DRAW,
  flashSale,
  givenAFactory,
  later,
  liftQueue,
  order,
  party,
  pass,
  purchase,
  STAFF,
} from '../../../test/support/given.js';
import { contentOf, restoredFrom } from '../../../test/support/state-content.js';
import type { Pass } from '../commands.js';
import { saveState } from '../state/snapshot.js';

const BOTTLE = 'bottle-500ml-a';
const [FS, FS_2] = ['FS-260302-0001', 'FS-260302-0002'];
const OR = 'OR-260302-0001';
const QUEUE = { per_minute: 600, pass_seconds: 120, passes_per_piece: 1, draw: DRAW };

/** 100 pieces, 10 of them on sale behind a queue. */
function queued(): Books {
  return givenAFactory(
    purchase([[BOTTLE, 100, '1']]),
    party('customer', 'CUST-002'),
    flashSale(BOTTLE, 10, { queue: {}, draw: DRAW, per_customer_max: 5 }),
  );
}
function buy(given?: Pass | string, customer_id = 'CUST-001') {
  const line_items = [{ flash_sale_id: FS, quantity: 1, ...(given !== undefined && { pass: given }) }];
  return order([], { customer_id, line_items });
}

describe('the waiting queue of a flash sale', () => {
  it('is none where nobody asked for one', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]), flashSale(BOTTLE, 10));
    books.when(buy()).thenRecorded({ type: 'FlashOrderPlaced' });
    books.when(liftQueue(FS)).thenRefused('no_queue', { flash_sale_id: FS });
  });

  it('has settings of its own from the opening on', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]));
    const opened = books.when(flashSale(BOTTLE, 10, { queue: { per_minute: 30 }, draw: DRAW }));
    opened.thenRecorded({ type: 'FlashSaleOpened', data: { queue: { ...QUEUE, per_minute: 30 } } });
    expect(opened.answer()).toMatchObject({ queue: { ...QUEUE, per_minute: 30 } });
  });

  it('is changed while it runs, and keeps its draw', () => {
    const books = queued().and(changeQueue(FS, { passes_max: 50 }));
    const again = { draw_id: 'another draw', seed_hash: 'another hash' };
    const changed = books.when(changeQueue(FS, { per_minute: 1200, pass_seconds: 60 }, again));
    const queue = { ...QUEUE, per_minute: 1200, pass_seconds: 60, passes_max: 50 };
    changed.thenRecorded({ type: 'FlashSaleQueueChanged', data: { flash_sale_id: FS, queue } });
    expect(changed.answer()).toMatchObject({ kind: 'flash_sale', status: 'open', queue });
    books
      .when(changeQueue(FS, { passes_max: null }))
      .thenRecorded({ type: 'FlashSaleQueueChanged', data: { queue: { per_minute: 1200 } } });
    expect(books.state.flash_sales.get(FS)!.queue).not.toHaveProperty('passes_max');
  });

  it('begins and is lifted while the sale runs', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '1']]), flashSale(BOTTLE, 10));
    books.and(changeQueue(FS)).when(buy()).thenRefused('pass_required', { flash_sale_id: FS });
    const lifted = books.when(liftQueue(FS));
    lifted.thenRecorded({ type: 'FlashSaleQueueChanged', data: { flash_sale_id: FS, reason: 'few buyers' } });
    expect(lifted.answer()).not.toHaveProperty('queue');
    books.when(buy()).thenRecorded({ type: 'FlashOrderPlaced' });
    books.when(buy('no pass at all')).thenRecorded({ type: 'FlashOrderPlaced' });
    expect(books.events.at(-1)!.data).not.toHaveProperty('passes');
  });

  it('ends with the sale', () => {
    const books = queued().and(buy(pass(FS, 60)), closeFlashSale(FS));
    books.when(changeQueue(FS)).thenRefused('flash_sale_closed');
    books.when(liftQueue(FS)).thenRefused('flash_sale_closed');
    books.when(changeQueue('FS-990101-0001')).thenRefused('unknown_flash_sale');
    expect(books.state.passes_used.size).toBe(0);
  });
});

describe('a pass', () => {
  it('lets its customer in, and stands in the order', () => {
    queued()
      .when(buy(pass(FS, 60, { number: 7 })))
      .thenRecorded({
        type: 'FlashOrderPlaced',
        data: { passes: [{ flash_sale_id: FS, number: 7, expires_at: later(60) }] },
      });
  });

  it.each([
    ['is missing', undefined, 'pass_required'],
    ['was not signed by us', 'eyJ0b3RhbGx5IjoibWFkZSB1cCJ9.AAAA', 'pass_invalid'],
    ['is of another customer', pass(FS, 60, { customer_id: 'CUST-002' }), 'pass_of_another'],
    ['is of another flash sale', pass(FS_2, 60), 'pass_of_another'],
    ['is of another ledger', pass(FS, 60, { ledger_id: 'north' }), 'pass_of_another'],
    ['has expired', pass(FS, 0), 'pass_expired'],
  ] as const)('that %s is refused, and nothing is recorded', (_, given, code) => {
    const books = queued();
    const { length } = books.events;
    books.when(buy(given)).thenRefused(code, { flash_sale_id: FS });
    expect(books.events).toHaveLength(length);
    expect(books.state.flash_sales.get(FS)!.remaining).toBe(10);
  });

  it('is good until the moment in which it expires', () => {
    const books = queued();
    books.when(buy(pass(FS, 60)), { now: later(60) }).thenRefused('pass_expired', { expires_at: later(60) });
    books.when(buy(pass(FS, 60)), { now: later(59.999) }).thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('is used once, even where its order is cancelled', () => {
    const books = queued().and(buy(pass(FS, 60)));
    books.when(buy(pass(FS, 60))).thenRefused('pass_used', { flash_sale_id: FS, customer_id: 'CUST-001' });
    books
      .and(cancelOrder(OR))
      .when(buy(pass(FS, 60)))
      .thenRefused('pass_used');
    // One that was given before it.
    books.when(buy(pass(FS, 30))).thenRefused('pass_used');
    books.when(buy(pass(FS, 61))).thenRecorded({ type: 'FlashOrderPlaced' });
    books.when(buy(pass(FS, 60, { customer_id: 'CUST-002' }), 'CUST-002')).thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('asked for again with the same key has the same answer', () => {
    const books = queued();
    const once = { key: 'a key' };
    const first = books.when(buy(pass(FS, 60)), once);
    first.thenRecorded({ type: 'FlashOrderPlaced' });
    expect(books.when(buy(pass(FS, 60)), { ...once, now: later(90) }).decided).toMatchObject({ outcome: 'replayed' });
  });

  it('is not used up by an order that is refused', () => {
    const books = queued();
    books
      .when(order([], { line_items: [{ flash_sale_id: FS, quantity: 6, pass: pass(FS, 60) }] }))
      .thenRefused('exceeds_customer_limit');
    books.when(buy(pass(FS, 60))).thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('is asked for after what is sold out, and before the limit', () => {
    const books = queued();
    const many = (quantity: number) => order([], { line_items: [{ flash_sale_id: FS, quantity }] });
    books.when(many(11)).thenRefused('sold_out');
    books.when(many(10)).thenRefused('pass_required');
    books.when(many(10), STAFF).thenRefused('pass_required');
  });

  it('is needed for each line that has a queue', () => {
    const books = queued().and(flashSale(BOTTLE, 10), changeQueue(FS_2));
    const both = (other?: Pass) =>
      order([], {
        line_items: [
          { flash_sale_id: FS, quantity: 1, pass: pass(FS, 60) },
          { flash_sale_id: FS_2, quantity: 1, ...(other && { pass: other }) },
        ],
      });
    books.when(both()).thenRefused('pass_required', { flash_sale_id: FS_2 });
    books.when(both(pass(FS, 60))).thenRefused('pass_of_another', { flash_sale_id: FS_2 });
    books.when(both(pass(FS_2, 60))).thenRecorded({ type: 'FlashOrderPlaced' });
  });

  it('that was used is remembered by a snapshot', () => {
    const books = queued().and(buy(pass(FS, 60)));
    const { passes_used, flash_sales } = contentOf(restoredFrom(saveState(books.state)));
    expect(passes_used).toEqual([[`${FS} CUST-001`, later(60)]]);
    expect(flash_sales).toMatchObject([[FS, { queue: QUEUE }]]);
  });
});

import { count, givenAFactory, later, purchase, reserve, sale } from '../../../test/support/given.js';
import { QUANTITY_MAX } from '../money.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';

describe('count_stock', () => {
  it('posts what is missing and what is found at average cost', () => {
    // 3 worth 10.00: one is missing, 3.33. 4 worth 8.00: one too many, 2.00. Together −1.33.
    const books = givenAFactory(
      purchase([
        [BOTTLE, 3, '3.333333'],
        [BIG_BOTTLE, 4, '2'],
      ]),
    )
      .when(
        count([
          [BOTTLE, 2],
          [BIG_BOTTLE, 5],
        ]),
      )
      .thenRecorded({
        type: 'StockCounted',
        data: {
          number: 'SC-260302-0001',
          location_id: 'main',
          counted_at_position: 18,
          reason: 'stock-taking',
          counts: [
            { item_id: BOTTLE, counted_quantity: 2, expected_quantity: 3, difference: -1, value: '-333' },
            { item_id: BIG_BOTTLE, counted_quantity: 5, expected_quantity: 4, difference: 1, value: '200' },
          ],
        },
      });
    expect([books.stock(BOTTLE), books.stock(BIG_BOTTLE)]).toEqual(['2 worth 6.67', '5 worth 10.00']);
    expect(books.trialBalance()).toEqual({
      inventory: '16.67',
      'count-difference': '1.33',
      'payable:SUP-001': '-18.00',
    });
  });

  it('rounds a gain half to even and lets the last piece take all', () => {
    // 2 worth 0.05, three found: 0.05 × 3/2 = 0.075 → 0.08. Then none is left: all 0.13 is gone.
    const books = givenAFactory(purchase([[BOTTLE, 2, '0.025']]));
    books.when(count([[BOTTLE, 5]])).thenMoved({ stock: [`+3 ${BOTTLE} at main, 0.08`] });
    books.when(count([[BOTTLE, 0]])).thenMoved({ stock: [`-5 ${BOTTLE} at main, -0.13`] });
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('takes a unit cost where nothing is on hand, and only there', () => {
    const books = givenAFactory();
    books.when(count([[BOTTLE, 3]])).thenRefused('validation', {
      errors: [
        { path: 'counts.0.unit_cost', message: 'must be given where nothing is on hand, for there is no average cost' },
      ],
    });
    books.when(count([[BOTTLE, 3, '0.335']])).thenMoved({ stock: [`+3 ${BOTTLE} at main, 1.00`] });
    books.when(count([[BOTTLE, 6, '99']])).thenMoved({ stock: [`+3 ${BOTTLE} at main, 1.00`] });
    for (const unit_cost of ['-1', '0.0000001', 'x'])
      books.when(count([[BOTTLE, 6, unit_cost]])).thenRefused('validation');
  });

  it('is recorded also where all is right', () => {
    givenAFactory(purchase([[BOTTLE, 3, '1']]))
      .when(count([[BOTTLE, 3]]))
      .thenMoved({ stock: [], journal: {} });
  });

  it('is right while sales go on: what moved after the count is no difference', () => {
    const books = givenAFactory(purchase([[BOTTLE, 100, '2']]));
    const counted_at_position = books.state.position;
    books.and(
      sale([[BOTTLE, 30, '5']]),
      purchase([[BOTTLE, 10, '2']]),
      sale([[BOTTLE, 5, '5']], { effective_at: later(0) }),
    );
    books.when(count([[BOTTLE, 98]], { counted_at_position })).thenRecorded({
      type: 'StockCounted',
      data: { counts: [{ expected_quantity: 100, difference: -2, value: '-400' }], counted_at_position },
    });
    expect(books.stock(BOTTLE)).toBe('73 worth 146.00');
  });

  it('counts from before the first piece came', () => {
    const books = givenAFactory();
    const counted_at_position = books.state.position;
    books.and(purchase([[BOTTLE, 5, '2']]));
    books.when(count([[BOTTLE, 1]], { counted_at_position })).thenMoved({ stock: [`+1 ${BOTTLE} at main, 2.00`] });
  });

  it('counts a place of its own', () => {
    const books = givenAFactory(purchase([[BOTTLE, 5, '2']]), purchase([[BOTTLE, 4, '2']], { location_id: 'store' }));
    books.when(count([[BOTTLE, 3]], { location_id: 'store' })).thenMoved({ stock: [`-1 ${BOTTLE} at store, -2.00`] });
  });

  it('refuses to lose what is set aside or gone by now', () => {
    givenAFactory(purchase([[BOTTLE, 5, '2']]), reserve([[BOTTLE, 4]]))
      .when(count([[BOTTLE, 3]]))
      .thenRefused('insufficient_stock', { available: 1, requested: 2, shortage: 1 });
    const books = givenAFactory(purchase([[BOTTLE, 5, '2']]));
    const counted_at_position = books.state.position;
    books
      .and(sale([[BOTTLE, 4, '5']]))
      .when(count([[BOTTLE, 3]], { counted_at_position }))
      .thenRefused('insufficient_stock', { available: 1, requested: 2 });
  });

  it('refuses what cannot have been counted', () => {
    const books = givenAFactory(purchase([[BOTTLE, 5, '2']]));
    books
      .when(
        count([
          [BOTTLE, 5],
          [BOTTLE, 5],
        ]),
      )
      .thenRefused('validation', { errors: [{ path: 'counts.1.item_id', message: 'must not be counted twice' }] });
    books.when(count([[BOTTLE, 5]], { counted_at_position: books.state.position + 1 })).thenRefused('validation');
    books.when(count([['cap', 1]])).thenRefused('unknown_item');
    books.when(count([[BOTTLE, 1]], { location_id: 'attic' })).thenRefused('unknown_location');
    books.when(count([['preform', QUANTITY_MAX, '1000']])).thenRefused('amount_out_of_bounds');
  });
});

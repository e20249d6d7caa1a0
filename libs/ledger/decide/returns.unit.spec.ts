import {
  ADMIN,
  deactivate,
  giveBack,
  givenAFactory,
  later,
  MONDAY,
  purchase,
  sale,
  transfer,
  voiding,
  waste,
} from '../../../test/support/given.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';
const PO = 'PO-260302-0001';
const SO = 'SO-260302-0001';

describe('return_bill of a sale', () => {
  it('puts pieces back at the cost at which they were sold, whatever the average is by now', () => {
    // Sold 10 at 4.00 that cost 1.00 each; the 10 that are left then become 20 worth 60.00.
    const books = givenAFactory(
      purchase([[BOTTLE, 20, '1']]),
      sale([[BOTTLE, 10, '4']]),
      purchase([[BOTTLE, 10, '5']]),
    );
    books.when(giveBack(SO, [[BOTTLE, 3]])).thenRecorded({
      type: 'SaleReturned',
      data: {
        number: 'RT-260302-0001',
        bill_number: SO,
        party_id: 'CUST-001',
        location_id: 'main',
        line_items: [{ line: 0, item_id: BOTTLE, quantity: 3, unit_price: '4', total_price: '1200', cost: '300' }],
        total_price: '1200',
        total_cost: '300',
        reason: 'faulty',
        stock: [{ item_id: BOTTLE, location_id: 'main', quantity: 3, value: '300' }],
        sales: [{ item_id: BOTTLE, customer_id: 'CUST-001', quantity: -3, revenue: '-1200', cost: '-300' }],
      },
    });
    expect(books.stock(BOTTLE)).toBe('23 worth 63.00');
    expect(books.trialBalance()).toEqual({
      inventory: '63.00',
      'payable:SUP-001': '-70.00',
      'receivable:CUST-001': '28.00',
      revenue: '-28.00',
      cogs: '7.00',
    });
  });

  const thirds = [purchase([[BOTTLE, 3, '3.333333']]), sale([[BOTTLE, 3, '3.333333']])];

  it('gives back in parts exactly what the bill was: 3.33, 3.34 and 3.33 of 10.00', () => {
    const books = givenAFactory(...thirds);
    for (const part of ['3.33', '3.34', '3.33'])
      books.when(giveBack(SO, [[BOTTLE, 1]])).thenMoved({
        stock: [`+1 ${BOTTLE} at main, ${part}`],
        journal: { 'receivable:CUST-001': `-${part}`, revenue: part, inventory: part, cogs: `-${part}` },
      });
    expect(books.trialBalance()).toEqual({ inventory: '10.00', 'payable:SUP-001': '-10.00' });
    books
      .when(giveBack(SO, [[BOTTLE, 1]]))
      .thenRefused('return_exceeds_bill', { returnable: 0, requested: 1, excess: 1 });
  });

  it('gives back exactly what the bill was also when a return in between was void', () => {
    // 3.33 and 3.34 came back, and one of them went out again at 6.67 / 2 = 3.335 → 3.34. Without the 3.33 there are 6.66 left of the bill
    // for two pieces: 3.33 each.
    const books = givenAFactory(...thirds, giveBack(SO, [[BOTTLE, 1]]), giveBack(SO, [[BOTTLE, 1]]), [
      voiding('RT-260302-0001'),
      ADMIN,
    ]);
    books.when(giveBack(SO, [[BOTTLE, 1]])).thenMoved({ stock: [`+1 ${BOTTLE} at main, 3.33`] });
    books.when(giveBack(SO, [[BOTTLE, 1]])).thenMoved({ stock: [`+1 ${BOTTLE} at main, 3.33`] });
    expect(books.trialBalance()).toEqual({ inventory: '9.99', 'price-variance': '0.01', 'payable:SUP-001': '-10.00' });
  });

  it('takes an item that is on two lines of the bill from the first that has some left', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '1']]),
      sale([
        [BOTTLE, 4, '5'],
        [BOTTLE, 6, '3'],
      ]),
    );
    books.when(giveBack(SO, [[BOTTLE, 6]])).thenRecorded({
      type: 'SaleReturned',
      data: {
        line_items: [
          { line: 0, quantity: 4, total_price: '2000', cost: '400' },
          { line: 1, quantity: 2, total_price: '600', cost: '200' },
        ],
      },
    });
    books
      .when(
        giveBack(SO, [
          [BOTTLE, 1],
          [BOTTLE, 2],
        ]),
      )
      .thenRecorded({
        type: 'SaleReturned',
        data: {
          line_items: [
            { line: 1, quantity: 1, total_price: '300' },
            { line: 1, quantity: 2, total_price: '600' },
          ],
        },
      });
    books
      .when(giveBack(SO, [[BOTTLE, 2]]))
      .thenRefused('return_exceeds_bill', { returnable: 1, requested: 2, excess: 1 });
  });

  it('refuses more than was sold, also when only the lines together are too much, and what was not sold', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), sale([[BOTTLE, 4, '5']]));
    books
      .when(giveBack(SO, [[BOTTLE, 5]]))
      .thenRefused('return_exceeds_bill', { number: SO, item_id: BOTTLE, returnable: 4, requested: 5, excess: 1 });
    books
      .when(
        giveBack(SO, [
          [BOTTLE, 3],
          [BOTTLE, 2],
        ]),
      )
      .thenRefused('return_exceeds_bill', { returnable: 1, requested: 2 });
    books.when(giveBack(SO, [[BIG_BOTTLE, 1]])).thenRefused('return_exceeds_bill', { returnable: 0 });
    books.when(giveBack(SO, [['cap', 1]])).thenRefused('unknown_item', { item_id: 'cap' });
  });

  it('takes back what is no longer sold, from whom is no longer a customer', () => {
    givenAFactory(purchase([[BOTTLE, 4, '1']]), sale([[BOTTLE, 4, '5']]))
      .and(deactivate('item', BOTTLE), deactivate('customer', 'CUST-001'))
      .when(giveBack(SO, [[BOTTLE, 1]]))
      .thenRecorded({ type: 'SaleReturned' });
  });

  it('refuses bills that are void or none at all, and days before the bill', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 9, '1']]),
      sale([[BOTTLE, 4, '5']]),
      waste([[BOTTLE, 1]]),
      transfer('equity', 'cash', '1'),
    );
    books.when(giveBack('WS-260302-0001', [[BOTTLE, 1]])).thenRefused('not_returnable', { kind: 'waste' });
    books.when(giveBack('MT-260302-0001', [[BOTTLE, 1]])).thenRefused('not_returnable', { kind: 'transfer' });
    books.when(giveBack('SO-260302-0002', [[BOTTLE, 1]])).thenRefused('unknown_document');
    books
      .when(giveBack(SO, [[BOTTLE, 1]], { effective_at: later(-1) }))
      .thenRefused('effective_before_document', { number: SO, document_effective_at: MONDAY, effective_at: later(-1) });
    books
      .and([voiding(SO), ADMIN])
      .when(giveBack(SO, [[BOTTLE, 1]]))
      .thenRefused('already_void', { number: SO });
  });
});

describe('return_bill of a purchase', () => {
  it('owes less by the price that was paid, and shows the average cost that left', () => {
    // 20 worth 40.00: 4 of them leave at 8.00, and the supplier takes them at 1.00 each.
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), purchase([[BOTTLE, 10, '3']]));
    const when = books.when(giveBack(PO, [[BOTTLE, 4]]));
    when.thenRecorded({
      type: 'PurchaseReturned',
      data: {
        party_id: 'SUP-001',
        total_price: '400',
        total_cost: '800',
        line_items: [{ unit_price: '1', total_price: '400', cost: '800' }],
      },
    });
    when.thenMoved({ journal: { 'payable:SUP-001': '4.00', inventory: '-8.00', 'price-variance': '4.00' } });
    expect(books.stock(BOTTLE)).toBe('16 worth 32.00');
    // The rest of the bill is its price, whatever the first part cost when it left.
    books.when(giveBack(PO, [[BOTTLE, 6]])).thenRecorded({
      type: 'PurchaseReturned',
      data: { total_price: '600', total_cost: '1200' },
    });
    expect(books.balance('payable:SUP-001')).toBe('-30.00');
  });

  it('leaves at average cost also where the bill was the dearer one', () => {
    // 10 at 3.00 and 10 at 1.00; 15 of them sold for 30.00 cost; 5 worth 10.00 are left, 4 of which leave at 8.00.
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '3']]),
      purchase([[BOTTLE, 10, '1']]),
      sale([[BOTTLE, 15, '9']]),
    );
    books.when(giveBack(PO, [[BOTTLE, 4]])).thenMoved({
      stock: [`-4 ${BOTTLE} at main, -8.00`],
      journal: { 'payable:SUP-001': '12.00', inventory: '-8.00', 'price-variance': '-4.00' },
    });
    expect(books.stock(BOTTLE)).toBe('1 worth 2.00');
  });

  it('leaves no value behind when the last piece goes', () => {
    // 10 at 1.00 and 10 at 3.00; 10 sold for 20.00 cost; the 10 that are left are worth 20.00 and go back for 10.00.
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '1']]),
      purchase([[BOTTLE, 10, '3']]),
      sale([[BOTTLE, 10, '9']]),
    );
    books.when(giveBack(PO, [[BOTTLE, 10]])).thenMoved({
      stock: [`-10 ${BOTTLE} at main, -20.00`],
      journal: { 'payable:SUP-001': '10.00', inventory: '-20.00', 'price-variance': '10.00' },
    });
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('refuses what is no longer there', () => {
    givenAFactory(purchase([[BOTTLE, 10, '1']]), sale([[BOTTLE, 8, '2']]))
      .when(giveBack(PO, [[BOTTLE, 3]]))
      .thenRefused('insufficient_stock', { item_id: BOTTLE, available: 2, requested: 3, shortage: 1 });
  });
});

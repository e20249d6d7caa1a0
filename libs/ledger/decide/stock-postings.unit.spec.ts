import {
  blow,
  deactivate,
  given,
  givenAFactory,
  item,
  later,
  MANAGER,
  openLedger,
  party,
  purchase,
  STAFF,
  sale,
  stockTransfer,
  voiding,
  waste,
} from '../../../test/support/given.js';
import { QUANTITY_MAX } from '../money.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';

describe('record_purchase', () => {
  it('adds the lines at their line totals and owes the supplier the sum', () => {
    const books = givenAFactory()
      .when(
        purchase(
          [
            [BOTTLE, 500, '3.5'],
            ['preform', 10_000, '0.0375'],
          ],
          { due_date: '2026-04-01', notes: 'by lorry' },
        ),
      )
      .thenRecorded({
        type: 'PurchaseRecorded',
        data: {
          number: 'PO-260302-0001',
          supplier_id: 'SUP-001',
          location_id: 'main',
          line_items: [
            { item_id: BOTTLE, quantity: 500, unit_price: '3.5', total_price: '175000' },
            { item_id: 'preform', quantity: 10_000, unit_price: '0.0375', total_price: '37500' },
          ],
          total_price: '212500',
          due_date: '2026-04-01',
          notes: 'by lorry',
        },
      });
    expect(books.stock(BOTTLE)).toBe('500 worth 1750.00');
    expect(books.stock('preform')).toBe('10000 worth 375.00');
    expect(books.trialBalance()).toEqual({ inventory: '2125.00', 'payable:SUP-001': '-2125.00' });
  });

  it('rounds each line half to even, once', () => {
    // 1 × 0.125 = 0.125 → 0.12 (2 is even); 1 × 0.375 = 0.375 → 0.38 (8 is even); 3 × 0.335 = 1.005 → 1.00; 1 × 0.125001 → 0.13.
    givenAFactory()
      .when(
        purchase([
          [BOTTLE, 1, '0.125'],
          [BOTTLE, 1, '0.375'],
          [BOTTLE, 3, '0.335'],
          [BOTTLE, 1, '0.125001'],
        ]),
      )
      .thenMoved({
        stock: [
          `+1 ${BOTTLE} at main, 0.12`,
          `+1 ${BOTTLE} at main, 0.38`,
          `+3 ${BOTTLE} at main, 1.00`,
          `+1 ${BOTTLE} at main, 0.13`,
        ],
        journal: { inventory: '1.63', 'payable:SUP-001': '-1.63' },
      });
  });

  it('keeps the digits of the ledger’s currency', () => {
    // Yen have no minor unit: 3 × 0.5 = 1.5 → 2. Dinars have three: 3 × 0.0005 = 0.0015 → 0.002.
    for (const [currency, digits, unit_price, total] of [
      ['JPY', 0, '0.5', '2'],
      ['KWD', 3, '0.0005', '0.002'],
    ] as const)
      given(openLedger({ currency, digits, approval_threshold: '5000' }), item(BOTTLE), party('supplier', 'SUP-001'))
        .when(purchase([[BOTTLE, 3, unit_price]]))
        .thenMoved({ journal: { inventory: total, 'payable:SUP-001': `-${total}` } });
  });

  it('takes gifts: what costs nothing is on hand and worth nothing', () => {
    const books = givenAFactory()
      .when(purchase([[BOTTLE, 7, '0']]))
      .thenMoved({ stock: [`+7 ${BOTTLE} at main, 0.00`], journal: {} });
    expect(books.stock(BOTTLE)).toBe('7 worth 0.00');
  });

  it('goes to the place that is named', () => {
    const books = givenAFactory(purchase([[BOTTLE, 5, '1']], { location_id: 'store' }));
    expect(books.stock(BOTTLE, 'store')).toBe('5 worth 5.00');
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('refuses ids that are unknown or inactive', () => {
    const lines = [[BOTTLE, 1, '1']] as const;
    const books = givenAFactory();
    books.when(purchase([['cap', 1, '1']])).thenRefused('unknown_item', { item_id: 'cap' });
    books.when(purchase(lines, { supplier_id: 'SUP-9' })).thenRefused('unknown_supplier', { supplier_id: 'SUP-9' });
    books.when(purchase(lines, { location_id: 'attic' })).thenRefused('unknown_location', { location_id: 'attic' });
    books.and(deactivate('item', BOTTLE)).when(purchase(lines)).thenRefused('inactive_item', { item_id: BOTTLE });
    givenAFactory(deactivate('supplier', 'SUP-001')).when(purchase(lines)).thenRefused('inactive_supplier');
    givenAFactory(deactivate('location', 'store'))
      .when(purchase(lines, { location_id: 'store' }))
      .thenRefused('inactive_location');
  });

  it('refuses prices that are no prices, naming the line', () => {
    for (const unit_price of ['-1', '1.1234567', '1e3', '', '１', '1.', '.5', '01', ' 1', 'NaN'])
      givenAFactory()
        .when(
          purchase([
            [BOTTLE, 1, '1'],
            [BOTTLE, 1, unit_price],
          ]),
        )
        .thenRefused('validation', {
          errors: [{ path: 'line_items.1.unit_price', message: 'must be a price ≥ 0 with at most 6 decimals' }],
        });
  });

  it('refuses what the books could not hold exactly', () => {
    const books = givenAFactory();
    books
      .when(purchase([[BOTTLE, QUANTITY_MAX, '1000']]))
      .thenRefused('amount_out_of_bounds', { account_id: 'inventory', at_most: 9_999_999_999_999.99 });
    books.when(purchase([[BOTTLE, QUANTITY_MAX, '9.99999999']])).thenRefused('validation');
    // 9.999999 × 10^12 = 9999999000000.00 is less than the bound; twice that is not.
    books
      .and(purchase([[BOTTLE, QUANTITY_MAX, '9.999999']]))
      .when(purchase([[BOTTLE, QUANTITY_MAX, '9.999999']]))
      .thenRefused('amount_out_of_bounds');
  });

  it('refuses more pieces in one place than can be counted, also when only the lines together are too many', () => {
    const lines = Array.from({ length: 500 }, () => [BOTTLE, QUANTITY_MAX, '0'] as const);
    givenAFactory(purchase(lines)).when(purchase(lines)).thenRefused('amount_out_of_bounds', {
      item_id: BOTTLE,
      location_id: 'main',
    });
  });

  it('waits for approval above the threshold when staff ask for it', () => {
    const dear = purchase([[BOTTLE, 1000, '5.00001']]);
    givenAFactory()
      .when(dear, STAFF)
      .thenRecorded({
        type: 'ApprovalRequested',
        data: { approval_id: 'AP-260302-0001', amount: '500001', threshold: '500000', command: dear },
      });
    givenAFactory()
      .when(purchase([[BOTTLE, 1000, '5']]), STAFF)
      .thenRecorded({ type: 'PurchaseRecorded' });
    givenAFactory().when(dear, MANAGER).thenRecorded({ type: 'PurchaseRecorded' });
  });
});

describe('record_blow', () => {
  const preforms = purchase([['preform', 1000, '0.0375']]);

  it('turns preforms into bottles that are worth what went in and what it cost to blow them', () => {
    // 400 preforms cost 37.50 × 400/1000 = 15.00; 15.00 + 20.00 conversion = 35.00 for 400 bottles.
    const books = givenAFactory(preforms)
      .when(blow([['preform', 400]], [[BOTTLE, 400]], { conversion_cost: '20.00', notes: 'machine 2' }))
      .thenRecorded({
        type: 'BlowRecorded',
        data: {
          number: 'BL-260302-0001',
          inputs: [{ item_id: 'preform', quantity: 400, cost: '1500' }],
          outputs: [{ item_id: BOTTLE, quantity: 400, cost: '3500' }],
          rejected_quantity: 0,
          rejected_cost: '0',
          conversion_cost: '2000',
          notes: 'machine 2',
        },
      });
    expect(books.stock('preform')).toBe('600 worth 22.50');
    expect(books.stock(BOTTLE)).toBe('400 worth 35.00');
    expect(books.trialBalance()).toEqual({ inventory: '57.50', conversion: '-20.00', 'payable:SUP-001': '-37.50' });
  });

  it('expenses rejects at the average cost of what was put in', () => {
    // 300 preforms cost 11.25; 20 rejected: 11.25 × 20/300 = 0.75; the 280 bottles carry 10.50.
    givenAFactory(preforms)
      .when(blow([['preform', 300]], [[BOTTLE, 280]], { rejected_quantity: 20 }))
      .thenMoved({
        stock: ['-300 preform at main, -11.25', `+280 ${BOTTLE} at main, 10.50`],
        journal: { inventory: '-0.75', waste: '0.75' },
      });
  });

  it('rounds the rejects’ cost half to even', () => {
    // 2 pieces worth 0.05, one rejected: 0.025 → 0.02 (even); the bottle takes the other 0.03.
    givenAFactory(purchase([['preform', 2, '0.025']]))
      .when(blow([['preform', 2]], [[BOTTLE, 1]], { rejected_quantity: 1 }))
      .thenMoved({
        stock: ['-2 preform at main, -0.05', `+1 ${BOTTLE} at main, 0.03`],
        journal: { inventory: '-0.02', waste: '0.02' },
      });
  });

  it('shares the cost by quantity, the last output taking the remainder', () => {
    // 10.00 over 1, 1 and 1 pieces: 3.33, 3.33 and the rest, 3.34.
    givenAFactory(purchase([['preform', 3, '3.333333']]))
      .when(
        blow(
          [['preform', 3]],
          [
            [BOTTLE, 1],
            [BIG_BOTTLE, 1],
            [BOTTLE, 1],
          ],
        ),
      )
      .thenMoved({
        stock: [
          '-3 preform at main, -10.00',
          `+1 ${BOTTLE} at main, 3.33`,
          `+1 ${BIG_BOTTLE} at main, 3.33`,
          `+1 ${BOTTLE} at main, 3.34`,
        ],
        journal: {},
      });
  });

  it('never gives the last output less than nothing', () => {
    // 0.03 over 1, 1, 1, 1 and 1 pieces: 0.006 → 0.01 each, but only three cents are there.
    givenAFactory(purchase([['preform', 1, '0.03']]))
      .when(
        blow(
          [['preform', 1]],
          Array.from({ length: 5 }, () => [BOTTLE, 1] as const),
        ),
      )
      .thenMoved({
        stock: [
          '-1 preform at main, -0.03',
          `+1 ${BOTTLE} at main, 0.01`,
          `+1 ${BOTTLE} at main, 0.01`,
          `+1 ${BOTTLE} at main, 0.01`,
          `+1 ${BOTTLE} at main, 0.00`,
          `+1 ${BOTTLE} at main, 0.00`,
        ],
      });
  });

  it('makes nothing when all is rejected, and wastes the conversion cost with the inputs', () => {
    // 100 of 1000 preforms cost 3.75; 3.75 + 1.00 for the blowing are lost.
    const books = givenAFactory(preforms)
      .when(blow([['preform', 100]], [], { rejected_quantity: 100, conversion_cost: '1' }))
      .thenRecorded({ type: 'BlowRecorded', data: { outputs: [], rejected_quantity: 100, rejected_cost: '475' } });
    expect(books.stock('preform')).toBe('900 worth 33.75');
    expect(books.trialBalance()).toEqual({
      inventory: '33.75',
      waste: '4.75',
      conversion: '-1.00',
      'payable:SUP-001': '-37.50',
    });
    books.when(voiding('BL-260302-0001')).thenMoved({
      stock: ['+100 preform at main, 3.75'],
      journal: { waste: '-4.75', conversion: '1.00', inventory: '3.75' },
    });
  });

  it('names outputs where something was made, and none where nothing was', () => {
    const books = givenAFactory(preforms);
    books.when(blow([['preform', 100]], [[BOTTLE, 1]], { rejected_quantity: 100 })).thenRefused('validation', {
      errors: [{ path: 'outputs', message: 'must be empty, for all 100 pieces put in were rejected' }],
    });
    books.when(blow([['preform', 100]], [], { rejected_quantity: 99 })).thenRefused('validation', {
      errors: [{ path: 'outputs', message: 'must name what was made, unless all pieces put in were rejected' }],
    });
  });

  it('takes several inputs, each at its own average cost, and may put back what it took', () => {
    // 100 preforms 3.75 and 10 bottles of 1.00: 13.75 − 0.00 + 0.00 over 55 bottles of 1.5 l and 55 of what was put in: 6.875 → 6.88 and the rest 6.87.
    const books = givenAFactory(preforms, purchase([[BOTTLE, 10, '1']]))
      .when(
        blow(
          [
            ['preform', 100],
            [BOTTLE, 10],
          ],
          [
            [BIG_BOTTLE, 55],
            [BOTTLE, 55],
          ],
        ),
      )
      .thenMoved({
        stock: [
          '-100 preform at main, -3.75',
          `-10 ${BOTTLE} at main, -10.00`,
          `+55 ${BIG_BOTTLE} at main, 6.88`,
          `+55 ${BOTTLE} at main, 6.87`,
        ],
      });
    expect(books.stock(BOTTLE)).toBe('55 worth 6.87');
  });

  it('refuses more input than is there, summed over the lines', () => {
    givenAFactory(preforms)
      .when(
        blow(
          [
            ['preform', 600],
            ['preform', 401],
          ],
          [[BOTTLE, 1000]],
        ),
      )
      .thenRefused('insufficient_stock', {
        item_id: 'preform',
        location_id: 'main',
        available: 1000,
        requested: 1001,
        shortage: 1,
      });
  });

  it('refuses more rejects than inputs, costs that are no amounts, and ids that cannot be used', () => {
    const books = givenAFactory(preforms, deactivate('item', BIG_BOTTLE));
    const to = [[BOTTLE, 1]] as const;
    books.when(blow([['preform', 2]], to, { rejected_quantity: 3 })).thenRefused('validation', {
      errors: [{ path: 'rejected_quantity', message: 'must be at most the 2 pieces put in' }],
    });
    for (const conversion_cost of ['0.001', '-1', 'free'])
      books.when(blow([['preform', 2]], to, { conversion_cost })).thenRefused('validation');
    books.when(blow([['sand', 2]], to)).thenRefused('unknown_item', { item_id: 'sand' });
    books.when(blow([['preform', 2]], [['vase', 2]])).thenRefused('unknown_item', { item_id: 'vase' });
    books.when(blow([['preform', 2]], to, { location_id: 'attic' })).thenRefused('unknown_location');
    books.when(blow([['preform', 2]], [[BIG_BOTTLE, 2]])).thenRefused('inactive_item', { item_id: BIG_BOTTLE });
    books.when(blow([['preform', 2]], to, { conversion_cost: '9999999999999.99' })).thenRefused('amount_out_of_bounds');
  });
});

describe('record_sale', () => {
  const stocked = [
    purchase([
      [BOTTLE, 500, '3.50'],
      [BIG_BOTTLE, 250, '4.20'],
    ]),
  ] as const;

  it('is the worked example of the rules, to the cent', () => {
    const books = givenAFactory(...stocked)
      .when(
        sale([
          [BOTTLE, 100, '4.00'],
          [BIG_BOTTLE, 50, '6.00'],
        ]),
      )
      .thenRecorded({
        type: 'SaleRecorded',
        data: {
          number: 'SO-260302-0001',
          line_items: [
            { item_id: BOTTLE, total_price: '40000', cost: '35000', profit: '5000' },
            { item_id: BIG_BOTTLE, total_price: '30000', cost: '21000', profit: '9000' },
          ],
          total_price: '70000',
          total_cost: '56000',
          total_profit: '14000',
          sales: [
            { item_id: BOTTLE, customer_id: 'CUST-001', quantity: 100, revenue: '40000', cost: '35000' },
            { item_id: BIG_BOTTLE, customer_id: 'CUST-001', quantity: 50, revenue: '30000', cost: '21000' },
          ],
        },
      });
    expect(books.stock(BOTTLE)).toBe('400 worth 1400.00');
    expect(books.stock(BIG_BOTTLE)).toBe('200 worth 840.00');
    expect(books.trialBalance()).toEqual({
      inventory: '2240.00',
      'payable:SUP-001': '-2800.00',
      'receivable:CUST-001': '700.00',
      revenue: '-700.00',
      cogs: '560.00',
    });
    books.when(sale([[BIG_BOTTLE, 500, '6.00']])).thenRefused('insufficient_stock', {
      item_id: BIG_BOTTLE,
      location_id: 'main',
      available: 200,
      requested: 500,
      shortage: 300,
    });
  });

  it('answers the document as people read it', () => {
    const { answer } = givenAFactory(...stocked).when(sale([[BOTTLE, 100, '4']]), { ...STAFF, now: later(60) });
    expect(answer()).toEqual({
      kind: 'sale',
      number: 'SO-260302-0001',
      bill_number: 'SO-260302-0001',
      customer_id: 'CUST-001',
      location_id: 'main',
      line_items: [{ item_id: BOTTLE, quantity: 100, unit_price: 4, total_price: 400, cost: 350, profit: 50 }],
      total_price: 400,
      total_cost: 350,
      total_profit: 50,
      status: 'confirmed',
      payment_status: 'pending',
      paid_amount: 0,
      returned_amount: 0,
      open_amount: 400,
      payments: [],
      returns: [],
      written_off_amount: 0,
      write_offs: [],
      created_by: 'sam',
      effective_at: later(60),
      recorded_at: later(60),
      position: 19,
    });
  });

  it('costs 3 pieces worth 10.00 at 3.33, 3.34 and 3.33', () => {
    // 10.00/3 = 3.333 → 3.33; 6.67/2 = 3.335 → 3.34 (4 is even); the last piece takes the rest.
    const books = givenAFactory(purchase([[BOTTLE, 3, '3.333333']]));
    expect(books.stock(BOTTLE)).toBe('3 worth 10.00');
    for (const [cost, left] of [
      ['-3.33', '2 worth 6.67'],
      ['-3.34', '1 worth 3.33'],
      ['-3.33', '0 worth 0.00'],
    ] as const) {
      books.when(sale([[BOTTLE, 1, '5']])).thenMoved({ stock: [`-1 ${BOTTLE} at main, ${cost}`] });
      expect(books.stock(BOTTLE)).toBe(left);
    }
  });

  it('averages what came in at different prices', () => {
    // 10 worth 10.00 and 30 worth 90.00: 100.00 for 40, so 4 cost 10.00.
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), purchase([[BOTTLE, 30, '3']]))
      .when(sale([[BOTTLE, 4, '9']]))
      .thenMoved({ stock: [`-4 ${BOTTLE} at main, -10.00`] });
    expect(books.stock(BOTTLE)).toBe('36 worth 90.00');
  });

  it('costs two lines of one item one after the other, and sums what they ask for', () => {
    const books = givenAFactory(purchase([[BOTTLE, 3, '3.333333']]));
    books
      .when(
        sale([
          [BOTTLE, 2, '5'],
          [BOTTLE, 2, '5'],
        ]),
      )
      .thenRefused('insufficient_stock', { available: 3, requested: 4, shortage: 1 });
    books
      .when(
        sale([
          [BOTTLE, 1, '5'],
          [BOTTLE, 2, '5'],
        ]),
      )
      .thenMoved({ stock: [`-1 ${BOTTLE} at main, -3.33`, `-2 ${BOTTLE} at main, -6.67`] });
  });

  it('may be at a loss, and may be a gift', () => {
    givenAFactory(...stocked)
      .when(
        sale([
          [BOTTLE, 1, '1'],
          [BIG_BOTTLE, 1, '0'],
        ]),
      )
      .thenRecorded({ type: 'SaleRecorded', data: { total_price: '100', total_cost: '770', total_profit: '-670' } });
  });

  it('sells what is in the named place and nothing else', () => {
    givenAFactory(...stocked)
      .when(sale([[BOTTLE, 1, '4']], { location_id: 'store' }))
      .thenRefused('insufficient_stock', { location_id: 'store', available: 0, requested: 1, shortage: 1 });
  });

  it('refuses ids that are unknown or inactive, and bad prices', () => {
    const lines = [[BOTTLE, 1, '4']] as const;
    const books = givenAFactory(...stocked);
    books.when(sale([['cap', 1, '1']])).thenRefused('unknown_item', { item_id: 'cap' });
    books.when(sale(lines, { customer_id: 'CUST-9' })).thenRefused('unknown_customer', { customer_id: 'CUST-9' });
    books.when(sale(lines, { location_id: 'attic' })).thenRefused('unknown_location');
    books.when(sale([[BOTTLE, 1, '4.0000001']])).thenRefused('validation');
    books.when(sale([[BOTTLE, 1, '99999999999999']])).thenRefused('amount_out_of_bounds');
    givenAFactory(...stocked, deactivate('item', BOTTLE))
      .when(sale(lines))
      .thenRefused('inactive_item');
    givenAFactory(...stocked, deactivate('customer', 'CUST-001'))
      .when(sale(lines))
      .thenRefused('inactive_customer');
  });
});

describe('record_waste', () => {
  it('expenses what is scrapped at average cost, with a reason', () => {
    const books = givenAFactory(purchase([[BOTTLE, 3, '3.333333']]))
      .when(waste([[BOTTLE, 2]], { reason: 'fell down', notes: 'twice' }))
      .thenRecorded({
        type: 'WasteRecorded',
        data: {
          number: 'WS-260302-0001',
          line_items: [{ item_id: BOTTLE, quantity: 2, cost: '667' }],
          total_cost: '667',
          reason: 'fell down',
          notes: 'twice',
        },
      });
    expect(books.stock(BOTTLE)).toBe('1 worth 3.33');
    expect(books.trialBalance()).toEqual({ inventory: '3.33', waste: '6.67', 'payable:SUP-001': '-10.00' });
  });

  it('refuses more than there is, and ids that cannot be used', () => {
    const books = givenAFactory(purchase([[BOTTLE, 3, '1']]));
    books.when(waste([[BOTTLE, 4]])).thenRefused('insufficient_stock', { available: 3, requested: 4, shortage: 1 });
    books
      .when(
        waste([
          [BOTTLE, 2],
          [BOTTLE, 2],
        ]),
      )
      .thenRefused('insufficient_stock', { requested: 4 });
    books.when(waste([['cap', 1]])).thenRefused('unknown_item');
    books.when(waste([[BOTTLE, 1]], { location_id: 'attic' })).thenRefused('unknown_location');
  });
});

describe('transfer_stock', () => {
  it('moves pieces with their value and posts nothing to the journal', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 3, '3.333333']]),
      purchase([[BOTTLE, 1, '9']], { location_id: 'store' }),
    )
      .when(stockTransfer([[BOTTLE, 2]]))
      .thenRecorded({
        type: 'StockTransferred',
        data: {
          number: 'ST-260302-0001',
          from_location_id: 'main',
          to_location_id: 'store',
          line_items: [{ item_id: BOTTLE, quantity: 2, cost: '667' }],
        },
      });
    expect(books.events.at(-1)!.data).not.toHaveProperty('journal');
    expect(books.stock(BOTTLE)).toBe('1 worth 3.33');
    expect(books.stock(BOTTLE, 'store')).toBe('3 worth 15.67');
    expect(books.balance('inventory')).toBe('19.00');
  });

  it('refuses a move to the same place, of more than there is, and ids that cannot be used', () => {
    const books = givenAFactory(purchase([[BOTTLE, 3, '1']]));
    books
      .when(stockTransfer([[BOTTLE, 1]], { to_location_id: 'main' }))
      .thenRefused('same_location', { location_id: 'main' });
    books.when(stockTransfer([[BOTTLE, 4]])).thenRefused('insufficient_stock', { shortage: 1 });
    books.when(stockTransfer([[BOTTLE, 1]], { to_location_id: 'attic' })).thenRefused('unknown_location');
    books.when(stockTransfer([[BOTTLE, 1]], { from_location_id: 'attic' })).thenRefused('unknown_location');
    books.when(stockTransfer([['cap', 1]])).thenRefused('unknown_item');
    books
      .and(deactivate('location', 'store'))
      .when(stockTransfer([[BOTTLE, 1]]))
      .thenRefused('inactive_location', { location_id: 'store' });
  });

  it('refuses to fill a place beyond what can be counted', () => {
    const lines = Array.from({ length: 999 }, () => [BOTTLE, QUANTITY_MAX, '0'] as const);
    givenAFactory(purchase(lines, { location_id: 'store' }), purchase([[BOTTLE, QUANTITY_MAX, '0']]))
      .when(stockTransfer([[BOTTLE, QUANTITY_MAX]]))
      .thenRefused('amount_out_of_bounds', { item_id: BOTTLE, location_id: 'store' });
  });
});

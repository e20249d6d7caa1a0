import {
  A_FACTORY,
  ADMIN,
  approve,
  type Books,
  type By,
  blow,
  close,
  count,
  giveBack,
  given,
  lateCost,
  MANAGER,
  money,
  purchase,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  voiding,
  waste,
} from '../../../test/support/given.js';
import { assertIdeal, bookedFigures } from '../../../test/support/ideal-books.js';
import { adjustmentsIn } from '../adjustments.js';
import type { Command } from '../commands.js';
import type { Postings, RecordedEvent } from '../events.js';
import { costAdjustments } from './cost-adjustments.js';

const BOTTLE = 'bottle-500ml-a';
const TODAY = '2026-03-12T12:00:00.000Z';
const today = { now: TODAY };
const day = (of_march: number) => new Date(Date.UTC(2026, 2, of_march, 9)).toISOString();
const on = (of_march: number, step: Step): Step => {
  const [command, by] = 'type' in step ? [step, {}] : step;
  return [command, { ...by, now: day(of_march) }];
};

/** It is there since January. */
function factory(...steps: Step[]): Books {
  return given(...A_FACTORY.map((step): Step => on(-40, step)), ...steps);
}
/** "0 worth 0.00": what the books say today of a place at the end of a day. */
function asOf({ events }: Books, of_march: number, item_id = BOTTLE, location_id = 'main'): string {
  const booked = bookedFigures(events);
  let [pieces, value] = [0, 0n];
  for (const { position, data, metadata } of events) {
    if (metadata.effective_at > day(of_march).replace('T09', 'T23')) continue;
    for (const [index, posting] of ((data as Postings).stock ?? []).entries()) {
      if (posting.item_id !== item_id || posting.location_id !== location_id) continue;
      pieces += posting.quantity;
      value += booked.get(position)!.stock[index]!;
    }
  }
  return `${pieces} worth ${money(value)}`;
}
/** "SaleRecorded −16.67": what the last event adjusts, in the order in which it happened. */
function adjustedBy({ events }: Books): string[] {
  const { adjusted } = events.at(-1)!.data as Postings;
  return adjustmentsIn(adjusted).map(
    ({ position, value }) => `${events[position]!.type} ${value > 0 ? '+' : ''}${money(BigInt(value))}`,
  );
}

describe('a backdated sale', () => {
  it('costs what its pieces cost then: of 10 bought at 5 and 10 more at 15 later, 50.00', () => {
    const books = factory(on(1, purchase([[BOTTLE, 10, '5']])), on(10, purchase([[BOTTLE, 10, '15']])));
    books
      .when(sale([[BOTTLE, 10, '20']], { effective_at: day(5) }), today)
      .thenRecorded({ type: 'SaleRecorded', data: { total_cost: '5000', adjusted: [] } });
    expect(asOf(books, 5)).toBe('0 worth 0.00');
    expect(books.stock(BOTTLE)).toBe('10 worth 150.00');
  });

  it('changes the cost of what was sold later, at the moment of that sale', () => {
    // 10 at 5.00 and 10 at 15.00; 10 sold on the 11th for 100.00 cost. Of the first ten, 5 had gone on the 5th: 5 worth 25.00 and 10 worth
    // 150.00 were there on the 11th, so that 10 cost 175.00 × 10/15 = 116.67, and 58.33 are left.
    const books = factory(
      on(1, purchase([[BOTTLE, 10, '5']])),
      on(10, purchase([[BOTTLE, 10, '15']])),
      on(11, sale([[BOTTLE, 10, '20']])),
    );
    books.and([sale([[BOTTLE, 5, '20']], { effective_at: day(5) }), today]);
    expect(adjustedBy(books)).toEqual(['SaleRecorded -16.67']);
    expect([1, 5, 10, 11].map((each) => asOf(books, each))).toEqual([
      '10 worth 50.00',
      '5 worth 25.00',
      '15 worth 175.00',
      '5 worth 58.33',
    ]);
    expect(books.balance('cogs')).toBe('141.67');
    expect(books.state.months.get('2026-03')!.get('cogs')).toBe(14_167n);
  });

  it('takes all of the value with the last pieces, whatever was sold since', () => {
    const books = factory(
      on(1, purchase([[BOTTLE, 10, '5']])),
      on(10, purchase([[BOTTLE, 10, '15']])),
      on(11, sale([[BOTTLE, 15, '20']])),
    );
    books.and([sale([[BOTTLE, 5, '20']], { effective_at: day(5) }), today]);
    expect([books.stock(BOTTLE), books.balance('cogs')]).toEqual(['0 worth 0.00', '200.00']);
  });

  it('that waited for approval adjusts by the position that it gets', () => {
    const books = factory(
      on(1, purchase([[BOTTLE, 10, '500']])),
      on(10, purchase([[BOTTLE, 10, '1500']])),
      on(11, sale([[BOTTLE, 10, '20']])),
    );
    books
      .when(sale([[BOTTLE, 5, '2000']], { effective_at: day(5) }), { ...STAFF, ...today })
      .thenRecorded({ type: 'ApprovalRequested' });
    books
      .when(approve('AP-260312-0001'), { ...MANAGER, ...today })
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'SaleRecorded', data: { total_cost: '250000' } });
    expect(adjustedBy(books)).toEqual(['SaleRecorded -1666.67']);
    assertIdeal(books.events);
  });
});

describe('a backdated purchase', () => {
  it('goes with its pieces through transfers and blows to what was sold of them', () => {
    // 100 preforms at 1.00; 50 go to the store; 40 of them are blown there, 10 of which are rejects, with 20.00 of conversion: 30 bottles
    // worth 50.00, of which 15 are sold. On the 2nd 100 more had come at 2.00, so a preform cost 1.50.
    const books = factory(
      on(1, purchase([['preform', 100, '1']])),
      on(5, stockTransfer([['preform', 50]])),
      on(
        6,
        blow([['preform', 40]], [[BOTTLE, 30]], { location_id: 'store', rejected_quantity: 10, conversion_cost: '20' }),
      ),
      on(7, sale([[BOTTLE, 15, '5']], { location_id: 'store' })),
    );
    expect(books.balance('cogs')).toBe('25.00');
    books.and([purchase([['preform', 100, '2']], { effective_at: day(2) }), today]);
    expect(adjustedBy(books)).toEqual([
      'StockTransferred -25.00',
      'StockTransferred +25.00',
      'BlowRecorded -20.00',
      'BlowRecorded +15.00',
      // The rejects: no stock.
      'BlowRecorded -5.00',
      'SaleRecorded -7.50',
    ]);
    expect(books.stock('preform')).toBe('150 worth 225.00');
    expect(books.stock('preform', 'store')).toBe('10 worth 15.00');
    expect(books.stock(BOTTLE, 'store')).toBe('15 worth 32.50');
    expect(books.trialBalance()).toEqual({
      inventory: '272.50',
      'payable:SUP-001': '-300.00',
      'receivable:CUST-001': '75.00',
      revenue: '-75.00',
      cogs: '32.50',
      waste: '15.00',
      conversion: '-20.00',
    });
    expect(asOf(books, 6, BOTTLE, 'store')).toBe('30 worth 65.00');
  });

  it('changes what came back from customers, went back to suppliers, was wasted, counted, and taken back', () => {
    // 20 at 1.00: 10 sold, 4 of them returned, 2 wasted, 1 missing, 5 sent back. With 20 more at 2.00 on the 2nd a piece costs 1.50.
    const books = factory(
      on(1, purchase([[BOTTLE, 20, '1']])),
      on(3, sale([[BOTTLE, 10, '4']])),
      on(4, giveBack('SO-260303-0001', [[BOTTLE, 4]])),
      on(5, waste([[BOTTLE, 2]])),
      on(6, giveBack('PO-260301-0001', [[BOTTLE, 5]])),
      on(7, waste([[BOTTLE, 1]])),
      on(8, [voiding('WS-260307-0001'), ADMIN]),
      on(9, count([[BOTTLE, 6]])),
    );
    books.when(purchase([[BOTTLE, 20, '2']], { effective_at: day(2) }), today).thenRefused('counted_since');
    books.and([voiding('SC-260309-0001', { effective_at: day(9) }), { ...ADMIN, now: day(10) }]);
    books.and([purchase([[BOTTLE, 20, '2']], { effective_at: day(2) }), today]);
    expect(adjustedBy(books)).toEqual([
      'SaleRecorded -5.00',
      'SaleReturned +2.00',
      'WasteRecorded -1.00',
      'PurchaseReturned -2.50',
      'WasteRecorded -0.50',
      'DocumentVoided +0.50',
      'StockCounted -0.50',
      'DocumentVoided +0.50',
    ]);
    expect(books.stock(BOTTLE)).toBe('27 worth 40.50');
    expect(books.trialBalance()).toMatchObject({
      inventory: '40.50',
      cogs: '9.00',
      waste: '3.00',
      'price-variance': '2.50',
    });
    assertIdeal(books.events);
  });

  it('leaves alone what had no pieces left of it', () => {
    // All were sold on the 3rd, before it came.
    const books = factory(
      on(1, purchase([[BOTTLE, 10, '1']])),
      on(3, sale([[BOTTLE, 10, '4']])),
      on(6, purchase([[BOTTLE, 10, '2']])),
      on(7, sale([[BOTTLE, 10, '4']])),
    );
    books.and([purchase([[BOTTLE, 5, '9']], { effective_at: '2026-03-07T10:00:00.000Z' }), today]);
    expect(adjustedBy(books)).toEqual([]);
    expect(books.stock(BOTTLE)).toBe('5 worth 45.00');
  });
});

describe('a month of the factory', () => {
  const BOTTLES = (pieces: number) => [[BOTTLE, pieces]] as const;
  const books = factory(
    // 1,000 preforms at 0.05.
    on(2, purchase([['preform', 1000, '0.05']])),
    // 400 of them, 20.00, and 12.00 of conversion: 400 bottles worth 32.00, 0.08 each.
    on(5, blow([['preform', 400]], BOTTLES(400), { conversion_cost: '12' })),
    on(9, sale([[BOTTLE, 100, '0.2']])),
    on(12, stockTransfer(BOTTLES(100))),
    on(16, sale([[BOTTLE, 50, '0.25']], { location_id: 'store' })),
    // 600 worth 30.00 and 1,000 worth 60.00.
    on(20, purchase([['preform', 1000, '0.06']])),
    // 800 of 1,600 worth 90.00: 45.00, of which 40 rejects are 2.25; with 15.20 of conversion 760 bottles worth 57.95.
    on(23, blow([['preform', 800]], BOTTLES(760), { rejected_quantity: 40, conversion_cost: '15.2' })),
    // Half of 200 worth 16.00 and 760 worth 57.95.
    on(27, sale([[BOTTLE, 480, '0.2']])),
  );
  const late = (of_march: number) => ({ now: new Date(Date.parse(day(30)) + of_march * 1000).toISOString() });
  const figures = () => ({
    stock: [books.stock('preform'), books.stock(BOTTLE), books.stock(BOTTLE, 'store')],
    cogs: books.balance('cogs'),
    waste: books.balance('waste'),
    inventory: books.balance('inventory'),
  });

  it('ends so while nothing is late', () => {
    expect(figures()).toEqual({
      stock: ['800 worth 45.00', '480 worth 36.97', '50 worth 4.00'],
      ...{ cogs: '48.98', waste: '2.25', inventory: '85.97' },
    });
  });

  it('and so with dearer preforms that had come on the 3rd', () => {
    // 1,500 worth 90.00: 0.06 each. Blow: 24.00 + 12.00, a bottle 0.09. Preforms on the 20th: 2,100 worth 126.00; second blow: 48.00 − 2.40 +
    // 15.20 = 60.80. Bottles on the 27th: 200 worth 18.00 and 760 worth 60.80; half of 78.80.
    books.and([purchase([['preform', 500, '0.08']], { effective_at: day(3) }), late(1)]);
    expect(adjustedBy(books)).toEqual([
      'BlowRecorded -4.00',
      'BlowRecorded +4.00',
      'SaleRecorded -1.00',
      'StockTransferred -1.00',
      'StockTransferred +1.00',
      'SaleRecorded -0.50',
      'BlowRecorded -3.00',
      'BlowRecorded +2.85',
      'BlowRecorded -0.15',
      'SaleRecorded -2.42',
    ]);
    expect(figures()).toEqual({
      stock: ['1300 worth 78.00', '480 worth 39.40', '50 worth 4.50'],
      ...{ cogs: '52.90', waste: '2.40', inventory: '121.90' },
    });
  });

  it('and so with a sale of the 6th that was forgotten', () => {
    // 100 at 0.09. On the 27th 100 worth 9.00 and 760 worth 60.80 are there: 480 cost 69.80 × 480/860 = 38.96.
    books.and([sale([[BOTTLE, 100, '0.2']], { effective_at: day(6) }), late(2)]);
    expect(adjustedBy(books)).toEqual(['SaleRecorded +0.44']);
    expect(figures()).toEqual({
      stock: ['1300 worth 78.00', '380 worth 30.84', '50 worth 4.50'],
      ...{ cogs: '61.46', waste: '2.40', inventory: '113.34' },
    });
  });

  it('and so with the freight of the first preforms, 15.00', () => {
    // 1,000 worth 65.00, with the others 1,500 worth 105.00: 0.07. Blow: 28.00 + 12.00, a bottle 0.10. Preforms: 2,100 worth 137.00; second
    // blow: 52.19 − 2.61 + 15.20 = 64.78. On the 27th 100 worth 10.00 and 760 worth 64.78: 480 of 860 cost 41.74.
    books.and([lateCost('PO-260302-0001', '15'), late(3)]);
    expect(adjustedBy(books).filter((each) => each.startsWith('Sale'))).toEqual([
      'SaleRecorded -1.00',
      'SaleRecorded -1.00',
      'SaleRecorded -0.50',
      'SaleRecorded -2.78',
    ]);
    expect(figures()).toEqual({
      stock: ['1300 worth 84.81', '380 worth 33.04', '50 worth 5.00'],
      ...{ cogs: '66.74', waste: '2.61', inventory: '122.85' },
    });
    expect([5, 6, 9, 12].map((each) => asOf(books, each))).toEqual([
      '400 worth 40.00',
      '300 worth 30.00',
      '200 worth 20.00',
      '100 worth 10.00',
    ]);
    assertIdeal(books.events);
  });

  it('is closed at these figures', () => {
    books.and([close('2026-03'), { now: '2026-04-02T09:00:00.000Z' }]);
    expect(books.events.at(-1)!.data).toMatchObject({ month: '2026-03', stock_value: '12285' });
  });
});

describe('what a customer brings back', () => {
  it('comes in at what it costs by now, part by part to the cent', () => {
    // 3 sold for 10.00 cost; with 1 more bought at 0.00 before, they cost 7.50.
    const books = factory(
      on(1, purchase([[BOTTLE, 3, '3.333333']])),
      on(3, sale([[BOTTLE, 3, '9']])),
      on(4, purchase([[BOTTLE, 1, '0']], { effective_at: day(2) })),
    );
    for (const part of ['2.50', '2.50', '2.50'])
      books
        .when(giveBack('SO-260303-0001', [[BOTTLE, 1]]), today)
        .thenMoved({ stock: [`+1 ${BOTTLE} at main, ${part}`] });
    expect([books.stock(BOTTLE), books.balance('cogs')]).toEqual(['4 worth 10.00', '0.00']);
  });

  it('and a void take the adjusted cost back, not the one that was recorded', () => {
    const books = factory(
      on(1, purchase([[BOTTLE, 10, '1']])),
      on(3, sale([[BOTTLE, 10, '9']])),
      on(4, purchase([[BOTTLE, 10, '2']], { effective_at: day(2) })),
      [voiding('SO-260303-0001'), { ...ADMIN, ...today }],
    );
    expect(books.stock(BOTTLE)).toBe('20 worth 30.00');
    expect(books.trialBalance()).toEqual({ inventory: '30.00', 'payable:SUP-001': '-30.00' });
  });
});

describe('a count', () => {
  it('and what explains it later leave no cent behind', () => {
    // 3 of 100 worth 9.99 are missing. They had been sold.
    const books = factory(on(2, purchase([[BOTTLE, 100, '0.0999']])), on(5, count([[BOTTLE, 97]])));
    for (const _ of [1, 2, 3]) books.and([sale([[BOTTLE, 1, '2']], { effective_at: day(3) }), today]);
    expect(books.balance('count-difference')).toBe('0.00');
    expect(asOf(books, 4)).toBe(books.stock(BOTTLE));
    assertIdeal(books.events);
  });
});

describe('months that are closed', () => {
  it('are not touched: what is dated after them finds what they left', () => {
    const books = factory(
      [purchase([[BOTTLE, 10, '5']]), { now: '2026-02-10T09:00:00.000Z' }],
      [sale([[BOTTLE, 4, '9']]), { now: '2026-02-20T09:00:00.000Z' }],
      on(2, close('2026-02')),
      on(5, sale([[BOTTLE, 4, '9']])),
    );
    books.when(purchase([[BOTTLE, 4, '9']], { effective_at: '2026-02-15' }), today).thenRefused('period_closed');
    books.and([purchase([[BOTTLE, 4, '9']], { effective_at: day(1) }), today]);
    // 6 worth 30.00 and 4 worth 36.00: four cost 26.40 instead of 20.00.
    expect(adjustedBy(books)).toEqual(['SaleRecorded -6.40']);
    expect(books.state.months.get('2026-02')!.get('cogs')).toBe(2000n);
  });
});

describe('limits', () => {
  function late(books: Books, effective_at: string): RecordedEvent {
    return books.when(purchase([[BOTTLE, 1, '9']], { effective_at }), today).events[0]!;
  }

  it('refuse what touches too many movements, and say from when on it would be accepted', () => {
    const sales = [3, 4, 5, 6, 7].map((of_march) => on(of_march, sale([[BOTTLE, 1, '9']])));
    const event = late(factory(on(1, purchase([[BOTTLE, 10, '5']])), ...sales), day(2));
    const { state } = factory(on(1, purchase([[BOTTLE, 10, '5']])), ...sales);
    const limits = (movements: number) => ({ movements, read: 1e6, chars: 1e6 });
    expect(costAdjustments(state, event, limits(5))).toHaveLength(1);
    expect(costAdjustments(state, event, limits(3))).toEqual({
      code: 'too_many_adjustments',
      details: { movements_max: 3, effective_at: day(2), accepted_from: day(4) },
    });
    const dated = { ...event, metadata: { ...event.metadata, effective_at: day(4) } };
    expect(costAdjustments(state, dated, limits(3))).toHaveLength(1);
    expect(costAdjustments(state, event, { ...limits(5), chars: 110 })).toMatchObject({ code: 'too_many_adjustments' });
    expect(costAdjustments(state, event, { ...limits(3), read: 4 })).toMatchObject({
      details: { accepted_from: day(4) },
    });
  });

  it('refuse what makes pieces at an earlier moment worth more than the books can hold', () => {
    const books = factory(
      on(1, purchase([[BOTTLE, 1_000_000, '0.01']])),
      on(3, purchase([[BOTTLE, 1, '0.01']])),
      on(5, count([[BOTTLE, 1]])),
    );
    books.and([sale([[BOTTLE, 1_000_000, '0.02']], { effective_at: day(2) }), today]);
    // One piece is there ahead of the count, whose adjustment brings a million at its average.
    const dearer = (amount: string): [Command, By] => [lateCost('PO-260303-0001', amount), today];
    books.when(...dearer('9999999999')).thenRefused('amount_out_of_bounds', {
      account_id: 'inventory',
      at_most: 9_999_999_999_999.99,
    });
    books.when(...dearer('9999000')).thenRecorded({ type: 'LateCostRecorded' });
    assertIdeal(books.events);
  });

  it('refuse what is dated before a movement that an earlier version has costed by the moment of recording', () => {
    const books = factory(on(1, purchase([[BOTTLE, 10, '5']])), on(10, purchase([[BOTTLE, 10, '15']])), [
      sale([[BOTTLE, 5, '9']], { effective_at: day(5) }),
      { now: day(11) },
    ]);
    const old = books.events.map((event) => structuredClone(event));
    delete (old.at(-1)!.data as Postings).adjusted;
    const again = factory();
    for (const event of old.slice(again.events.length)) again.apply(event);
    again
      .when(waste([[BOTTLE, 1]], { effective_at: day(9) }), today)
      .thenRefused('backdated_beyond_history', { item_id: BOTTLE, location_id: 'main', checked_from: day(10) });
    again
      .when(purchase([[BOTTLE, 1, '1']], { effective_at: day(9) }), today)
      .thenRefused('backdated_beyond_history', { checked_from: day(10) });
    again
      .when(purchase([[BOTTLE, 1, '1']], { effective_at: day(10) }), today)
      .thenRecorded({ type: 'PurchaseRecorded' });
  });
});

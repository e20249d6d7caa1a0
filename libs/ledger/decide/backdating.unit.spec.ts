import {
  account,
  type Books,
  blow,
  close,
  giveBack,
  givenAFactory,
  payment,
  purchase,
  reserve,
  type Step,
  sale,
  stockTransfer,
  transfer,
  waste,
} from '../../../test/support/given.js';
import type { Command } from '../commands.js';

const BOTTLE = 'bottle-500ml-a';
const TODAY = '2026-03-10T12:00:00.000Z';
const day = (of_march: number) => `2026-03-${String(of_march).padStart(2, '0')}T09:00:00.000Z`;
const today = (command: Step): Step => ['type' in command ? command : command[0], { now: TODAY }];

/** 100 came on the 1st, 80 went on the 5th, 50 came on the 8th; 70 are there today. All written down today. */
function stocked(): Books {
  return givenAFactory(
    ...[
      purchase([[BOTTLE, 100, '1']], { effective_at: day(1) }),
      sale([[BOTTLE, 80, '2']], { effective_at: day(5) }),
      purchase([[BOTTLE, 50, '1']], { effective_at: day(8) }),
    ].map(today),
  );
}

describe('an event dated in the past', () => {
  it('is recorded now and effective then', () => {
    stocked()
      .when(sale([[BOTTLE, 20, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded', metadata: { effective_at: day(4), recorded_at: TODAY } });
  });

  it('is refused with the later moment that it would make negative', () => {
    const books = stocked();
    // On the 4th 100 were there, but after the 5th only 20.
    books.when(sale([[BOTTLE, 30, '2']], { effective_at: day(4) }), { now: TODAY }).thenRefused('insufficient_stock', {
      item_id: BOTTLE,
      location_id: 'main',
      available: 20,
      requested: 30,
      shortage: 10,
      at: day(5),
    });
    // On the 6th only 20 were there.
    books
      .when(sale([[BOTTLE, 21, '2']], { effective_at: day(6) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 20, requested: 21, at: day(6) });
    // Before the 1st there was nothing.
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: '2026-02-27T09:00:00.000Z' }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 0, at: '2026-02-27T09:00:00.000Z' });
    books
      .when(sale([[BOTTLE, 20, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
    // And those 20 are missing from the 4th on.
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: day(3) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 0, at: day(5) });
  });

  it('is refused with the first of several moments that are equally bad', () => {
    // 20 are left after the 5th, 30 after the 6th and 20 again after the 7th.
    const books = stocked().and(
      today(purchase([[BOTTLE, 10, '1']], { effective_at: day(6) })),
      today(sale([[BOTTLE, 10, '2']], { effective_at: day(7) })),
    );
    books
      .when(sale([[BOTTLE, 21, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 20, at: day(5) });
  });

  it('needs the pieces today as well', () => {
    const books = stocked().and(today(reserve([[BOTTLE, 60]])));
    const refusal = books
      .when(sale([[BOTTLE, 11, '2']], { effective_at: day(8) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 10, requested: 11 }).events;
    expect(refusal).toHaveLength(books.events.length);
    books
      .when(sale([[BOTTLE, 10, '2']], { effective_at: day(8) }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
  });

  it('comes after what was recorded earlier of the same moment', () => {
    const books = stocked();
    books
      .when(sale([[BOTTLE, 21, '2']], { effective_at: '2026-03-08T08:59:59.999Z' }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 20 });
    books
      .when(sale([[BOTTLE, 70, '2']], { effective_at: day(8) }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
  });

  it('counts what left at a moment before what came at it, if it was recorded first', () => {
    // On the 5th 80 left, and then 50 more came of that very moment: 20 were there in between.
    const books = stocked().and(today(purchase([[BOTTLE, 50, '1']], { effective_at: day(5) })));
    books
      .when(sale([[BOTTLE, 21, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 20, at: day(5) });
  });

  it('finds what was brought in afterwards for the days before', () => {
    const books = stocked().and(today(purchase([[BOTTLE, 10, '1']], { effective_at: day(2) })));
    books
      .when(sale([[BOTTLE, 31, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRefused('insufficient_stock', { available: 30 });
    books
      .when(sale([[BOTTLE, 30, '2']], { effective_at: day(4) }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
  });

  it('costs what pieces cost at its moment, and changes no earlier event', () => {
    // 10 worth 10.00 on the 1st; 10 worth 30.00 on the 9th. On the 2nd a piece costs 1.00.
    const books = givenAFactory(
      today(purchase([[BOTTLE, 10, '1']], { effective_at: day(1) })),
      today(purchase([[BOTTLE, 10, '3']], { effective_at: day(9) })),
    );
    const before = structuredClone(books.events);
    books
      .when(sale([[BOTTLE, 5, '4']], { effective_at: day(2) }), { now: TODAY })
      .thenMoved({ stock: [`-5 ${BOTTLE} at main, -5.00`] });
    expect(books.events.slice(0, -1)).toEqual(before);
  });

  it('is checked whatever takes the pieces out', () => {
    const books = stocked();
    const effective_at = day(4);
    const by = { now: TODAY };
    books.when(waste([[BOTTLE, 21]], { effective_at }), by).thenRefused('insufficient_stock', { at: day(5) });
    books.when(stockTransfer([[BOTTLE, 21]], { effective_at }), by).thenRefused('insufficient_stock', { at: day(5) });
    books
      .when(blow([[BOTTLE, 21]], [['preform', 21]], { effective_at }), by)
      .thenRefused('insufficient_stock', { at: day(5) });
    books
      .when(giveBack('PO-260310-0001', [[BOTTLE, 21]], { effective_at }), by)
      .thenRefused('insufficient_stock', { at: day(5) });
    books
      .when(giveBack('PO-260310-0001', [[BOTTLE, 20]], { effective_at }), by)
      .thenRecorded({ type: 'PurchaseReturned' });
  });

  it('is checked summed over the lines', () => {
    stocked()
      .when(
        waste(
          [
            [BOTTLE, 15],
            [BOTTLE, 6],
          ],
          { effective_at: day(4) },
        ),
        { now: TODAY },
      )
      .thenRefused('insufficient_stock', { available: 20, requested: 21 });
  });

  it('may be of this very moment but not later', () => {
    const books = stocked();
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: '2026-03-10T12:00:00.001Z' }), { now: TODAY })
      .thenRefused('effective_in_future', { effective_at: '2026-03-10T12:00:00.001Z', recorded_at: TODAY });
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: TODAY }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
  });

  it('is refused in a closed month, and not a moment after it', () => {
    const books = givenAFactory(today(purchase([[BOTTLE, 10, '1']], { effective_at: '2026-02-01T00:00:00.000Z' })), [
      close('2026-02'),
      { now: TODAY },
    ]);
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: '2026-02-28T23:59:59.999Z' }), { now: TODAY })
      .thenRefused('period_closed', { month: '2026-02', closed_through: '2026-02', first_open_month: '2026-03' });
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: '2026-03-01T00:00:00.000Z' }), { now: TODAY })
      .thenRecorded({ type: 'SaleRecorded' });
  });
});

describe('money dated in the past', () => {
  /** 100.00 came into cash on the 3rd, 80.00 went to the bank on the 5th, 50.00 came on the 8th: 70.00 are there today. A bill of 500.00 waits. */
  const funded = () =>
    givenAFactory(
      ...[
        purchase([[BOTTLE, 100, '5']], { effective_at: day(1) }),
        transfer('equity', 'cash', '100', { effective_at: day(3) }),
        transfer('cash', 'bank', '80', { effective_at: day(5) }),
        transfer('equity', 'cash', '50', { effective_at: day(8) }),
      ].map(today),
    );
  const pay = (amount: string, of_march: number) =>
    funded().when(payment('PO-260310-0001', amount, { effective_at: day(of_march) }), { now: TODAY });

  it('is refused before it was there, with the moment', () => {
    const cash = { account_id: 'cash' };
    pay('1', 2).thenRefused('insufficient_funds', { ...cash, available: 0, requested: 1, shortage: 1, at: day(2) });
    // On the 4th 100.00 were there, but after the 5th only 20.00.
    pay('20.01', 4).thenRefused('insufficient_funds', { ...cash, available: 20, requested: 20.01, at: day(5) });
    pay('20.01', 6).thenRefused('insufficient_funds', { ...cash, available: 20, requested: 20.01, at: day(6) });
    for (const of_march of [3, 4, 5, 6, 7])
      pay('20', of_march).thenRecorded({ type: 'PaymentMade', metadata: { effective_at: day(of_march) } });
    pay('70', 8).thenRecorded({ type: 'PaymentMade' });
    // What is not there today either is told without a moment.
    expect(pay('70.01', 9).decided).toEqual({
      outcome: 'refused',
      refusal: {
        code: 'insufficient_funds',
        details: { ...cash, available: 70, requested: 70.01, shortage: 0.01 },
      },
    });
  });

  it('is checked of transfers and refunds too, and of a debt that cannot be overpaid', () => {
    const books = funded().and(
      today(account('loan', 'liability', false)),
      today(transfer('loan', 'bank', '40', { effective_at: day(6) })),
      today(sale([[BOTTLE, 50, '4']], { effective_at: day(2) })),
      today(payment('SO-260310-0001', '200', { account_id: 'bank', effective_at: day(7) })),
      today(giveBack('SO-260310-0001', [[BOTTLE, 50]], { effective_at: day(7) })),
    );
    const refused = (command: Command, details: object) =>
      books.when(command, { now: TODAY }).thenRefused('insufficient_funds', { ...details });
    refused(transfer('cash', 'bank', '21', { effective_at: day(4) }), { available: 20, at: day(5) });
    refused(transfer('bank', 'loan', '1', { effective_at: day(5) }), { account_id: 'loan', available: 0, at: day(5) });
    refused(payment('SO-260310-0001', '21', { effective_at: day(7) }), {
      account_id: 'cash',
      available: 20,
      at: day(7),
    });
    books
      .when(payment('SO-260310-0001', '20', { effective_at: day(7) }), { now: TODAY })
      .thenRecorded({ type: 'PaymentMade' });
  });

  it('may go where it was never allowed to be missing', () => {
    // Equity may go below zero at any time.
    funded()
      .when(transfer('equity', 'bank', '999', { effective_at: day(1) }), { now: TODAY })
      .thenRecorded({ type: 'MoneyTransferred' });
  });
});

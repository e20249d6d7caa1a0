import {
  ADMIN,
  approve,
  type Books,
  count,
  givenAFactory,
  MANAGER,
  purchase,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  voiding,
} from '../../../test/support/given.js';
import { COUNTS_MAX } from '../state/counts.js';

const BOTTLE = 'bottle-500ml-a';
const TODAY = '2026-03-10T12:00:00.000Z';
const day = (of_march: number) => `2026-03-${String(of_march).padStart(2, '0')}T09:00:00.000Z`;
const on = (of_march: number, step: Step): Step => {
  const [command, by] = 'type' in step ? [step, {}] : step;
  return [command, { ...by, now: day(of_march) }];
};
const today = { now: TODAY };
const SC = 'SC-260305-0001';

/** 100 came on the 2nd at 1.00 each; on the 5th so many were counted. */
function counted(pieces: number, ...before: Step[]): Books {
  return givenAFactory(on(2, purchase([[BOTTLE, 100, '1']])), ...before, on(5, count([[BOTTLE, pieces]])));
}
/** On hand as of the end of a day, as is known now. */
function asOf(books: Books, of_march: number): number {
  return books.events
    .filter(({ metadata }) => metadata.effective_at <= day(of_march).replace('T09', 'T23'))
    .flatMap(({ data }) => ('stock' in data ? (data.stock ?? []) : []))
    .filter(({ item_id, location_id }) => item_id === BOTTLE && location_id === 'main')
    .reduce((sum, { quantity }) => sum + quantity, 0);
}

describe('an entry dated before a count and recorded after it', () => {
  it('explains what the count had found missing', () => {
    // 5 missing, 5.00. They had been sold on the 3rd for 10.00.
    const books = counted(95);
    expect(books.balance('count-difference')).toBe('5.00');
    books.when(sale([[BOTTLE, 5, '2']], { effective_at: day(3) }), today).thenRecorded(
      {
        type: 'CountAdjusted',
        data: { number: SC, cause: 'SO-260310-0001', counts: [{ item_id: BOTTLE, quantity: 5, value: '500' }] },
        metadata: { effective_at: '2026-03-05T08:59:59.999Z', recorded_at: TODAY },
      },
      { type: 'SaleRecorded', data: { total_cost: '500' }, metadata: { effective_at: day(3) } },
    );
    expect(books.stock(BOTTLE)).toBe('95 worth 95.00');
    expect([2, 3, 4, 5].map((each) => asOf(books, each))).toEqual([100, 95, 95, 95]);
    expect(books.balance('count-difference')).toBe('0.00');
    expect(books.balance('cogs')).toBe('5.00');
  });

  it('explains what the count had found too many, and leaves nothing of the difference', () => {
    // 10 found at 1.00. They had come on the 3rd at 1.60: 110 worth 116.00. Ten of them leave just before the count at 116.00 × 10/110 = 10.55,
    // and the count brings as much back: 0.55 more than it had said.
    const books = counted(110);
    books.when(purchase([[BOTTLE, 10, '1.6']], { effective_at: day(3) }), today).thenRecorded(
      {
        type: 'PurchaseRecorded',
        // The 10 that were found are worth 10.55 now.
        data: { adjusted: [{ item_id: BOTTLE, location_id: 'main', account_id: 'count-difference', line: 0 }] },
        metadata: { effective_at: day(3) },
      },
      {
        type: 'CountAdjusted',
        data: {
          number: SC,
          cause: 'PO-260310-0001',
          counts: [{ item_id: BOTTLE, quantity: -10, value: '-1055' }],
          stock: [{ item_id: BOTTLE, location_id: 'main', quantity: -10, value: '-1055' }],
          journal: [
            { account_id: 'inventory', amount: '-1055' },
            { account_id: 'count-difference', amount: '1055' },
          ],
          adjusted: [],
        },
      },
    );
    expect(books.stock(BOTTLE)).toBe('110 worth 116.00');
    expect(books.trialBalance()).toEqual({ inventory: '116.00', 'payable:SUP-001': '-116.00' });
  });

  it('takes its pieces from the count also where none are left', () => {
    const books = counted(0);
    books.and([sale([[BOTTLE, 60, '2']], { effective_at: day(3) }), today]);
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
    expect(books.balance('count-difference')).toBe('40.00');
    expect(books.balance('cogs')).toBe('60.00');
  });

  it('takes part by part, to the last cent', () => {
    // 3 of 100 worth 10.00 are missing: 0.30. They come back one by one.
    const books = givenAFactory(on(2, purchase([[BOTTLE, 100, '0.1']])), on(5, count([[BOTTLE, 97]])));
    for (const _ of [1, 2, 3]) books.and([sale([[BOTTLE, 1, '2']], { effective_at: day(3) }), today]);
    expect(books.stock(BOTTLE)).toBe('97 worth 9.70');
    expect(books.balance('count-difference')).toBe('0.00');
  });

  it.each<[string, number, Step, object]>([
    [
      'sale of more than was missing',
      95,
      sale([[BOTTLE, 6, '2']], { effective_at: day(3) }),
      { difference: -5, moved: -6 },
    ],
    [
      'sale where nothing was missing',
      100,
      sale([[BOTTLE, 1, '2']], { effective_at: day(3) }),
      { difference: 0, moved: -1 },
    ],
    [
      'sale where some were found',
      105,
      sale([[BOTTLE, 5, '2']], { effective_at: day(3) }),
      { difference: 5, moved: -5 },
    ],
    [
      'purchase where some were missing',
      95,
      purchase([[BOTTLE, 5, '1']], { effective_at: day(3) }),
      { difference: -5, moved: 5 },
    ],
    [
      'transfer away where nothing was missing',
      100,
      stockTransfer([[BOTTLE, 5]], { effective_at: day(3) }),
      { difference: 0 },
    ],
  ])('is refused with the number of the count that it contradicts: a %s', (_, pieces, entry, details) => {
    const books = counted(pieces);
    const [before, state] = [books.events.length, books.stock(BOTTLE)];
    books.when('type' in entry ? entry : entry[0], today).thenRefused('counted_since', {
      number: SC,
      item_id: BOTTLE,
      location_id: 'main',
      counted_at: day(5),
      ...details,
    });
    expect([books.events.length, books.stock(BOTTLE)]).toEqual([before, state]);
  });

  it('concerns the first count after it, and no count before it or of that very moment', () => {
    const books = counted(95).and(on(8, count([[BOTTLE, 95]])));
    books.when(sale([[BOTTLE, 2, '2']], { effective_at: day(5) }), today).thenRefused('counted_since', {
      number: 'SC-260308-0001',
    });
    books
      .when(sale([[BOTTLE, 2, '2']], { effective_at: day(8) }), today)
      .thenRecorded({ type: 'SaleRecorded', metadata: { effective_at: day(8) } });
    books
      .when(sale([[BOTTLE, 2, '2']], { effective_at: day(4) }), today)
      .thenRecorded({ type: 'CountAdjusted', data: { number: SC } }, { type: 'SaleRecorded' });
    expect(books.stock(BOTTLE)).toBe('93 worth 93.00');
    expect([4, 5, 8].map((each) => asOf(books, each))).toEqual([98, 95, 93]);
  });

  it('may concern counts of two places: what left the one had come to the other', () => {
    const books = counted(93, on(2, purchase([[BOTTLE, 10, '1']], { location_id: 'store' })));
    books.and(on(6, count([[BOTTLE, 17]], { location_id: 'store' })));
    books
      .when(stockTransfer([[BOTTLE, 7]], { effective_at: day(4) }), today)
      .thenRecorded(
        { type: 'CountAdjusted', data: { number: SC, counts: [{ quantity: 7, value: '700' }] } },
        { type: 'StockTransferred' },
        { type: 'CountAdjusted', data: { number: 'SC-260306-0001', counts: [{ quantity: -7, value: '-700' }] } },
      );
    expect([books.stock(BOTTLE), books.stock(BOTTLE, 'store')]).toEqual(['93 worth 93.00', '17 worth 17.00']);
    expect(books.balance('count-difference')).toBe('0.00');
  });

  it('is told with the count, and answered as the document that it is', () => {
    const books = counted(95);
    const entry = books.when(sale([[BOTTLE, 5, '2']], { effective_at: day(3) }), today);
    expect(entry.answer()).toMatchObject({
      kind: 'sale',
      number: 'SO-260310-0001',
      position: entry.events[1]!.position,
    });
    const bought = counted(110).when(purchase([[BOTTLE, 10, '1']], { effective_at: day(3) }), today);
    expect(bought.answer()).toMatchObject({ kind: 'purchase', number: 'PO-260310-0001' });
    expect(books.when(voiding(SC), { ...ADMIN, ...today }).answer()).toMatchObject({
      counts: [{ difference: -5, value: -5 }],
      adjustments: [
        { cause: 'SO-260310-0001', counts: [{ item_id: BOTTLE, quantity: 5, value: 5 }], recorded_at: TODAY },
      ],
      status: 'void',
    });
  });

  it('waits for approval without holding pieces that only the count will give back', () => {
    const books = givenAFactory(on(2, purchase([[BOTTLE, 100, '100']])), on(5, count([[BOTTLE, 0]])));
    books
      .when(sale([[BOTTLE, 60, '100']], { effective_at: day(3) }), { ...STAFF, ...today })
      .thenRecorded({ type: 'ApprovalRequested', data: { approval_id: 'AP-260310-0001' } });
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
    books
      .when(approve('AP-260310-0001'), { ...MANAGER, ...today })
      .thenRecorded(
        { type: 'ApprovalGranted', data: { number: 'SO-260310-0001' } },
        { type: 'CountAdjusted', data: { number: SC, cause: 'SO-260310-0001' } },
        { type: 'SaleRecorded', data: { approval_id: 'AP-260310-0001', requested_by: 'sam' } },
      );
  });

  it('is refused before the oldest count that is remembered', () => {
    const books = givenAFactory(on(2, purchase([[BOTTLE, 100, '1']])));
    for (let counts = 0; counts <= COUNTS_MAX; counts += 1)
      books.and([count([[BOTTLE, 100]]), { now: new Date(Date.parse(day(5)) + counts * 60_000).toISOString() }]);
    books
      .when(sale([[BOTTLE, 1, '2']], { effective_at: day(3) }), today)
      .thenRefused('backdated_beyond_history', { item_id: BOTTLE, checked_from: day(5) });
  });
});

describe('a correction dated before a count', () => {
  it('changes what the count had expected: a sale of 50 was one of 5', () => {
    // 50 on hand were expected and 95 counted: 45 found.
    const books = counted(95, on(3, sale([[BOTTLE, 50, '2']])));
    expect(books.balance('count-difference')).toBe('-45.00');
    books
      .when(voiding('SO-260303-0001', { effective_at: day(3) }), { ...ADMIN, ...today })
      .thenRecorded(
        { type: 'DocumentVoided', metadata: { effective_at: day(3) } },
        { type: 'CountAdjusted', data: { cause: 'SO-260303-0001', counts: [{ quantity: -50, value: '-5000' }] } },
      );
    expect(books.balance('count-difference')).toBe('5.00');
    books.and([sale([[BOTTLE, 5, '2']], { effective_at: day(3) }), today]);
    expect(books.stock(BOTTLE)).toBe('95 worth 95.00');
    expect(books.trialBalance()).toEqual({
      inventory: '95.00',
      cogs: '5.00',
      revenue: '-10.00',
      'receivable:CUST-001': '10.00',
      'payable:SUP-001': '-100.00',
    });
  });

  it('gives the difference back when the entry that had explained it is void', () => {
    const books = counted(95).and([sale([[BOTTLE, 5, '2']], { effective_at: day(3) }), today]);
    books.and([voiding('SO-260310-0001', { effective_at: day(3) }), { ...ADMIN, ...today }]);
    expect(books.stock(BOTTLE)).toBe('95 worth 95.00');
    expect(books.balance('count-difference')).toBe('5.00');
  });

  it('leaves nothing to take back when the count is void, and takes back no more than is left of it', () => {
    const books = counted(90).and([sale([[BOTTLE, 4, '2']], { effective_at: day(3) }), today]);
    books.when(voiding(SC, { effective_at: day(5) }), { ...ADMIN, ...today }).thenMoved({
      stock: [`+6 ${BOTTLE} at main, 6.00`],
      journal: { 'count-difference': '-6.00', inventory: '6.00' },
    });
    expect(books.stock(BOTTLE)).toBe('96 worth 96.00');
    books
      .when(sale([[BOTTLE, 9, '2']], { effective_at: day(3) }), today)
      .thenRecorded({ type: 'SaleRecorded', metadata: { effective_at: day(3) } });
  });
});

describe('a count dated in the past', () => {
  it('compares with what was on hand then, and lands in its month', () => {
    // 100 on the 2nd, 30 sold on the 6th. On the 5th 98 were there.
    const books = givenAFactory(on(2, purchase([[BOTTLE, 100, '1']])), on(6, sale([[BOTTLE, 30, '2']])));
    books.when(count([[BOTTLE, 98]], { effective_at: day(5) }), today).thenRecorded({
      type: 'StockCounted',
      data: { counts: [{ expected_quantity: 100, difference: -2, value: '-200' }] },
      metadata: { effective_at: day(5), recorded_at: TODAY },
    });
    expect([2, 5, 6].map((each) => asOf(books, each))).toEqual([100, 98, 68]);
  });

  it('explains a later count’s difference as any backdated entry does', () => {
    const books = counted(95);
    books
      .when(count([[BOTTLE, 97]], { effective_at: day(3) }), today)
      .thenRecorded(
        { type: 'CountAdjusted', data: { number: SC, counts: [{ quantity: 3 }] } },
        { type: 'StockCounted', data: { counts: [{ expected_quantity: 100, difference: -3 }] } },
      );
    expect(books.balance('count-difference')).toBe('5.00');
    expect([3, 5].map((each) => asOf(books, each))).toEqual([97, 95]);
  });

  it('at a position happened when that was recorded: what was dated before it and recorded since is no difference', () => {
    // Looked at on the 5th: 95. The sale of the 5 that had been sold on the 3rd is written on the 6th, the count on the 7th.
    const books = givenAFactory(on(2, purchase([[BOTTLE, 100, '1']])), on(5, purchase([['preform', 1, '1']])));
    const counted_at_position = books.state.position;
    books.and(on(6, sale([[BOTTLE, 5, '2']], { effective_at: day(3) })), on(6, sale([[BOTTLE, 10, '2']])));
    books.when(count([[BOTTLE, 95]], { counted_at_position }), { now: day(7) }).thenRecorded({
      type: 'StockCounted',
      data: { counts: [{ expected_quantity: 95, difference: 0 }] },
      metadata: { effective_at: day(5) },
    });
    expect(books.stock(BOTTLE)).toBe('85 worth 85.00');
  });

  it('is refused in the future, in a closed month, and where two moments are given', () => {
    const books = counted(95);
    books.when(count([[BOTTLE, 1]], { effective_at: day(11) }), today).thenRefused('effective_in_future');
    books
      .when(count([[BOTTLE, 1]], { effective_at: day(4), counted_at_position: 3 }), today)
      .thenRefused('validation', {
        errors: [
          {
            path: 'counted_at_position',
            message: 'must not be given with effective_at, for both say when the stock was counted',
          },
        ],
      });
    // On the 6th 60 of the 100 were sold: 70 cannot have been missing on the 5th.
    givenAFactory(on(2, purchase([[BOTTLE, 100, '1']])), on(6, sale([[BOTTLE, 60, '2']])))
      .when(count([[BOTTLE, 30]], { effective_at: day(5) }), today)
      .thenRefused('insufficient_stock', { available: 40, requested: 70 });
  });
});

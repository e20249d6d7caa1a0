import {
  A_FACTORY,
  ADMIN,
  approve,
  type Books,
  close,
  count,
  giveBack,
  given,
  lateCost,
  MANAGER,
  party,
  payment,
  purchase,
  STAFF,
  type Step,
  sale,
  stockTransfer,
  transfer,
  voiding,
  writeOff,
} from '../../../test/support/given.js';
import { assertIdeal } from '../../../test/support/ideal-books.js';
import { sharesByWeight } from './costing.js';

const BOTTLE = 'bottle-500ml-a';
const BIG_BOTTLE = 'bottle-1500ml-a';
const PO = 'PO-260302-0001';
const LC = 'LC-260312-0001';
const day = (of_march: number) => new Date(Date.UTC(2026, 2, of_march, 9)).toISOString();
const today = { now: day(12) };
const on = (of_march: number, step: Step): Step => {
  const [command, by] = 'type' in step ? [step, {}] : step;
  return [command, { ...by, now: day(of_march) }];
};
/** 100 small bottles at 1.00 and 50 large ones at 4.00 came on the 2nd: a third and two thirds of 300.00. */
function bought(...steps: Step[]): Books {
  const lines = [
    [BOTTLE, 100, '1'],
    [BIG_BOTTLE, 50, '4'],
  ] as const;
  return given(...A_FACTORY.map((step): Step => on(-40, step)), on(2, purchase(lines)), ...steps);
}

describe('record_late_cost', () => {
  it('adds freight to what the purchase has cost, when it was bought, and to what was sold of it', () => {
    // 30.00: 10.00 and 20.00. 40 of the 100 small ones were sold on the 5th: 4.00 of their 10.00.
    const books = bought(on(5, sale([[BOTTLE, 40, '3']])));
    books.when(lateCost(PO, '30'), today).thenRecorded({
      type: 'LateCostRecorded',
      data: {
        number: LC,
        bill_number: PO,
        supplier_id: 'SUP-001',
        basis: 'value',
        amount: '3000',
        capitalised: '3000',
        expensed: '0',
        line_items: [
          { item_id: BOTTLE, quantity: 100, amount: '1000', capitalised: '1000', expensed: '0' },
          { item_id: BIG_BOTTLE, quantity: 50, amount: '2000', capitalised: '2000', expensed: '0' },
        ],
        adjusted: [{ item_id: BOTTLE, account_id: 'cogs', customer_id: 'CUST-001' }],
      },
      metadata: { effective_at: day(2), recorded_at: day(12) },
    });
    expect([books.stock(BOTTLE), books.stock(BIG_BOTTLE)]).toEqual(['60 worth 66.00', '50 worth 220.00']);
    expect(books.trialBalance()).toMatchObject({ cogs: '44.00', inventory: '286.00', 'payable:SUP-001': '-330.00' });
    assertIdeal(books.events);
  });

  it('is shared by pieces where it is asked for, or where nothing was paid', () => {
    bought()
      .when(lateCost(PO, '30', { basis: 'quantity' }), today)
      .thenRecorded({ type: 'LateCostRecorded', data: { line_items: [{ amount: '2000' }, { amount: '1000' }] } });
    given(...A_FACTORY, purchase([[BOTTLE, 3, '0']]))
      .when(lateCost(PO, '1'))
      .thenMoved({ stock: [`0 ${BOTTLE} at main, 1.00`] });
  });

  it.each<[bigint, bigint[], bigint[]]>([
    [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    [-100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    [5n, [3n, 3n, 1n], [2n, 2n, 1n]],
    [1n, [1n, 5n], [0n, 1n]],
    [7n, [0n, 5n], [0n, 7n]],
  ])('shares %s by %j to the last cent', (amount, weights, shares) => {
    expect(sharesByWeight(amount, weights)).toEqual(shares);
  });

  it('goes on with pieces that were moved', () => {
    const books = bought(on(4, stockTransfer([[BOTTLE, 25]])), [lateCost(PO, '30'), today]);
    expect([books.stock(BOTTLE), books.stock(BOTTLE, 'store')]).toEqual(['75 worth 82.50', '25 worth 27.50']);
  });

  it('of a month that is closed takes effect after it: what is gone by then is cost of sales', () => {
    // 75 of 100 small ones were sold in March. Of 10.00 a quarter, 2.50, is added to the rest; large ones are all there.
    const april = { now: '2026-04-08T09:00:00.000Z' };
    const books = bought(on(5, sale([[BOTTLE, 75, '3']])), [close('2026-03'), april]);
    const late = books.when(lateCost(PO, '30', { supplier_id: 'SUP-001' }), april);
    late.thenRecorded({
      type: 'LateCostRecorded',
      data: {
        line_items: [
          { item_id: BOTTLE, amount: '1000', capitalised: '250', expensed: '750' },
          { item_id: BIG_BOTTLE, amount: '2000', capitalised: '2000', expensed: '0' },
        ],
        sales: [
          { item_id: BOTTLE, quantity: 0, revenue: '0', cost: '750' },
          { item_id: BIG_BOTTLE, quantity: 0, revenue: '0', cost: '0' },
        ],
        journal: [
          { account_id: 'inventory', amount: '2250' },
          { account_id: 'cogs', amount: '750' },
          { account_id: 'payable:SUP-001', amount: '-3000' },
        ],
      },
      metadata: { effective_at: '2026-04-01T00:00:00.000Z' },
    });
    expect(books.state.months.get('2026-03')!.get('cogs')).toBe(7500n);
    books.when(lateCost(PO, '30', { effective_at: day(9) }), april).thenRefused('period_closed');
    assertIdeal(books.events);
  });

  it('may be dated later than the purchase, and finds what is there then', () => {
    bought(on(5, sale([[BOTTLE, 100, '3']])))
      .when(lateCost(PO, '30', { effective_at: day(6) }), today)
      .thenRecorded({ type: 'LateCostRecorded', data: { capitalised: '2000', expensed: '1000' } });
    bought()
      .when(lateCost(PO, '30', { effective_at: day(1) }), today)
      .thenRefused('effective_before_document', { number: PO });
  });

  it('may be less than nothing, but leaves no stock below zero', () => {
    // 300.00 less 450.00: the stock keeps nothing, and 150.00 less is cost of sales.
    const books = bought([lateCost(PO, '-450'), today]);
    expect([books.stock(BOTTLE), books.stock(BIG_BOTTLE)]).toEqual(['100 worth 0.00', '50 worth 0.00']);
    expect(books.trialBalance()).toEqual({ cogs: '-150.00', 'payable:SUP-001': '150.00' });
  });

  it('follows what is dated before it: more pieces at its moment keep more of it', () => {
    // Dated the 6th, when 20 of 100 small ones were left: 2.00 of 10.00 stay, 8.00 are cost of sales. That 40 of those sales were void on the
    // 5th leaves 60 there: 6.00.
    const books = bought(
      on(4, sale([[BOTTLE, 40, '3']])),
      on(4, sale([[BOTTLE, 40, '3']])),
      [lateCost(PO, '30', { effective_at: day(6) }), today],
      [voiding('SO-260304-0002', { effective_at: day(5) }), { ...ADMIN, ...today }],
    );
    expect([books.stock(BOTTLE), books.balance('cogs')]).toEqual(['60 worth 66.00', '44.00']);
    assertIdeal(books.events);
  });

  it('is owed to its own supplier, and paid, written off and refunded as a bill is', () => {
    const books = bought(on(2, party('supplier', 'SHIP')), on(2, transfer('equity', 'cash', '100')), [
      lateCost(PO, '30', { supplier_id: 'SHIP', due_date: '2026-04-30' }),
      today,
    ]);
    const paid = books.when(payment(LC, '12'), today);
    expect(paid.answer()).toMatchObject({ kind: 'payment', bill_number: LC, party_id: 'SHIP', direction: 'made' });
    books.when(voiding(LC), { ...ADMIN, ...today }).thenRefused('has_payments', { number: LC });
    books.when(payment(LC, '19'), today).thenRefused('overpayment', { open: 18 });
    books.and([writeOff(LC), today]);
    expect(books.balance('payable:SHIP')).toBe('0.00');
    books
      .and([lateCost(PO, '-5'), today])
      .when(payment('LC-260312-0002', '5'), today)
      .thenRecorded({
        type: 'PaymentReceived',
        data: { settles: '-500' },
      });
  });

  it('is taken back where it took effect, to the cent', () => {
    const before = bought(on(5, sale([[BOTTLE, 40, '3']])));
    const [trial, stock] = [before.trialBalance(), before.stock(BOTTLE)];
    before.and([lateCost(PO, '30'), today]);
    before
      .when(voiding(PO, { effective_at: day(12) }), { ...ADMIN, ...today })
      .thenRefused('has_late_costs', { number: PO, late_costs: [LC] });
    before.and([voiding(LC, { effective_at: day(2) }), { ...ADMIN, ...today }]);
    expect([before.trialBalance(), before.stock(BOTTLE)]).toEqual([trial, stock]);
    assertIdeal(before.events);
  });

  it('taken back today finds only what is still there', () => {
    const books = bought(on(5, sale([[BOTTLE, 40, '3']])), [lateCost(PO, '30'), today]);
    books.when(voiding(LC), { ...ADMIN, ...today }).thenMoved({
      // 60 of 100 pieces keep 6.00 of 10.00.
      stock: [`0 ${BOTTLE} at main, -6.00`, `0 ${BIG_BOTTLE} at main, -20.00`],
      journal: { 'payable:SUP-001': '30.00', inventory: '-26.00', cogs: '-4.00' },
    });
    expect(books.trialBalance()).toMatchObject({ cogs: '40.00', inventory: '260.00', 'payable:SUP-001': '-300.00' });
  });

  it('goes on to pieces that a count had found, though nothing is left ahead of the count', () => {
    const counted = on(5, count([[BOTTLE, 10, '1']]));
    const late = purchase([[BOTTLE, 4, '1']], { effective_at: day(2) });
    const books = given(...A_FACTORY.map((step): Step => on(-40, step)), counted, on(6, late));
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
    books.and([lateCost('PO-260306-0001', '8'), today]);
    expect(books.stock(BOTTLE)).toBe('10 worth 30.00');
    assertIdeal(books.events);
  });

  it('concerns only pieces that were kept', () => {
    const books = bought(on(3, giveBack(PO, [[BIG_BOTTLE, 50]])));
    books.when(lateCost(PO, '30'), today).thenMoved({ stock: [`0 ${BOTTLE} at main, 30.00`] });
    bought(
      on(
        3,
        giveBack(PO, [
          [BIG_BOTTLE, 50],
          [BOTTLE, 100],
        ]),
      ),
    )
      .when(lateCost(PO, '30'), today)
      .thenRefused('not_costable', { kind: 'purchase' });
  });

  it('waits for approval above the threshold', () => {
    const books = bought();
    books.when(lateCost(PO, '5000.01'), { ...ADMIN, ...today }).thenRecorded({ type: 'LateCostRecorded' });
    books.and([purchase([[BOTTLE, 1, '1']]), { ...STAFF, ...today }]);
    books
      .when(lateCost('PO-260312-0001', '-5000.01'), { ...STAFF, ...today })
      .thenRecorded({ type: 'ApprovalRequested', data: { amount: '500001' } });
    books
      .when(approve('AP-260312-0001'), { ...MANAGER, ...today })
      .thenRecorded({ type: 'ApprovalGranted' }, { type: 'LateCostRecorded', data: { requested_by: 'sam' } });
  });

  it('is refused of what is no purchase, is void, or is nobody’s', () => {
    const books = bought(on(5, sale([[BOTTLE, 40, '3']])));
    books.when(lateCost('SO-260305-0001', '1'), today).thenRefused('not_costable', { kind: 'sale' });
    books.when(lateCost('PO-260302-0009', '1'), today).thenRefused('unknown_document');
    books.when(lateCost(PO, '1', { supplier_id: 'NOBODY' }), today).thenRefused('unknown_supplier');
    books.when(lateCost(PO, '0'), today).thenRefused('validation');
    books.when(lateCost(PO, '0.001'), today).thenRefused('validation');
    books.and([lateCost(PO, '1'), today]);
    books.when(lateCost(LC, '1'), today).thenRefused('not_costable', { kind: 'late_cost' });
    books.when(giveBack(LC, [[BOTTLE, 1]]), today).thenRefused('not_returnable', { kind: 'late_cost' });
    bought([voiding(PO), { ...ADMIN, now: day(3) }])
      .when(lateCost(PO, '1'), today)
      .thenRefused('already_void');
  });
});

import {
  ADMIN,
  account,
  approve,
  type By,
  blow,
  checkOut,
  close,
  count,
  deactivate,
  flashSale,
  giveBack,
  given,
  givenAFactory,
  item,
  journalEntry,
  later,
  MONDAY,
  openLedger,
  order,
  party,
  payment,
  purchase,
  release,
  reserve,
  type Step,
  sale,
  stockTransfer,
  transfer,
  voiding,
  waste,
} from '../../test/support/given.js';
import type { Command } from './commands.js';
import { QUANTITY_MAX } from './money.js';
import { REFUSALS, type RefusalCode } from './refusals.js';

const BOTTLE = 'bottle-500ml-a';

describe('an idempotency key', () => {
  const key: By = { key: 'k-1', request_hash: 'hash of the sale' };

  it('answers the same request again, and records it once', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]));
    const command = sale([[BOTTLE, 10, '2']]);
    books
      .when(command, key)
      .thenRecorded({ type: 'SaleRecorded', metadata: { idempotency_key: 'k-1', request_hash: 'hash of the sale' } });
    // A second sale of ten would be refused; the first one sent again is answered.
    books.when(command, key).thenReplayed(19, 1);
    books.when(command, { ...key, now: later(3600) }).thenReplayed(19, 1);
    books.when(command, { key: 'k-2' }).thenRefused('insufficient_stock');
    expect(books.stock(BOTTLE)).toBe('0 worth 0.00');
  });

  it('is refused for another request, before anything else is looked at', () => {
    const books = givenAFactory([item('cap'), key]);
    books
      .when(item('lid'), { key: 'k-1', request_hash: 'hash of the lid' })
      .thenRefused('idempotency_key_reused', { idempotency_key: 'k-1' });
    books
      .when(sale([['no such item', 1, 'no price']]), { key: 'k-1', request_hash: 'another hash' })
      .thenRefused('idempotency_key_reused');
  });

  it('covers all events of one command', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 5]]));
    const command = checkOut('RV-260302-0001', [[BOTTLE, 'all', '2']]);
    books.when(command, key).thenRecorded({ type: 'ReservationCheckedOut' }, { type: 'SaleRecorded' });
    books.and(transfer('equity', 'cash', '1'));
    books.when(command, key).thenReplayed(20, 2);
  });

  it('is not spent by a refusal', () => {
    const books = givenAFactory();
    books.when(sale([[BOTTLE, 1, '2']]), key).thenRefused('insufficient_stock');
    books.and(purchase([[BOTTLE, 1, '1']]));
    books.when(sale([[BOTTLE, 1, '2']]), key).thenRecorded({ type: 'SaleRecorded' });
  });

  it('that the server made cannot be sent again', () => {
    const books = givenAFactory(transfer('equity', 'cash', '1'));
    books.when(transfer('equity', 'cash', '1')).thenRecorded({ type: 'MoneyTransferred' });
    expect(books.state.keys.size).toBe(0);
  });
});

describe('the ledger’s time', () => {
  it('never runs backwards, whatever clocks do', () => {
    const books = givenAFactory([transfer('equity', 'cash', '1'), { now: later(3600) }]);
    books
      .when(transfer('equity', 'cash', '1'), { now: MONDAY })
      .thenRecorded({ type: 'MoneyTransferred', metadata: { recorded_at: later(3600), effective_at: later(3600) } });
    books
      .when(transfer('equity', 'cash', '1', { effective_at: later(1800) }), { now: MONDAY })
      .thenRecorded({ type: 'MoneyTransferred', metadata: { recorded_at: later(3600), effective_at: later(1800) } });
    books
      .when(transfer('equity', 'cash', '1'), { now: later(3601) })
      .thenRecorded({ type: 'MoneyTransferred', metadata: { recorded_at: later(3601) } });
  });
});

describe('numbers', () => {
  it('start again every day of the ledger’s time zone', () => {
    const books = given(openLedger({ time_zone: 'Europe/Berlin' }));
    const numbers = [
      '2026-03-02T22:59:59.998Z',
      '2026-03-02T22:59:59.999Z',
      '2026-03-02T23:00:00.000Z',
      '2026-03-03T22:59:59.999Z',
      '2026-03-03T23:00:00.000Z',
    ].map((now) => {
      books.and([transfer('equity', 'cash', '1'), { now }]);
      return (books.events.at(-1)!.data as { number: string }).number;
    });
    expect(numbers).toEqual(['MT-260302-0001', 'MT-260302-0002', 'MT-260303-0001', 'MT-260303-0002', 'MT-260304-0001']);
  });

  it('are of the day on which it was recorded, not of the day on which it happened', () => {
    given(openLedger())
      .when(transfer('equity', 'cash', '1', { effective_at: '2026-02-01T00:00:00.000Z' }))
      .thenRecorded({ type: 'MoneyTransferred', data: { number: 'MT-260302-0001' } });
  });

  it('go on from yesterday’s when a clock is behind', () => {
    const books = given(openLedger(), [transfer('equity', 'cash', '1'), { now: '2026-03-03T00:00:00.000Z' }]);
    books.when(transfer('equity', 'cash', '1'), { now: '2026-03-02T23:59:59.999Z' }).thenRecorded({
      type: 'MoneyTransferred',
      data: { number: 'MT-260303-0002' },
    });
  });

  it('grow past 9999', () => {
    const books = given(openLedger());
    books.state.series.set('MT-260302', 9998);
    for (const number of ['MT-260302-9999', 'MT-260302-10000', 'MT-260302-10001'])
      books.when(transfer('equity', 'cash', '1')).thenRecorded({ type: 'MoneyTransferred', data: { number } });
  });

  it('are not spent by a refusal', () => {
    const books = givenAFactory(purchase([[BOTTLE, 1, '1']]));
    books.when(sale([[BOTTLE, 2, '2']])).thenRefused('insufficient_stock');
    books.when(sale([[BOTTLE, 1, '2']])).thenRecorded({ type: 'SaleRecorded', data: { number: 'SO-260302-0001' } });
  });
});

// ── Of several reasons the first in the order of REFUSALS ───────────────────────────────────────────────────────────────────────

/**
 * What can be wrong with an order, in the order in which it is expected to be answered. Each entry brings its own wrong and those of
 * entries below it, and takes away the one above it; `good` has nothing wrong.
 */
interface Wrongs {
  given?: Step[];
  good: Command;
  by?: By;
  wrong: [RefusalCode, object][];
}
const IN_JANUARY = '2026-01-15T00:00:00.000Z';
const GONE = [
  item('old-bottle'),
  party('supplier', 'SUP-OLD'),
  party('customer', 'CUST-OLD'),
  party('location', 'attic'),
  account('till', 'asset'),
  deactivate('item', 'old-bottle'),
  deactivate('supplier', 'SUP-OLD'),
  deactivate('customer', 'CUST-OLD'),
  deactivate('location', 'attic'),
  deactivate('account', 'till'),
];
const BOOKS: Step[] = [
  ...GONE,
  close('2026-01'),
  transfer('equity', 'cash', '100'),
  purchase([[BOTTLE, 100, '1']]),
  sale([[BOTTLE, 10, '2']]),
  reserve([[BOTTLE, 20]]),
];
const dear = { item_id: BOTTLE, quantity: 1, unit_price: '9999999999999' };
const lines = (...more: object[]) => ({ line_items: [{ item_id: BOTTLE, quantity: 1, unit_price: '1' }, ...more] });
const entryOf = (debited: string, credited: string, amount: string) => [
  { account_id: debited, side: 'debit' as const, amount },
  { account_id: credited, side: 'credit' as const, amount },
];
const many = (item_id: string, quantity = 1) => ({ item_id, quantity, unit_price: '1' });

const COMMANDS: Record<string, Wrongs> = {
  record_purchase: {
    good: purchase([[BOTTLE, 1, '1']]),
    wrong: [
      ['validation', lines({ ...many('cap'), unit_price: '-1' })],
      ['unknown_supplier', { supplier_id: 'SUP-9', location_id: 'attic', ...lines(many('old-bottle')) }],
      [
        'inactive_location',
        { supplier_id: 'SUP-001', location_id: 'attic', effective_at: IN_JANUARY, ...lines(dear, dear) },
      ],
      ['effective_in_future', { location_id: 'main', effective_at: later(1) }],
      ['period_closed', { effective_at: IN_JANUARY }],
      ['amount_out_of_bounds', { effective_at: MONDAY }],
    ],
  },
  record_blow: {
    good: blow([[BOTTLE, 1]], [['preform', 1]]),
    wrong: [
      ['validation', { conversion_cost: '-1', inputs: [many('cap')], effective_at: IN_JANUARY }],
      ['unknown_item', { conversion_cost: '9999999999999.99' }],
      ['inactive_item', { inputs: [many(BOTTLE, 71)], outputs: [many('old-bottle')] }],
      ['period_closed', { outputs: [many('preform')] }],
      ['insufficient_stock', { effective_at: MONDAY }],
      ['amount_out_of_bounds', { inputs: [many(BOTTLE, 1)] }],
    ],
  },
  record_sale: {
    good: sale([[BOTTLE, 1, '1']]),
    wrong: [
      [
        'validation',
        { ...lines({ ...many(BOTTLE, 70), unit_price: 'x' }), customer_id: 'CUST-9', effective_at: IN_JANUARY },
      ],
      ['unknown_customer', lines({ ...dear, quantity: 70 })],
      ['inactive_customer', { customer_id: 'CUST-OLD' }],
      ['period_closed', { customer_id: 'CUST-001' }],
      ['insufficient_stock', { effective_at: MONDAY }],
      ['amount_out_of_bounds', lines(dear, dear)],
    ],
  },
  record_waste: {
    good: waste([[BOTTLE, 1]]),
    wrong: [
      ['unknown_location', { location_id: 'moon', line_items: [many('old-bottle')], effective_at: IN_JANUARY }],
      ['inactive_location', { location_id: 'attic' }],
      ['period_closed', { location_id: 'main', line_items: [many(BOTTLE, 71)] }],
      ['insufficient_stock', { effective_at: MONDAY }],
    ],
  },
  transfer_stock: {
    good: stockTransfer([[BOTTLE, 1]]),
    wrong: [
      ['unknown_item', { line_items: [many('cap')], to_location_id: 'attic', effective_at: IN_JANUARY }],
      ['inactive_location', { line_items: [many(BOTTLE, 71)] }],
      ['period_closed', { to_location_id: 'main' }],
      ['same_location', { effective_at: MONDAY }],
      ['insufficient_stock', { to_location_id: 'store' }],
    ],
  },
  transfer_money: {
    good: transfer('cash', 'bank', '1'),
    wrong: [
      [
        'validation',
        { amount: '0', from_account_id: 'piggy-bank', to_account_id: 'inventory', effective_at: IN_JANUARY },
      ],
      ['unknown_account', { amount: '9999999999999.99' }],
      ['inactive_account', { from_account_id: 'till' }],
      ['period_closed', { from_account_id: 'inventory' }],
      ['control_account', { effective_at: MONDAY }],
      ['same_account', { from_account_id: 'cash', to_account_id: 'cash' }],
      ['insufficient_funds', { to_account_id: 'bank' }],
      ['amount_out_of_bounds', { from_account_id: 'equity', to_account_id: 'cash' }],
    ],
  },
  record_journal_entry: {
    good: journalEntry({ bank: '1' }, { cash: '1' }),
    wrong: [
      ['validation', { lines: entryOf('piggy-bank', 'till', '0'), effective_at: IN_JANUARY }],
      ['unknown_account', { lines: entryOf('piggy-bank', 'till', '9999999999999.99') }],
      ['inactive_account', { lines: entryOf('inventory', 'till', '9999999999999.99') }],
      ['period_closed', { lines: entryOf('inventory', 'cash', '9999999999999.99') }],
      ['control_account', { effective_at: MONDAY }],
      ['insufficient_funds', { lines: entryOf('equity', 'cash', '9999999999999.99') }],
      ['amount_out_of_bounds', { lines: entryOf('cash', 'equity', '9999999999999.99') }],
    ],
  },
  record_payment: {
    given: [waste([[BOTTLE, 1]])],
    good: payment('PO-260302-0001', '1'),
    wrong: [
      [
        'validation',
        { amount: 'x', account_id: 'piggy-bank', bill_number: 'SO-260302-0009', effective_at: IN_JANUARY },
      ],
      ['unknown_account', { amount: '100.01' }],
      ['unknown_document', { account_id: 'till' }],
      ['inactive_account', { bill_number: 'WS-260302-0001' }],
      ['period_closed', { account_id: 'inventory' }],
      ['control_account', { effective_at: later(-1) }],
      ['not_payable', { account_id: 'bank' }],
      ['effective_before_document', { bill_number: 'PO-260302-0001' }],
      ['overpayment', { effective_at: MONDAY }],
      ['insufficient_funds', { amount: '100' }],
    ],
  },
  count_stock: {
    good: count([[BOTTLE, 90]]),
    wrong: [
      ['validation', { counts: [{ item_id: BOTTLE, counted_quantity: 1, unit_cost: '-1' }], location_id: 'moon' }],
      ['unknown_location', { counts: [{ item_id: 'old-bottle', counted_quantity: 1 }] }],
      ['inactive_location', { location_id: 'attic' }],
      [
        'insufficient_stock',
        {
          location_id: 'main',
          counts: [
            { item_id: BOTTLE, counted_quantity: 1 },
            { item_id: 'preform', counted_quantity: QUANTITY_MAX, unit_cost: '1000' },
          ],
        },
      ],
      ['amount_out_of_bounds', { counts: [{ item_id: 'preform', counted_quantity: QUANTITY_MAX, unit_cost: '1000' }] }],
    ],
  },
  return_bill: {
    good: giveBack('SO-260302-0001', [[BOTTLE, 1]]),
    wrong: [
      ['unknown_item', { bill_number: 'SO-260302-0009', line_items: [many('cap')], effective_at: IN_JANUARY }],
      ['unknown_document', { line_items: [many(BOTTLE, 101)] }],
      ['period_closed', { bill_number: 'MT-260302-0001' }],
      ['not_returnable', { effective_at: later(-1) }],
      ['effective_before_document', { bill_number: 'PO-260302-0001' }],
      ['return_exceeds_bill', { effective_at: MONDAY }],
      ['insufficient_stock', { line_items: [many(BOTTLE, 100)] }],
    ],
  },
  void_document: {
    given: [payment('SO-260302-0001', '1'), giveBack('SO-260302-0001', [[BOTTLE, 1]])],
    good: voiding('RT-260302-0001'),
    by: ADMIN,
    wrong: [
      ['unknown_document', { number: 'SO-260302-0009' }],
      ['not_voidable', { number: 'RV-260302-0001' }],
      ['has_payments', { number: 'SO-260302-0001' }],
      ['insufficient_stock', { number: 'PO-260302-0001' }],
    ],
  },
  reserve_stock: {
    good: reserve([[BOTTLE, 1]]),
    wrong: [
      ['unknown_customer', { customer_id: 'CUST-9', location_id: 'attic' }],
      ['inactive_customer', { customer_id: 'CUST-OLD', location_id: 'main', line_items: [many(BOTTLE, 71)] }],
      ['insufficient_stock', { customer_id: undefined }],
    ],
  },
  check_out: {
    good: checkOut('RV-260302-0001', [[BOTTLE, 1, '1']]),
    wrong: [
      ['validation', { ...lines({ ...many('cap'), unit_price: 'x' }), reservation_id: 'RV-9', customer_id: 'CUST-9' }],
      ['unknown_item', lines(many('cap'))],
      ['unknown_customer', lines(many(BOTTLE, 21), dear, dear)],
      ['unknown_reservation', { customer_id: 'CUST-OLD' }],
      ['inactive_customer', { reservation_id: 'RV-260302-0001' }],
      ['exceeds_reservation', { customer_id: 'CUST-001' }],
      ['amount_out_of_bounds', lines(dear, dear)],
    ],
  },
  open_flash_sale: {
    good: flashSale(BOTTLE, 1),
    wrong: [
      ['validation', { unit_price: '0.004', item_id: 'cap', account_id: 'till' }],
      ['unknown_item', { unit_price: '0.005001', location_id: 'attic' }],
      ['inactive_location', { item_id: BOTTLE, account_id: 'conversion' }],
      ['not_a_money_account', { location_id: 'main', quantity: 71 }],
      ['insufficient_stock', { account_id: 'cash' }],
    ],
  },
  place_order: {
    given: [
      flashSale(BOTTLE, 5, { per_customer_max: 1 }),
      flashSale(BOTTLE, 5, { starts_at: later(60) }),
      flashSale(BOTTLE, 5, { account_id: 'cash' }),
    ],
    good: order([['FS-260302-0001', 1]]),
    wrong: [
      ['validation', { line_items: Array(2).fill({ flash_sale_id: 'FS-9', quantity: 6 }), customer_id: 'CUST-OLD' }],
      ['unknown_flash_sale', { line_items: [{ flash_sale_id: 'FS-9', quantity: 6 }] }],
      ['sold_out', { line_items: [{ flash_sale_id: 'FS-260302-0002', quantity: 6 }] }],
      [
        'inactive_customer',
        {
          line_items: [
            { flash_sale_id: 'FS-260302-0002', quantity: 5 },
            { flash_sale_id: 'FS-260302-0003', quantity: 5 },
          ],
        },
      ],
      ['flash_sale_not_begun', { customer_id: 'CUST-001' }],
      [
        'not_together',
        {
          line_items: [
            { flash_sale_id: 'FS-260302-0001', quantity: 2 },
            { flash_sale_id: 'FS-260302-0003', quantity: 2 },
          ],
        },
      ],
      ['exceeds_customer_limit', { line_items: [{ flash_sale_id: 'FS-260302-0001', quantity: 2 }] }],
    ],
  },
  release_reservation: {
    good: release('RV-260302-0001'),
    wrong: [['unknown_reservation', { reservation_id: 'RV-260302-0009' }]],
  },
  approve: {
    given: [[transfer('equity', 'cash', '6000'), { actor: 'sam', role: 'staff' }]],
    good: approve('AP-260302-0001'),
    wrong: [['unknown_approval', { approval_id: 'AP-260302-0009' }]],
  },
};

describe('of several reasons', () => {
  it.each(Object.entries(COMMANDS))('%s is refused for the first', (_name, { given: more = [], good, by, wrong }) => {
    for (const [index, [code]] of wrong.entries()) {
      const command = Object.assign({}, good, ...wrong.slice(0, index + 1).map(([, fields]) => fields)) as Command;
      givenAFactory(...BOOKS, ...more)
        .when(command, by)
        .thenRefused(code);
    }
    givenAFactory(...BOOKS, ...more).and([good, by ?? {}]);
  });

  it('the first is the one that is declared first', () => {
    // Unknown ids of several kinds are one reason, and so are inactive ones. What only the document can tell to be invalid comes after it is known.
    const reason = (code: string) => code.replace(/^(unknown|inactive)_.*/, '$1');
    const reasons = [...new Set(Object.keys(REFUSALS).map(reason))];
    for (const { wrong } of Object.values(COMMANDS)) {
      const positions = wrong
        .map(([code]) => reasons.indexOf(reason(code)))
        .filter((index) => reasons[index] !== 'validation');
      expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    }
  });
});

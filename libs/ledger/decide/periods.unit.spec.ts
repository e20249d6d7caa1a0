import {
  ADMIN,
  close,
  given,
  givenAFactory,
  openLedger,
  purchase,
  reopen,
  sale,
  transfer,
  voiding,
} from '../../../test/support/given.js';

function closing(month: string, amount: string) {
  const trial_balance = [
    { account_id: 'cash', amount },
    { account_id: 'equity', amount: `-${amount}` },
  ];
  return { type: 'PeriodClosed', data: { month, trial_balance, stock_value: '0' } } as const;
}

const BOTTLE = 'bottle-500ml-a';
const IN_MARCH = { now: '2026-03-20T12:00:00.000Z' };
const IN_APRIL = { now: '2026-04-02T12:00:00.000Z' };
const IN_MAY = { now: '2026-05-02T12:00:00.000Z' };

describe('close_period', () => {
  it('carries the balances and the stock value of the month’s end', () => {
    const books = givenAFactory(
      [transfer('equity', 'cash', '100'), IN_MARCH],
      [purchase([[BOTTLE, 10, '1']]), IN_MARCH],
      [sale([[BOTTLE, 4, '3']]), IN_MARCH],
      [transfer('cash', 'bank', '40'), IN_APRIL],
      [sale([[BOTTLE, 1, '3']]), IN_APRIL],
      [sale([[BOTTLE, 2, '5']], { effective_at: '2026-03-31T23:59:59.999Z' }), IN_APRIL],
    );
    // March: 10.00 in, 4.00 and 2.00 of cost out; 12.00 and 10.00 sold. What happened in April is not in it.
    books.when(close('2026-03'), IN_APRIL).thenRecorded({
      type: 'PeriodClosed',
      data: {
        month: '2026-03',
        trial_balance: [
          { account_id: 'cash', amount: '10000' },
          { account_id: 'cogs', amount: '600' },
          { account_id: 'equity', amount: '-10000' },
          { account_id: 'inventory', amount: '400' },
          { account_id: 'payable:SUP-001', amount: '-1000' },
          { account_id: 'receivable:CUST-001', amount: '2200' },
          { account_id: 'revenue', amount: '-2200' },
        ],
        stock_value: '400',
      },
    });
    books.when(close('2026-04'), IN_MAY).thenRecorded({
      type: 'PeriodClosed',
      data: {
        month: '2026-04',
        trial_balance: [
          { account_id: 'bank', amount: '4000' },
          { account_id: 'cash', amount: '6000' },
          { account_id: 'cogs', amount: '700' },
          { account_id: 'equity', amount: '-10000' },
          { account_id: 'inventory', amount: '300' },
          { account_id: 'payable:SUP-001', amount: '-1000' },
          { account_id: 'receivable:CUST-001', amount: '2500' },
          { account_id: 'revenue', amount: '-2500' },
        ],
        stock_value: '300',
      },
    });
  });

  it('answers in major units', () => {
    const { answer } = given(openLedger(), [transfer('equity', 'cash', '12.50'), IN_MARCH]).when(close('2026-03'), {
      ...ADMIN,
      ...IN_APRIL,
    });
    expect(answer()).toMatchObject({
      month: '2026-03',
      status: 'closed',
      trial_balance: [
        { account_id: 'cash', balance: 12.5 },
        { account_id: 'equity', balance: -12.5 },
      ],
      stock_value: 0,
      created_by: 'ada',
    });
  });

  it('comes when the month is over, in the ledger’s time zone', () => {
    const books = given(openLedger({ time_zone: 'America/New_York' }));
    books
      .when(close('2026-03'), { now: '2026-04-01T03:59:59.999Z' })
      .thenRefused('period_not_over', { month: '2026-03', current_month: '2026-03' });
    books.when(close('2026-03'), { now: '2026-04-01T04:00:00.000Z' }).thenRecorded({ type: 'PeriodClosed' });
    books.when(close('2027-01'), { now: '2026-04-01T04:00:00.000Z' }).thenRefused('period_not_over');
  });

  it('comes once, and closes all months before', () => {
    const books = given(openLedger(), [close('2026-03'), IN_APRIL]);
    for (const month of ['2026-03', '2026-02', '1999-12'])
      books
        .when(close(month), IN_APRIL)
        .thenRefused('period_closed', { month, closed_through: '2026-03', first_open_month: '2026-04' });
    books
      .when(transfer('equity', 'cash', '1', { effective_at: '2026-01-15T00:00:00.000Z' }), IN_APRIL)
      .thenRefused('period_closed', { month: '2026-01' });
  });

  it('closes each month with what was posted up to it, whatever was closed and reopened before', () => {
    const books = given(
      openLedger(),
      [transfer('equity', 'cash', '100', { effective_at: '2026-01-15T12:00:00.000Z' }), IN_MARCH],
      [transfer('equity', 'cash', '7', { effective_at: '2026-02-15T12:00:00.000Z' }), IN_MARCH],
      [close('2026-01'), IN_MARCH],
      [close('2026-02'), IN_MARCH],
      [reopen('2026-02'), IN_MARCH],
      [reopen('2026-01'), IN_MARCH],
    );
    books.when(close('2026-01'), IN_MARCH).thenRecorded(closing('2026-01', '10000'));
    books.when(close('2026-02'), IN_MARCH).thenRecorded(closing('2026-02', '10700'));
  });

  it('gives every month on the way a closing of its own', () => {
    const books = given(
      openLedger(),
      [transfer('equity', 'cash', '100', { effective_at: '2025-11-15T12:00:00.000Z' }), IN_MARCH],
      [transfer('equity', 'cash', '7', { effective_at: '2026-01-15T12:00:00.000Z' }), IN_MARCH],
    );
    const closed = books.when(close('2026-02'), IN_MARCH);
    closed.thenRecorded(
      closing('2025-11', '10000'),
      closing('2025-12', '10000'),
      closing('2026-01', '10700'),
      closing('2026-02', '10700'),
    );
    expect(closed.answer()).toMatchObject({
      month: '2026-02',
      months_closed: ['2025-11', '2025-12', '2026-01', '2026-02'],
      position: books.state.position,
    });
    books.and([reopen('2026-02'), IN_MARCH], [reopen('2026-01'), IN_MARCH]);
    const again = books.when(close('2026-02'), IN_MARCH);
    again.thenRecorded(closing('2026-01', '10700'), closing('2026-02', '10700'));
  });

  it('closes at most ten years at once', () => {
    const dated = (effective_at: string) => transfer('equity', 'cash', '1', { effective_at });
    const books = given(openLedger(), [dated('2016-02-15T12:00:00.000Z'), IN_MARCH]);
    books.when(close('2026-02'), IN_MARCH).thenRefused('batch_too_large', { first_month: '2016-02', months_max: 120 });
    expect(books.when(close('2026-01'), IN_MARCH).events).toHaveLength(120);
  });

  it('leaves its events as they are: they are put right in the open month', () => {
    const books = givenAFactory([transfer('equity', 'cash', '100'), IN_MARCH], [close('2026-03'), IN_APRIL]);
    books
      .when(transfer('cash', 'equity', '1', { effective_at: '2026-03-31T12:00:00.000Z' }), IN_APRIL)
      .thenRefused('period_closed');
    books
      .when(voiding('MT-260320-0001'), { ...ADMIN, ...IN_APRIL })
      .thenRecorded({ type: 'DocumentVoided', metadata: { effective_at: IN_APRIL.now } });
    books
      .when(close('2026-04'), IN_MAY)
      .thenRecorded({ type: 'PeriodClosed', data: { trial_balance: [], stock_value: '0' } });
  });
});

describe('reopen_period', () => {
  it('opens the last closed month again, one after the other', () => {
    const books = given(openLedger(), [transfer('equity', 'cash', '5'), IN_MARCH], [close('2026-03'), IN_APRIL]);
    books.and([close('2026-04'), IN_MAY]);
    books
      .when(reopen('2026-03'), IN_MAY)
      .thenRefused('period_not_closed', { month: '2026-03', closed_through: '2026-04' });
    books
      .when(reopen('2026-04'), IN_MAY)
      .thenRecorded({ type: 'PeriodReopened', data: { month: '2026-04', reason: 'an invoice turned up' } });
    books.when(reopen('2026-04'), IN_MAY).thenRefused('period_not_closed', { closed_through: '2026-03' });
    const reopened = books.when(reopen('2026-03'), IN_MAY);
    reopened.thenRecorded({ type: 'PeriodReopened' });
    expect(reopened.answer()).toMatchObject({ month: '2026-03', status: 'open', closed_through: '2026-02' });
    books
      .when(transfer('equity', 'cash', '1', { effective_at: '2026-03-31T12:00:00.000Z' }), IN_MAY)
      .thenRecorded({ type: 'MoneyTransferred' });
  });

  it('lets the month be closed again with what was added to it', () => {
    const books = given(openLedger(), [transfer('equity', 'cash', '5'), IN_MARCH], [close('2026-03'), IN_APRIL]);
    books.and([reopen('2026-03'), IN_APRIL]);
    books.and([transfer('equity', 'cash', '2', { effective_at: '2026-03-31T12:00:00.000Z' }), IN_APRIL]);
    books.when(close('2026-03'), IN_APRIL).thenRecorded({
      type: 'PeriodClosed',
      data: {
        trial_balance: [
          { account_id: 'cash', amount: '700' },
          { account_id: 'equity', amount: '-700' },
        ],
      },
    });
  });

  it('goes from January back into the year before', () => {
    const books = given(openLedger(), [close('2026-01'), IN_MARCH], [reopen('2026-01'), IN_MARCH]);
    expect(books.state.closed_through).toBe('2025-12');
    books.when(reopen('2026-01'), IN_MARCH).thenRefused('period_not_closed', { closed_through: '2025-12' });
  });

  it('has nothing to open where nothing is closed', () => {
    given(openLedger()).when(reopen('2026-03')).thenRefused('period_not_closed', { closed_through: '' });
  });
});

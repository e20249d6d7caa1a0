import {
  account,
  approve,
  given,
  journalEntry,
  later,
  MANAGER,
  openLedger,
  STAFF,
  transfer,
  voiding,
} from '../../../test/support/given.js';
import type { Command } from '../commands.js';
import { AMOUNT_MAX } from '../money.js';

const JE = 'JE-260302-0001';
const OPENING = [
  openLedger(),
  account('rent', 'expense'),
  account('vat', 'asset', true),
  transfer('equity', 'bank', '1000'),
];

describe('record_journal_entry', () => {
  it('posts its lines, debits positive and credits negative', () => {
    const books = given(...OPENING)
      .when(journalEntry({ rent: '500', vat: '95.50' }, { bank: '595.50' }, { reference: 'R-17' }))
      .thenRecorded({
        type: 'JournalEntryRecorded',
        data: {
          number: JE,
          description: 'rent of March',
          reference: 'R-17',
          lines: [
            { account_id: 'rent', side: 'debit', amount: '50000' },
            { account_id: 'vat', side: 'debit', amount: '9550' },
            { account_id: 'bank', side: 'credit', amount: '59550' },
          ],
          amount: '59550',
          journal: [
            { account_id: 'rent', amount: '50000' },
            { account_id: 'vat', amount: '9550' },
            { account_id: 'bank', amount: '-59550' },
          ],
        },
      });
    expect(books.trialBalance()).toEqual({ rent: '500.00', vat: '95.50', bank: '404.50', equity: '-1000.00' });
  });

  it('is answered in major units', () => {
    const { answer } = given(...OPENING).when(journalEntry({ rent: '0.01' }, { bank: '0.01' }));
    expect(answer()).toMatchObject({
      kind: 'journal_entry',
      number: JE,
      status: 'confirmed',
      lines: [
        { account_id: 'rent', side: 'debit', amount: 0.01 },
        { account_id: 'bank', side: 'credit', amount: 0.01 },
      ],
      amount: 0.01,
    });
  });

  it.each<[string, Command, { path: string; message: string }]>([
    [
      'debits that differ from credits',
      journalEntry({ rent: '500' }, { bank: '499.99' }),
      { path: 'lines', message: 'must balance: debits are 500, credits 499.99' },
    ],
    [
      'one side alone',
      journalEntry({}, { bank: '1' }),
      { path: 'lines', message: 'must balance: debits are 0, credits 1' },
    ],
    [
      'an account in two lines',
      journalEntry({ bank: '1' }, { bank: '1' }),
      { path: 'lines.1.account_id', message: 'must stand in one line only' },
    ],
    [
      'nothing',
      journalEntry({ rent: '0' }, { bank: '0' }),
      { path: 'lines.0.amount', message: 'must be at least 0.01' },
    ],
    [
      'less than the currency has',
      journalEntry({ rent: '1' }, { bank: '0.001' }),
      { path: 'lines.1.amount', message: 'must be an amount with at most 2 decimals' },
    ],
  ])('refuses %s', (_, entry, error) => {
    given(...OPENING)
      .when(entry)
      .thenRefused('validation', { errors: [error] });
  });

  it.each(['inventory', 'revenue', 'cogs', 'waste', 'write-off', 'receivable:CUST-001', 'payable:SUP-001'])(
    'refuses %s, which follows from stock, bills and sales alone',
    (id) => {
      const books = given(...OPENING);
      books.when(journalEntry({ rent: '1' }, { [id]: '1' })).thenRefused('control_account', { account_id: id });
      books.when(journalEntry({ [id]: '1' }, { bank: '1' })).thenRefused('control_account', { account_id: id });
    },
  );

  it('takes no account below zero that may not be, at any moment since', () => {
    const books = given(...OPENING);
    books
      .when(journalEntry({ rent: '1000.01' }, { bank: '1000.01' }))
      .thenRefused('insufficient_funds', { account_id: 'bank', available: 1000, requested: 1000.01 });
    books
      .when(journalEntry({ rent: '1' }, { bank: '1' }, { effective_at: later(-60) }))
      .thenRefused('insufficient_funds');
  });

  it('is bounded as every amount is', () => {
    const most = `${AMOUNT_MAX / 100n}.${AMOUNT_MAX % 100n}`;
    given(...OPENING, account('capital', 'equity'), journalEntry({ rent: most }, { capital: most }))
      .when(journalEntry({ rent: '0.01' }, { equity: '0.01' }))
      .thenRefused('amount_out_of_bounds', { account_id: 'rent' });
  });

  it('waits for approval where staff ask for more than the threshold', () => {
    const entry = journalEntry({ rent: '5000.01' }, { equity: '5000.01' });
    const books = given(...OPENING)
      .when(entry, STAFF)
      .thenRecorded({ type: 'ApprovalRequested', data: { amount: '500001', threshold: '500000' } });
    expect(books.balance('rent')).toBe('0.00');
    books
      .when(approve('AP-260302-0001'), MANAGER)
      .thenRecorded({ type: 'ApprovalGranted', data: { number: JE } }, { type: 'JournalEntryRecorded' });
    expect(books.balance('rent')).toBe('5000.01');
    given(...OPENING)
      .when(entry)
      .thenRecorded({ type: 'JournalEntryRecorded' });
  });

  it('is voided by the opposite of its lines, once', () => {
    const books = given(...OPENING, journalEntry({ rent: '500' }, { bank: '500' }));
    books.when(voiding(JE)).thenMoved({ journal: { rent: '-500.00', bank: '500.00' } });
    books.when(voiding(JE)).thenRefused('already_void');
    expect(books.trialBalance()).toEqual({ bank: '1000.00', equity: '-1000.00' });
  });
});

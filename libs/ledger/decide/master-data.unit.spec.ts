import {
  ADMIN,
  account,
  blow,
  count,
  deactivate,
  giveBack,
  given,
  givenAFactory,
  item,
  later,
  openLedger,
  party,
  purchase,
  reserve,
  sale,
  stockTransfer,
  transfer,
  voiding,
  waste,
} from '../../../test/support/given.js';
import type { Command } from '../commands.js';
import { STANDARD_ACCOUNTS } from './master-data.js';

function change(kind: 'item' | 'account' | 'supplier' | 'location', id: string, changes: object): Command {
  return { type: 'change', kind, id, changes } as Command;
}

describe('open_ledger', () => {
  it('records the terms, the place `main` and the accounts that postings need', () => {
    given()
      .when(openLedger({ time_zone: 'Europe/Berlin', approval_threshold: '250.5' }))
      .thenRecorded(
        {
          type: 'LedgerOpened',
          data: {
            ledger_id: 'main',
            currency: 'USD',
            digits: 2,
            time_zone: 'Europe/Berlin',
            approval_threshold: '25050',
          },
        },
        { type: 'LocationRegistered', data: { id: 'main' } },
        ...STANDARD_ACCOUNTS.map(([id, , type, may_go_negative]) => ({
          type: 'AccountRegistered' as const,
          data: { id, attributes: { type, may_go_negative } },
        })),
      );
  });

  it('happens once', () => {
    given(openLedger())
      .when(openLedger({ ledger_id: 'other' }))
      .thenRefused('ledger_exists', { ledger_id: 'other' });
  });

  it('comes before everything else', () => {
    given().when(item('bottle')).thenRefused('unknown_ledger');
    given()
      .when(transfer('cash', 'bank', '1'))
      .thenRefused('unknown_ledger');
  });

  it('refuses terms that nothing could be recorded under', () => {
    given()
      .when(openLedger({ time_zone: 'Europe/Atlantis' }))
      .thenRefused('validation');
    for (const digits of [-1, 7, 1.5, Number.NaN]) given().when(openLedger({ digits })).thenRefused('validation');
    for (const approval_threshold of ['-1', '0.001', 'much'])
      given().when(openLedger({ approval_threshold })).thenRefused('validation');
  });
});

describe('register', () => {
  it('records the id with all that is known of it', () => {
    const attributes = { name: 'Half a litre', kind: 'bottle' as const, size_ml: 500, grade: 'A', reorder_level: 100 };
    given(openLedger())
      .when({ type: 'register', kind: 'item', id: 'bottle', attributes })
      .thenRecorded({ type: 'ItemRegistered', data: { kind: 'item', id: 'bottle', attributes } });
  });

  it('keeps the kinds apart and every id once', () => {
    const books = given(
      openLedger(),
      item('x'),
      party('supplier', 'x'),
      party('customer', 'x'),
      party('location', 'x'),
    );
    books.and(account('x', 'asset'));
    books.when(item('x')).thenRefused('already_exists', { item_id: 'x' });
    books.when(party('supplier', 'x')).thenRefused('already_exists', { supplier_id: 'x' });
    books.when(party('location', 'main')).thenRefused('already_exists', { location_id: 'main' });
    books.when(account('inventory', 'asset')).thenRefused('already_exists', { account_id: 'inventory' });
  });

  it('leaves the accounts of parties to the ledger', () => {
    for (const id of ['receivable:CUST-001', 'payable:SUP-001'])
      given(openLedger()).when(account(id, 'asset')).thenRefused('control_account', { account_id: id });
  });
});

describe('change', () => {
  it('keeps the old and the new value, and all attributes after it', () => {
    givenAFactory()
      .when(change('item', 'bottle-500ml-a', { name: 'Half a litre', reorder_level: 50 }))
      .thenRecorded({
        type: 'ItemChanged',
        data: {
          id: 'bottle-500ml-a',
          active: true,
          attributes: { name: 'Half a litre', kind: 'bottle', reorder_level: 50 },
          changes: [
            { field: 'name', old: 'bottle-500ml-a', new: 'Half a litre' },
            { field: 'reorder_level', old: null, new: 50 },
          ],
        },
      });
  });

  it('deactivates and activates again', () => {
    const books = givenAFactory(change('item', 'bottle-500ml-a', { active: false }));
    books.when(purchase([['bottle-500ml-a', 1, '1']])).thenRefused('inactive_item');
    books
      .when(change('item', 'bottle-500ml-a', { active: true }))
      .thenRecorded({ type: 'ItemChanged', data: { changes: [{ field: 'active', old: false, new: true }] } });
    books.when(purchase([['bottle-500ml-a', 1, '1']])).thenRecorded({ type: 'PurchaseRecorded' });
  });

  it('keeps a place in use as long as something is there', () => {
    const books = givenAFactory(purchase([['bottle-500ml-a', 3, '1']], { location_id: 'store' }));
    books.when(deactivate('location', 'store')).thenRefused('not_empty', {
      location_id: 'store',
      item_id: 'bottle-500ml-a',
      on_hand: 3,
    });
    books.and(sale([['bottle-500ml-a', 3, '2']], { location_id: 'store' }), deactivate('location', 'store'));
    // What left it cannot come back into it, until it is in use again.
    books.when(giveBack('SO-260302-0001', [['bottle-500ml-a', 1]])).thenRefused('inactive_location', {
      location_id: 'store',
    });
    books.when(voiding('SO-260302-0001'), ADMIN).thenRefused('inactive_location', { location_id: 'store' });
    books.and(change('location', 'store', { active: true }));
    books.when(voiding('SO-260302-0001'), ADMIN).thenRecorded({ type: 'DocumentVoided' });
  });

  it('keeps an account in use as long as there is money in it, or something is owed; never one of income or expense', () => {
    const books = given(
      openLedger(),
      account('till', 'asset'),
      account('loan', 'liability'),
      account('rent', 'expense'),
      transfer('loan', 'till', '12.50'),
    );
    books.when(deactivate('account', 'till')).thenRefused('not_empty', { account_id: 'till', balance: 12.5 });
    books.when(deactivate('account', 'loan')).thenRefused('not_empty', { account_id: 'loan', balance: 12.5 });
    books.and(transfer('till', 'rent', '12.50'), deactivate('account', 'till'));
    books.when(deactivate('account', 'rent')).thenRecorded({ type: 'AccountChanged' });
    // A void would put money into an account that is no longer in use.
    books.when(voiding('MT-260302-0002'), ADMIN).thenRefused('inactive_account', { account_id: 'rent' });
    books.and(change('account', 'rent', { active: true }));
    books.when(voiding('MT-260302-0002'), ADMIN).thenRefused('inactive_account', { account_id: 'till' });
  });

  it('lets what is left of an item that ended be counted, moved, used up, scrapped, and come back, but not be bought, made or sold', () => {
    const books = givenAFactory(
      purchase([['bottle-500ml-a', 10, '1']]),
      sale([['bottle-500ml-a', 2, '2']]),
      deactivate('item', 'bottle-500ml-a'),
    );
    const one = [['bottle-500ml-a', 1]] as const;
    books.when(purchase([['bottle-500ml-a', 1, '1']])).thenRefused('inactive_item');
    books.when(sale([['bottle-500ml-a', 1, '2']])).thenRefused('inactive_item');
    books.when(reserve(one)).thenRefused('inactive_item');
    books.when(blow(one, one)).thenRefused('inactive_item');
    books.and(
      count([['bottle-500ml-a', 7]]),
      stockTransfer(one),
      blow(one, [['bottle-1500ml-a', 1]]),
      waste(one),
      giveBack('SO-260302-0001', one),
      giveBack('PO-260302-0001', one),
      [voiding('SC-260302-0001'), ADMIN],
    );
    expect(books.stock('bottle-500ml-a')).toBe('5 worth 5.00');
    expect(books.stock('bottle-500ml-a', 'store')).toBe('1 worth 1.00');
  });

  it('is refused where the record has been changed since it was read, and decided in the order of the ledger', () => {
    const books = givenAFactory();
    const { position } = books.state.master.item.get('bottle-500ml-a')!;
    const renamed = (name: string, ...if_positions: number[]) =>
      ({ ...change('item', 'bottle-500ml-a', { name }), if_positions }) as Command;
    for (const positions of [[], [position + 1], [0, position - 1]])
      books.when(renamed('x', ...positions)).thenRefused('changed_since', { item_id: 'bottle-500ml-a', position });
    books.and(renamed('first', 0, position));
    const { position: changed } = books.state.master.item.get('bottle-500ml-a')!;
    expect(changed).toBeGreaterThan(position);
    books.when(renamed('second', position)).thenRefused('changed_since', { position: changed });
    books.when(renamed('second', changed)).thenRecorded({ type: 'ItemChanged' });
    books.when({ ...renamed('x'), id: 'cap' } as Command).thenRefused('unknown_item');
  });

  it('writes nothing where nothing changes, null being as good as not there', () => {
    const books = givenAFactory();
    books.when(change('item', 'bottle-500ml-a', { name: 'bottle-500ml-a', active: true, grade: null })).thenNothing();
    books.when(change('location', 'main', {})).thenNothing();
  });

  it('refuses ids that are unknown and the end of an account that postings need', () => {
    const books = givenAFactory();
    books.when(change('item', 'cap', { name: 'Cap' })).thenRefused('unknown_item', { item_id: 'cap' });
    books.when(change('supplier', 'SUP-9', {})).thenRefused('unknown_supplier');
    for (const [id] of STANDARD_ACCOUNTS)
      books.when(change('account', id, { active: false })).thenRefused('standard_account', { account_id: id });
    books.when(change('account', 'cash', { name: 'Till' })).thenRecorded({ type: 'AccountChanged' });
  });

  it('does not make an account that is below zero one that may not be', () => {
    const books = given(openLedger(), account('overdraft', 'asset', true), transfer('overdraft', 'cash', '12.50'));
    books
      .when(change('account', 'overdraft', { may_go_negative: false }))
      .thenRefused('insufficient_funds', { account_id: 'overdraft', available: -12.5, requested: 0, shortage: 12.5 });
    books
      .and(transfer('cash', 'overdraft', '12.50'))
      .when(change('account', 'overdraft', { may_go_negative: false }))
      .thenRecorded({ type: 'AccountChanged' });
    books.when(transfer('overdraft', 'cash', '0.01'), { now: later(1) }).thenRefused('insufficient_funds');
  });
});

import {
  close,
  given,
  givenAFactory,
  later,
  MONDAY,
  openLedger,
  purchase,
  reserve,
  sale,
  transfer,
  waste,
} from '../../../test/support/given.js';
import { contentOf } from '../../../test/support/state-content.js';
import { ADJUSTMENT_LIMITS } from '../decide/cost-adjustments.js';
import type { EventBody, LedgerEvent } from '../events.js';
import { beginChange } from './change.js';
import { codeOf, MOVED } from './movement-kinds.js';
import { applyEvent, documentPositions, emptyState, placeKey, tentatively, trim } from './state.js';
import { MOVEMENTS_MAX, withMovement } from './timeline.js';

const BOTTLE = 'bottle-500ml-a';
const HERE = placeKey(BOTTLE, 'main');

function event(body: EventBody, now = MONDAY, effective_at = now): LedgerEvent {
  return { ...body, metadata: { actor: 'mia', recorded_at: now, effective_at, idempotency_key: 'k' } };
}
function wasted(fields: object): LedgerEvent {
  return event({
    type: 'WasteRecorded',
    data: { number: 'WS-260302-0001', location_id: 'main', line_items: [], total_cost: '0', reason: 'x', ...fields },
  });
}
const posting = (quantity: number, value: string) => ({ item_id: BOTTLE, location_id: 'main', quantity, value });

describe('folding asserts what deciding has promised', () => {
  const books = () => givenAFactory(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 4]]));

  it.each<[string, LedgerEvent, string]>([
    ['pieces that are not there', wasted({ stock: [posting(-11, '-1000')] }), 'leaves -1 pieces'],
    ['pieces that are set aside', wasted({ stock: [posting(-7, '-700')] }), '4 reserved'],
    ['value that is not there', wasted({ stock: [posting(-1, '-1001')] }), 'worth -1'],
    [
      'value without pieces',
      wasted({ holds: [{ item_id: BOTTLE, location_id: 'main', quantity: -4 }], stock: [posting(-10, '-999')] }),
      'leaves 0 pieces worth 1',
    ],
    ['a journal that does not sum to zero', wasted({ journal: [{ account_id: 'cash', amount: '1' }] }), 'sums to 1'],
    [
      'stock and inventory apart',
      wasted({
        stock: [posting(-1, '-100')],
        journal: [
          { account_id: 'inventory', amount: '-99' },
          { account_id: 'waste', amount: '99' },
        ],
      }),
      'moves stock worth -100 and posts -99',
    ],
    [
      'holds of more than there is',
      wasted({ holds: [{ item_id: BOTTLE, location_id: 'main', quantity: 7 }] }),
      'reserves 11 of 10',
    ],
    [
      'holds of less than nothing',
      wasted({ holds: [{ item_id: BOTTLE, location_id: 'main', quantity: -5 }] }),
      'reserves -1 of 10',
    ],
    ['a number that is not next', wasted({ number: 'WS-260302-0003' }), 'has number WS-260302-0003; 1 is next'],
    [
      'a number again',
      event({
        type: 'StockCounted',
        data: { number: 'PO-260302-0001', location_id: 'main', counts: [], reason: 'x', counted_at_position: 0 },
      }),
      '2 is next',
    ],
    [
      'time that runs backwards',
      event({ type: 'PeriodReopened', data: { month: '2026-01', reason: 'x' } }, later(-1)),
      'before the one ahead of it',
    ],
  ])('stops at %s', (_what, bad, says) => {
    expect(() => applyEvent(books().state, bad)).toThrow(says);
  });

  it('stops at a posting to a closed month', () => {
    const { state } = given(openLedger(), [close('2026-02'), {}]);
    const journal = [
      { account_id: 'cash', amount: '1' },
      { account_id: 'equity', amount: '-1' },
    ];
    const late = event(
      {
        type: 'MoneyTransferred',
        data: { number: 'MT-260302-0001', from_account_id: 'equity', to_account_id: 'cash', amount: '1', journal },
      },
      MONDAY,
      '2026-02-28T23:59:59.999Z',
    );
    expect(() => applyEvent(state, late)).toThrow('posts to 2026-02, which is closed');
  });
});

describe('rolling back', () => {
  it('leaves the state as it was, however much has been tried', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 1]], { ttl_seconds: 5 }));
    const before = contentOf(books.state);
    tentatively(books.state, () => {
      books.and(
        sale([[BOTTLE, 2, '3']]),
        [waste([[BOTTLE, 1]], { effective_at: MONDAY }), { key: 'k', now: later(10) }],
        [close('2026-01'), {}],
        transfer('equity', 'cash', '5'),
      );
      expect(books.state.position).toBeGreaterThan(before.position);
    });
    expect(contentOf(books.state)).toEqual(before);
  });

  it('goes back to the beginning of any change, the inner ones first', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]));
    const outer = beginChange(books.state);
    books.and(waste([[BOTTLE, 1]]));
    const kept = beginChange(books.state);
    books.and(waste([[BOTTLE, 2]]));
    kept.commit();
    const inner = beginChange(books.state);
    books.and(waste([[BOTTLE, 3]]));
    inner.rollback();
    expect(books.stock(BOTTLE)).toBe('7 worth 7.00');
    outer.rollback();
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
  });

  it('is an error where the change has ended', () => {
    const state = emptyState();
    const change = beginChange(state);
    change.commit();
    expect(() => change.rollback()).toThrow('the change has ended already');
    expect(() => change.commit()).toThrow('the change has ended already');
  });

  it('happens also when the attempt throws', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]));
    const attempt = () => {
      books.and(waste([[BOTTLE, 1]]));
      throw new Error('on the way');
    };
    expect(() => tentatively(books.state, attempt)).toThrow('on the way');
    expect(books.stock(BOTTLE)).toBe('10 worth 10.00');
  });
});

describe('what a ledger remembers', () => {
  it('knows where the events of a document stand', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]), sale([[BOTTLE, 1, '2']]), sale([[BOTTLE, 1, '2']]));
    books.and({ type: 'record_payment', bill_number: 'SO-260302-0001', amount: '1' });
    expect(documentPositions(books.state, 'SO-260302-0001')).toEqual([19, 21]);
    expect(documentPositions(books.state, 'SO-260302-0002')).toEqual([20]);
    expect(documentPositions(books.state, 'PY-260302-0001')).toEqual([21]);
    for (const number of ['SO-260302-0003', 'SO-260302-0000', 'nonsense', '__proto__'])
      expect(documentPositions(books.state, number)).toBeUndefined();
  });

  it('forgets the documents and keys that came first', () => {
    const books = givenAFactory();
    for (const key of ['a', 'b', 'c']) books.and([transfer('equity', 'cash', '1'), { key }]);
    trim(books.state, 2, 1);
    expect([...books.state.documents.keys()]).toEqual(['MT-260302-0002', 'MT-260302-0003']);
    expect([...books.state.keys.keys()]).toEqual(['c']);
  });

  it('forgets the older half of a place’s movements when there are too many, and then refuses to judge what is older', () => {
    const books = givenAFactory(purchase([[BOTTLE, 10, '1']]));
    // One piece came and went again, over and over, a second apart.
    const start_ms = Date.parse(MONDAY);
    let timeline = books.state.movements.get(HERE)!;
    for (let index = 1; index < MOVEMENTS_MAX; index += 1) {
      const quantity = index % 2 === 1 ? 1 : -1;
      const code = codeOf(quantity > 0 ? MOVED.bought : MOVED.wasted, 0);
      const moved = { position: 18, quantity, value: 100 * quantity, code, ref: 0 };
      timeline = withMovement(timeline, { effective_ms: start_ms + index, ...moved });
    }
    books.state.movements.set(HERE, timeline);
    const now = later(1000);
    const half_ms = start_ms + MOVEMENTS_MAX / 2 - 1;
    const half = new Date(half_ms).toISOString();
    const early = waste([[BOTTLE, 1]], { effective_at: new Date(half_ms - 1).toISOString() });
    books.and([waste([[BOTTLE, 1]]), { now }]);
    expect(books.state.movements.get(HERE)!.count).toBe(MOVEMENTS_MAX / 2 + 1);
    books.when(early, { now }).thenRefused('backdated_beyond_history', { item_id: BOTTLE, checked_from: half });
    // What is known may still be more than one command may touch.
    const accepted_from = new Date(half_ms + 1).toISOString();
    books
      .when(waste([[BOTTLE, 1]], { effective_at: half }), { now })
      .thenRefused('too_many_adjustments', { movements_max: ADJUSTMENT_LIMITS.movements, accepted_from });
    books.when(waste([[BOTTLE, 1]], { effective_at: accepted_from }), { now }).thenRecorded({ type: 'WasteRecorded' });
    books
      .when(
        {
          type: 'count_stock',
          counts: [{ item_id: BOTTLE, counted_quantity: 1 }],
          reason: 'x',
          counted_at_position: 17,
        },
        { now },
      )
      .thenRefused('backdated_beyond_history', { counted_at_position: 17 });
  });
});

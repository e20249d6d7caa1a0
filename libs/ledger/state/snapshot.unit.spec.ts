import {
  givenAFactory,
  later,
  MONDAY,
  payment,
  purchase,
  reserve,
  STAFF,
  sale,
  transfer,
  waste,
} from '../../../test/support/given.js';
import { contentOf, restoredFrom } from '../../../test/support/state-content.js';
import { beginChange } from './change.js';
import { findKeys } from './key-index.js';
import { saveState } from './snapshot.js';
import { emptyState, tentatively } from './state.js';

const BOTTLE = 'bottle-500ml-a';

describe('a snapshot', () => {
  it('brings back everything but the documents and keys that can be read again', () => {
    const books = givenAFactory(
      purchase([[BOTTLE, 10, '0.333333']]),
      [sale([[BOTTLE, 3, '5']]), { key: 'k', now: later(1) }],
      [waste([[BOTTLE, 2]], { effective_at: later(0) }), { now: later(2) }],
      [sale([[BOTTLE, 1, '6000']]), STAFF],
      reserve([[BOTTLE, 1]]),
      payment('SO-260302-0001', '1'),
      { type: 'close_period', month: '2026-02' },
    );
    const restored = restoredFrom(saveState(books.state));
    expect(contentOf(restored)).toEqual(contentOf(books.state));
    expect(restored.next_expiry).toBe(books.state.next_expiry);
    expect([restored.documents.size, restored.keys.size]).toEqual([0, 0]);
  });

  it('of nothing is nothing', () => {
    expect(contentOf(restoredFrom(saveState(emptyState())))).toEqual(contentOf(emptyState()));
  });

  it('is of the moment at which it was taken, whatever happens while it is written', () => {
    const books = givenAFactory(purchase([[BOTTLE, 3000, '0.333333']]), reserve([[BOTTLE, 1]]));
    for (let n = 0; n < 1000; n += 1) books.and([sale([[BOTTLE, 1, '1']]), { key: `before:${n}` }]);
    const before = contentOf(books.state);
    const sections = saveState(books.state);
    const written = [sections.next().value!, sections.next().value!];
    tentatively(books.state, () => books.and([waste([[BOTTLE, 1]], { effective_at: MONDAY }), { key: 'lost race' }]));
    for (let n = 0; n < 2000; n += 1)
      books.and([transfer('equity', 'cash', '1'), { key: `after:${n}`, now: later(1) }]);
    books.and(
      [waste([[BOTTLE, 1]], { effective_at: MONDAY }), { now: later(2) }],
      [payment('SO-260302-0001', '1'), { now: later(3) }],
      [{ type: 'register', kind: 'item', id: 'jar', attributes: { name: 'Jar', kind: 'other' } }, { now: later(4) }],
      [{ type: 'close_period', month: '2026-02' }, { now: later(5) }],
    );
    const restored = restoredFrom({
      *[Symbol.iterator]() {
        yield* written;
        yield* sections;
      },
    });
    expect(contentOf(restored)).toEqual(before);
    expect(findKeys(restored.key_index, 'before:999')).toHaveLength(1);
    expect(findKeys(restored.key_index, 'after:1999')).toEqual([]);
  });

  it('is not taken of what may yet be rolled back', () => {
    const { state } = givenAFactory(transfer('equity', 'cash', '1'));
    beginChange(state);
    expect(() => saveState(state)).toThrow('a snapshot of what is not acknowledged would be a lie');
  });
});

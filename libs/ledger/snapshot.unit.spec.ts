import {
  givenAFactory,
  later,
  payment,
  purchase,
  reserve,
  STAFF,
  sale,
  transfer,
  waste,
} from '../../test/support/given.js';
import { FOLD_VERSION, restoreState, saveState } from './snapshot.js';
import { emptyState } from './state.js';

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
    const restored = restoreState(saveState(books.state));
    expect(restored).toEqual({ ...books.state, documents: new Map(), keys: new Map() });
  });

  it('of nothing is nothing', () => {
    expect(restoreState(saveState(emptyState()))).toEqual(emptyState());
  });

  it('of another version of the fold is not used', () => {
    const text = saveState(emptyState()).replace(`"fold_version":${FOLD_VERSION}`, '"fold_version":0');
    expect(restoreState(text)).toBeUndefined();
  });

  it('is not taken of what may yet be taken back', () => {
    const { state } = givenAFactory(transfer('equity', 'cash', '1'));
    state.undo = [];
    expect(() => saveState(state)).toThrow('a snapshot of what is not acknowledged would be a lie');
  });

  it('that is torn is an error, not a state', () => {
    const text = saveState(givenAFactory().state);
    expect(() => restoreState(text.slice(0, -10))).toThrow(SyntaxError);
  });
});

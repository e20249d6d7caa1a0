import {
  A_FACTORY,
  given,
  later,
  MONDAY,
  openLedger,
  purchase,
  reserve,
  type Step,
  sale,
  transfer,
} from '../../test/support/given.js';
import type { NewEvent } from '../event-store/event-store.js';
import type { Command } from '../ledger/commands.js';
import { type LedgerState, takeBack } from '../ledger/state/state.js';
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, decideBatch, type Order } from './batch.js';

const BOTTLE = 'bottle-500ml-a';

let keys = 0;
function order(command: Command, now = MONDAY, mode: Order['mode'] = 'one'): Order {
  keys += 1;
  const envelope = {
    actor: 'mia',
    role: 'manager',
    now,
    idempotency_key: `k-${keys}`,
    request_hash: `r-${keys}`,
  } as const;
  return { mode, submissions: [{ command, envelope }] };
}
function all(...commands: Command[]): Order {
  return { mode: 'all', submissions: commands.flatMap((command) => order(command).submissions) };
}
function stateOf(...steps: Step[]): LedgerState {
  return given(...A_FACTORY, ...steps).state;
}
function outcomes(state: LedgerState, orders: Order[], now = MONDAY): string[] {
  const batch = decideBatch(state, orders, now);
  state.undo = undefined;
  return batch.results.map((results) =>
    results.map((result) => (result.outcome === 'refused' ? result.refusal.code : result.outcome)).join(' '),
  );
}
const renamed = (name: string): Command => ({ type: 'change', kind: 'item', id: BOTTLE, changes: { name } });
/** As the log counts them. */
const bytesOf = (events: readonly NewEvent[]) =>
  events.reduce(
    (sum, { type, json }) => sum + Buffer.byteLength(json!.data) + Buffer.byteLength(json!.metadata) + 2 * type.length,
    0,
  );
const on_hand = (state: LedgerState) => state.stock.get(`${BOTTLE} main`);

describe('a batch', () => {
  it('decides each order on what the one before left; a refusal is its own and nobody else’s', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const buy = (pieces: number) => order(sale([[BOTTLE, pieces, '2']]));
    expect(outcomes(state, [buy(6), buy(5), buy(4), buy(1)])).toEqual([
      'recorded',
      'insufficient_stock',
      'recorded',
      'insufficient_stock',
    ]);
    expect(on_hand(state)).toMatchObject({ on_hand: 0, value: 0n });
  });

  it('answers an order that it holds twice with the first of them', () => {
    const state = stateOf();
    const twice = order(transfer('equity', 'cash', '1'));
    expect(outcomes(state, [twice, twice])).toEqual(['recorded', 'replayed']);
  });

  it('takes all of an order’s commands or none', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const [two, nine] = [sale([[BOTTLE, 2, '2']]), sale([[BOTTLE, 9, '2']])];
    expect(outcomes(state, [all(two, nine), all(two, two)])).toEqual(['insufficient_stock', 'recorded recorded']);
    expect(on_hand(state)).toMatchObject({ on_hand: 6 });
  });

  it('says which command of an order was refused', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const { results } = decideBatch(state, [all(sale([[BOTTLE, 2, '2']]), sale([[BOTTLE, 9, '2']]))], MONDAY);
    expect(results).toMatchObject([[{ outcome: 'refused', index: 1 }]]);
  });

  it('leaves nothing of a dry run', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const all_of_it = sale([[BOTTLE, 10, '2']]);
    const batch = decideBatch(state, [order(all_of_it, MONDAY, 'dry'), order(all_of_it)], MONDAY);
    expect(batch.results.map(([result]) => result!.outcome)).toEqual(['recorded', 'recorded']);
    expect(batch.events.map(({ type }) => type)).toEqual(['SaleRecorded']);
  });

  it('links its events to those before, and takes them all back', () => {
    const state = stateOf();
    const head = state.head_hash;
    const { events } = decideBatch(
      state,
      [order(transfer('equity', 'cash', '1')), order(transfer('equity', 'cash', '2'))],
      MONDAY,
    );
    const [first, second] = events.map(({ metadata }) => metadata as { previous_hash: string; hash: string });
    expect([first!.previous_hash, second!.previous_hash, state.head_hash]).toEqual([head, first!.hash, second!.hash]);
    takeBack(state, 0);
    expect(state.head_hash).toBe(head);
  });
});

describe('the limits of a batch', () => {
  it('leave to the next one what does not fit', () => {
    const state = stateOf();
    const orders = Array.from({ length: BATCH_EVENTS_MAX + 3 }, () => order(transfer('equity', 'cash', '1')));
    expect(outcomes(state, orders)).toHaveLength(BATCH_EVENTS_MAX);
    expect(outcomes(state, orders.slice(BATCH_EVENTS_MAX))).toEqual(['recorded', 'recorded', 'recorded']);
  });

  it('refuse what no batch could hold, and only that', () => {
    const state = stateOf();
    const one = transfer('equity', 'cash', '1');
    const too_many = all(...Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => one));
    expect(outcomes(state, [order(one), too_many, order(one)])).toEqual(['recorded']);
    expect(outcomes(state, [too_many, order(one)])).toEqual(['batch_too_large', 'recorded']);
    const words = transfer('equity', 'cash', '1', { reference: 'x'.repeat(BATCH_BYTES_MAX) });
    expect(outcomes(state, [order(words)])).toEqual(['batch_too_large']);
  });
});

describe('reservations in a batch', () => {
  it('end at the time of each order, not at that of its neighbours', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 10]], { ttl_seconds: 60 }));
    const buy = (now: string) => order(sale([[BOTTLE, 1, '2']]), now);
    expect(outcomes(state, [buy(later(59)), buy(later(60)), buy(later(61))], later(61))).toEqual([
      'insufficient_stock',
      'recorded',
      'recorded',
    ]);
  });

  it('may be made and run out within one', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const orders = [order(reserve([[BOTTLE, 10]], { ttl_seconds: 1 })), order(sale([[BOTTLE, 10, '2']]), later(1))];
    expect(outcomes(state, orders, later(1))).toEqual(['recorded', 'recorded']);
  });

  it('end by the clock where nobody waits, so many at a time', () => {
    const state = stateOf(
      purchase([[BOTTLE, 1000, '1']]),
      ...Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => reserve([[BOTTLE, 1]])),
    );
    outcomes(state, [], later(600));
    expect(on_hand(state)).toMatchObject({ reserved: 1 });
    outcomes(state, [], later(600));
    expect(on_hand(state)).toMatchObject({ reserved: 0 });
  });

  it('end in appends that the log takes, however many lines they have', () => {
    for (const [reservations, lines] of [
      [200, 100],
      [40, 500],
    ] as const) {
      const state = stateOf(
        purchase([[BOTTLE, 100_000, '1']]),
        ...Array.from({ length: reservations }, () =>
          reserve(Array.from({ length: lines }, () => [BOTTLE, 1] as const)),
        ),
      );
      let appends = 0;
      for (let left = state.reservations.size; left > 0; left = state.reservations.size) {
        const { events, bytes } = decideBatch(state, [order(sale([[BOTTLE, 1, '2']]), later(600))], MONDAY);
        state.undo = undefined;
        expect(bytes).toBe(bytesOf(events));
        expect(bytes).toBeLessThanOrEqual(BATCH_BYTES_MAX);
        expect(state.reservations.size).toBeLessThan(left);
        appends += 1;
      }
      expect(appends).toBeGreaterThan(1);
    }
  });

  it('end in batches that are no longer than others, though each order of one has some of its own to end', () => {
    const state = stateOf(
      purchase([[BOTTLE, 1000, '1']]),
      ...Array.from({ length: 600 }, (_, index) => reserve([[BOTTLE, 1]], { ttl_seconds: 10 * (1 + (index % 4)) })),
    );
    const orders = [11, 21, 31, 41].map((second) => order(sale([[BOTTLE, 1, '2']]), later(second)));
    const batch = decideBatch(state, orders, later(41));
    expect(batch.events.length).toBeLessThanOrEqual(BATCH_EVENTS_MAX);
    expect(batch.results.length).toBe(3);
    state.undo = undefined;
    expect(outcomes(state, orders.slice(3))).toEqual(['recorded']);
    expect(on_hand(state)).toMatchObject({ on_hand: 996, reserved: 0 });
  });

  it('end before an order is decided, however many there are', () => {
    const state = stateOf(
      purchase([[BOTTLE, 1000, '1']]),
      ...Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => reserve([[BOTTLE, 1]])),
    );
    const all_of_it = order(sale([[BOTTLE, 1000, '2']]), later(600));
    expect(outcomes(state, [all_of_it])).toEqual([]);
    expect(outcomes(state, [all_of_it])).toEqual(['recorded']);
  });
});

describe('a change that changes nothing', () => {
  it('keeps its key, and sent again undoes nothing', () => {
    const state = stateOf();
    const [same, other] = [order(renamed(BOTTLE)), order(renamed('Big bottle'))] as const;
    expect(outcomes(state, [same, other, same])).toEqual(['recorded', 'recorded', 'replayed']);
    expect(state.master.item.get(BOTTLE)!.attributes.name).toBe('Big bottle');
  });

  it('is no event where nobody can send it again', () => {
    const state = stateOf();
    const { submissions, ...rest } = order(renamed(BOTTLE));
    for (const { envelope } of submissions) delete envelope.request_hash;
    expect(decideBatch(state, [{ submissions, ...rest }], MONDAY)).toMatchObject({
      events: [],
      results: [[{ outcome: 'recorded', answer: { name: BOTTLE, position: state.position } }]],
    });
  });
});

describe('a ledger that is not open', () => {
  it('takes nothing but its opening', () => {
    const { state } = given();
    expect(outcomes(state, [order(transfer('equity', 'cash', '1')), order(openLedger()), order(openLedger())])).toEqual(
      ['unknown_ledger', 'recorded', 'ledger_exists'],
    );
  });
});

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
import type { LedgerState } from '../ledger/state/state.js';
import { BATCH_BYTES_MAX, BATCH_EVENTS_MAX, type CommandGroup, decideBatch } from './batch.js';

const BOTTLE = 'bottle-500ml-a';

let keys = 0;
function group(command: Command, now = MONDAY, mode: CommandGroup['mode'] = 'one'): CommandGroup {
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
function all(...commands: Command[]): CommandGroup {
  return { mode: 'all', submissions: commands.flatMap((command) => group(command).submissions) };
}
function stateOf(...steps: Step[]): LedgerState {
  return given(...A_FACTORY, ...steps).state;
}
function outcomes(state: LedgerState, groups: CommandGroup[], now = MONDAY): string[] {
  const batch = decideBatch(state, groups, now);
  batch.change.commit();
  return batch.results.map((results) =>
    results.map((result) => (result.outcome === 'refused' ? result.refusal.code : result.outcome)).join(' '),
  );
}
const renamed = (name: string): Command => ({ type: 'change', kind: 'item', id: BOTTLE, changes: { name } });
const bytesOf = (events: readonly NewEvent[]) =>
  events.reduce(
    (sum, { type, json }) => sum + Buffer.byteLength(json!.data) + Buffer.byteLength(json!.metadata) + 2 * type.length,
    0,
  );
const on_hand = (state: LedgerState) => state.stock.get(`${BOTTLE} main`);

describe('a batch', () => {
  it('decides each command on what the one before left; a refusal concerns it alone', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const buy = (pieces: number) => group(sale([[BOTTLE, pieces, '2']]));
    expect(outcomes(state, [buy(6), buy(5), buy(4), buy(1)])).toEqual([
      'recorded',
      'insufficient_stock',
      'recorded',
      'insufficient_stock',
    ]);
    expect(on_hand(state)).toMatchObject({ on_hand: 0, value: 0n });
  });

  it('answers a command that it holds twice with the first of them', () => {
    const state = stateOf();
    const twice = group(transfer('equity', 'cash', '1'));
    expect(outcomes(state, [twice, twice])).toEqual(['recorded', 'replayed']);
  });

  it('takes all commands of a group or none', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const [two, nine] = [sale([[BOTTLE, 2, '2']]), sale([[BOTTLE, 9, '2']])];
    expect(outcomes(state, [all(two, nine), all(two, two)])).toEqual(['insufficient_stock', 'recorded recorded']);
    expect(on_hand(state)).toMatchObject({ on_hand: 6 });
  });

  it('says which command of a group was refused', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const { results } = decideBatch(state, [all(sale([[BOTTLE, 2, '2']]), sale([[BOTTLE, 9, '2']]))], MONDAY);
    expect(results).toMatchObject([[{ outcome: 'refused', index: 1 }]]);
  });

  it('leaves nothing of a dry run', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const all_of_it = sale([[BOTTLE, 10, '2']]);
    const batch = decideBatch(state, [group(all_of_it, MONDAY, 'dry'), group(all_of_it)], MONDAY);
    expect(batch.results.map(([result]) => result!.outcome)).toEqual(['recorded', 'recorded']);
    expect(batch.events.map(({ type }) => type)).toEqual(['SaleRecorded']);
  });

  it('links its events to those before, and undoes them all', () => {
    const state = stateOf();
    const head = state.head_hash;
    const { events, change } = decideBatch(
      state,
      [group(transfer('equity', 'cash', '1')), group(transfer('equity', 'cash', '2'))],
      MONDAY,
    );
    const [first, second] = events.map(({ metadata }) => metadata as { previous_hash: string; hash: string });
    expect([first!.previous_hash, second!.previous_hash, state.head_hash]).toEqual([head, first!.hash, second!.hash]);
    change.rollback();
    expect(state.head_hash).toBe(head);
  });
});

describe('the limits of a batch', () => {
  it('leave to the next one what does not fit', () => {
    const state = stateOf();
    const groups = Array.from({ length: BATCH_EVENTS_MAX + 3 }, () => group(transfer('equity', 'cash', '1')));
    expect(outcomes(state, groups)).toHaveLength(BATCH_EVENTS_MAX);
    expect(outcomes(state, groups.slice(BATCH_EVENTS_MAX))).toEqual(['recorded', 'recorded', 'recorded']);
  });

  it('refuse what no batch could hold, and only that', () => {
    const state = stateOf();
    const one = transfer('equity', 'cash', '1');
    const too_many = all(...Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => one));
    expect(outcomes(state, [group(one), too_many, group(one)])).toEqual(['recorded']);
    expect(outcomes(state, [too_many, group(one)])).toEqual(['batch_too_large', 'recorded']);
    const words = transfer('equity', 'cash', '1', { reference: 'x'.repeat(BATCH_BYTES_MAX) });
    expect(outcomes(state, [group(words)])).toEqual(['batch_too_large']);
  });
});

describe('reservations in a batch', () => {
  it('end at the time of each command, not at that of its neighbours', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]), reserve([[BOTTLE, 10]], { ttl_seconds: 60 }));
    const buy = (now: string) => group(sale([[BOTTLE, 1, '2']]), now);
    expect(outcomes(state, [buy(later(59)), buy(later(60)), buy(later(61))], later(61))).toEqual([
      'insufficient_stock',
      'recorded',
      'recorded',
    ]);
  });

  it('may be made and run out within one', () => {
    const state = stateOf(purchase([[BOTTLE, 10, '1']]));
    const groups = [group(reserve([[BOTTLE, 10]], { ttl_seconds: 1 })), group(sale([[BOTTLE, 10, '2']]), later(1))];
    expect(outcomes(state, groups, later(1))).toEqual(['recorded', 'recorded']);
  });

  it('end by the clock where no command waits, so many at a time', () => {
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
        const { events, bytes, change } = decideBatch(state, [group(sale([[BOTTLE, 1, '2']]), later(600))], MONDAY);
        change.commit();
        expect(bytes).toBe(bytesOf(events));
        expect(bytes).toBeLessThanOrEqual(BATCH_BYTES_MAX);
        expect(state.reservations.size).toBeLessThan(left);
        appends += 1;
      }
      expect(appends).toBeGreaterThan(1);
    }
  });

  it('end in batches that are no longer than others, though each command of one has some of its own to end', () => {
    const state = stateOf(
      purchase([[BOTTLE, 1000, '1']]),
      ...Array.from({ length: 600 }, (_, index) => reserve([[BOTTLE, 1]], { ttl_seconds: 10 * (1 + (index % 4)) })),
    );
    const groups = [11, 21, 31, 41].map((second) => group(sale([[BOTTLE, 1, '2']]), later(second)));
    const batch = decideBatch(state, groups, later(41));
    expect(batch.events.length).toBeLessThanOrEqual(BATCH_EVENTS_MAX);
    expect(batch.results.length).toBe(3);
    batch.change.commit();
    expect(outcomes(state, groups.slice(3))).toEqual(['recorded']);
    expect(on_hand(state)).toMatchObject({ on_hand: 996, reserved: 0 });
  });

  it('end before a command is decided, however many there are', () => {
    const state = stateOf(
      purchase([[BOTTLE, 1000, '1']]),
      ...Array.from({ length: BATCH_EVENTS_MAX + 1 }, () => reserve([[BOTTLE, 1]])),
    );
    const all_of_it = group(sale([[BOTTLE, 1000, '2']]), later(600));
    expect(outcomes(state, [all_of_it])).toEqual([]);
    expect(outcomes(state, [all_of_it])).toEqual(['recorded']);
  });
});

describe('a change that changes nothing', () => {
  it('keeps its key, and sent again undoes nothing', () => {
    const state = stateOf();
    const [same, other] = [group(renamed(BOTTLE)), group(renamed('Big bottle'))] as const;
    expect(outcomes(state, [same, other, same])).toEqual(['recorded', 'recorded', 'replayed']);
    expect(state.master.item.get(BOTTLE)!.attributes.name).toBe('Big bottle');
  });

  it('is no event where it cannot be sent again', () => {
    const state = stateOf();
    const { submissions, ...rest } = group(renamed(BOTTLE));
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
    expect(outcomes(state, [group(transfer('equity', 'cash', '1')), group(openLedger()), group(openLedger())])).toEqual(
      ['unknown_ledger', 'recorded', 'ledger_exists'],
    );
  });
});

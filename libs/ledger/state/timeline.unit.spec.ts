import { chanceOf, seedOf } from '../../../test/support/random.js';
import { movementsOf } from '../../../test/support/state-content.js';
import { codeOf, MOVED } from './movement-kinds.js';
import {
  BLOCK,
  type Block,
  emptyStockTimeline,
  emptyTimeline,
  FIELD,
  FIELDS,
  laterRows,
  MOVEMENTS_MAX,
  type Movement,
  movementsSince,
  nextRows,
  type StockMovement,
  sumsFrom,
  type Timeline,
  withMovement,
  withValues,
} from './timeline.js';

function timelineOf(movements: readonly Movement[]): Timeline {
  return movements.reduce(withMovement, emptyTimeline());
}
const at = (effective_ms: number, position: number, quantity = 1): Movement => ({ effective_ms, position, quantity });

describe('a timeline', () => {
  it('keeps what comes in order', () => {
    const movements = [at(1000, 1), at(1000, 2, -5), at(2000, 3, 1_000_000_000_000)];
    expect(movementsOf(timelineOf(movements))).toEqual(movements);
  });

  it('puts what is backdated behind all of its moment, and before 1970 too', () => {
    const movements = [at(2000, 1), at(3000, 2), at(2000, 3), at(-1, 4), at(2500, 5), at(3000, 6)];
    const sorted = movementsOf(timelineOf(movements)).map(({ position }) => position);
    expect(sorted).toEqual([4, 1, 3, 5, 2, 6]);
  });

  it('is what a sorted list is, for random movements, and so is every timeline on the way', () => {
    const seed = seedOf();
    const by = chanceOf(seed);
    const list: Movement[] = [];
    const kept: [Timeline, Movement[]][] = [];
    let timeline = emptyTimeline();
    for (let position = 0; position < 2000; position += 1) {
      const effective_ms = position * 1000 - (by.whole(0, 3) === 0 ? by.whole(0, 500) * 1000 : 0);
      const movement = at(effective_ms, position, by.whole(-1000, 1000));
      timeline = withMovement(timeline, movement);
      list.splice(list.findLastIndex((each) => each.effective_ms <= effective_ms) + 1, 0, movement);
      if (position % 200 === 0) kept.push([timeline, [...list]]);
      // Now and then the newest are given up, as after a lost race.
      if (position % 7 === 0) withMovement(withMovement(timeline, at(effective_ms, position)), at(0, position));
    }
    for (const [each, expected] of [...kept, [timeline, list] as const])
      expect([seed, movementsOf(each)]).toEqual([seed, expected]);
  });

  it('has other values where they have changed, and the one before has the old ones', () => {
    const seed = seedOf();
    const by = chanceOf(seed);
    const lines = [0, 1, 2];
    let timeline = emptyStockTimeline(0);
    for (let position = 0; position < 1000; position += 1) {
      const effective_ms = 1e12 + position * 1000 - (by.percent(20) ? by.whole(0, 500) * 1000 : 0);
      for (const line of lines.slice(by.whole(0, 2))) {
        const moved = { quantity: by.whole(-9, 9), value: by.whole(-1e6, 1e6), ref: by.whole(-1, 1e6) };
        timeline = withMovement(timeline, { effective_ms, position, code: codeOf(MOVED.sold, line), ...moved });
      }
    }
    const before = movementsOf(timeline) as StockMovement[];
    for (const share of [100, 50, 3]) {
      const added = new Map(before.filter(() => by.percent(share)).map((each) => [each, by.whole(-1e9, 1e9)]));
      const changes = lines.map((line) => ({
        line,
        // The last is of no movement.
        moves: [...added, [{ ...before[0]!, effective_ms: 2e12, position: 5000, code: line * 16 + 1 }, 7] as const]
          .filter(([{ code }]) => code === codeOf(MOVED.sold, line))
          .flatMap(([{ effective_ms, position }, value]) => [effective_ms, position, value]),
      }));
      const expected = before.map((each) => ({ ...each, value: each.value + (added.get(each) ?? 0) }));
      const changed = withValues(timeline, changes);
      expect([seed, movementsOf(changed)]).toEqual([seed, expected]);
      expect(movementsSince(changed, 1e12 + 500_000)).toEqual(
        Float64Array.from(
          expected
            .filter(({ effective_ms }) => effective_ms >= 1e12 + 500_000)
            .flatMap(({ effective_ms, position, quantity, value, code, ref }) => [
              ...[effective_ms, position, quantity, value, code, ref],
            ]),
        ),
      );
    }
    expect(movementsOf(timeline)).toEqual(before);
  });

  it('adds up what is dated from a moment on, of which it reads no more than a block', () => {
    sumsAreThose(seedOf());
    // The least is 0, which once was −0.
    sumsAreThose(1003);
  });
  function sumsAreThose(seed: number): void {
    const by = chanceOf(seed);
    let timeline = emptyStockTimeline(0);
    for (let position = 0; position < 5 * BLOCK.movements; position += 1) {
      const effective_ms = 1000 * (position - (by.percent(30) ? by.whole(0, position) : 0));
      const moved = { quantity: by.whole(-9, 10), value: by.whole(-99, 99), code: MOVED.sold, ref: 0 };
      for (let line = 0; line < by.whole(1, 3); line += 1)
        timeline = withMovement(timeline, { effective_ms, position, ...moved, code: codeOf(MOVED.sold, line) });
    }
    expect(timeline.blocks.length).toBeGreaterThan(4);
    const all = movementsOf(timeline) as StockMovement[];
    // What was there behind each, if there is nothing behind the last.
    let left = 0;
    const left_behind = all.toReversed().map(({ quantity }) => {
      left -= quantity;
      return left + quantity;
    });
    left_behind.reverse();
    for (let tries = 0; tries < 50; tries += 1) {
      const from = by.whole(0, all.length - 1);
      const { effective_ms, position } = all[from]!;
      const since = all.filter(
        (each) => each.effective_ms > effective_ms || (each.effective_ms === effective_ms && each.position >= position),
      );
      const first = all.length - since.length;
      const least = Math.min(...left_behind.slice(first));
      const isOf = ({ first_ms, first: of }: Block) =>
        first_ms < effective_ms || (first_ms === effective_ms && of < position);
      const read = Math.max(timeline.blocks.findLastIndex(isOf), 0);
      // Of all other blocks the movements are gone.
      const blocks = timeline.blocks.map((block, index) =>
        index === read ? block : { ...block, bytes: new Uint8Array(0) },
      );
      expect([seed, from, sumsFrom({ ...timeline, blocks }, effective_ms, position)]).toEqual([
        ...[seed, from],
        {
          quantity: since.reduce((sum, { quantity }) => sum + quantity, 0),
          value: since.reduce((sum, { value }) => sum + value, 0),
          least,
          least_ms: all[left_behind.indexOf(least, first)]!.effective_ms,
        },
      ]);
    }
  }

  it('reads no movement where all are ahead, such as those of the same day', () => {
    const unreadable: Timeline = {
      ...timelineOf([at(1000, 1), at(2000, 2)]),
      get bytes(): Uint8Array {
        throw new Error('It was read.');
      },
    };
    const nothing = { quantity: 0, value: 0 };
    expect(sumsFrom(unreadable, 2000, Number.POSITIVE_INFINITY)).toMatchObject(nothing);
    expect(sumsFrom(unreadable, 2001, 0)).toMatchObject(nothing);
    expect(() => sumsFrom(unreadable, 2000, 2)).toThrow('It was read.');
  });

  it('keeps the movements of an event in one block, however many were put between', () => {
    let timeline = emptyStockTimeline(0);
    const at = (effective_ms: number, position: number) => {
      for (let line = 0; line < 3; line += 1)
        timeline = withMovement(timeline, {
          ...{ effective_ms, position, quantity: 1, value: 1, code: codeOf(MOVED.bought, line), ref: 0 },
        });
    };
    for (let position = 0; position < BLOCK.movements; position += 1) at(1000 * position, position);
    for (let position = BLOCK.movements; position < 3 * BLOCK.movements; position += 1)
      at(100_500 + (position % 2), position);
    const later = laterRows(timeline, Number.NEGATIVE_INFINITY);
    const positions: number[][] = [];
    do positions.push([...later.rows].filter((_, index) => index % FIELDS === FIELD.position));
    while (nextRows(later));
    expect(positions.length).toBeGreaterThan(4);
    expect(positions.flat()).toEqual(movementsOf(timeline).map(({ position }) => position));
    expect(positions.flatMap((of_block) => [...new Set(of_block)])).toHaveLength(3 * BLOCK.movements);
  });

  it('drops the older half when there are too many, and knows up to where', () => {
    const movements = Array.from({ length: MOVEMENTS_MAX }, (_, n) => at(n * 10, n));
    const late = at(5, MOVEMENTS_MAX);
    const full = timelineOf([...movements.slice(0, -1), late]);
    const { floor_ms, floor, count } = withMovement(full, at(MOVEMENTS_MAX * 10, MOVEMENTS_MAX + 1));
    expect({ floor_ms, floor, count }).toEqual({
      floor_ms: (MOVEMENTS_MAX / 2 - 2) * 10,
      floor: MOVEMENTS_MAX,
      count: MOVEMENTS_MAX / 2 + 1,
    });
    const newer = withMovement(timelineOf(movements), at(MOVEMENTS_MAX * 10, MOVEMENTS_MAX));
    expect(movementsOf(newer)).toEqual([...movements.slice(MOVEMENTS_MAX / 2), at(MOVEMENTS_MAX * 10, MOVEMENTS_MAX)]);
  });
});

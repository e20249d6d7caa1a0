import {
  addKey,
  emptyKeyIndex,
  findKeys,
  type KeyIndex,
  type KeyTable,
  restoreSegment,
  segmentsOf,
} from './key-index.js';

const DAY_1 = '2026-03-01T00:00:00.000Z';
const LATE_ON_DAY_2 = '2026-03-02T23:00:00.000Z';
const DAY_4 = '2026-03-04T00:00:00.000Z';

/** Of the keys `name:from` up to `name:to`, those that are not found alone, at their position; without one: that are found. */
function wrong(index: KeyIndex, name: string, from: number, to: number, positionOf?: (n: number) => number): string[] {
  const keys: string[] = [];
  for (let n = from; n < to; n += 1)
    if (`${findKeys(index, `${name}:${n}`)}` !== `${positionOf?.(n) ?? ''}`) keys.push(`${name}:${n}`);
  return keys;
}

describe('the key index', () => {
  it('finds every one of 50,000 keys and, beside them, nothing', () => {
    const index = emptyKeyIndex();
    for (let n = 0; n < 50_000; n += 1) addKey(index, `ann:${n}`, n, DAY_1, undefined);
    expect(wrong(index, 'ann', 0, 50_000, (n) => n)).toEqual([]);
    expect(wrong(index, 'bob', 0, 50_000)).toEqual([]);
  });

  it('keeps both where two keys look alike, for only the log can tell them apart', () => {
    const index = emptyKeyIndex();
    addKey(index, 'twin', 1, DAY_1, undefined);
    addKey(index, 'twin', 2, DAY_1, undefined);
    expect(findKeys(index, 'twin')).toEqual([1, 2]);
  });

  it('keeps a key for more than a day and drops it after two', () => {
    const index = emptyKeyIndex();
    addKey(index, 'first', 1, DAY_1, undefined);
    addKey(index, 'second', 2, LATE_ON_DAY_2, undefined);
    expect([findKeys(index, 'first'), findKeys(index, 'second')]).toEqual([[1], [2]]);
    addKey(index, 'third', 3, DAY_4, undefined);
    expect(['first', 'second', 'third'].map((key) => findKeys(index, key))).toEqual([[], [2], [3]]);
  });

  it('is as before when its additions are taken back, through growth and a change of generation', () => {
    const index = emptyKeyIndex();
    for (let n = 0; n < 500; n += 1) addKey(index, `old:${n}`, n, DAY_1, undefined);
    const before = structuredClone(index);
    const undo: (() => void)[] = [];
    for (let n = 0; n < 3000; n += 1) addKey(index, `new:${n}`, n, n < 2000 ? DAY_1 : DAY_4, undo);
    while (undo.length > 0) undo.pop()!();
    expect(index).toEqual(before);
  });

  it('takes any number of keys that look alike', () => {
    const index = emptyKeyIndex();
    for (let n = 0; n < 3000; n += 1) addKey(index, 'made up', n, DAY_1, undefined);
    addKey(index, 'another', 3000, DAY_1, undefined);
    expect(findKeys(index, 'made up').sort((a, b) => a - b)).toEqual(Array.from({ length: 3000 }, (_, n) => n));
    expect(findKeys(index, 'another')).toEqual([3000]);
  });

  it('begins a new generation where a distance would not fit', () => {
    const index = emptyKeyIndex();
    addKey(index, 'first', 1, DAY_1, undefined);
    addKey(index, 'far', 2 ** 32 + 1, DAY_1, undefined);
    addKey(index, 'farther', 2 ** 40, DAY_1, undefined);
    expect([findKeys(index, 'far'), findKeys(index, 'farther')]).toEqual([[2 ** 32 + 1], [2 ** 40]]);
  });

  it('comes back from its segments with the same answers, without the keys of later events', () => {
    const index = emptyKeyIndex();
    for (let n = 0; n < 5000; n += 1) addKey(index, `key:${n}`, 7 * n, DAY_1, undefined);
    const newer: KeyTable = { ...index.newer, segments: [] };
    for (const { depth, slots } of segmentsOf(index.newer)) restoreSegment(newer, depth, slots, 7 * 3999);
    const restored = { newer, older: emptyKeyIndex().older };
    expect(wrong(restored, 'key', 0, 4000, (n) => 7 * n)).toEqual([]);
    expect(wrong(restored, 'key', 4000, 5000)).toEqual([]);
    for (let n = 4000; n < 9000; n += 1) addKey(restored, `key:${n}`, 7 * n, DAY_1, undefined);
    expect(wrong(restored, 'key', 0, 9000, (n) => 7 * n)).toEqual([]);
  });
});

import { appended, emptyPacked, type Packed, packed, readNext } from './packed.js';

const EDGES = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31, -(2 ** 32), 1e12, 2 ** 52, -(2 ** 52)];

function forwards({ bytes, used }: Packed): number[] {
  const numbers: number[] = [];
  for (const cursor = { bytes, at: 0 }; cursor.at < used; ) numbers.push(readNext(cursor));
  return numbers;
}
describe('a packed list', () => {
  it('gives back every number, added one by one or all at once', () => {
    let list = emptyPacked();
    for (const edge of EDGES) list = appended(list, [edge]);
    expect(forwards(list)).toEqual(EDGES);
    expect(forwards(packed(EDGES))).toEqual(EDGES);
  });

  it('takes a byte for a small number', () => {
    expect(appended(emptyPacked(), [0, 63, -64]).used).toBe(3);
  });

  it('goes on from an older one as though the newer had not been', () => {
    const older = appended(emptyPacked(), [1, 2]);
    appended(older, [3000, 4000]);
    expect(forwards(appended(older, [5]))).toEqual([1, 2, 5]);
    expect(forwards(older)).toEqual([1, 2]);
  });
});

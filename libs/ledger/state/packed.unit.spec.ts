import { appended, emptyPacked, type Packed, readNext, readPrevious, replaced } from './packed.js';

const EDGES = [0, 1, -1, 63, 64, -64, -65, 127, 128, 8191, 8192, -8193, 2 ** 31, -(2 ** 32), 1e12, 2 ** 52, -(2 ** 52)];

function forwards({ bytes, used }: Packed): number[] {
  const numbers: number[] = [];
  for (const cursor = { bytes, at: 0 }; cursor.at < used; ) numbers.push(readNext(cursor));
  return numbers;
}
function backwards({ bytes, used }: Packed): number[] {
  const numbers: number[] = [];
  for (const cursor = { bytes, at: used }; cursor.at > 0; ) numbers.unshift(readPrevious(cursor));
  return numbers;
}

describe('a packed list', () => {
  it('gives back every number, read from either end', () => {
    let list = emptyPacked();
    for (const edge of EDGES) list = appended(list, [edge]);
    expect(forwards(list)).toEqual(EDGES);
    expect(backwards(list)).toEqual(EDGES);
  });

  it('takes a byte for a small number', () => {
    expect(appended(emptyPacked(), [0, 63, -64]).used).toBe(3);
  });

  it('has what others replace in the middle, and the list before stays as it was', () => {
    const list = appended(emptyPacked(), [1, 1000, 3]);
    expect(forwards(replaced(list, 1, 3, [7, 8, 9]))).toEqual([1, 7, 8, 9, 3]);
    expect(forwards(replaced(list, 0, 1, []))).toEqual([1000, 3]);
    expect(forwards(list)).toEqual([1, 1000, 3]);
  });

  it('goes on from an older one as though the newer had not been', () => {
    const older = appended(emptyPacked(), [1, 2]);
    appended(older, [3000, 4000]);
    expect(forwards(appended(older, [5]))).toEqual([1, 2, 5]);
    expect(forwards(older)).toEqual([1, 2]);
  });
});

import { createHash, hash } from 'node:crypto';
import {
  addLeaf,
  addTile,
  emptyTree,
  inclusionPath,
  isIncluded,
  leafOf,
  leavesNeeded,
  rootOf,
  TILE_LEAVES,
} from './merkle.js';

const REFERENCE_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const REFERENCE_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hashes = Array.from({ length: 1100 }, (_, index) => hash('sha256', `event ${index}`));

function rootByDefinition(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let left = 1;
  while (left * 2 < leaves.length) left *= 2;
  const node = createHash('sha256').update(Buffer.of(1));
  return node
    .update(rootByDefinition(leaves.slice(0, left)))
    .update(rootByDefinition(leaves.slice(left)))
    .digest();
}
function treeOf(count: number) {
  const tree = emptyTree();
  for (const each of hashes.slice(0, count)) addLeaf(tree, each);
  return tree;
}

describe('the Merkle tree', () => {
  it('has the roots of the reference implementation', () => {
    const tree = emptyTree();
    const roots = [rootOf(tree)];
    for (const leaf of REFERENCE_LEAVES) {
      addLeaf(tree, leaf);
      roots.push(rootOf(tree));
    }
    expect(roots).toEqual(REFERENCE_ROOTS);
  });

  it('has the root of the definition at every size, over tiles, too', () => {
    const tree = emptyTree();
    const leaves = hashes.map(leafOf);
    for (const [index, each] of hashes.entries()) {
      addLeaf(tree, each);
      if (index % 17 === 0 || index % TILE_LEAVES > 253 || index % TILE_LEAVES < 3)
        expect(rootOf(tree)).toBe(rootByDefinition(leaves.slice(0, index + 1)).toString('hex'));
    }
  });

  it('goes on from its tiles as if it had seen every leaf', () => {
    const whole = treeOf(1100);
    const resumed = emptyTree();
    for (const tile of treeOf(1024).levels[0]!) addTile(resumed, tile);
    for (const each of hashes.slice(1024)) addLeaf(resumed, each);
    expect(resumed).toEqual(whole);
  });

  it('proves every event in trees of many sizes, from the leaves of two tiles', () => {
    const { levels } = treeOf(1100);
    for (const size of [1, 2, 3, 7, 255, 256, 257, 511, 512, 700, 1024, 1100]) {
      const root = rootOf(treeOf(size));
      for (let index = 0; index < size; index += size > 300 ? 13 : 1) {
        const leaves = new Map<number, Buffer>();
        for (const { from, to } of leavesNeeded(index, size))
          for (let leaf = from; leaf < to; leaf += 1) leaves.set(leaf, leafOf(hashes[leaf]!));
        expect(leaves.size).toBeLessThanOrEqual(2 * TILE_LEAVES);
        const path = inclusionPath(index, size, levels, leaves);
        expect(isIncluded(hashes[index]!, index, size, path, root)).toBe(true);
        expect(isIncluded(hashes[index + 1]!, index, size, path, root)).toBe(false);
        expect(isIncluded(hashes[index]!, index + 1, size, path, root)).toBe(false);
        expect(isIncluded(hashes[index]!, index, size, [...path, root], root)).toBe(false);
        expect(isIncluded(hashes[index]!, index, size, path.slice(1), root)).toBe(size === 1);
      }
    }
  });

  it('takes a proof with any one bit flipped for none', () => {
    const size = 300;
    const index = 129;
    const leaves = new Map(hashes.slice(0, size).map((each, leaf) => [leaf, leafOf(each)]));
    const path = inclusionPath(index, size, treeOf(size).levels, leaves);
    const root = rootOf(treeOf(size));
    for (const step of path.keys())
      for (let bit = 0; bit < 256; bit += 1) {
        const flipped = Buffer.from(path[step]!, 'hex');
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(isIncluded(hashes[index]!, index, size, path.with(step, flipped.toString('hex')), root)).toBe(false);
      }
  });

  it('knows an event by one number only', () => {
    const size = 300;
    for (const index of [0, 129, 299]) {
      const leaves = new Map(hashes.slice(0, size).map((each, leaf) => [leaf, leafOf(each)]));
      const path = inclusionPath(index, size, treeOf(size).levels, leaves);
      const included = (at: unknown, of: unknown) =>
        isIncluded(hashes[index]!, at as number, of as number, path, rootOf(treeOf(size)));
      expect(included(index, size)).toBe(true);
      for (const other of [index + 0.5, index - 0.5, `${index}`, [index], Number.NaN, null, undefined, BigInt(index)])
        expect(included(other, size)).toBe(false);
      for (const other of [size + 0.5, `${size}`, Number.POSITIVE_INFINITY, null])
        expect(included(index, other)).toBe(false);
    }
  });
});

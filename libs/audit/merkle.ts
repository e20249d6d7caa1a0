/** RFC 9162 (2.1). Of 256 leaves only their root (a tile) is kept: a proof reads one tile's leaves from the log. */
import { hash } from 'node:crypto';

export const TILE_LEAVES = 256;

export interface Tree {
  size: number;
  /** `levels[0]`: roots of full tiles, oldest first; `levels[n + 1]`: of full pairs of `levels[n]`. */
  levels: Buffer[][];
  /** Fewer than 256, behind the last full tile. */
  tail: Buffer[];
}

/** Over the leaves `from` … `to` − 1, where known. */
type Known = (from: number, to: number) => Buffer | undefined;

const SHA_256 = /^[0-9a-f]{64}$/;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function emptyTree(): Tree {
  return { size: 0, levels: [[]], tail: [] };
}

export function leafOf(event_hash: string): Buffer {
  return hash('sha256', Buffer.concat([LEAF, Buffer.from(event_hash, 'hex')]), 'buffer');
}
function nodeOf(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([NODE, left, right]), 'buffer');
}

export function addLeaf(tree: Tree, event_hash: string): void {
  tree.tail.push(leafOf(event_hash));
  tree.size += 1;
  const { tail } = tree;
  if (tail.length < TILE_LEAVES) return;
  tree.tail = [];
  tree.size -= TILE_LEAVES;
  addTile(
    tree,
    nodeOver((from, to) => (to - from === 1 ? tail[from] : undefined), 0, TILE_LEAVES),
  );
}

/** Needs a tree without a tail, and mutates it. */
export function addTile(tree: Tree, tile: Buffer): void {
  tree.size += TILE_LEAVES;
  let node = tile;
  for (let level = 0; ; level += 1) {
    tree.levels[level] ??= [];
    const nodes = tree.levels[level]!;
    nodes.push(node);
    if (nodes.length % 2 === 1) return;
    node = nodeOf(nodes.at(-2)!, node);
  }
}

/** Hex. Of no leaves: the hash of nothing. */
export function rootOf({ size, levels, tail }: Tree): string {
  if (size === 0) return hash('sha256', '');
  const tail_from = size - tail.length;
  return nodeOver(
    knownBy(levels, (leaf) => tail[leaf - tail_from]),
    0,
    size,
  ).toString('hex');
}

export function leavesNeeded(index: number, size: number): { from: number; to: number }[] {
  const begin = (leaf: number) => leaf - (leaf % TILE_LEAVES);
  const tile = { from: begin(index), to: Math.min(begin(index) + TILE_LEAVES, size) };
  const tail = { from: begin(size), to: size };
  return tile.from === tail.from || tail.from === tail.to ? [tile] : [tile, tail];
}

/** Hex, from the leaf up. `leaves`: those of `leavesNeeded`; `levels`: of a tree at least as large. */
export function inclusionPath(
  index: number,
  size: number,
  levels: Tree['levels'],
  leaves: ReadonlyMap<number, Buffer>,
): string[] {
  const known = knownBy(levels, (leaf) => leaves.get(leaf));
  const path: Buffer[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + leftSize(to - from);
    if (index < middle) {
      path.push(nodeOver(known, middle, to));
      to = middle;
    } else {
      path.push(nodeOver(known, from, middle));
      from = middle;
    }
  }
  return path.reverse().map((node) => node.toString('hex'));
}

/** RFC 9162, 2.1.3.2. */
export function isIncluded(
  event_hash: string,
  index: number,
  size: number,
  path: readonly string[],
  root: string,
): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  let node = leafOf(event_hash);
  let [at, last] = [index, size - 1];
  for (const sibling of path) {
    if (last === 0 || typeof sibling !== 'string' || !SHA_256.test(sibling)) return false;
    const other = Buffer.from(sibling, 'hex');
    if (at % 2 === 1 || at === last) {
      node = nodeOf(other, node);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else node = nodeOf(node, other);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && node.toString('hex') === root;
}

function knownBy(levels: Tree['levels'], leaf: (index: number) => Buffer | undefined): Known {
  return (from, to) => {
    const count = to - from;
    if (count === 1) return leaf(from);
    const level = Math.log2(count / TILE_LEAVES);
    return from % count === 0 ? levels[level]?.[from / count] : undefined;
  };
}

function nodeOver(known: Known, from: number, to: number): Buffer {
  const node = known(from, to);
  if (node !== undefined) return node;
  if (to - from <= 1) throw new Error(`leaf ${from} is not known`);
  const middle = from + leftSize(to - from);
  return nodeOf(nodeOver(known, from, middle), nodeOver(known, middle, to));
}

function leftSize(count: number): number {
  return 2 ** (31 - Math.clz32(count - 1));
}

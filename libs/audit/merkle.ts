/**
 * The Merkle tree over a ledger's events, as RFC 9162 (2.1) defines it: a leaf is the hash of an event (32 bytes),
 * hashed again with the prefix 0; a node is its two children hashed with the prefix 1. Of a full run of 256 leaves only
 * the root is kept (a tile), so that a million events take 4,000 hashes; a proof reads the leaves of one tile from the
 * log again. By hand: docs/decisions/hash-chain.md.
 */
import { hash } from 'node:crypto';

export const TILE_LEAVES = 256;

export interface Tree {
  size: number;
  /** `levels[0]` are the roots of the full tiles, oldest first; `levels[n + 1]` those of full pairs of `levels[n]`. */
  levels: Buffer[][];
  /** Leaves behind the last full tile, fewer than 256. */
  tail: Buffer[];
}

/** The node over the leaves `from` … `to` − 1, where it is known. */
type Known = (from: number, to: number) => Buffer | undefined;

const SHA_256 = /^[0-9a-f]{64}$/;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function emptyTree(): Tree {
  return { size: 0, levels: [[]], tail: [] };
}

/** `event_hash` is hex, as in the event's metadata. */
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

/** Adds 256 leaves at once, by the node over them, to a tree without a tail. Mutates the tree. */
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

/** Hex. The root of no leaves is the hash of nothing. */
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

/**
 * The hashes (hex, from the leaf up) that lead from the event at `index` to the root of the first `size` events.
 * `leaves` are those of `leavesNeeded`, by index; `levels` those of a tree at least as large.
 */
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

/** Whether the event is number `index` of the `size` events that have this root (RFC 9162, 2.1.3.2). */
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

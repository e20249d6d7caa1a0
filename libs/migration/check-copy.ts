/** Checks events as they come, in the order of the log: each book by its chain, each checkpoint by its signature and by the events before it. */
import { type ChainCheck, checkChain } from '../audit/chain.js';
import { addLeaf, emptyTree, rootOf, TILE_LEAVES, type Tree } from '../audit/merkle.js';
import {
  chainedEventOf,
  chaining,
  checkpointFlaw,
  leafIn,
  readChained,
  type StoredCheckpoint,
  Tampered,
} from '../audit/signed-checkpoint.js';
import type { EventStore, StoredEvent } from '../event-store/event-store.js';
import { bookOf, checkpointStream, isBook } from '../event-store/streams.js';

interface Book {
  chain: ChainCheck;
  next: ReturnType<typeof chaining>;
  tree: Tree;
  /** Events that a checkpoint covers. */
  signed: number;
}

export interface CopyCheck {
  /** The last one of each stream. */
  heads: ReadonlyMap<string, StoredEvent>;
  events: number;
  /** In its place in the stream. `copied`: has the events of its book that are before a checkpoint. @throws Tampered */
  next(event: StoredEvent, copied: Pick<EventStore, 'read'>): Promise<void>;
}

/** @param trusted_key that must have signed every checkpoint */
export function checkCopy(trusted_key?: string): CopyCheck {
  const books = new Map<string, Book>();
  const heads = new Map<string, StoredEvent>();
  let events = 0;

  function bookNamed(name: string): Book {
    const known = books.get(name);
    if (known !== undefined) return known;
    const book = { chain: checkChain(), next: chaining(name), tree: emptyTree(), signed: 0 };
    books.set(name, book);
    return book;
  }

  function link(name: string, event: StoredEvent): void {
    const { chain, next, tree } = bookNamed(name);
    if (!chain.next(next(chainedEventOf(event)))) {
      const { position, detail } = chain.findings()[0]!;
      throw new Tampered(`Position ${position} of ledger ${name}: ${detail}`);
    }
    addLeaf(tree, chain.head().hash);
  }

  async function sign({ stream, data }: StoredEvent, copied: Pick<EventStore, 'read'>): Promise<void> {
    const checkpoint = data as StoredCheckpoint;
    const name = stream.slice(checkpointStream('').length);
    const refuse = (why: string): never => {
      throw new Tampered(`A checkpoint of ledger ${name}: ${why}`);
    };
    const flaw = checkpointFlaw(checkpoint);
    if (flaw !== undefined) return refuse(flaw);
    const book = bookNamed(name);
    const { size, ledger, public_key, merkle_root, tiles, recorded_at } = checkpoint;
    if (ledger !== name) refuse(`It is of ledger ${ledger}.`);
    if (trusted_key !== undefined && public_key !== trusted_key) refuse(`It is signed by another key (${public_key}).`);
    if (size <= book.signed) refuse(`It covers ${size} events, the one before ${book.signed}.`);
    if (size > book.tree.size) refuse(`It covers ${size} events, but the log has ${book.tree.size}.`);
    const begun = Math.floor(book.signed / TILE_LEAVES);
    const filled = book.tree.levels[0]!.slice(begun, Math.floor(size / TILE_LEAVES)).map((tile) =>
      tile.toString('hex'),
    );
    const root = rootOf(await treeOf(copied, name, book.tree, size));
    if (root !== merkle_root || !Array.isArray(tiles) || filled.join() !== tiles.join())
      refuse(`That of ${recorded_at} over ${size} events says otherwise: one of them is not what it was.`);
    book.signed = size;
  }

  return {
    heads,
    get events() {
      return events;
    },
    async next(event, copied) {
      if (isBook(event.stream)) link(bookOf(event.stream), event);
      else await sign(event, copied);
      heads.set(event.stream, event);
      events += 1;
    },
  };
}

/** As it was when it had `size` leaves. */
async function treeOf(copied: Pick<EventStore, 'read'>, name: string, tree: Tree, size: number): Promise<Tree> {
  if (size === tree.size) return tree;
  const full = Math.floor(size / TILE_LEAVES);
  const levels = tree.levels.map((nodes, level) => nodes.slice(0, full >> level));
  const tail: Buffer[] = [];
  const from = full * TILE_LEAVES;
  if (size > from)
    for await (const { metadata } of readChained(copied as EventStore, name, from, { max: size - from }))
      tail.push(leafIn(metadata));
  return { size, levels, tail };
}

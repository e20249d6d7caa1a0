/** The holder of the key states that the ledger had these events and no others. Stored with the new Merkle tiles. */
import { hash } from 'node:crypto';
import type { EventStore, StoredEvent } from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { checkpointStream, ledgerStream, SECURITY_BOOK, SECURITY_STREAM } from '../event-store/streams.js';
import { uuidOf } from '../ledger/codec.js';
import { type AuditKey, isSignedBy, keyIdOf } from './audit-key.js';
import { type ChainedEvent, checkChain, linkEvent } from './chain.js';
import { addLeaf, addTile, emptyTree, leafOf, rootOf, TILE_LEAVES, type Tree } from './merkle.js';

export interface SignedCheckpoint {
  ledger: string;
  size: number;
  head_position: number;
  head_hash: string;
  /** Over the first `size` events. */
  merkle_root: string;
  recorded_at: string;
  key_id: string;
  /** Ed25519, base64url, over all other fields. */
  public_key: string;
  signature: string;
}
/** Tiles are not signed: with the leaves behind them they must give the root. */
export interface StoredCheckpoint extends SignedCheckpoint {
  tiles: string[];
}

/** Nothing more is signed until an operator has looked. */
export class Tampered extends Error {}

/** Keeps its tiles (67 bytes each) well below an append's limit. */
const EVENTS_MAX = 1_000_000;

const TEXTS = ['ledger', 'head_hash', 'merkle_root', 'recorded_at', 'key_id', 'public_key', 'signature'] as const;

/** One sentence; undefined when its signature holds. */
export function checkpointFlaw(checkpoint: SignedCheckpoint): string | undefined {
  if (typeof checkpoint !== 'object' || checkpoint === null) return 'It is not a checkpoint.';
  const { size, head_position, key_id, public_key, signature } = checkpoint;
  if (TEXTS.some((field) => typeof checkpoint[field] !== 'string') || !Number.isSafeInteger(size) || size < 1)
    return 'It is not a checkpoint.';
  if (head_position !== size - 1) return 'Its head is not the last of its events.';
  if (keyIdOf(public_key) !== key_id) return 'Its key_id is not that of its public_key.';
  if (!isSignedBy(public_key, signedText(checkpoint), signature)) return 'Its signature is not that of its key.';
  return undefined;
}

function signedText(checkpoint: Omit<SignedCheckpoint, 'signature'>): string {
  const { ledger, size, head_position, head_hash, merkle_root, recorded_at, key_id, public_key } = checkpoint;
  const fields = [ledger, size, head_position, head_hash, merkle_root, recorded_at, key_id, public_key];
  return `factory-ledger checkpoint 1\n${JSON.stringify(fields)}`;
}

export function withoutTiles({ tiles: _tiles, ...checkpoint }: StoredCheckpoint): SignedCheckpoint {
  return checkpoint;
}

/** Its id is derived from it: the same one is never written twice. */
export function checkpointEvent(checkpoint: StoredCheckpoint) {
  const id = uuidOf(hash('sha256', JSON.stringify(checkpoint)));
  return { id, type: 'CheckpointSigned', data: checkpoint, metadata: {} };
}

/** `levels`: full tiles only (merkle.ts). */
export interface CheckpointWithTree {
  checkpoint: SignedCheckpoint;
  levels: Tree['levels'];
}

export interface SignedCheckpoints {
  latest(): Promise<CheckpointWithTree | undefined>;
  /** Signs up to `up_to` more events (default: all), each checked first. @throws Tampered */
  make(up_to?: number): Promise<CheckpointWithTree | undefined>;
}

export function openSignedCheckpoints(
  store: EventStore,
  ledger_id: string,
  key?: AuditKey,
  now = () => new Date().toISOString(),
): SignedCheckpoints {
  const stream = checkpointStream(ledger_id);
  const full = emptyTree();
  let revision = -1;
  let last: SignedCheckpoint | undefined;
  let last_task: Promise<unknown> = Promise.resolve();

  async function refresh(): Promise<void> {
    await assertWhole(store, stream);
    for await (const event of store.read(stream, revision + 1)) {
      const stored = event.data as StoredCheckpoint;
      const flaw = checkpointFlaw(stored);
      if (flaw !== undefined) throw new Tampered(`Checkpoint ${event.revision} of ledger ${ledger_id}: ${flaw}`);
      last = withoutTiles(stored);
      for (const tile of stored.tiles) addTile(full, Buffer.from(tile, 'hex'));
      revision = event.revision;
    }
  }

  async function treeAtLast(): Promise<Tree> {
    const { size, merkle_root } = last ?? { size: 0, merkle_root: undefined };
    const tree: Tree = { size, levels: full.levels.map((nodes) => [...nodes]), tail: [] };
    const max = size - full.size;
    await assertWhole(store, ledgerStream(ledger_id));
    for await (const event of readChained(store, ledger_id, full.size, { max })) tree.tail.push(leafIn(event.metadata));
    if (tree.tail.length !== max || (merkle_root !== undefined && rootOf(tree) !== merkle_root))
      throw new Tampered(
        `The events from ${full.size} to ${size - 1} of ledger ${ledger_id} are not those of the last checkpoint.`,
      );
    return tree;
  }

  async function makeOne(signer: AuditKey, max: number): Promise<boolean> {
    await refresh();
    const tree = await treeAtLast();
    const since = tree.size;
    const chain = checkChain({ position: since - 1, hash: last?.head_hash ?? '' });
    for await (const event of readChained(store, ledger_id, since, { max })) {
      if (!chain.next(event)) {
        const { position, detail } = chain.findings()[0]!;
        throw new Tampered(`Position ${position} of ledger ${ledger_id}: ${detail}`);
      }
      addLeaf(tree, chain.head().hash);
    }
    if (tree.size === since) return false;
    const head = chain.head();
    const unsigned = {
      ledger: ledger_id,
      size: tree.size,
      head_position: head.position,
      head_hash: head.hash,
      merkle_root: rootOf(tree),
      recorded_at: now(),
      key_id: signer.key_id,
      public_key: signer.public_key,
    };
    const fresh = tree.levels[0]!.slice(Math.floor(since / TILE_LEAVES)).map((tile) => tile.toString('hex'));
    const stored = { ...unsigned, signature: signer.sign(signedText(unsigned)), tiles: fresh };
    const { outcome } = await store.append(stream, revision, [checkpointEvent(stored)]);
    await refresh();
    if (outcome === 'rejected') throw new Error(`The log refused a checkpoint of ledger ${ledger_id}.`);
    return outcome !== 'unknown' && tree.size - since === max;
  }

  const lastWithTree = () => (last === undefined ? undefined : { checkpoint: last, levels: full.levels });
  function oneAfterAnother<T>(task: () => Promise<T>): Promise<T> {
    const result = last_task.then(task);
    last_task = result.catch(() => {});
    return result;
  }
  return {
    latest: () =>
      oneAfterAnother(async () => {
        await refresh();
        return lastWithTree();
      }),
    make: (up_to) =>
      oneAfterAnother(async () => {
        if (key === undefined) throw new Error('A checkpoint needs the key that signs it.');
        const max = Math.min(up_to ?? EVENTS_MAX, EVENTS_MAX);
        while ((await makeOne(key, max)) && up_to === undefined) {}
        return lastWithTree();
      }),
  };
}

export function leafIn(metadata: unknown): Buffer {
  return leafOf(String((metadata as { hash?: unknown } | null)?.hash));
}

/** @throws Tampered where the stream hides or lacks events */
export async function assertWhole(store: EventStore, stream: string): Promise<void> {
  const damage = await findDamage(store, stream);
  if (damage !== undefined) throw new Tampered(`${damage.reason[0]!.toUpperCase()}${damage.reason.slice(1)}.`);
}

type Raw = Pick<StoredEvent, 'id' | 'type' | 'data' | 'metadata' | 'revision'>;

export function chainedEventOf({ id, type, data, metadata, revision }: Raw): ChainedEvent {
  return { position: revision, id, type, data, metadata };
}

export async function* readChained(
  store: EventStore,
  ledger_id: string,
  from: number,
  options: { max?: number; signal?: AbortSignal | undefined } = {},
): AsyncGenerator<ChainedEvent> {
  const next = chaining(ledger_id);
  if (ledger_id === SECURITY_BOOK && from > 0)
    for await (const event of store.read(SECURITY_STREAM, 0, { max: from, signal: options.signal }))
      if (next(chainedEventOf(event)).id === event.id) break;
  for await (const event of store.read(ledgerStream(ledger_id), from, options)) yield next(chainedEventOf(event));
}

/** Older security events have no hashes; they get those that they would have. */
export function chaining(ledger_id: string): (event: ChainedEvent) => ChainedEvent {
  let previous_hash = ledger_id === SECURITY_BOOK ? '' : undefined;
  return (event) => {
    const { metadata } = event;
    if (previous_hash === undefined || typeof metadata !== 'object' || metadata === null || 'hash' in metadata) {
      previous_hash = undefined;
      return event;
    }
    const link = linkEvent({ ...event, metadata }, previous_hash);
    previous_hash = link.metadata.hash;
    return { ...event, ...link };
  };
}

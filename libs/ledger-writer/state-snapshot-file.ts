/** Written beside and renamed: a kill leaves the old or the new one. A file a save: instances may share the folder. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { EventStore } from '../event-store/event-store.js';
import { FOLD_VERSION, restoreSection, type Section, saveState } from '../ledger/state/snapshot.js';
import { emptyState, type LedgerState } from '../ledger/state/state.js';

export interface StateSnapshotFile {
  exists(): Promise<boolean>;
  /** Undefined: none, unusable, or of another log. */
  load(store: EventStore, stream: string): Promise<LedgerState | undefined>;
  /** As of the call; the state may change meanwhile. One at a time. */
  save(state: LedgerState): Promise<void>;
}

/** A block a section: two lengths, checksum, JSON, bytes. */
const HEADER_BYTES = 12;
const PART_BYTES_MAX = 2 ** 28;
const UNFINISHED = '.new';
const ABANDONED_MS = 3_600_000;
const MAGIC = `factory-ledger snapshot, fold ${FOLD_VERSION}\n`;

export function stateSnapshotFile(folder: string, ledger_id: string): StateSnapshotFile {
  const path = join(folder, `${ledger_id}.snapshot`);
  return {
    exists: () =>
      stat(path).then(
        () => true,
        () => false,
      ),
    async load(store, stream) {
      const state = await readState(path);
      if (state === undefined || state.position < 0) return undefined;
      for await (const event of store.read(stream, state.position, { max: 1 })) {
        const { hash } = event.metadata as { hash?: string };
        return hash === state.head_hash ? state : undefined;
      }
      return undefined;
    },
    async save(state) {
      const sections = saveState(state);
      await mkdir(folder, { recursive: true });
      await removeAbandoned(folder, `${ledger_id}.snapshot.`);
      const unfinished = `${path}.${randomUUID()}${UNFINISHED}`;
      try {
        await using file = await open(unfinished, 'wx');
        await file.writeFile(MAGIC);
        for (const section of sections) await file.writeFile(blockOf(section));
        await file.sync();
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
    },
  };
}

async function removeAbandoned(folder: string, prefix: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith(UNFINISHED)) continue;
    const path = join(folder, name);
    const age_ms = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age_ms > ABANDONED_MS) await rm(path, { force: true });
  }
}

function blockOf({ bytes, ...rest }: Section): Uint8Array[] {
  const json = Buffer.from(JSON.stringify(rest));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(json.length, 0);
  header.writeUInt32LE(bytes.length, 4);
  header.writeUInt32LE(crc32(bytes, crc32(json)), 8);
  return [header, json, bytes];
}

/** A cache: one that cannot be read is ignored. */
async function readState(path: string): Promise<LedgerState | undefined> {
  try {
    await using file = await open(path);
    if ((await readBytes(file, MAGIC.length)).toString() !== MAGIC) return undefined;
    const state = emptyState();
    while (restoreSection(state, await readBlock(file)));
    return state;
  } catch {
    return undefined;
  }
}
async function readBlock(file: FileHandle): Promise<Section> {
  const header = await readBytes(file, HEADER_BYTES);
  const json = await readBytes(file, header.readUInt32LE(0));
  const bytes = await readBytes(file, header.readUInt32LE(4));
  if (crc32(bytes, crc32(json)) !== header.readUInt32LE(8)) throw new Error('the block is damaged');
  return { ...(JSON.parse(json.toString()) as Omit<Section, 'bytes'>), bytes };
}
async function readBytes(file: FileHandle, length: number): Promise<Buffer> {
  if (length > PART_BYTES_MAX) throw new Error(`no section has ${length} bytes`);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length);
  if (bytesRead < length) throw new Error('the file is torn');
  return buffer;
}

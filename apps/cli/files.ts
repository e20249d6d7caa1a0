import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { CannotDo } from './verb.js';

export const FILES_HELP = 'A file is compressed if its name ends in .gz or .zst.';

const CHUNK_CHARACTERS = 64 * 1024;

export function readBytes(file: string): AsyncIterable<Buffer> {
  const raw = createReadStream(file);
  const unpack = file.endsWith('.zst') ? createZstdDecompress() : file.endsWith('.gz') ? createGunzip() : undefined;
  if (unpack === undefined) return raw;
  pipeline(raw, unpack).catch(() => {});
  return unpack;
}

export async function mustExist(file: string): Promise<void> {
  try {
    await (await open(file)).close();
  } catch (error) {
    throw new CannotDo(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** Never replaces a file; renames when complete. */
export async function writeLines(file: string, lines: AsyncIterable<string>, stop: AbortSignal): Promise<void> {
  if (existsSync(file)) throw new CannotDo(`${file} exists already.`);
  const draft = `${file}.part`;
  try {
    const pack = packer(file);
    const target = createWriteStream(draft, { flush: true });
    const source = Readable.from(chunked(lines));
    if (pack === undefined) await pipeline(source, target, { signal: stop });
    else await pipeline(source, pack, target, { signal: stop });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    const { code, syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === 'open' || code === 'ENOSPC') throw new CannotDo(`${file} cannot be written (${message}).`);
    throw error;
  }
}

function packer(file: string) {
  if (file.endsWith('.gz')) return createGzip();
  if (!file.endsWith('.zst')) return undefined;
  return createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } });
}

async function* chunked(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

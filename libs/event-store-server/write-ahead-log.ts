import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { DamagedLog } from './record.js';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x377f0682;

interface Header {
  page_bytes: number;
  big_endian: boolean;
  salts: [number, number];
  checksum: Checksum;
}

type Checksum = [number, number];

/**
 * sqlite drops commits behind a frame with a wrong checksum. A torn frame belongs to the last transaction; where more
 * of the same log lies behind, it was whole once. @throws DamagedLog. https://www.sqlite.org/fileformat2.html#walformat
 */
export function checkWriteAheadLog(file: string): void {
  if (!existsSync(file)) return;
  const descriptor = openSync(file, 'r');
  try {
    const size = fstatSync(descriptor).size;
    if (size <= HEADER_BYTES) return;
    const header = readHeader(descriptor);
    if (!header) throw new DamagedLog('the header of the write-ahead log does not have its checksum');
    checkFrames(descriptor, size, header);
  } finally {
    closeSync(descriptor);
  }
}

function readHeader(descriptor: number): Header | undefined {
  const bytes = Buffer.alloc(HEADER_BYTES);
  readSync(descriptor, bytes, 0, HEADER_BYTES, 0);
  const word = bytes.readUInt32BE(0);
  if ((word & ~1) !== MAGIC) return undefined;
  const big_endian = (word & 1) === 1;
  const checksum = sum([0, 0], bytes.subarray(0, 24), big_endian);
  if (checksum[0] !== bytes.readUInt32BE(24) || checksum[1] !== bytes.readUInt32BE(28)) return undefined;
  const page_bytes = bytes.readUInt32BE(8);
  return { page_bytes, big_endian, salts: [bytes.readUInt32BE(16), bytes.readUInt32BE(20)], checksum };
}

function checkFrames(descriptor: number, size: number, header: Header): void {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + header.page_bytes);
  let checksum = header.checksum;
  let broken_at: number | undefined;
  let committed_behind = false;
  for (let offset = HEADER_BYTES; offset + frame.length <= size; offset += frame.length) {
    readSync(descriptor, frame, 0, frame.length, offset);
    // One equal salt marks this log, even with a flipped bit.
    const salts_equal = [0, 1].filter((n) => frame.readUInt32BE(8 + 4 * n) === header.salts[n]).length;
    const same_log = salts_equal > 0;
    if (broken_at === undefined) {
      checksum = sum(sum(checksum, frame.subarray(0, 8), header.big_endian), frame.subarray(24), header.big_endian);
      if (salts_equal === 2 && checksum[0] === frame.readUInt32BE(16) && checksum[1] === frame.readUInt32BE(20))
        continue;
      broken_at = offset;
    } else if (same_log && committed_behind) {
      throw new DamagedLog(`the write-ahead log is broken at byte ${broken_at}`);
    }
    const commits = frame.readUInt32BE(4) !== 0;
    committed_behind ||= same_log && commits;
  }
}

function sum(start: Checksum, bytes: Buffer, big_endian: boolean): Checksum {
  let [a, b] = start;
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + (big_endian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) + b) >>> 0;
    b = (b + (big_endian ? bytes.readUInt32BE(at + 4) : bytes.readUInt32LE(at + 4)) + a) >>> 0;
  }
  return [a, b];
}

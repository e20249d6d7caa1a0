import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Addresses } from './address.js';

/** Who may read what names ledgers and counts what everybody does. */
export class Operators {
  private readonly header_hash: Buffer | undefined;

  constructor(
    private readonly addresses: Addresses,
    token?: string,
  ) {
    this.header_hash = token === undefined ? undefined : hashOf(`Bearer ${token}`);
  }

  /** Where there is no token: programs on this machine. */
  includes({ raw }: { raw: IncomingMessage }): boolean {
    if (this.header_hash === undefined) return this.addresses.isLocal(raw);
    return timingSafeEqual(hashOf(raw.headers.authorization ?? ''), this.header_hash);
  }
}

const hashOf = (text: string) => hash('sha256', text, 'buffer');

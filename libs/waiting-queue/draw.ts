/**
 * The draw by which those are numbered who come before the start, so that being early or quick wins nothing. The hash of its seed is recorded when
 * the queue begins, before anybody comes, and the seed is told at the start: from both, whoever likes can make the numbers again.
 */
import { createHmac, hash, hkdfSync, randomBytes } from 'node:crypto';
import type { QueueDraw } from '../ledger/events.js';

const ID_BYTES = 16;

function sha256(text: string): string {
  return hash('sha256', text);
}

export function seedHash(seed: string): string {
  return sha256(seed);
}

/** What a customer has drawn: the smallest goes first. SHA-256 of "SEED:CUSTOMER_ID", hex. */
export function drawOf(seed: string, customer_id: string): string {
  return sha256(`${seed}:${customer_id}`);
}

/** In the order of their numbers, from 1 on, in whatever order they came. */
export function drawn(seed: string, customer_ids: Iterable<string>): string[] {
  const draws = Array.from(customer_ids, (customer_id) => ({ customer_id, draw: drawOf(seed, customer_id) }));
  return draws.sort((a, b) => (a.draw < b.draw ? -1 : Number(a.draw > b.draw))).map(({ customer_id }) => customer_id);
}

/** Seeds are made of a secret, so none is kept anywhere before the start. */
export class Draws {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'factory-ledger draws of waiting queues', 32));
  }

  make(): QueueDraw {
    const draw_id = randomBytes(ID_BYTES).toString('hex');
    return { draw_id, seed_hash: seedHash(this.seedOf(draw_id)) };
  }

  /** 64 hex digits. */
  seedOf(draw_id: string): string {
    return createHmac('sha256', this.key).update(draw_id).digest('hex');
  }
}

/** Passes as signed text, so that an order needs no look at the queue: five claims, and the first half of an HMAC-SHA256. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { Pass } from '../ledger/commands.js';

const MAC_BYTES = 16;
const FORM = /^([A-Za-z0-9_-]{20,400})\.([A-Za-z0-9_-]{22})$/;
export const PASS_LENGTH_MAX = 500;

export class Passes {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'factory-ledger passes of waiting queues', 32));
  }

  sign({ ledger_id, flash_sale_id, customer_id, number, expires_at }: Pass): string {
    const claims = JSON.stringify([ledger_id, flash_sale_id, customer_id, number, expires_at]);
    const said = Buffer.from(claims).toString('base64url');
    return `${said}.${this.macOf(said).toString('base64url')}`;
  }

  /** undefined where it is not signed by us. */
  read(text: string): Pass | undefined {
    const [, said, mac] = FORM.exec(text) ?? [];
    if (said === undefined || !timingSafeEqual(Buffer.from(mac!, 'base64url'), this.macOf(said))) return undefined;
    const [ledger_id, flash_sale_id, customer_id, number, expires_at] = JSON.parse(
      Buffer.from(said, 'base64url').toString(),
    );
    return { ledger_id, flash_sale_id, customer_id, number, expires_at };
  }

  private macOf(said: string): Buffer {
    return createHmac('sha256', this.key).update(said).digest().subarray(0, MAC_BYTES);
  }
}

/**
 * Secrets that must be readable, such as the seeds of codes, are encrypted by a key that is not in the database: AES-256-GCM, bound to their
 * owner, so that a row copied to another one opens nothing.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

export class Sealing {
  private readonly key: Buffer;

  /** @param purpose another one is another key */
  constructor(secret: string, purpose: 'seeds of second factors' | 'webhooks' | 'answers') {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', `factory-ledger ${purpose}`, 32));
  }

  seal(content: Uint8Array, owner: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(content), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** undefined where it was sealed by another key, or for another owner. */
  open(sealed: Buffer, owner: string): Buffer | undefined {
    try {
      const decipher = createDecipheriv(ALGORITHM, this.key, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(owner))
        .setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    } catch {
      return undefined;
    }
  }
}

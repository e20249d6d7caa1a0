import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';

/** Texts that clients carry for us and can neither read nor change, each for one purpose and a while. */
export class Sealed<T extends object> {
  private readonly key: Uint8Array;

  constructor(
    secret: string,
    private readonly purpose: string,
    private readonly seconds: number,
  ) {
    this.key = new Uint8Array(hkdfSync('sha256', secret, '', purpose, 32));
  }

  seal(content: T): Promise<string> {
    const expires_at_s = Math.floor(Date.now() / 1000) + this.seconds;
    return new EncryptJWT({ content })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(this.purpose)
      .setExpirationTime(expires_at_s)
      .encrypt(this.key);
  }

  /** undefined where it is not ours, or too old. */
  async open(text: string): Promise<T | undefined> {
    try {
      const { payload } = await jwtDecrypt(text, this.key, {
        audience: this.purpose,
        contentEncryptionAlgorithms: ['A256GCM'],
        keyManagementAlgorithms: ['dir'],
        requiredClaims: ['exp'],
      });
      return payload.content as T;
    } catch {
      return undefined;
    }
  }
}

import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface AuditKey {
  /** The first 16 hex digits of the public key's SHA-256. */
  key_id: string;
  public_key: string;
  sign(text: string): string;
}

/** In DER (RFC 8410) these stand before the 32 bytes of the seed, and of the public key. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

/** `text`: PKCS #8 PEM or base64 of the seed; else `file`, made where missing. @throws without repeating the secret */
export function loadAuditKey(text: string | undefined, file: string): AuditKey {
  if (text) return keyOf(readKey(text, 'AUDIT_KEY'));
  if (!existsSync(file)) makeKeyFile(file);
  chmodSync(file, 0o600);
  return keyOf(readKey(readFileSync(file, 'utf8'), file));
}

/** Base64, as AUDIT_KEY takes it. A secret. */
export function auditSeed(file: string): string {
  if (!existsSync(file)) makeKeyFile(file);
  const pkcs8 = readKey(readFileSync(file, 'utf8'), file).export({ format: 'der', type: 'pkcs8' });
  return pkcs8.subarray(PKCS8_PREFIX.length).toString('base64');
}

export function isSignedBy(public_key: string, text: string, signature: string): boolean {
  const raw = Buffer.from(public_key, 'base64url');
  const bytes = Buffer.from(signature, 'base64url');
  // Base64 has several spellings; only ours passes, so that no bit of a checkpoint can change unseen.
  if (raw.length !== 32 || raw.toString('base64url') !== public_key || bytes.toString('base64url') !== signature)
    return false;
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
  return verify(null, Buffer.from(text), key, bytes);
}

export function keyIdOf(public_key: string): string {
  return hash('sha256', Buffer.from(public_key, 'base64url'), 'hex').slice(0, 16);
}

function keyOf(secret: KeyObject): AuditKey {
  const spki = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  const public_key = spki.subarray(SPKI_PREFIX.length).toString('base64url');
  return {
    key_id: keyIdOf(public_key),
    public_key,
    sign: (text) => sign(null, Buffer.from(text), secret).toString('base64url'),
  };
}

function readKey(text: string, name: string): KeyObject {
  try {
    const seed = Buffer.from(text, 'base64');
    const key = text.includes('-----BEGIN')
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {}
  throw new Error(`${name} is not an Ed25519 key: it must be a PKCS #8 PEM or the base64 of a 32-byte seed.`);
}

function makeKeyFile(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, pem, { mode: 0o600, flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}

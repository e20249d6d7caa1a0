import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isSignedBy, keyIdOf, loadAuditKey } from './audit-key.js';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'audit-key-'));
});
afterAll(() => rm(dir, { recursive: true }));

describe('the audit key', () => {
  it('is made once, for its owner only', async () => {
    const file = join(dir, 'api', 'audit-key.pem');
    const made = loadAuditKey(undefined, file);
    expect(loadAuditKey('', file).public_key).toBe(made.public_key);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('may be given as a seed: that of the first test of RFC 8032', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    const key = loadAuditKey(seed.toString('base64'), '');
    expect(Buffer.from(key.public_key, 'base64url').toString('hex')).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
    expect(Buffer.from(key.sign(''), 'base64url').toString('hex')).toMatch(/^e5564300c360ac729086e2cc806e828a/);
    expect(key.key_id).toBe(keyIdOf(key.public_key));
  });

  it('signs what its public half verifies, and nothing else does', () => {
    const pem = () => generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
    const [one, other] = [loadAuditKey(pem(), ''), loadAuditKey(pem(), '')];
    const signature = one.sign('said');
    expect(isSignedBy(one.public_key, 'said', signature)).toBe(true);
    for (const [key, text, by] of [
      [other.public_key, 'said', signature],
      [one.public_key, 'Said', signature],
      [one.public_key, 'said', other.sign('said')],
      [one.public_key, 'said', `${signature}=`],
      ['', 'said', signature],
    ] as const)
      expect(isSignedBy(key, text, by)).toBe(false);
  });

  it('is refused where it is none, without being repeated', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
    for (const text of [
      'c2VjcmV0',
      '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----',
      rsa as string,
    ]) {
      expect(() => loadAuditKey(text, '')).toThrow('AUDIT_KEY is not an Ed25519 key');
      expect(() => loadAuditKey(text, '')).not.toThrow(text);
    }
    const file = join(dir, 'damaged.pem');
    await writeFile(file, 'nothing');
    expect(() => loadAuditKey(undefined, file)).toThrow(`${file} is not an Ed25519 key`);
  });
});

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metadata } from '@grpc/grpc-js';
import { LogUnavailable } from './log-file.js';

const USERNAME = 'ledger';
const SECRET_CHARACTERS_MIN = 32;

export interface Access {
  credentials: string;
  allows(metadata: Metadata): boolean;
}

export const anyCaller: Access = { credentials: '', allows: () => true };

/** The secret is made on first use; a log in memory draws one. @throws LogUnavailable */
export function holdersOfSecret(data: { data_dir: string } | 'memory'): Access {
  const secret = data === 'memory' ? newSecret() : secretOf(join(data.data_dir, 'secret'));
  const wanted = Buffer.from(`Basic ${Buffer.from(`${USERNAME}:${secret}`).toString('base64')}`);
  return {
    credentials: `${USERNAME}:${secret}@`,
    allows: (metadata) => {
      const [shown] = metadata.get('authorization');
      const given = Buffer.from(shown ?? '');
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
}

const newSecret = () => randomBytes(32).toString('base64url');

function secretOf(file: string): string {
  try {
    if (!existsSync(file)) {
      writeFileSync(`${file}.part`, newSecret(), { mode: 0o600, flush: true });
      renameSync(`${file}.part`, file);
    }
    chmodSync(file, 0o600);
    const secret = readFileSync(file, 'utf8').trim();
    if (secret.length >= SECRET_CHARACTERS_MIN && /^[\w-]+$/.test(secret)) return secret;
  } catch (error) {
    throw new LogUnavailable(`The secret ${file} cannot be used: ${(error as Error).message}.`);
  }
  throw new LogUnavailable(`The secret ${file} is damaged: remove it, and another is made.`);
}

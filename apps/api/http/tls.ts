import { constants } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, Server } from 'node:tls';
import type { LogLine } from '../log.js';

export interface TlsFiles {
  cert_file: string;
  key_file: string;
}

const LOOK_EVERY_MS = 5000;
/** For TLS 1.2 those with forward secrecy and AEAD; those of 1.3 all have both. */
const CIPHERS = [
  ...['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256'],
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'],
  ...['ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256'],
].join(':');

/** @throws where the files cannot be read, or are no certificate and its key */
export function readTls({ cert_file, key_file }: TlsFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: readFileSync(cert_file),
    key: readFileSync(key_file),
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    // Renegotiation lets a client demand the dear half of a handshake again and again.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  };
  createSecureContext(options);
  return options;
}

/**
 * On SIGHUP, and when a file has changed, new connections get the new certificate; those that are open go on. A pair that does not work, such as a
 * new certificate whose key is still to come, changes nothing. @returns ends it
 */
export function reloadTls(server: object, files: TlsFiles, log: LogLine): () => void {
  if (!(server instanceof Server)) throw new Error('this server speaks no TLS');
  let seen = stampOf(files);
  const reload = () => {
    try {
      seen = stampOf(files);
      server.setSecureContext(readTls(files));
      log('info', 'The TLS certificate was read again');
    } catch (error) {
      log('error', 'The TLS certificate could not be read again: the one before stays', { error: `${error}` });
    }
  };
  const timer = setInterval(() => {
    if (stampOf(files) !== seen) reload();
  }, LOOK_EVERY_MS);
  timer.unref();
  process.on('SIGHUP', reload);
  return () => {
    clearInterval(timer);
    process.off('SIGHUP', reload);
  };
}

function stampOf({ cert_file, key_file }: TlsFiles): string {
  const stamp = (file: string) => {
    const stat = statSync(file, { throwIfNoEntry: false });
    return `${stat?.ino} ${stat?.mtimeMs} ${stat?.size}`;
  };
  return `${stamp(cert_file)} ${stamp(key_file)}`;
}

import { readFileSync } from 'node:fs';
import { StartRefused } from './child.js';

const SECRETS = [
  'JWT_SECRET',
  'MFA_KEY',
  'AUDIT_KEY',
  'ADMIN_PASSWORD',
  'METRICS_TOKEN',
  'OIDC_CLIENT_SECRET',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'PAYMENT_GATEWAY_KEY',
  'PAYMENT_CALLBACK_SECRET',
  'DATABASE_URL',
  'EVENTSTORE_URL',
];

/**
 * Puts what the file named by NAME_FILE holds, without its last line break, in the place of NAME.
 * @throws StartRefused where both are set, or the file is empty or cannot be read
 */
export function readSecretFiles(env: NodeJS.ProcessEnv): void {
  for (const name of SECRETS) {
    const file = env[`${name}_FILE`];
    if (!file) continue;
    if (env[name]) throw new StartRefused(`${name} and ${name}_FILE are both set: leave one out.`);
    const secret = read(name, file);
    if (secret === '') throw new StartRefused(`${name}_FILE is an empty file.`);
    env[name] = secret;
    // A child gets the secret itself.
    delete env[`${name}_FILE`];
  }
}

function read(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new StartRefused(`${name}_FILE cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

import { createServer } from 'node:net';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { whyRefused } from '../../libs/identity/password-rule.js';
import { StartRefused } from '../../libs/process/child.js';

export type Settings = {
  host: string;
  /** Of the API. */
  processes: number;
  port: number;
  data_dir: string;
  eventstore_url?: string;
  database_url?: string;
  /** Without it (only where all is embedded) the data folder keeps one. */
  jwt_secret?: string;
  /** Roles whose users need a second factor. Absent: the API's default. */
  mfa_required_for?: string;
  admin_username?: string;
  admin_password?: string;
  /** host:port, where the gateway calls back. Absent: a free port of this machine. */
  payments_listen?: string;
  /** Undefined: the sandbox. 'none': orders are not charged. */
  gateway?: 'none' | { url: string; gateway_key: string; callback_secret: string };
};

export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const port = Number(env.PORT || 3000);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new StartRefused(`PORT is "${env.PORT}", but must be a number from 0 to 65535.`);
  const eventstore_url = env.EVENTSTORE_URL || undefined;
  const database_url = env.DATABASE_URL || undefined;
  const jwt_secret = env.JWT_SECRET || undefined;
  if ((eventstore_url || database_url) && !jwt_secret)
    throw new StartRefused(
      'JWT_SECRET is missing: beside services of your own (EVENTSTORE_URL, DATABASE_URL) it must be given, at least 32 characters.',
    );
  const admin_username = env.ADMIN_USERNAME || undefined;
  const admin_password = env.ADMIN_PASSWORD || undefined;
  const why = admin_password && whyRefused(admin_password, admin_username ?? '');
  if (why) throw new StartRefused(`ADMIN_PASSWORD ${why}.`);
  return {
    host: env.HOST || '127.0.0.1',
    processes: readProcesses(env.API_PROCESSES),
    port,
    data_dir: resolve(env.DATA_DIR || '.data'),
    eventstore_url,
    database_url,
    jwt_secret,
    // With a database of its own it is the system of a desk.
    mfa_required_for: env.MFA_REQUIRED_FOR ?? (database_url === undefined ? '' : undefined),
    admin_username,
    admin_password,
    payments_listen: env.PAYMENTS_LISTEN || undefined,
    // No sandbox may call books paid that are kept for real.
    gateway: readGateway(env) ?? (eventstore_url || database_url ? 'none' : undefined),
  };
}

function readGateway(env: NodeJS.ProcessEnv): Settings['gateway'] {
  const { PAYMENT_GATEWAY_URL: url, PAYMENT_GATEWAY_KEY: gateway_key, PAYMENT_CALLBACK_SECRET: callback_secret } = env;
  if (!url) return undefined;
  if (url === 'none') return 'none';
  if (gateway_key && callback_secret) return { url, gateway_key, callback_secret };
  throw new StartRefused(
    'PAYMENT_GATEWAY_KEY and PAYMENT_CALLBACK_SECRET are missing: beside a gateway of your own (PAYMENT_GATEWAY_URL) both must be given.',
  );
}

const PROCESSES_MAX = 8;

/** The event store, Postgres and the projector have cores of their own where there are enough. */
function readProcesses(text: string | undefined): number {
  const cores = availableParallelism();
  const count = text ? Number(text) : cores <= 2 ? 1 : Math.min(PROCESSES_MAX, cores - 2);
  if (Number.isInteger(count) && count >= 1 && count <= 64) return count;
  throw new StartRefused(`API_PROCESSES is "${text}", but must be a number from 1 to 64.`);
}

export async function checkPort({ host, port }: Settings): Promise<void> {
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => resolve(undefined));
  });
  if (error?.code === 'EADDRINUSE')
    throw new StartRefused(`Port ${port} of ${host} is in use: stop what uses it, or choose another by PORT.`);
  if (error?.code === 'EACCES')
    throw new StartRefused(`Port ${port} needs rights that this user has not: choose one above 1023 by PORT.`);
  if (error) throw new StartRefused(`This machine cannot listen on HOST=${host} (${error.code}).`);
  await new Promise((closed) => server.close(closed));
}

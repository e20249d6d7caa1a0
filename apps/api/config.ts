/** Environment variables, checked once. A refusal names the variable and never repeats a secret. */
import type { BlockList } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { loadAuditKey } from '../../libs/audit/audit-key.js';
import { whyRefused } from '../../libs/identity/password-rule.js';
import { IDENTITY_PROVIDER } from '../../libs/identity/tables.js';
import { isTimeZone } from '../../libs/ledger/calendar.js';
import { ROLES, type Role } from '../../libs/ledger/commands.js';
import { parseDecimal } from '../../libs/ledger/money.js';
import { type OidcSettings, readOidc } from './auth/oidc/oidc-settings.js';
import { networksIn } from './http/address.js';
import { type LimitTable, readLimits } from './http/limit-table.js';
import { readTls, type TlsFiles } from './http/tls.js';

export type Config = {
  host: string;
  port: number;
  eventstore_url: string;
  database_url: string;
  jwt_secret: string;
  /** Absent: the first admin gets a generated name. */
  admin_username: string | undefined;
  /** Absent: the first admin gets a generated one, to be changed at the first sign-in. */
  admin_password: string | undefined;
  /** Seconds. */
  sessions: { idle_s: number; absolute_s: number; reauthentication_s: number };
  /** The origin of pages that ask for passkeys. */
  public_url: string;
  /** Whose users need a second factor. */
  mfa_required_for: Role[];
  /** Encrypts the seeds of codes. Default: the secret of the tokens. */
  mfa_key: string;
  access_log: boolean;
  data_dir: string;
  snapshots_dir: string;
  trusted_proxies: BlockList;
  /** Absent: plain HTTP, for a proxy before it. */
  tls: TlsFiles | undefined;
  limits: LimitTable;
  /** Of this operator, where webhooks may lead, as text for another thread. */
  webhook_networks: string;
  /** Open at a time, of one user in this process. */
  streams_per_user: number;
  /** Whose pages may call the API. */
  cors_origins: string[];
  /** Absent: no single sign-on. */
  oidc: OidcSettings | undefined;
  /** Absent: only this machine may read the metrics. */
  metrics_token: string | undefined;
  /** Postgres that does not answer for so long is given up at once until it does. */
  postgres_silent_ms: number;
  /** From one look at a ledger's drift and unsigned events to the next, on the average. */
  audit_round_s: number;
  /** That serve HTTP; more than one: pool.ts. */
  processes: number;
  /** In a pool; `writer` serves no HTTP. */
  pool_process: string | undefined;
  instance_name: string;
  /** Where other instances forward commands to; undefined: this one is no ledger's home while others are. */
  peer_listen: { host: string; port: number } | undefined;
  peers: string[];
  /** Signs checkpoints. Default: the key in `audit_key_file`, which is made where there is none. */
  audit_key: string | undefined;
  audit_key_file: string;
  /** Only for the start that opens the ledger `main`. */
  main_ledger: { currency: string; digits: number; time_zone: string; approval_threshold: string };
};

export class BadSetting extends Error {}

const SECRET_LENGTH_MIN = 32;
const KNOWN_SECRETS =
  /change[-_ ]?(me|this|it)|(your|my|super|top|default|example|jwt|dev|test)\S*[-_ ]secret|secret[-_ ]?key/i;
const DISTINCT_MIN = 10;
/** The event store's own default, and those of tutorials; taken where nobody else reaches the service. */
const KNOWN_PASSWORDS = /^(changeit|change-?me|postgres(ql)?|pass(word)?|admin|secret|root|test|1234\d*)$/i;
const THIS_MACHINE = /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$/;

export function readConfig(env: NodeJS.ProcessEnv): Config {
  const needed = (name: string, why: string) => env[name] || refuse(`${name} is missing: ${why}.`);
  const admin_username = readUsername(env.ADMIN_USERNAME);
  const data_dir = needed('DATA_DIR', 'snapshots are kept there');
  return {
    host: env.HOST || '127.0.0.1',
    port: readPort(env.PORT || '3000'),
    eventstore_url: readUrl(
      'EVENTSTORE_URL',
      needed('EVENTSTORE_URL', 'it says where the event store is (esdb://host:port)'),
    ),
    database_url: readUrl(
      'DATABASE_URL',
      needed('DATABASE_URL', 'it says where Postgres is (postgres://user@host:port/database)'),
    ),
    jwt_secret: readSecret(
      'JWT_SECRET',
      needed('JWT_SECRET', `set it to ${SECRET_LENGTH_MIN} or more random characters`),
    ),
    admin_username,
    admin_password: readPassword(env.ADMIN_PASSWORD, admin_username ?? ''),
    sessions: {
      idle_s: readWhole('SESSION_IDLE_MINUTES', env.SESSION_IDLE_MINUTES || '60', 1440) * 60,
      absolute_s: readWhole('SESSION_HOURS', env.SESSION_HOURS || '24', 168) * 3600,
      reauthentication_s: readWhole('REAUTHENTICATION_MINUTES', env.REAUTHENTICATION_MINUTES || '5', 60) * 60,
    },
    public_url: readPublicUrl(env),
    mfa_required_for: readRoles(env.MFA_REQUIRED_FOR ?? 'admin,manager,auditor'),
    mfa_key: readSecret('MFA_KEY', env.MFA_KEY || env.JWT_SECRET || ''),
    access_log: env.ACCESS_LOG === 'true',
    data_dir,
    snapshots_dir: join(data_dir, 'snapshots'),
    trusted_proxies: readNetworks('TRUSTED_PROXIES', env.TRUSTED_PROXIES ?? ''),
    limits: readLimitTable(env),
    tls: readTlsFiles(env.TLS_CERT_FILE, env.TLS_KEY_FILE),
    webhook_networks: readNetworkTexts(env.WEBHOOK_NETWORKS ?? ''),
    streams_per_user: readWhole('STREAMS_PER_USER', env.STREAMS_PER_USER || '100', 10_000),
    cors_origins: readOrigins(env.CORS_ORIGINS ?? ''),
    oidc: readOidc(env, refuse),
    postgres_silent_ms: readMilliseconds(env.POSTGRES_SILENT_MS || '600'),
    audit_round_s: readWhole('AUDIT_ROUND_SECONDS', env.AUDIT_ROUND_SECONDS || '30', 3600),
    metrics_token: env.METRICS_TOKEN ? readSecret('METRICS_TOKEN', env.METRICS_TOKEN) : undefined,
    processes: readProcesses(env.API_PROCESSES || '1'),
    pool_process: env.API_PROCESS || undefined,
    ...readPeers(env),
    audit_key: readAuditKey(env.AUDIT_KEY || undefined),
    audit_key_file: join(data_dir, 'audit-key.pem'),
    main_ledger: {
      ...readCurrency(env.LEDGER_CURRENCY || 'USD'),
      time_zone: readTimeZone(env.LEDGER_TIME_ZONE || 'UTC'),
      approval_threshold: readAmount(env.APPROVAL_THRESHOLD || '5000.00'),
    },
  };
}

function refuse(sentence: string): never {
  throw new BadSetting(sentence);
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : -1;
  return port >= 0 && port <= 65_535 ? port : refuse('PORT must be a whole number from 0 to 65535.');
}

function readWhole(name: string, text: string, most: number): number {
  const whole = /^[1-9]\d{0,5}$/.test(text) ? Number(text) : Number.NaN;
  return whole <= most ? whole : refuse(`${name} must be a whole number from 1 to ${most}.`);
}

function readUrl(name: string, text: string): string {
  const schemes = name === 'DATABASE_URL' ? /^postgres(ql)?:\/\/./ : /^(esdb|kurrentdb|kdb)(\+discover)?:\/\/./;
  if (!schemes.test(text)) refuse(`${name} is not a URL of the right kind.`);
  const [, password = '', hosts = ''] = /^[^:]+:\/\/[^:@/]*:([^@/]*)@([^/?]*)/.exec(text) ?? [];
  if (KNOWN_PASSWORDS.test(password) && !hosts.split(',').every((host) => THIS_MACHINE.test(host)))
    refuse(`${name} holds a well-known password: give that user another one.`);
  return text;
}

function readSecret(name: string, text: string): string {
  if (text.length < SECRET_LENGTH_MIN)
    refuse(`${name} is too short: it needs ${SECRET_LENGTH_MIN} or more characters.`);
  if (KNOWN_SECRETS.test(text) || new Set(text).size < DISTINCT_MIN)
    refuse(`${name} is a well-known default: set it to random characters.`);
  return text;
}

/** Browsers take passkeys for names, not for addresses, and only over TLS or from this machine. */
function readPublicUrl({ PUBLIC_URL, PORT, TLS_CERT_FILE }: NodeJS.ProcessEnv): string {
  const text = PUBLIC_URL || `${TLS_CERT_FILE ? 'https' : 'http'}://localhost:${PORT || '3000'}`;
  if (!URL.canParse(text) || !/^https?:/.test(text))
    return refuse('PUBLIC_URL must be where the API is reached, such as https://ledger.example.');
  return new URL(text).origin;
}

/** Set and empty: nobody. */
function readRoles(text: string): Role[] {
  const names = text.split(',').flatMap((each) => each.trim() || []);
  const roles = ROLES.filter((role) => names.includes(role));
  if (names.some((name) => !(ROLES as readonly string[]).includes(name)))
    refuse(`MFA_REQUIRED_FOR must be roles (${ROLES.join(', ')}), with commas between several, or empty for nobody.`);
  return roles;
}

function readTlsFiles(cert_file: string | undefined, key_file: string | undefined): TlsFiles | undefined {
  if (!cert_file && !key_file) return undefined;
  if (!cert_file || !key_file) return refuse('TLS_CERT_FILE and TLS_KEY_FILE are set together or not at all.');
  try {
    readTls({ cert_file, key_file });
  } catch (error) {
    refuse(`TLS_CERT_FILE and TLS_KEY_FILE must be a certificate and its key, in PEM: ${(error as Error).message}.`);
  }
  return { cert_file, key_file };
}

function readLimitTable(env: NodeJS.ProcessEnv): LimitTable {
  try {
    return readLimits(env);
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function readOrigins(text: string): string[] {
  const origins = text.split(',').flatMap((each) => each.trim() || []);
  for (const origin of origins)
    if (!URL.canParse(origin) || !/^https?:/.test(origin) || new URL(origin).origin !== origin)
      refuse('CORS_ORIGINS must be origins such as https://shop.example, with commas between several.');
  return origins;
}

export const USERNAME = /^[a-z][a-z0-9._-]{1,63}$/;
/** Actors that are no users. */
export const RESERVED_USERNAMES: readonly string[] = ['anonymous', 'payments', 'server', 'system', IDENTITY_PROVIDER];

function readAuditKey(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    loadAuditKey(text, '');
    return text;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function readMilliseconds(text: string): number {
  const ms = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return ms >= 100 && ms <= 30_000 ? ms : refuse('POSTGRES_SILENT_MS must be a whole number from 100 to 30000.');
}

function readProcesses(text: string): number {
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= 64 ? count : refuse('API_PROCESSES must be a whole number from 1 to 64.');
}

function readPeers(env: NodeJS.ProcessEnv): Pick<Config, 'instance_name' | 'peer_listen' | 'peers'> {
  const peers = (env.API_PEERS ?? '').split(',').filter((peer) => peer !== '');
  for (const peer of peers)
    if (!/^(dns:)?\S+:\d{1,5}$/.test(peer))
      refuse('API_PEERS must be host:port or dns:host:port, with commas between several.');
  const [, host, port] = /^(\S+):(\d{1,5})$/.exec(env.PEER_LISTEN || ' ') ?? [];
  if (env.PEER_LISTEN && (host === undefined || Number(port) > 65_535))
    refuse('PEER_LISTEN must be host:port, such as 10.0.0.5:3100.');
  const instance_name = env.INSTANCE_NAME || `${hostname()}:${port ?? process.pid}`;
  if (!/^[\w.:-]{1,100}$/.test(instance_name))
    refuse('INSTANCE_NAME must be letters, digits, dots, dashes and colons.');
  return {
    instance_name,
    peer_listen: host === undefined ? undefined : { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) },
    peers,
  };
}

function readNetworks(name: string, text: string): BlockList {
  return networksIn(text) ?? refuse(`${name} must be addresses or networks such as 127.0.0.1, 10.0.0.0/8.`);
}

function readNetworkTexts(text: string): string {
  readNetworks('WEBHOOK_NETWORKS', text);
  return text;
}

function readUsername(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (RESERVED_USERNAMES.includes(text)) refuse(`ADMIN_USERNAME must not be ${text}: that name is reserved.`);
  return USERNAME.test(text)
    ? text
    : refuse('ADMIN_USERNAME must be 2 to 64 of a-z, 0-9, dot, dash and underscore, beginning with a letter.');
}

function readPassword(text: string | undefined, username: string): string | undefined {
  if (!text) return undefined;
  const why = whyRefused(text, username);
  return why === undefined ? text : refuse(`ADMIN_PASSWORD ${why}.`);
}

function readCurrency(text: string): { currency: string; digits: number } {
  if (!/^[A-Z]{3}$/.test(text))
    refuse('LEDGER_CURRENCY must be a currency code of three capital letters, such as USD.');
  return { currency: text, digits: digitsOf(text) };
}

export function digitsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

function readTimeZone(text: string): string {
  return isTimeZone(text) ? text : refuse('LEDGER_TIME_ZONE must be a time zone such as UTC or Europe/Berlin.');
}

function readAmount(text: string): string {
  const units = parseDecimal(text, 6);
  return units !== undefined && units >= 0n ? text : refuse('APPROVAL_THRESHOLD must be an amount such as 5000.00.');
}

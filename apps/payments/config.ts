/** Environment variables, checked once. A refusal names the variable and never repeats a secret. */
import { StartRefused } from '../../libs/process/child.js';

export interface Config {
  eventstore_url: string;
  database_url: string;
  /** Instances of the API, which decide; without any this process decides itself. */
  peers: string[];
  jwt_secret: string;
  /** For call-backs, health and metrics. */
  host: string;
  port: number;
  gateway_url: string;
  gateway_key: string;
  callback_secret: string;
  /** Absent: only this machine may read the metrics. */
  metrics_token: string | undefined;
}

const SECRET_LENGTH_MIN = 16;

/** @throws StartRefused */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const needed = (name: string, why: string) => env[name] || refuse(`${name} is missing: ${why}.`);
  const secret = (name: string, why: string) => {
    const text = needed(name, why);
    return text.length >= SECRET_LENGTH_MIN
      ? text
      : refuse(`${name} is too short: it needs ${SECRET_LENGTH_MIN} or more characters.`);
  };
  const [, host = '127.0.0.1', port = '0'] = /^(\S+):(\d{1,5})$/.exec(env.PAYMENTS_LISTEN || '127.0.0.1:0') ?? [];
  if (env.PAYMENTS_LISTEN && (!/^\S+:\d{1,5}$/.test(env.PAYMENTS_LISTEN) || Number(port) > 65_535))
    refuse('PAYMENTS_LISTEN must be host:port, such as 0.0.0.0:3200.');
  const peers = (env.API_PEERS ?? '').split(',').filter((peer) => peer !== '');
  for (const peer of peers)
    if (!/^(dns:)?\S+:\d{1,5}$/.test(peer))
      refuse('API_PEERS must be host:port or dns:host:port, with commas between several.');
  return {
    eventstore_url: needed('EVENTSTORE_URL', 'it says where the event store is'),
    database_url: needed('DATABASE_URL', 'it says where Postgres is'),
    peers,
    jwt_secret: secret('JWT_SECRET', 'the instances of the API know each other by it'),
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    gateway_url: readGateway(needed('PAYMENT_GATEWAY_URL', 'it says where the payment gateway is')),
    gateway_key: secret('PAYMENT_GATEWAY_KEY', 'the gateway lets in who has it'),
    callback_secret: secret('PAYMENT_CALLBACK_SECRET', 'the gateway signs its call-backs with it'),
    metrics_token: env.METRICS_TOKEN || undefined,
  };
}

function readGateway(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    return refuse('PAYMENT_GATEWAY_URL must begin with https://, or with http:// for this machine.');
  const { protocol, hostname } = new URL(text);
  if (protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\]|[a-z][a-z0-9-]*)$/.test(hostname))
    return refuse('PAYMENT_GATEWAY_URL must begin with https://: another host would see the key.');
  return text;
}

function refuse(sentence: string): never {
  throw new StartRefused(sentence);
}

import { join } from 'node:path';
import type { ChildSpec } from './child.js';

export type Place = { dist: URL; log_dir: string };

export type Links = { eventstore_url: string; database_url: string };

export type ApiSettings = Links & {
  host: string;
  port: number;
  data_dir: string;
  jwt_secret?: string;
  /** Of MFA_REQUIRED_FOR. */
  mfa_required_for?: string;
  processes?: number;
  peers?: string[];
  peer_listen?: string;
  admin_username?: string;
  admin_password?: string;
};

export function eventStoreProgram(place: Place, port: number, data_dir: string, flags: string[] = []): ChildSpec {
  const args = ['--port', `${port}`, '--data-dir', data_dir, ...flags];
  return { ...program(place, 'The event store', 'eventstore', {}), args };
}

export function projectorProgram(place: Place, links: Links): ChildSpec {
  return program(place, 'The projector', 'projector', { ...linksEnv(links), ...collectorEnv() });
}

export function apiProgram(place: Place, settings: ApiSettings, log_name = 'api'): ChildSpec {
  const env = {
    ...linksEnv(settings),
    HOST: settings.host,
    PORT: `${settings.port}`,
    DATA_DIR: settings.data_dir,
    JWT_SECRET: settings.jwt_secret,
    MFA_KEY: process.env.MFA_KEY,
    MFA_REQUIRED_FOR: settings.mfa_required_for,
    AUDIT_KEY: process.env.AUDIT_KEY,
    METRICS_TOKEN: process.env.METRICS_TOKEN,
    OIDC_CLIENT_SECRET: process.env.OIDC_CLIENT_SECRET,
    ...collectorEnv(),
    API_PROCESSES: settings.processes?.toString(),
    API_PEERS: settings.peers?.join() || undefined,
    PEER_LISTEN: settings.peer_listen,
    ADMIN_USERNAME: settings.admin_username,
    ADMIN_PASSWORD: settings.admin_password,
  };
  return { ...program(place, 'The API', 'api', env), log_file: join(place.log_dir, `${log_name}.log`) };
}

/** What the payments and their gateway know of each other. */
export type GatewaySettings = { gateway_key: string; callback_secret: string };
export type PaymentsSettings = Links &
  GatewaySettings & {
    jwt_secret: string;
    /** Of the API. */
    peers: string[];
    /** host:port */
    listen: string;
    gateway_url: string;
  };

export function paymentsProgram(place: Place, settings: PaymentsSettings, log_name = 'payments'): ChildSpec {
  const env = {
    ...linksEnv(settings),
    ...gatewayEnv(settings),
    ...collectorEnv(),
    JWT_SECRET: settings.jwt_secret,
    METRICS_TOKEN: process.env.METRICS_TOKEN,
    API_PEERS: settings.peers.join(),
    PAYMENTS_LISTEN: settings.listen,
    PAYMENT_GATEWAY_URL: settings.gateway_url,
  };
  return { ...program(place, 'The payments', 'payments', env), log_file: join(place.log_dir, `${log_name}.log`) };
}

export function paymentSandboxProgram(
  place: Place,
  settings: GatewaySettings & { listen: string; callback_url: string; file: string },
): ChildSpec {
  const { listen, callback_url, file } = settings;
  const env = {
    SANDBOX_LISTEN: listen,
    SANDBOX_FILE: file,
    PAYMENT_CALLBACK_URL: callback_url,
    ...gatewayEnv(settings),
  };
  return program(place, 'The payment sandbox', 'payment-sandbox', env);
}

const gatewayEnv = ({ gateway_key, callback_secret }: GatewaySettings) => ({
  PAYMENT_GATEWAY_KEY: gateway_key,
  PAYMENT_CALLBACK_SECRET: callback_secret,
});
/** May hold a key. */
const collectorEnv = () => ({ OTEL_EXPORTER_OTLP_HEADERS: process.env.OTEL_EXPORTER_OTLP_HEADERS });
const linksEnv = (links: Links) => ({ EVENTSTORE_URL: links.eventstore_url, DATABASE_URL: links.database_url });

function program({ dist, log_dir }: Place, name: string, app: string, env: NodeJS.ProcessEnv): ChildSpec {
  return {
    name,
    module: new URL(`apps/${app}/main.js`, dist),
    env: { ...environmentWithoutSecrets(), ...env },
    log_file: join(log_dir, `${app}.log`),
  };
}

/** Each program gets only the secrets that it needs. */
function environmentWithoutSecrets(): NodeJS.ProcessEnv {
  const {
    JWT_SECRET,
    MFA_KEY,
    AUDIT_KEY,
    METRICS_TOKEN,
    OIDC_CLIENT_SECRET,
    OTEL_EXPORTER_OTLP_HEADERS,
    ADMIN_USERNAME,
    ADMIN_PASSWORD,
    EVENTSTORE_URL,
    DATABASE_URL,
    PORT,
    HOST,
    DATA_DIR,
    API_PEERS,
    PEER_LISTEN,
    PAYMENT_GATEWAY_URL,
    PAYMENT_GATEWAY_KEY,
    PAYMENT_CALLBACK_SECRET,
    PAYMENT_CALLBACK_URL,
    PAYMENTS_LISTEN,
    SANDBOX_FILE,
    SANDBOX_LISTEN,
    ...rest
  } = process.env;
  return rest;
}

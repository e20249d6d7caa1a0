/** The built programs as processes, on free ports in a temporary folder (`npm run build` first). */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type ChildSpec, logTail, startChild } from '../../libs/process/child.js';
import { freePort } from '../../libs/process/free-port.js';
import {
  apiProgram,
  eventStoreProgram,
  type Links,
  paymentSandboxProgram,
  paymentsProgram,
  projectorProgram,
} from '../../libs/process/programs.js';
import { type PostgresServer, startPostgres } from './postgres.js';

const READY_MS_MAX = 60_000;
/** Specs ask from one address for many users; those of limits set them. */
const NO_LIMITS = { LIMIT_ANONYMOUS_ADDRESS: 'none', LIMIT_SIGN_IN_NAME: 'none' };
/** Specs share the machine with others; limits.e2e has the default. */
const PATIENT = { POSTGRES_SILENT_MS: '10000' };

export type ProgramName =
  | 'eventstore'
  | 'postgres'
  | 'projector'
  | 'payments'
  | 'payments_2'
  | 'sandbox'
  | 'api'
  | `api_${number}`;

export type SystemOptions = {
  apis?: number;
  /** The instances know each other, and forward commands to the home of their ledger. Given a port, one to reach it by. */
  homes?: true | ((port: number) => Promise<number>);
  env?: NodeJS.ProcessEnv;
  /** With a sandbox of a gateway, and so many payers; the instances of the API know each other then. */
  payers?: 1 | 2;
  /** Addresses for API and projector, such as a proxy's. */
  through?: (links: Links) => Promise<Links> | Links;
  /** Those of the payers; default: as API and projector. */
  payers_through?: (links: Links) => Promise<Links> | Links;
  /** `--open`: without the secret; `--allow-delete`. */
  eventstore_flags?: string[];
  ready_ms_max?: number;
  /** Fsync. A killed process loses nothing either way. */
  durable?: boolean;
  /** Default: admin. */
  admin_username?: string;
};

export type System = {
  url: string;
  urls: string[];
  /** Not those of `through`. */
  eventstore_url: string;
  database_url: string;
  jwt_secret: string;
  admin: { username: string; password: string };
  /** Of the payments. */
  gateway: { url: string; key: string; callback_secret: string };
  dir: string;
  pid(name: Exclude<ProgramName, 'postgres'>): number;
  kill(name: ProgramName): Promise<void>;
  freezePostgres(): Promise<void>;
  thawPostgres(): void;
  terminate(name: Exclude<ProgramName, 'postgres'>): Promise<void>;
  /** Killed first where it runs. `env`: for this start alone. */
  restart(name: ProgramName, env?: NodeJS.ProcessEnv): Promise<void>;
  /** Errors logged, but that it was starting. */
  postgresErrors(): Promise<string[]>;
  log(name: ProgramName): string;
  stop(): Promise<void>;
};

/** @throws with every program's output where one is not ready; then nothing is left */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const dir = await mkdtemp(join(tmpdir(), 'factory-ledger-system-'));
  const children = new Map<string, Running>();
  const stop = async (postgres?: PostgresServer) => {
    for (const { child } of [...children.values()].toReversed()) await child.stop();
    await postgres?.stop();
    await rm(dir, { recursive: true, force: true });
  };
  let postgres: PostgresServer | undefined;
  try {
    postgres = await startPostgres({ durable: options.durable });
    return await startPrograms(dir, postgres, children, options, () => stop(postgres));
  } catch (error) {
    const tails = [...children.keys()].map((name) => `--- ${name}\n${logTail(join(dir, `${name}.log`))}`);
    await stop(postgres);
    throw new Error(`The system did not start: ${(error as Error).message}\n${tails.join('\n')}`);
  }
}

type Running = { child: Child; url?: string; launch: () => ChildSpec };

async function startPrograms(
  dir: string,
  postgres: PostgresServer,
  children: Map<string, Running>,
  options: SystemOptions,
  stop: () => Promise<void>,
): Promise<System> {
  const place = { dist: distFolder(), log_dir: dir };
  const { port, launch } = launcher(children, options.ready_ms_max ?? READY_MS_MAX);
  const eventstore = () =>
    eventStoreProgram(place, port('eventstore'), join(dir, 'eventstore'), options.eventstore_flags);
  const real = { eventstore_url: await launch('eventstore', eventstore), database_url: postgres.url };
  const links = (await options.through?.(real)) ?? real;
  const payer_links = (await options.payers_through?.(real)) ?? links;
  const withEnv = (spec: ChildSpec) => ({
    ...spec,
    env: { ...spec.env, ...NO_LIMITS, ...PATIENT, REAUTHENTICATION_MINUTES: '60', ...options.env },
  });

  const admin = { username: options.admin_username ?? 'admin', password: randomBytes(12).toString('hex') };
  const jwt_secret = randomBytes(32).toString('hex');
  const { peers, listenOf } = await peersOf(options);
  const api = (name: string) => async () => {
    const data_dir = join(dir, name);
    await mkdir(data_dir);
    const peer_listen = listenOf(name);
    const who = { jwt_secret, mfa_required_for: '', admin_username: admin.username, admin_password: admin.password };
    return launch(name, () =>
      withEnv(
        apiProgram(
          place,
          { ...links, ...who, host: '127.0.0.1', port: port(name), data_dir, peers, peer_listen },
          name,
        ),
      ),
    );
  };
  const [url] = await Promise.all([api('api')(), launch('projector', () => withEnv(projectorProgram(place, links)))]);
  const urls = [url];
  for (let n = 2; n <= (options.apis ?? 1); n++) urls.push(await api(`api_${n}`)());

  const gateway = { url: '', key: randomBytes(24).toString('hex'), callback_secret: randomBytes(24).toString('hex') };
  if (options.payers !== undefined) await startPayments(options.payers);

  async function startPayments(payers: number): Promise<void> {
    const secrets = { gateway_key: gateway.key, callback_secret: gateway.callback_secret };
    const listen = `127.0.0.1:${await freePort()}`;
    const callback_url = `http://${listen}/callbacks`;
    gateway.url = await launch('sandbox', () =>
      withEnv(
        paymentSandboxProgram(place, {
          ...{ ...secrets, listen: `127.0.0.1:${port('sandbox')}`, callback_url },
          file: join(dir, 'payment-sandbox.ndjson'),
        }),
      ),
    );
    for (const name of ['payments', 'payments_2'].slice(0, payers)) {
      const own = name === 'payments' ? listen : `127.0.0.1:${await freePort()}`;
      const settings = { ...payer_links, ...secrets, jwt_secret, peers, listen: own, gateway_url: gateway.url };
      await launch(name, () => withEnv(paymentsProgram(place, settings, name)));
    }
  }

  const find = (name: string) => {
    const running = children.get(name);
    if (!running) throw new Error(`There is no program ${name} in this system.`);
    return running;
  };
  return {
    url,
    urls,
    ...real,
    jwt_secret,
    admin,
    gateway,
    dir,
    stop,
    pid: (name) => find(name).child.pid,
    kill: (name) => (name === 'postgres' ? postgres.kill() : find(name).child.kill()),
    freezePostgres: postgres.freeze,
    thawPostgres: postgres.thaw,
    terminate: async (name) => {
      process.kill(find(name).child.pid, 'SIGTERM');
      await find(name).child.exited;
    },
    restart: async (name, env = {}) => {
      if (name === 'postgres') return postgres.restart();
      const { child, launch: spec } = find(name);
      await child.kill();
      await launch(name, () => {
        const usual = spec();
        return { ...usual, env: { ...usual.env, ...env } };
      }).finally(() => children.set(name, { ...find(name), launch: spec }));
    },
    postgresErrors: async () => {
      const lines = (await readFile(join(postgres.home, 'postgres.log'), 'utf8')).split('\n');
      return lines.filter((line) => /\b(ERROR|FATAL|PANIC): (?!.*starting up$)/.test(line));
    },
    log: (name) => logTail(name === 'postgres' ? join(postgres.home, 'postgres.log') : join(dir, `${name}.log`)),
  };
}

async function peersOf({ apis = 1, payers, homes = payers === undefined ? undefined : true }: SystemOptions) {
  const listen = new Map<string, string>();
  const peers: string[] = [];
  for (let n = 1; homes !== undefined && n <= apis; n++) {
    const port = await freePort();
    listen.set(n === 1 ? 'api' : `api_${n}`, `127.0.0.1:${port}`);
    peers.push(`127.0.0.1:${homes === true ? port : await homes(port)}`);
  }
  return { peers, listenOf: (name: string) => listen.get(name) };
}

function launcher(children: Map<string, Running>, ready_ms_max: number) {
  const port = (name: string) => Number(new URL(children.get(name)?.url ?? 'none:').port);
  const launch = async (name: string, spec: () => ChildSpec) => {
    const child = startChild(spec());
    const url_before = children.get(name)?.url;
    children.set(name, { child, launch: spec, url: url_before });
    const { url = '' } = await within(ready_ms_max, child.ready, `${name} was not ready in time.`);
    children.set(name, { child, launch: spec, url });
    return url;
  };
  return { port, launch };
}

async function within<T>(ms: number, promise: Promise<T>, sentence: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(sentence)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** For `restart`: a clock that is wrong. */
export function clockAhead(ms: number): NodeJS.ProcessEnv {
  const file = new URL('clock-ahead.js', import.meta.url);
  return { NODE_OPTIONS: `--import=${file.href}`, CLOCK_AHEAD_MS: `${ms}` };
}

function distFolder(): URL {
  // Benchmarks are built: then this file is in dist/.
  const dist = new URL(import.meta.url.includes('/dist/test/') ? '../../' : '../../dist/', import.meta.url);
  if (!existsSync(fileURLToPath(new URL('apps/api/main.js', dist))))
    throw new Error('dist/ is missing: npm run build makes it.');
  return dist;
}

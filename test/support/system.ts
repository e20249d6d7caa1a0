/**
 * The whole system for end-to-end specs: event store, Postgres, projector and API as processes of their own, on free
 * ports and in a temporary folder. They are the built programs in dist/, so build first (`npm test` does).
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Child, type ChildSpec, logTail, startChild } from '../../libs/process/child.js';
import { apiProgram, eventStoreProgram, type Links, projectorProgram } from '../../libs/process/programs.js';
import { type PostgresServer, startPostgres } from './postgres.js';

const ready_ms_max = 60_000;

/** `api_2`, `api_3` … where `apis` asks for more than one. */
export type ProgramName = 'eventstore' | 'postgres' | 'projector' | 'api' | `api_${number}`;

export type SystemOptions = {
  /** How many API instances share the log and the database. Default 1. */
  apis?: number;
  /** More environment for API and projector. */
  env?: NodeJS.ProcessEnv;
  /** What API and projector are told instead of the real addresses, once these are known: a proxy's, say. */
  through?: (links: Links) => Promise<Links> | Links;
  /** Of the event store: `--open` for clients without its secret, `--allow-delete`. */
  eventstore_flags?: string[];
  /** Postgres with fsync. Default false; a killed process loses nothing either way. */
  durable?: boolean;
};

export type System = {
  /** Of the first API, without a slash at its end. Every address stays the same over restart(). */
  url: string;
  urls: string[];
  /** The real addresses, not those of `through`. */
  eventstore_url: string;
  database_url: string;
  jwt_secret: string;
  admin: { username: string; password: string };
  dir: string;
  /** kill -9. Resolves when the process is gone. */
  kill(name: ProgramName): Promise<void>;
  /** Pauses Postgres: its connections stay open and nothing answers. */
  freezePostgres(): Promise<void>;
  thawPostgres(): void;
  /** SIGTERM, as an operator stops it. Resolves when the process is gone. */
  terminate(name: Exclude<ProgramName, 'postgres'>): Promise<void>;
  /** Starts it again, killing it first where it still runs. Resolves when it is ready. */
  restart(name: ProgramName): Promise<void>;
  /** What Postgres has logged as an error since its first start, but that it was still starting. */
  postgresErrors(): Promise<string[]>;
  /** The end of one program's output, for a message. */
  log(name: ProgramName): string;
  /** Stops all in order and removes the folder. */
  stop(): Promise<void>;
};

/**
 * Resolves when every program said that it is ready.
 * @throws with the end of every program's output when one of them does not become ready; then nothing is left.
 */
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
  const { port, launch } = launcher(children);
  const eventstore = () =>
    eventStoreProgram(place, port('eventstore'), join(dir, 'eventstore'), options.eventstore_flags);
  const real = { eventstore_url: await launch('eventstore', eventstore), database_url: postgres.url };
  const links = (await options.through?.(real)) ?? real;
  const withEnv = (spec: ChildSpec) => ({ ...spec, env: { ...spec.env, ...options.env } });

  const admin = { username: 'admin', password: randomBytes(12).toString('hex') };
  const jwt_secret = randomBytes(32).toString('hex');
  const api = (name: string) => async () => {
    const data_dir = join(dir, name);
    await mkdir(data_dir);
    const who = { jwt_secret, admin_username: admin.username, admin_password: admin.password };
    return launch(name, () =>
      withEnv(apiProgram(place, { ...links, ...who, host: '127.0.0.1', port: port(name), data_dir }, name)),
    );
  };
  const [url] = await Promise.all([api('api')(), launch('projector', () => withEnv(projectorProgram(place, links)))]);
  const urls = [url];
  // One after the other: the first has made tables and admin, which the next ones then find.
  for (let n = 2; n <= (options.apis ?? 1); n++) urls.push(await api(`api_${n}`)());

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
    dir,
    stop,
    kill: (name) => (name === 'postgres' ? postgres.kill() : find(name).child.kill()),
    freezePostgres: postgres.freeze,
    thawPostgres: postgres.thaw,
    terminate: async (name) => {
      process.kill(find(name).child.pid, 'SIGTERM');
      await find(name).child.exited;
    },
    restart: async (name) => {
      if (name === 'postgres') return postgres.restart();
      await find(name).child.kill();
      await launch(name, find(name).launch);
    },
    postgresErrors: async () => {
      const lines = (await readFile(join(postgres.home, 'postgres.log'), 'utf8')).split('\n');
      return lines.filter((line) => /\b(ERROR|FATAL|PANIC): (?!.*starting up$)/.test(line));
    },
    log: (name) => logTail(name === 'postgres' ? join(postgres.home, 'postgres.log') : join(dir, `${name}.log`)),
  };
}

function launcher(children: Map<string, Running>) {
  /** 0, any free one, at the first start; later the same again. */
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

function distFolder(): URL {
  // The benchmarks are built too, and then this file is itself in dist/.
  const dist = new URL(import.meta.url.includes('/dist/test/') ? '../../' : '../../dist/', import.meta.url);
  if (!existsSync(fileURLToPath(new URL('apps/api/main.js', dist))))
    throw new Error('dist/ is missing: npm run build makes it.');
  return dist;
}

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { troubleWithEventStore } from '../../libs/event-store/diagnose.js';
import type { EventStore } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { type DataFolder, movedAway, openDataFolder } from '../../libs/process/data-folder.js';
import { startPostgres } from '../../libs/process/embedded-postgres.js';
import type { Links } from '../../libs/process/programs.js';
import { CannotDo } from './verb.js';

export const LINKS_HELP = `The log is the one that EVENTSTORE_URL names; else that of the system running over the folder DATA_DIR (default .data); else, with
nothing running, the log in that folder itself.`;

const ANSWER_MS_MAX = 5000;

export interface Log {
  store: EventStore;
  place: string;
  close(): Promise<void>;
}

export function dataDir(): string {
  return resolve(process.env.DATA_DIR || '.data');
}

/** @throws CannotDo. `make` makes a log in an empty data folder. */
export async function openLog({ make = false } = {}): Promise<Log> {
  setLogVerbosity(logVerbosity.NONE);
  const log = await openNamedLog(make);
  process.stderr.write(`Log: ${log.place}\n`);
  return log;
}

async function openNamedLog(make: boolean): Promise<Log> {
  const { EVENTSTORE_URL } = process.env;
  if (EVENTSTORE_URL) return connect(EVENTSTORE_URL, hostOf(EVENTSTORE_URL));
  refuseMoved();
  const links = runningLinks();
  // A killed system leaves links.json behind; then nothing answers there.
  const running = links && (await connect(links.eventstore_url, dataDir()).catch(() => undefined));
  if (running === undefined) return openFolder(join(dataDir(), 'eventstore'), make);
  if (!make) return running;
  await running.close();
  throw new CannotDo(`The system runs over ${dataDir()}: stop it before you restore into it.`);
}

export function databaseUrl(): string {
  const url = process.env.DATABASE_URL || runningLinks()?.database_url;
  if (url) return url;
  throw new CannotDo(`Start the system over ${dataDir()} first, or name its database by DATABASE_URL.`);
}

export function hostOf(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)(?:[^/]*@)?([^/?]*).*$/, '$1$2');
}

export function refuseMoved(): void {
  const moved = movedAway(dataDir());
  if (moved !== undefined) throw new CannotDo(moved);
}

export interface Database {
  url: string;
  close(): Promise<void>;
}

export async function openPostgres(): Promise<Database> {
  const { DATABASE_URL } = process.env;
  if (DATABASE_URL) return { url: DATABASE_URL, close: async () => {} };
  refuseMoved();
  if (!existsSync(join(dataDir(), 'postgres.json')))
    throw new CannotDo(`There is no database in ${dataDir()}: choose another folder by DATA_DIR, or set DATABASE_URL.`);
  const folder = await openDataFolder(dataDir()).catch((error: Error) => error);
  const running = runningLinks()?.database_url;
  if (folder instanceof Error) {
    if (running !== undefined) return { url: running, close: async () => {} };
    throw new CannotDo(folder.message);
  }
  return startFolderPostgres(folder);
}

export async function startFolderPostgres(folder: DataFolder): Promise<Database> {
  try {
    const place = await folder.postgresPlace();
    const { url, keeper } = await startPostgres({ ...place, log_file: join(folder.log_dir, 'postgres.log') });
    return { url, close: () => keeper.stop().then(() => folder.close()) };
  } catch (error) {
    folder.close();
    throw new CannotDo((error as Error).message);
  }
}

function runningLinks(): Links | undefined {
  try {
    return JSON.parse(readFileSync(join(dataDir(), 'links.json'), 'utf8')) as Links;
  } catch {
    return undefined;
  }
}

export async function connect(url: string, place: string): Promise<Log> {
  const store = connectEventStore({ url });
  try {
    await store.ping(ANSWER_MS_MAX);
  } catch {
    await store.close();
    const trouble = await troubleWithEventStore(url);
    throw new CannotDo(trouble?.sentence ?? `The event store does not answer (${place}).`);
  }
  return { store, place, close: () => store.close() };
}

export async function openFolder(data_dir: string, make: boolean): Promise<Log> {
  if (!make && !existsSync(data_dir))
    throw new CannotDo(`There is no log in ${data_dir}: choose another folder by DATA_DIR, or set EVENTSTORE_URL.`);
  const { url, stop } = await serveFolder(data_dir);
  try {
    const { store, close } = await connect(url, data_dir);
    return { store, place: data_dir, close: () => close().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Imported here, so that a run against a server does not load the embedded store. */
async function serveFolder(data_dir: string): Promise<{ url: string; stop(): Promise<void> }> {
  const { startEventStore } = await import('../../libs/event-store-server/server.js');
  const { damageReport } = await import('../../libs/event-store-server/log-file.js');
  const { DamagedLog } = await import('../../libs/event-store-server/record.js');
  try {
    return await startEventStore({ host: '127.0.0.1', port: 0, data: { data_dir }, access: 'secret' });
  } catch (error) {
    throw new CannotDo(error instanceof DamagedLog ? damageReport(data_dir, error) : (error as Error).message);
  }
}

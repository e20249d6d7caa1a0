import { setTimeout as sleep } from 'node:timers/promises';
import { type EventStore, EventStoreUnavailable } from '../../libs/event-store/event-store.js';
import { connectEventStore } from '../../libs/event-store/eventstoredb.js';
import { StartRefused } from '../../libs/process/child.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { logSentence as log } from '../../libs/process/log.js';
import { openMetricsEndpoint } from '../../libs/process/metrics-endpoint.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { waitForServices } from '../../libs/process/services.js';
import { startTracing, stopTracing } from '../../libs/tracing/tracing.js';
import { openDatabase, READ_SCHEMA } from '../../projections/database/database.js';
import { type Db, TABLES_VERSION } from '../../projections/database/tables.js';
import { TablesReplaced } from '../../projections/projector/batch.js';
import { LogRefused, runProjector } from '../../projections/projector/live.js';
import { RebuildRunning, rebuild } from '../../projections/projector/rebuild.js';
import { watchRebuilds } from '../../projections/projector/rebuilds.js';
import { createTables, tablesVersion } from '../../projections/projector/schema.js';
import { RebuildRefused } from '../../projections/projector/swap.js';
import { projectorMetrics } from './metrics.js';

const PAUSE_MS_MAX = 5000;
const REPORT_EVERY_MS = 5000;

const metrics = projectorMetrics();
const stopping = new AbortController();
const { signal } = stopping;

async function main(): Promise<void> {
  let running: Promise<void> | undefined;
  onStop(async () => {
    stopping.abort();
    await running;
    await stopTracing();
  });
  running = run();
  await running;
}

async function run(): Promise<void> {
  readSecretFiles(process.env);
  await startTracing('factory-ledger-projector', log);
  const { EVENTSTORE_URL, DATABASE_URL } = process.env;
  if (!EVENTSTORE_URL || !DATABASE_URL)
    return fail('EVENTSTORE_URL and DATABASE_URL must say where the log and the database are.');
  try {
    await openMetricsEndpoint(metrics.registry, 'PROJECTOR_METRICS_LISTEN', process.env);
    await waitForServices({ eventstore_url: EVENTSTORE_URL, database_url: DATABASE_URL }, log, signal);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof StartRefused) await fail(error.message);
    throw error;
  }
  const db = openDatabase(DATABASE_URL, { connections_max: 6, log });
  const store = connectEventStore({ url: EVENTSTORE_URL, log });
  try {
    await prepare(db, store);
    if (!signal.aborted) await project(db, store);
  } catch (error) {
    if (error instanceof LogRefused || error instanceof TablesReplaced) await fail(error.message);
    throw error;
  } finally {
    await store.close();
    await db.destroy();
  }
}

async function project(db: Db, store: EventStore): Promise<void> {
  const watching = watchRebuilds({ db, store, signal, log });
  try {
    await runProjector({ db, store, signal, log, onFollowing: announceReady, onBatch: metrics.observeBatch });
  } finally {
    stopping.abort();
    await watching;
  }
}

async function prepare(db: Db, store: EventStore): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    try {
      const version = await tablesVersion(db, READ_SCHEMA);
      if (version === TABLES_VERSION) return;
      if (version !== undefined && version > TABLES_VERSION)
        throw new TablesReplaced('The read models were made by a newer version of this program; start that one.');
      if (version === undefined) await createTables(db, READ_SCHEMA);
      else await remake(db, store, version);
    } catch (error) {
      if (error instanceof TablesReplaced) throw error;
      if (signal.aborted) return;
      if (failures === 0) log(`waiting for ${whatIsMissing(error)}: ${(error as Error).message}`);
      await sleep(Math.min(100 * 2 ** failures, PAUSE_MS_MAX), undefined, { signal }).catch(() => {});
    }
  }
}

function whatIsMissing(error: unknown): string {
  if (error instanceof EventStoreUnavailable) return 'the event store';
  if (error instanceof RebuildRunning) return 'another rebuild';
  return error instanceof RebuildRefused ? 'a log or a program that knows all of it' : 'Postgres';
}

async function remake(db: Db, store: EventStore, version: number): Promise<void> {
  log(`the read models have version ${version}, this program has ${TABLES_VERSION}: rebuilding`);
  let reported_ms = performance.now();
  const events = await rebuild(db, store, {
    signal,
    onProgress: (progress) => {
      if (performance.now() - reported_ms < REPORT_EVERY_MS) return;
      reported_ms = performance.now();
      log(`rebuilding: ${progress.events} of ${progress.of ?? 'unknown'} events`);
    },
  });
  log(`rebuilt from ${events} events`);
}

main().catch(async (error: unknown) => {
  if (error instanceof StartRefused) return fail(error.message);
  process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
});

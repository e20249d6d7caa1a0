import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Gauge, Registry } from 'prom-client';
import { ImportRefused } from '../../libs/audit/import.js';
import { Tampered } from '../../libs/audit/signed-checkpoint.js';
import type { LogPosition } from '../../libs/event-store/event-store.js';
import { type Copied, CopyDamaged, followLog } from '../../libs/migration/follow-log.js';
import { noteCopy } from '../../libs/process/backup-record.js';
import { logLine } from '../../libs/process/log.js';
import { openMetricsEndpoint, showDisk } from '../../libs/process/metrics-endpoint.js';
import { dataDir, LINKS_HELP, openFolder, openLog } from './links.js';
import { CannotDo, type Verb } from './verb.js';

const HELP = `Usage: npm run cli -- follow FOLDER [--key PUBLIC_KEY]

Keeps a copy of the whole log in FOLDER, best on another machine, until it is interrupted: all ledgers, their checkpoints and the security
events, with ids, bytes and order. Each event must follow the one before by its hash, each checkpoint must be signed and say the same, and the
log must still have what was copied; at anything else it stops, writes nothing more, and says what it found. After any end, kill -9 included, the
same command checks the copy whole and goes on.

\`cli recover BACKUPS --log FOLDER\` takes the log from the copy and the users from the newest backup, \`cli drill BACKUPS --log FOLDER\` tries
that out. How far behind the copy is (the RPO) is shown by the metrics at FOLLOW_METRICS_LISTEN, such as 127.0.0.1:9465, and by those of an API whose
data folder is DATA_DIR on this machine.

  --key  the public key that must have signed every checkpoint

${LINKS_HELP}

Exit code: 0 interrupted, 1 the log or the copy is not what was recorded, 2 it cannot be carried out.`;

const STATE = 'copy.json';
const SAVE_EVERY_MS = 5000;

/** Of a folder with a copy. */
export interface CopyState {
  /** What was in the log then is in the copy. ISO 8601 UTC. */
  copied_at: string;
  events: number;
  /** Up to where the log that is followed was read, by its own positions. */
  after: { commit: string; prepare: string } | null;
}

/** Undefined: no copy, or none that was ever complete. */
export async function copyIn(folder: string): Promise<CopyState | undefined> {
  const text = await readFile(join(folder, STATE), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as CopyState);
}

async function run(args: string[], stop: AbortSignal): Promise<number> {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { key: { type: 'string' } } });
  const [named] = positionals;
  if (named === undefined || positionals.length > 1)
    throw new CannotDo('Name the folder for the copy: cli follow FOLDER');
  const folder = resolve(named);
  const from = await openLog();
  let to: Awaited<ReturnType<typeof openFolder>> | undefined;
  const note = notesOf(folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    to = await openFolder(folder, true);
    const state = await copyIn(folder);
    await openMetricsEndpoint(note.registry, 'FOLLOW_METRICS_LISTEN', process.env);
    logLine('info', `Following ${from.place}`, { copied_at: state?.copied_at });
    await followLog(from.store, to.store, {
      signal: stop,
      trusted_key: values.key,
      after: positionIn(state),
      log: (line) => logLine('warn', line),
      on_copied: note.copied,
    });
    return 0;
  } catch (error) {
    if (stop.aborted) return 0;
    if (error instanceof Tampered || error instanceof CopyDamaged) {
      await note.refused();
      logLine('error', `STOPPED: ${error.message}`, { folder, ...(await copyIn(folder)) });
      return 1;
    }
    throw error instanceof ImportRefused ? new CannotDo(error.message) : error;
  } finally {
    await note.end();
    await to?.close();
    await from.close();
  }
}

function positionIn(state: CopyState | undefined): LogPosition | undefined {
  if (!state?.after) return undefined;
  return { commit: BigInt(state.after.commit), prepare: BigInt(state.after.prepare) };
}

/** In the folder itself, in the record of a data folder on this machine, and as metrics. */
function notesOf(folder: string) {
  const api_dir = join(dataDir(), 'api');
  const registry = new Registry();
  showDisk(registry, folder);
  let last: Copied | undefined;
  let saved_ms = Number.NEGATIVE_INFINITY;
  let saving = Promise.resolve();
  new Gauge({
    name: 'factory_ledger_copy_lag_seconds',
    help: 'What was recorded longer ago is in the copy of the log.',
    registers: [registry],
    collect() {
      if (last !== undefined) this.set((Date.now() - Date.parse(last.at)) / 1000);
    },
  });
  new Gauge({
    name: 'factory_ledger_copy_events',
    help: 'Events in the copy of the log.',
    registers: [registry],
    collect() {
      if (last !== undefined) this.set(last.events);
    },
  });
  const noteHere = (changes: Parameters<typeof noteCopy>[1]) =>
    existsSync(api_dir) ? noteCopy(api_dir, changes) : Promise.resolve();
  const save = async () => {
    if (last === undefined) return;
    const { at: copied_at, events, after } = last;
    const position = after === undefined ? null : { commit: `${after.commit}`, prepare: `${after.prepare}` };
    const state: CopyState = { copied_at, events, after: position };
    const draft = join(folder, `${STATE}.new`);
    await writeFile(draft, JSON.stringify(state), { mode: 0o600, flush: true });
    await rename(draft, join(folder, STATE));
    await noteHere({ copied_at });
  };
  const saveNext = () => {
    saving = saving.then(save).catch(({ message }: Error) => logLine('warn', `Not noted: ${message}`));
    return saving;
  };
  return {
    registry,
    copied(copied: Copied) {
      if (last === undefined) logLine('info', 'The copy is complete', { events: copied.events });
      last = copied;
      if (performance.now() - saved_ms < SAVE_EVERY_MS) return;
      saved_ms = performance.now();
      void saveNext();
    },
    refused: () => noteHere({ copy_refused_at: new Date().toISOString() }),
    end: saveNext,
  };
}

export const verb: Verb = { help: HELP, run };

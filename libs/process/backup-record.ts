/** When the data folder was backed up, its log copied, and a backup tried out: written by the command line, told by the API's metrics. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Moments are ISO 8601 UTC. */
export interface BackupRecord {
  backed_up_at?: string;
  drilled_at?: string;
  /** From the beginning of the recovery until the read models were made. */
  drill_s?: number;
  drill_failed_at?: string;
  /** What was in the log then is in the copy that `cli follow` keeps. */
  copied_at?: string;
  /** When it stopped, the log not being what was copied. */
  copy_refused_at?: string;
}

const BACKUPS = 'backups.json';
/** Of its own: it is written every few seconds, by another process. */
const COPY = 'copy.json';

type CopyRecord = Pick<BackupRecord, 'copied_at' | 'copy_refused_at'>;

export async function readBackupRecord(api_dir: string): Promise<BackupRecord> {
  const [of_backups, of_copy] = await Promise.all([BACKUPS, COPY].map((file) => read(join(api_dir, file))));
  return { ...of_backups, ...of_copy };
}

export function noteBackup(api_dir: string, changes: Omit<BackupRecord, keyof CopyRecord>): Promise<void> {
  return note(join(api_dir, BACKUPS), changes);
}
export function noteCopy(api_dir: string, changes: CopyRecord): Promise<void> {
  return note(join(api_dir, COPY), changes);
}

async function note(file: string, changes: BackupRecord): Promise<void> {
  await writeFile(`${file}.new`, JSON.stringify({ ...(await read(file)), ...changes }), { flush: true });
  await rename(`${file}.new`, file);
}
function read(file: string): Promise<BackupRecord> {
  return readFile(file, 'utf8').then(
    (text) => JSON.parse(text) as BackupRecord,
    () => ({}),
  );
}

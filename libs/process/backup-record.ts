/** When the data folder was backed up, and a backup was tried out: written by the command line, told by the API's metrics. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Moments are ISO 8601 UTC. */
export interface BackupRecord {
  backed_up_at?: string;
  drilled_at?: string;
  /** From the beginning of the recovery until the read models were made. */
  drill_s?: number;
  drill_failed_at?: string;
}

const FILE = 'backups.json';

export async function readBackupRecord(api_dir: string): Promise<BackupRecord> {
  return readFile(join(api_dir, FILE), 'utf8').then(
    (text) => JSON.parse(text) as BackupRecord,
    () => ({}),
  );
}

export async function noteBackup(api_dir: string, changes: BackupRecord): Promise<void> {
  const draft = join(api_dir, `${FILE}.new`);
  await writeFile(draft, JSON.stringify({ ...(await readBackupRecord(api_dir)), ...changes }), { flush: true });
  await rename(draft, join(api_dir, FILE));
}

/**
 * A backup is a folder named by its moment, such as 2026-11-30T231500Z:
 *
 *     identity.ndjson   users, sessions, keys, webhooks: whatever Postgres holds that the log does not
 *     events.db         the log, taken after it: of the two the newer one, so nothing is known that it lacks
 *     jwt-secret        signs the tokens
 *     audit-key.pem     signs the checkpoints; both only where the environment does not give them
 *     manifest.json     when, how much, and the SHA-256 of each file
 *
 * Encrypted for a recipient (age-encryption.org/v1) all but the manifest end in .age. The folder has its name once all of it is on the disk.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Decrypter, Encrypter } from 'age-encryption';
import { CannotDo } from './verb.js';

const FORMAT = 1;
const MANIFEST = 'manifest.json';
const UNFINISHED = '.unfinished';
const NAME = /^\d{4}-\d{2}-\d{2}T\d{6}Z$/;

export interface Manifest {
  format: typeof FORMAT;
  /** Before the first file was read: what was recorded later may be missing. ISO 8601 UTC. */
  taken_at: string;
  events: number;
  streams: number;
  rows: Record<string, number>;
  files: { name: string; bytes: number; sha256: string }[];
}
export interface Backup {
  dir: string;
  manifest: Manifest;
}

/** Complete ones, the newest first. */
export async function backupsIn(folder: string): Promise<Backup[]> {
  const names = await readdir(folder).catch(() => {
    throw new CannotDo(`${folder} cannot be read.`);
  });
  const backups = names.filter((name) => NAME.test(name)).map((name) => join(folder, name));
  return Promise.all(backups.sort().reverse().map(readBackup));
}

export async function readBackup(dir: string): Promise<Backup> {
  const text = await readFile(join(dir, MANIFEST), 'utf8').catch(() => {
    throw new CannotDo(`${dir} is no backup: it has no ${MANIFEST}.`);
  });
  const manifest = JSON.parse(text) as Manifest;
  if (manifest.format !== FORMAT) throw new CannotDo(`${dir} was written by a newer version of this program.`);
  return { dir, manifest };
}

/** Named by the second; another one in the same second waits for the next. */
async function placeOf(folder: string): Promise<{ taken_at: string; dir: string }> {
  for (;;) {
    const taken_at = new Date().toISOString();
    const dir = join(folder, `${taken_at.slice(0, 19).replaceAll(':', '')}Z`);
    if (!existsSync(dir)) return { taken_at, dir };
    await sleep(1000 - (Date.now() % 1000));
  }
}

/** `fill` puts the files into the folder, plain. What is left of an interrupted one goes first. */
export async function writeBackup(
  folder: string,
  recipient: string | undefined,
  fill: (dir: string) => Promise<Pick<Manifest, 'events' | 'streams' | 'rows'>>,
): Promise<Backup> {
  const { taken_at, dir } = await placeOf(folder);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder))
    if (NAME.test(name.replace(UNFINISHED, '')) && name.endsWith(UNFINISHED))
      await rm(join(folder, name), { recursive: true });
  const draft = `${dir}${UNFINISHED}`;
  try {
    await mkdir(draft, { mode: 0o700 });
    const counted = await fill(draft);
    const files: Manifest['files'] = [];
    for (const name of (await readdir(draft)).sort()) {
      const kept = recipient === undefined ? name : await encrypt(draft, name, recipient);
      files.push({ name: kept, ...(await digestOf(join(draft, kept))) });
    }
    const manifest: Manifest = { format: FORMAT, taken_at, ...counted, files };
    await writeFile(join(draft, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`, { mode: 0o600, flush: true });
    await syncFolder(draft);
    await rename(draft, dir);
    await syncFolder(folder);
    return { dir, manifest };
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** Into an empty folder, plain; each is compared with its SHA-256 first. @throws CannotDo */
export async function unpack(
  { dir, manifest }: Backup,
  identity: string | undefined,
  to: string,
  without: readonly string[] = [],
): Promise<void> {
  const files = manifest.files.filter(({ name }) => !without.includes(name.replace(/\.age$/, '')));
  for (const { name, bytes, sha256 } of files) {
    const found = await digestOf(join(dir, name)).catch(() => undefined);
    if (found?.sha256 !== sha256 || found.bytes !== bytes)
      throw new CannotDo(`${join(dir, name)} is damaged: take another backup.`);
  }
  for (const { name } of files) {
    const plain = name.replace(/\.age$/, '');
    const source = createReadStream(join(dir, name));
    const file = join(to, plain);
    const target = createWriteStream(file, { mode: 0o600, flush: true });
    if (plain === name) await pipeline(source, target);
    else await pipeline(await decrypted(source, identity), target);
  }
}

async function encrypt(dir: string, name: string, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const encrypted = `${name}.age`;
  const plain = Readable.toWeb(createReadStream(join(dir, name))) as ReadableStream<Uint8Array>;
  const target = createWriteStream(join(dir, encrypted), { mode: 0o600, flush: true });
  await pipeline(await encrypter.encrypt(plain), target);
  await rm(join(dir, name));
  return encrypted;
}
async function decrypted(source: Readable, identity: string | undefined): Promise<ReadableStream<Uint8Array>> {
  if (identity === undefined) throw new CannotDo('The backup is encrypted: name the file of the key by --identity.');
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decrypt(Readable.toWeb(source) as ReadableStream<Uint8Array>);
  } catch (error) {
    throw new CannotDo(`The backup cannot be decrypted with this key (${(error as Error).message}).`);
  }
}

/** A line `age1…` as `age-keygen -y` prints it. @throws CannotDo */
export function readRecipient(recipient: string | undefined): string | undefined {
  if (!recipient) return undefined;
  try {
    new Encrypter().addRecipient(recipient);
    return recipient;
  } catch {
    throw new CannotDo('BACKUP_RECIPIENT must be a public key of age, age1…, as `age-keygen -y` prints it.');
  }
}
/** The line AGE-SECRET-KEY-… of a file that age-keygen made. */
export async function readIdentity(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CannotDo(`${file} cannot be read.`);
  });
  const identity = /^AGE-SECRET-KEY-\S+$/m.exec(text)?.[0];
  if (identity === undefined) throw new CannotDo(`${file} holds no line AGE-SECRET-KEY-…, as age-keygen writes it.`);
  return identity;
}

async function digestOf(file: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return { bytes: (await stat(file)).size, sha256: hash.digest('hex') };
}
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir);
  await handle.sync().finally(() => handle.close());
}

/** Removes all but the newest `keep`. @returns how many */
export async function removeOld(folder: string, keep: number): Promise<number> {
  const old = (await backupsIn(folder)).slice(keep);
  for (const { dir } of old) {
    // First its name: half a backup must not look like one.
    await rename(dir, `${dir}${UNFINISHED}`);
    await rm(`${dir}${UNFINISHED}`, { recursive: true });
  }
  return old.length;
}

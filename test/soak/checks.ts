/** Every acknowledged command against the log, by key, and all books against a fold of it. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { hashedContent } from '../../libs/ledger/codec.js';
import type { RecordedEvent } from '../../libs/ledger/events.js';
import { keptTwice } from '../support/books-kept-twice.js';
import { readLedger } from '../support/log.js';
import type { System } from '../support/system.js';
import type { Sent } from './clients.js';

export async function checkLog(
  system: System,
  sent: readonly Sent[],
): Promise<{ events: RecordedEvent[]; findings: string[] }> {
  const findings: string[] = [];
  // Folding throws where an invariant breaks.
  const { events, state } = await readLedger(system.eventstore_url);
  const books = keptTwice();
  let previous = '';
  for (const event of events) {
    const { hash, previous_hash } = event.metadata;
    if (previous_hash !== previous) findings.push(`position ${event.position} is not linked to the one before`);
    if (createHash('sha256').update(hashedContent(event)).digest('hex') !== hash)
      findings.push(`position ${event.position} does not have its hash`);
    previous = hash ?? '';
    books.add(event);
  }
  books.compareWith(state);
  books.compareAll(state);
  const by_key = Map.groupBy(events, ({ metadata }) =>
    metadata.idempotency_key.slice(metadata.idempotency_key.indexOf(':') + 1),
  );
  for (const command of sent) findings.push(...wrongWith(command, by_key.get(command.key) ?? []));
  const known = new Set(sent.map(({ key }) => key));
  for (const key of by_key.keys())
    if (key.startsWith('soak-') && !known.has(key)) findings.push(`the log holds ${key}, which nobody sent`);
  return { events, findings };
}

function wrongWith(
  { key, method, path, fate, answer = {}, position }: Sent,
  events: readonly RecordedEvent[],
): string[] {
  if (fate !== 'recorded')
    return events.length === 0 || fate === 'unsettled' ? [] : [`${key} was refused, and is in the log`];
  const last = events.at(-1);
  if (last === undefined) return [`${key} was acknowledged, and is not in the log`];
  if (last.position !== position)
    return [`${key} was acknowledged at ${position}, and is in the log at ${last.position}`];
  if (events.some((event, index) => event.position !== events[0]!.position + index))
    return [`${key} is in the log more than once`];
  const { number, reservation_id } = answer as { number?: string; reservation_id?: string };
  // A check-out's answer names both.
  const id = number ?? reservation_id;
  const text = JSON.stringify(events.map(({ data }) => data));
  return id === undefined || text.includes(`"${id}"`)
    ? []
    : [
        `${key} was acknowledged as ${id}, and is in the log as something else: ${method} ${path}, ${text.slice(0, 300)}`,
      ];
}

export function verifyRows({ eventstore_url, database_url }: System): Promise<string | undefined> {
  const cli = fileURLToPath(new URL('../../apps/cli/main.js', import.meta.url));
  const env = { ...process.env, EVENTSTORE_URL: eventstore_url, DATABASE_URL: database_url };
  return new Promise((resolve) => {
    execFile(process.execPath, [cli, 'verify'], { env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) =>
      resolve(
        error === null
          ? undefined
          : `cli verify ended with ${error.code ?? error.signal}: ${error.message.slice(0, 500)} ${stdout.slice(-2000)}${stderr.slice(-2000)}`,
      ),
    );
  });
}

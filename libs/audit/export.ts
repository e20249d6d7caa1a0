/**
 * One JSON a line, in one spelling, so that the same ledger gives the same bytes. The server's time of writing is left
 * out, since a restore changes it.
 * {"format":"factory-ledger export 1","ledger":"main","events":2,"head_hash":"…","checkpoints":1}
 * {"checkpoint":{…}}
 * {"position":0,"id":"…","type":"…","data":{…},"metadata":{…}}
 * {"end":{"events":2,"head_hash":"…","merkle_root":"…"}}
 */
import { isUtf8 } from 'node:buffer';
import type { EventStore, StoredEvent } from '../event-store/event-store.js';
import { findDamage } from '../event-store/stream-damage.js';
import { checkpointStream, ledgerStream } from '../event-store/streams.js';
import { type ChainedEvent, checkChain } from './chain.js';
import { type Inspection, type InspectOptions, type Inspector, inspect } from './inspect.js';
import { addLeaf, emptyTree, rootOf } from './merkle.js';
import { chainedEventOf, chaining, readChained, type StoredCheckpoint } from './signed-checkpoint.js';

const FORMAT = 'factory-ledger export 1';
/** An append is at most 1 MiB; JSON escapes make it longer. */
const LINE_BYTES_MAX = 8 * 1024 * 1024;

export interface ExportHeader {
  format: typeof FORMAT;
  ledger: string;
  events: number;
  head_hash: string;
  checkpoints: number;
}
interface Ending {
  events: number;
  head_hash: string;
  merkle_root: string;
}

export class NoLedger extends Error {}

/** An export would not be the ledger. One sentence. */
export class NotWhole extends Error {
  constructor(
    ledger_id: string,
    readonly position: number,
    reason: string,
  ) {
    super(`Ledger ${ledger_id} cannot be exported whole: ${reason}`);
  }
}

export async function headOf(store: EventStore, stream: string): Promise<StoredEvent | undefined> {
  for await (const event of store.readBackwards(stream, { max: 1 })) return event;
  return undefined;
}
export function hashIn({ metadata }: Pick<StoredEvent, 'metadata'>): string {
  return String((metadata as { hash?: unknown } | null)?.hash);
}

export async function readCheckpoints(
  store: EventStore,
  ledger_id: string,
  size = Number.POSITIVE_INFINITY,
): Promise<StoredCheckpoint[]> {
  const found: StoredCheckpoint[] = [];
  for await (const { data } of store.read(checkpointStream(ledger_id), 0)) {
    const checkpoint = data as StoredCheckpoint;
    if (!(checkpoint.size > size)) found.push(checkpoint);
  }
  return found;
}

export interface ExportOptions {
  until?: number | undefined;
  signal?: AbortSignal;
  on_header?: (header: ExportHeader) => void;
}

/** With line ends. @throws NoLedger, NotWhole, or what the log throws */
export async function* exportLines(
  store: EventStore,
  ledger_id: string,
  { until = Number.POSITIVE_INFINITY, signal, on_header }: ExportOptions = {},
): AsyncGenerator<string> {
  const { events, head_hash } = await endOfExport(store, ledger_id, until);
  const checkpoints = await readCheckpoints(store, ledger_id, events);
  const header = { format: FORMAT, ledger: ledger_id, events, head_hash, checkpoints: checkpoints.length } as const;
  on_header?.(header);
  yield line(header);
  for (const checkpoint of checkpoints) yield line({ checkpoint });
  const tree = emptyTree();
  const chain = checkChain();
  const next = chaining(ledger_id);
  for await (const event of store.read(ledgerStream(ledger_id), 0, { max: events, signal })) {
    const plain = chainedEventOf(event);
    if (!chain.next(next(plain))) {
      const { position, detail } = chain.findings()[0]!;
      throw new NotWhole(ledger_id, position, `position ${position}: ${detail}`);
    }
    addLeaf(tree, chain.head().hash);
    yield line(plain);
  }
  if (tree.size !== events)
    throw new NotWhole(ledger_id, tree.size, `it should have ${events} events, but ${tree.size} can be read.`);
  const end: Ending = { events, head_hash, merkle_root: rootOf(tree) };
  yield line({ end });
}

async function endOfExport(
  store: EventStore,
  ledger_id: string,
  until: number,
): Promise<Pick<ExportHeader, 'events' | 'head_hash'>> {
  const damage = await findDamage(store, ledgerStream(ledger_id));
  if (damage !== undefined) throw new NotWhole(ledger_id, 0, `${damage.reason}.`);
  const head = await headOf(store, ledgerStream(ledger_id));
  if (head === undefined) throw new NoLedger(`There is no ledger ${ledger_id}.`);
  const last = Math.min(head.revision, until);
  for await (const event of readChained(store, ledger_id, last, { max: 1 }))
    return { events: last + 1, head_hash: hashIn(event) };
  throw new NotWhole(ledger_id, last, `position ${last} cannot be read.`);
}

const line = (value: object) => `${JSON.stringify(value)}\n`;

export type ExportLine =
  | { kind: 'header'; header: ExportHeader }
  | { kind: 'checkpoint'; checkpoint: StoredCheckpoint; bytes: number }
  | { kind: 'event'; event: ChainedEvent; bytes: number }
  | { kind: 'end'; end: Ending }
  | { kind: 'broken'; reason: string };

/** An unreadable line is `broken`; so is a failing source, which ends the lines. */
export async function* readExport(source: AsyncIterable<Buffer>): AsyncGenerator<ExportLine> {
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of source) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
        yield readLine(bytes.subarray(from, at));
        from = at + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > LINE_BYTES_MAX) return yield { kind: 'broken', reason: 'A line has no end.' };
    }
  } catch (error) {
    return yield { kind: 'broken', reason: `The file cannot be read further (${(error as Error).message}).` };
  }
  if (rest.length > 0) yield { kind: 'broken', reason: 'The last line has no end.' };
}

const EVENT_FIELDS = ['position', 'id', 'type', 'data', 'metadata'];
const HEADER_FIELDS = ['format', 'ledger', 'events', 'head_hash', 'checkpoints'];

function readLine(bytes: Buffer): ExportLine {
  if (!isUtf8(bytes)) return { kind: 'broken', reason: 'A line is not UTF-8.' };
  const text = bytes.toString();
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'broken', reason: 'A line is not JSON.' };
  }
  if (typeof value !== 'object' || value === null || JSON.stringify(value) !== text)
    return { kind: 'broken', reason: 'A line is not written as an export writes it.' };
  const fields = Object.keys(value).join();
  if (fields === EVENT_FIELDS.join()) return { kind: 'event', event: value as never, bytes: bytes.length };
  if (fields === 'checkpoint')
    return { kind: 'checkpoint', checkpoint: value.checkpoint as never, bytes: bytes.length };
  if (fields === 'end') return { kind: 'end', end: value.end as never };
  if (fields === HEADER_FIELDS.join() && value.format === FORMAT) return { kind: 'header', header: value as never };
  return { kind: 'broken', reason: 'A line is of no known kind.' };
}

export interface InspectedExport {
  header: ExportHeader | undefined;
  inspection: Inspection;
}

export async function inspectExport(
  source: AsyncIterable<Buffer>,
  options: InspectOptions & { on_event?: (seen: number, of: number) => void; signal?: AbortSignal } = {},
): Promise<InspectedExport> {
  const checkpoints: StoredCheckpoint[] = [];
  const lost: string[] = [];
  let header: ExportHeader | undefined;
  let inspector: Inspector | undefined;
  let next: ReturnType<typeof chaining> | undefined;
  let end: Ending | undefined;
  let seen = 0;
  for await (const line of readExport(source)) {
    options.signal?.throwIfAborted();
    if (header === undefined) {
      if (line.kind !== 'header') break;
      header = line.header;
      continue;
    }
    if (inspector === undefined && checkpoints.length + lost.length < header.checkpoints) {
      if (line.kind === 'checkpoint') checkpoints.push(line.checkpoint);
      if (line.kind === 'broken') lost.push(`A checkpoint cannot be read: ${line.reason}`);
      if (line.kind === 'checkpoint' || line.kind === 'broken') continue;
      lost.push(`The header counts ${header.checkpoints} checkpoints; they end after ${checkpoints.length}.`);
    }
    inspector ??= beginInspection(header, checkpoints, lost, options);
    next ??= chaining(header.ledger);
    if (line.kind === 'end' && end === undefined) end = line.end;
    else if (line.kind === 'event' && end === undefined) {
      inspector.next(next(line.event));
      options.on_event?.(++seen, header.events);
    } else if (line.kind === 'broken' && end === undefined) inspector.unreadable(line.reason);
    else
      inspector.report({
        position: header.events,
        kind: 'unreadable',
        detail: `A line stands in the wrong place (${line.kind}).`,
      });
  }
  if (header === undefined) return { header, inspection: notAnExport() };
  inspector ??= beginInspection(header, checkpoints, lost, options);
  return { header, inspection: endInspection(inspector, header, end) };
}

function beginInspection(
  { ledger }: ExportHeader,
  checkpoints: readonly StoredCheckpoint[],
  lost: readonly string[],
  options: InspectOptions,
): Inspector {
  const inspector = inspect(ledger, checkpoints, options);
  for (const detail of lost) inspector.report({ position: 0, kind: 'checkpoint', detail });
  return inspector;
}

function endInspection(inspector: Inspector, header: ExportHeader, end: Ending | undefined): Inspection {
  const inspection = inspector.end({ position: header.events - 1, hash: header.head_hash });
  const { events, merkle_root, findings, state } = inspection;
  const report = (detail: string) => findings.push({ position: events, kind: 'truncated', detail });
  if (state?.config !== undefined && state.config.ledger_id !== header.ledger)
    report(`The header says ledger ${header.ledger}, the events ${state.config.ledger_id}.`);
  if (end === undefined) report('The last line of the export is missing.');
  else if (findings.length > 0) return inspection;
  else if (end.events !== header.events || end.head_hash !== header.head_hash || end.merkle_root !== merkle_root)
    report('The last line of the export does not say what the rest says.');
  return inspection;
}

function notAnExport(): Inspection {
  const inspection = inspect('', []).end();
  const detail = 'The first line is not the header of an export.';
  return { ...inspection, findings: [{ position: 0, kind: 'unreadable', detail }] };
}

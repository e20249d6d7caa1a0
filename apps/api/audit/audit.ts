import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip, createZstdCompress } from 'node:zlib';
import { exportLines, hashIn, headOf } from '../../../libs/audit/export.js';
import type { Proof } from '../../../libs/audit/proof.js';
import type { SignedCheckpoint, StoredCheckpoint } from '../../../libs/audit/signed-checkpoint.js';
import { withoutTiles } from '../../../libs/audit/signed-checkpoint.js';
import type { EventStore } from '../../../libs/event-store/event-store.js';
import { findDamage } from '../../../libs/event-store/stream-damage.js';
import { checkpointStream, ledgerStream } from '../../../libs/event-store/streams.js';
import type { LedgerHomes } from '../../../libs/ledger-homes/ledger-homes.js';
import { ledgerHalted, Problem } from '../http/problem.js';
import type { Compression } from './audit.parameters.js';
import type { StateAnswer, Tasks } from './audit-tasks.js';
import { type AuditThread, TaskFailed } from './audit-thread.js';
import type { Verifications, VerificationView } from './verifications.js';

const EXPORTS_MAX = 2;
/** A log that does not answer for so long is away; tasks that read it are given up. */
const AWAY_MS_MAX = 5000;
const PING_MS_MAX = 1000;
const CHUNK_CHARACTERS = 64 * 1024;

export class Audit {
  private exports = 0;

  constructor(
    private readonly store: EventStore,
    private readonly homes: Pick<LedgerHomes, 'halts'>,
    private readonly thread: AuditThread,
    readonly verifications: Verifications,
  ) {}

  async state(ask: Tasks['state']['ask']): Promise<StateAnswer> {
    const answer = await this.unlessAway(async () => {
      await this.refuseDamaged(ask.ledger_id);
      return this.thread.ask('state', ask).catch(tampered);
    });
    if (answer === undefined) throw new Problem('unknown_ledger', { ledger_id: ask.ledger_id });
    return answer;
  }

  async head(ledger_id: string) {
    const head = await this.headOrRefuse(ledger_id);
    const { recorded_at } = head.metadata as { recorded_at: string };
    const last = await this.unlessAway(() => headOf(this.store, checkpointStream(ledger_id)));
    const checkpoint = last === undefined ? null : withoutTiles(last.data as StoredCheckpoint);
    return { ledger_id, position: head.revision, hash: hashIn(head), recorded_at, checkpoint };
  }

  async checkpoints(
    ledger_id: string,
    from: number,
    limit: number,
  ): Promise<{ data: SignedCheckpoint[]; next_cursor: string | null }> {
    await this.headOrRefuse(ledger_id);
    const data = await this.unlessAway(() => this.checkpointsFrom(ledger_id, from, limit + 1));
    const more = data.length > limit;
    return { data: data.slice(0, limit), next_cursor: more ? String(from + limit) : null };
  }

  async checkpoint(ledger_id: string): Promise<SignedCheckpoint> {
    await this.headOrRefuse(ledger_id);
    const made = await this.unlessAway(() => this.thread.ask('checkpoint', { ledger_id }).catch(tampered));
    return made!;
  }

  async proof(ask: Tasks['proof']['ask']): Promise<Proof> {
    return this.unlessAway(async () => {
      await this.refuseDamaged(ask.ledger_id);
      return this.thread.ask('proof', ask).catch(tampered);
    });
  }

  /** The export begins when its bytes are read. @param mayGoOn rejects when the reader may no longer have it */
  async export(ledger_id: string, compression: Compression, mayGoOn: () => Promise<void>): Promise<Readable> {
    await this.headOrRefuse(ledger_id);
    // Foreign events are found on the way only, when the answer has begun.
    const halt = this.homes.halts().find((each) => each.ledger_id === ledger_id);
    if (halt !== undefined) throw ledgerHalted(halt);
    if (this.exports >= EXPORTS_MAX) throw new Problem('overloaded', {}, { headers: { 'retry-after': '10' } });
    this.exports += 1;
    const source = Readable.from(chunks(exportLines(this.store, ledger_id), mayGoOn), { objectMode: false });
    const packed =
      compression === 'none' ? source : source.compose(compression === 'gzip' ? createGzip() : createZstdCompress());
    packed.once('close', () => {
      this.exports -= 1;
    });
    return packed as Readable;
  }

  async verify(ask: Tasks['verify']['ask'], requested_by: string): Promise<VerificationView> {
    await this.headOrRefuse(ask.ledger_id).catch(unlessHalted);
    return this.verifications.begin(ask, requested_by);
  }

  private async checkpointsFrom(ledger_id: string, from: number, max: number): Promise<SignedCheckpoint[]> {
    const found: SignedCheckpoint[] = [];
    for await (const event of this.store.read(checkpointStream(ledger_id), from, { max }))
      found.push(withoutTiles(event.data as StoredCheckpoint));
    return found;
  }
  private async unlessAway<T>(work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    try {
      return await Promise.race([work(), this.whenAway(over.signal)]);
    } finally {
      over.abort();
    }
  }
  private async whenAway(over: AbortSignal): Promise<never> {
    for (let answered_ms = performance.now(); performance.now() - answered_ms < AWAY_MS_MAX; ) {
      await sleep(PING_MS_MAX / 2, undefined, { signal: over });
      const answers = await this.store.ping(PING_MS_MAX).then(
        () => true,
        () => false,
      );
      if (answers) answered_ms = performance.now();
    }
    throw new Problem('unavailable', {}, { headers: { 'retry-after': '1' } });
  }
  private async refuseDamaged(ledger_id: string): Promise<void> {
    const damage = await findDamage(this.store, ledgerStream(ledger_id));
    if (damage !== undefined) throw ledgerHalted({ ledger_id, reason: damage.reason });
  }
  private async headOrRefuse(ledger_id: string) {
    const head = await this.unlessAway(async () => {
      await this.refuseDamaged(ledger_id);
      return headOf(this.store, ledgerStream(ledger_id));
    });
    if (head === undefined) throw new Problem('unknown_ledger', { ledger_id });
    return head;
  }
}

function unlessHalted(error: unknown): void {
  if (!(error instanceof Problem && error.code === 'ledger_halted')) throw error;
}

function tampered(error: unknown): never {
  if (error instanceof TaskFailed && error.name === 'Tampered')
    throw new Problem('log_tampered', {}, { detail: error.message });
  throw error;
}

async function* chunks(lines: AsyncIterable<string>, mayGoOn: () => Promise<void>): AsyncGenerator<Buffer> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    await mayGoOn();
    yield Buffer.from(chunk);
    chunk = '';
  }
  yield Buffer.from(chunk);
}

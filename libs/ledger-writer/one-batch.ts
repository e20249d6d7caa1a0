/** Load, decide, append, answer. A batch that lost a race is rolled back and decided again on what the other wrote. */
import { setTimeout as sleep } from 'node:timers/promises';
import { refuse } from '../ledger/refusals.js';
import { trim } from '../ledger/state/state.js';
import { inTrace } from '../tracing/tracing.js';
import { BATCH_LIMITS, type Batch, decideBatch } from './batch.js';
import { traceBatch, tracedIn, traceOf } from './batch-spans.js';
import { batchTime } from './batch-time.js';
import { BEHIND_PAUSE_MS } from './catch-up.js';
import type { CommandQueue, QueuedGroup } from './command-queue.js';
import { untilItWorks, type WriterContext } from './context.js';
import type { HistoryLoader } from './history-loader.js';
import type { LedgerHalt } from './ledger-halt.js';
import type { WriterSettings } from './options.js';
import { DamagedLedger } from './remembered-halts.js';
import { appendUntilSettled, type SettledAppend } from './settled-append.js';
import type { StateSnapshotter } from './state-snapshotter.js';

interface Parts {
  queue: CommandQueue;
  history: HistoryLoader;
  catchUp(): Promise<void>;
  halts: LedgerHalt;
  snapshots: StateSnapshotter;
}

const CONTENDED_MS = 2000;

/** Without groups it ends what has expired; what did not fit goes back to the queue. @throws DamagedLedger */
export function batchRunner(
  context: WriterContext,
  { queue, history, catchUp, halts, snapshots }: Parts,
  settings: WriterSettings,
): (taken: readonly QueuedGroup[]) => Promise<void> {
  const { settle_ms_max, behind_ms_max, documents_max, keys_max } = settings;
  let limits = BATCH_LIMITS;
  let contended_until_ms = 0;
  /** Where, and since when, appends conflict with nothing that can be read. */
  let unexplained_conflict: { position: number; since_ms: number } | undefined;

  return async (taken) => {
    await halts.looked();
    const damage = halts.damage();
    if (damage !== undefined) throw new DamagedLedger(damage, true);
    const [traced] = tracedIn(taken);
    await inTrace(traced && traceOf(traced), async () => {
      while (!(await attempt(taken)));
    });
  };

  async function attempt(taken: readonly QueuedGroup[]): Promise<boolean> {
    const began_ms = performance.now();
    await history.loadFor(taken);
    const now = await batchTime(settings, taken);
    const groups = taken.filter(({ answered }) => !answered);
    const batch = decideBatch(context.state, groups, now, limits);
    const since_ms = performance.now();
    const is_done = batch.events.length === 0 ? await confirm(batch) : await append(batch, groups);
    const { results, events } = batch;
    traceBatch(
      context.ledger_id,
      groups,
      { began_ms, decided_ms: since_ms },
      { events: events.length, is_done, results },
    );
    if (!is_done) return false;
    queue.putBack(groups.slice(batch.results.length));
    for (const [index, results] of batch.results.entries()) groups[index]!.answer(results);
    trim(context.state, documents_max, keys_max);
    snapshots.saveSometimes();
    await giveWay(performance.now() - since_ms);
    return true;
  }

  /** With nothing to append, refusals hold only if no other writer has appended. */
  async function confirm({ change }: Batch): Promise<boolean> {
    change.rollback();
    const { position } = context.state;
    await catchUp();
    if (context.state.position !== position) noteLostRace();
    return context.state.position === position;
  }

  async function append(batch: Batch, groups: readonly QueuedGroup[]): Promise<boolean> {
    const settled = await appendOrRollBack(batch, groups);
    switch (settled.outcome) {
      case 'appended':
        return true;
      case 'conflict':
        await afterConflict();
        return false;
      case 'rejected':
        afterRejection(settled.reason, batch, groups);
        return false;
      case 'deleted':
        throw new DamagedLedger(`${context.stream} was deleted for good`, false);
      default:
        return settled satisfies never;
    }
  }
  async function appendOrRollBack(
    { events, results, change }: Batch,
    groups: readonly QueuedGroup[],
  ): Promise<SettledAppend> {
    const expected = context.state.position - events.length;
    let settled: SettledAppend | undefined;
    try {
      // Before anything is awaited: from here on no group may hear that nothing was written.
      queue.setUnsettled(
        groups.filter(
          ({ mode }, index) => mode !== 'dry' && results[index]?.some(({ outcome }) => outcome !== 'refused'),
        ),
      );
      if (expected < 0) await assertSound();
      const since_ms = performance.now();
      settled = await appendUntilSettled(context, expected, events, settle_ms_max);
      settings.onAppend(settled.outcome, performance.now() - since_ms);
      if (settled.outcome !== 'deleted' || settled.is_certain) queue.setUnsettled([]);
      return settled;
    } finally {
      if (settled?.outcome === 'appended') change.commit();
      else change.rollback();
    }
  }

  async function assertSound(): Promise<void> {
    try {
      await halts.assertSound();
    } catch (error) {
      queue.setUnsettled([]);
      throw error;
    }
  }

  async function afterConflict(): Promise<void> {
    const { position } = context.state;
    await untilItWorks(context, 'reading what was missed', catchUp);
    if (context.state.position === position) await nothingMissed(position);
    noteLostRace();
  }
  /** The log refuses what comes next but holds nothing new; a read may lag behind for a moment. */
  async function nothingMissed(position: number): Promise<void> {
    if (unexplained_conflict?.position !== position) unexplained_conflict = { position, since_ms: performance.now() };
    if (performance.now() - unexplained_conflict.since_ms > behind_ms_max)
      throw new DamagedLedger(
        `${context.stream} takes nothing behind position ${position}, though nothing follows it`,
        false,
      );
    await sleep(BEHIND_PAUSE_MS, undefined, { signal: context.closing });
  }
  /** What is too large is split or refused. All else, such as a missing right, needs an operator. */
  function afterRejection(reason: string, batch: Batch, groups: readonly QueuedGroup[]): void {
    if (reason !== 'maximum-append-size-exceeded') throw new Error(`the log refused the events: ${reason}`);
    const { events, bytes, parts, results } = batch;
    if (parts > 1) {
      limits = { events_max: Math.ceil(events.length / 2), bytes_max: Math.ceil(bytes / 2) };
      context.log(`the log takes no ${bytes} bytes in one append; trying half of it`);
      return;
    }
    const index = results.findIndex((each) => each.some((result) => result.outcome === 'recorded'));
    if (index < 0) throw new Error(`the log does not take the end of one reservation, of ${bytes} bytes`);
    const refusal = refuse('batch_too_large', { events: events.length, bytes });
    groups[index]!.answer([{ outcome: 'refused', refusal, index: 0 }]);
  }

  function noteLostRace(): void {
    contended_until_ms = performance.now() + CONTENDED_MS;
  }
  /** The winner of a race could append before the loser has caught up, so each pauses for about an append's time. */
  async function giveWay(append_ms: number): Promise<void> {
    if (performance.now() < contended_until_ms) await sleep(append_ms * (0.5 + 2 * Math.random()));
  }
}

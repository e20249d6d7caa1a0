/** The one way into a ledger (one-batch.ts). Several writers of a ledger are safe: one wins each append. */
import { StreamTombstoned } from '../event-store/event-store.js';
import { ledgerStream } from '../event-store/streams.js';
import { emptyState, trim } from '../ledger/state/state.js';
import type { CommandGroup, Submission } from './batch.js';
import { trustedNow } from './batch-time.js';
import { catchUpWith } from './catch-up.js';
import { commandQueue, type QueuedGroup } from './command-queue.js';
import { pauseAfter, untilItWorks, type WriterContext } from './context.js';
import { historyLoader } from './history-loader.js';
import { ledgerHalt } from './ledger-halt.js';
import { batchRunner } from './one-batch.js';
import { type WriterOptions, withDefaults } from './options.js';
import { type AtomicWriterOutcome, away, busy, type Halted, type WriterOutcome } from './outcomes.js';
import { DamagedLedger, type Halt } from './remembered-halts.js';
import { outcomeOf } from './replay.js';
import { stateSnapshotter } from './state-snapshotter.js';

export type { Submission } from './batch.js';
export type { WriterOptions } from './options.js';
export type { AtomicWriterOutcome, ClockAhead, Halted, WriterOutcome } from './outcomes.js';

export interface LedgerWriter {
  /** Answers when the log has the events; in the order of the calls. */
  submit(submission: Submission): Promise<WriterOutcome>;
  dryRun(submission: Submission): Promise<WriterOutcome>;
  /** In one append: the first refusal refuses all. */
  submitAll(submissions: Submission[]): Promise<AtomicWriterOutcome>;
  /** Of the last event known; −1: none. */
  position(): number;
  /** No such ledger, and no command waits that could open it. */
  unused(): boolean;
  idle(): boolean;
  /** When the ledger's events are folded, or it is halted. */
  loaded(): Promise<void>;
  halted(): Halt | undefined;
  /** Looks whether the stream was deleted or truncated; no append begins before that is known. */
  look(): void;
  /** Finishes what waits, saves a snapshot. */
  close(): Promise<void>;
}

export function openWriter(options: WriterOptions): LedgerWriter {
  const settings = withDefaults(options);
  const { store, ledger_id, settle_ms_max, documents_max, keys_max, log_clock, is_home, standby_ms } = settings;
  const closing = new AbortController();
  const context: WriterContext = {
    store,
    ledger_id,
    stream: ledgerStream(ledger_id),
    state: emptyState(),
    closing: closing.signal,
    log: (line) => settings.log(`ledger ${ledger_id}: ${line}`),
  };
  const queue = commandQueue(settings);
  const halts = ledgerHalt(context, {
    snapshots: settings.snapshots,
    is_known: settings.is_known,
    watch_ms: settings.watch_ms,
    onDamage: queue.wake,
  });
  const snapshots = stateSnapshotter(context, settings.snapshots, settings.snapshot_every);
  const history = historyLoader(context);
  const catchUp = catchUpWith(context, {
    behind_ms_max: settings.behind_ms_max,
    assertSound: halts.assertSound,
    observe: log_clock.observe,
    onProgress() {
      trim(context.state, documents_max, keys_max);
      snapshots.saveSometimes();
    },
  });
  const runBatch = batchRunner(context, { queue, history, catchUp, halts, snapshots }, settings);
  let is_loaded = false;
  const loaded = Promise.withResolvers<void>();
  let failures = 0;
  const running = run();
  void halts.watch();

  async function run(): Promise<void> {
    do {
      let goes_on = await attempt([], () => untilItWorks(context, 'reading the ledger', load));
      goes_on &&= halts.current() === undefined;
      while (goes_on && (!closing.signal.aborted || !queue.isEmpty())) {
        if (queue.isEmpty() && !isDue() && !closing.signal.aborted) await queue.wait(untilDue());
        const groups = queue.take();
        if (groups.length > 0) settings.onBatch(groups.length, performance.now() - groups[0]!.since_ms);
        if (groups.length > 0 || isDue()) await attempt(groups, () => runBatch(groups));
        else if (!is_home(ledger_id) && !closing.signal.aborted) await attempt([], catchUp);
        queue.finish();
        goes_on = halts.current() === undefined;
      }
      const halt = halts.current();
      if (halt !== undefined) {
        loaded.resolve();
        queue.failWaiting(haltedBy(halt));
      }
      await halts.untilResumed();
    } while (!closing.signal.aborted);
  }
  async function load(): Promise<void> {
    await halts.beforeLoading();
    if (halts.current() !== undefined) return;
    const saved_at = await snapshots.restore();
    await catchUp();
    // A quiet night's last event tells no time, and reservations may have expired.
    if (!log_clock.allows(settings.now())) await log_clock.ask(settings.now());
    is_loaded = true;
    loaded.resolve();
    context.log(`ready at position ${context.state.position} (snapshot at ${saved_at})`);
  }
  /** An outage costs the groups of that moment; a damaged ledger is halted. False: failed. */
  async function attempt(groups: readonly QueuedGroup[], task: () => Promise<void>): Promise<boolean> {
    try {
      await task();
      failures = 0;
      return true;
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof DamagedLedger || error instanceof StreamTombstoned)
        queue.fail(groups, haltedBy(await halts.haltFor(error)));
      else {
        if (failures % 20 === 0) context.log(message);
        queue.fail(groups, away(message));
        await pauseAfter(context, failures++);
      }
      return false;
    }
  }
  function haltedBy(halt: Halt): Halted {
    return { outcome: 'halted', ledger_id, ...halt };
  }

  function isDue(): boolean {
    const { next_expiry } = context.state;
    if (halts.damage() !== undefined) return true;
    return is_home(ledger_id) && next_expiry !== '' && next_expiry <= trustedNow(settings);
  }
  function untilDue(): number | undefined {
    if (!is_home(ledger_id)) return standby_ms;
    const { next_expiry } = context.state;
    if (next_expiry === '') return undefined;
    const ms = Date.parse(next_expiry) - Date.parse(trustedNow(settings));
    return Math.min(Math.max(ms, 0) + 5, 60_000);
  }

  function enqueue(mode: CommandGroup['mode'], submissions: Submission[], since_ms: number) {
    halts.noteUse();
    const halt = halts.current();
    if (halt !== undefined) return haltedBy(halt);
    return closing.signal.aborted
      ? busy('the ledger is closing')
      : queue.add(mode, submissions.map(atArrival), since_ms);
  }
  function atArrival(submission: Submission): Submission {
    const { command, envelope } = submission;
    return envelope.now === '' ? { command, envelope: { ...envelope, now: settings.now() } } : submission;
  }
  async function outcomeOfOne(mode: 'one' | 'dry', submission: Submission): Promise<WriterOutcome> {
    const since_ms = performance.now();
    const results = await enqueue(mode, [submission], since_ms);
    if (!Array.isArray(results)) return results;
    return outcomeOf(context, history.loadEvent, results[0]!, since_ms + settle_ms_max);
  }
  return {
    submit: (submission) => outcomeOfOne('one', submission),
    async dryRun(submission) {
      const outcome = await outcomeOfOne('dry', submission);
      if (outcome.outcome !== 'recorded' || outcome.replayed) return outcome;
      const { answer, events, of_others } = outcome;
      return { outcome: 'would_record', answer, events, ...(of_others && { of_others }) };
    },
    async submitAll(submissions) {
      const since_ms = performance.now();
      const results = await enqueue('all', submissions, since_ms);
      if (!Array.isArray(results)) return results;
      const last = results.at(-1);
      if (last?.outcome === 'refused') return { outcome: 'none', index: last.index, refusal: last.refusal };
      const late_ms = since_ms + settle_ms_max;
      const outcomes = results.map((result) => outcomeOf(context, history.loadEvent, result, late_ms));
      return { outcome: 'all', outcomes: await Promise.all(outcomes) };
    },
    position: () => context.state.position,
    loaded: () => loaded.promise,
    idle: () => is_loaded && queue.size() === 0,
    unused: () => is_loaded && context.state.position < 0 && queue.size() === 0 && halts.current() === undefined,
    halted: halts.current,
    look: halts.look,
    async close() {
      closing.abort();
      queue.wake();
      await running.catch((error: Error) => context.log(`stopped with ${error.message}`));
      queue.failWaiting(busy('the ledger is closing'));
      queue.close();
      await snapshots.close(halts.current() === undefined);
    },
  };
}

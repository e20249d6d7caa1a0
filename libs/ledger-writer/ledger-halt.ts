/** Stops a ledger whose log breaks its rules until an operator resumes it. Watches for deletion and truncation. */
import { setTimeout as sleep } from 'node:timers/promises';
import { findDamage } from '../event-store/stream-damage.js';
import type { WriterContext } from './context.js';
import { DamagedLedger, type Halt, rememberedHalt, rememberHalt } from './remembered-halts.js';
import type { StateSnapshotFile } from './state-snapshot-file.js';
import { reasonToHalt } from './stream-guard.js';

export interface LedgerHalt {
  current(): Halt | undefined;
  damage(): string | undefined;
  /** Looks for damage now. */
  look(): void;
  /** Settles with the looks begun so far; undefined where none runs. */
  looked(): Promise<void> | undefined;
  /** Halts where a remembered halt is in force. @throws DamagedLedger, and as reads do */
  beforeLoading(): Promise<void>;
  assertSound(): Promise<void>;
  haltFor(error: Error): Promise<Halt>;
  untilResumed(): Promise<void>;
  watch(): Promise<void>;
  /** The watch then looks more often. */
  noteUse(): void;
}

export interface LedgerHaltOptions {
  snapshots: StateSnapshotFile | undefined;
  is_known: ((ledger_id: string) => Promise<boolean>) | undefined;
  watch_ms: number;
  onDamage(): void;
}

/** How the next start learns of the halt. */
type Memory = 'found_again' | 'to_write' | 'written' | 'visible';

const RESUME_LOOK_MS = 5000;
const IDLE_FACTOR = 10;

export function ledgerHalt(
  context: WriterContext,
  { snapshots, is_known, watch_ms, onDamage }: LedgerHaltOptions,
): LedgerHalt {
  const { store, stream, ledger_id, closing, log } = context;
  const guarded = { store, ledger_id, snapshots, is_known };
  let current: Halt | undefined;
  let memory: Memory = 'found_again';
  let damage: string | undefined;
  let is_used = false;
  let looking: Promise<void> | undefined;

  function halt(reason: Halt, how: Memory): Halt {
    current = reason;
    memory = how;
    damage = undefined;
    log(`HALTED after position ${reason.position}: ${reason.reason}`);
    return reason;
  }
  async function isInForce(): Promise<boolean> {
    const reason = memory === 'visible' ? reasonToHalt(guarded) : rememberedHalt(store, ledger_id);
    return (await reason) !== undefined;
  }
  async function isResumed(reason: Halt): Promise<boolean> {
    if (memory === 'found_again') return false;
    if (memory !== 'to_write') return !(await isInForce());
    await rememberHalt(store, ledger_id, reason);
    memory = 'written';
    return false;
  }
  async function assertSound(): Promise<void> {
    const reason = await reasonToHalt(guarded);
    if (reason !== undefined) throw new DamagedLedger(reason, true);
  }

  function isLooking(): boolean {
    return current === undefined && context.state.position >= 0;
  }
  async function lookNow(): Promise<void> {
    if (!isLooking()) return;
    damage ??= (await findDamage(store, stream, closing).catch(() => undefined))?.reason;
    if (damage !== undefined) onDamage();
  }
  /** Not at once with a look that may have read before. */
  function look(): Promise<void> {
    const mine = (looking ?? Promise.resolve()).then(lookNow).finally(() => {
      if (looking === mine) looking = undefined;
    });
    looking = mine;
    return mine;
  }

  return {
    current: () => current,
    damage: () => damage,
    look: () => void look(),
    looked: () => looking,
    assertSound,
    async beforeLoading() {
      const remembered = await rememberedHalt(store, ledger_id);
      if (remembered !== undefined) halt(remembered, 'written');
      else await assertSound();
    },
    async haltFor(error) {
      const { position } = context.state;
      const visible = await reasonToHalt(guarded).catch(() => undefined);
      if (visible !== undefined) return halt({ position, reason: visible }, 'visible');
      const is_found_again = !(error instanceof DamagedLedger) || error.found_again;
      return halt({ position, reason: error.message }, is_found_again ? 'found_again' : 'to_write');
    },
    async untilResumed() {
      while (current !== undefined && !closing.aborted) {
        try {
          if (await isResumed(current)) {
            log('an operator has resumed it');
            current = undefined;
            return;
          }
        } catch (error) {
          log(`the halt cannot be looked up or remembered: ${(error as Error).message}`);
        }
        await sleep(RESUME_LOOK_MS, undefined, { signal: closing }).catch(() => {});
      }
    },
    async watch() {
      for (let idle = 0; !closing.aborted; idle += 1) {
        await sleep(watch_ms, undefined, { signal: closing }).catch(() => {});
        if (!isLooking() || (!is_used && idle < IDLE_FACTOR)) continue;
        is_used = false;
        idle = 0;
        await lookNow();
      }
    },
    noteUse() {
      is_used = true;
    },
  };
}

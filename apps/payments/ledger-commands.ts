/** Gives commands to the home of a ledger, again and again, until it has decided. */
import { hash } from 'node:crypto';
import { BulkheadPolicy, bulkhead, ExponentialBackoff, handleWhenResult, retry, wrap } from 'cockatiel';
import type { Command } from '../../libs/ledger/commands.js';
import type { LedgerHomes, Outcome } from '../../libs/ledger-homes/ledger-homes.js';
import type { Trace } from '../../libs/tracing/traceparent.js';

/** The actor of what the payment process records. No user can have this name. */
export const PAYMENTS_ACTOR = 'payments';

/** At the same time: a batch of the ledger takes as many. */
const IN_FLIGHT_MAX = 500;
const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 5000;

type Decided = { outcome: 'recorded' } | { outcome: 'refused'; code: string; details: Record<string, unknown> };

export class LedgerCommands {
  private readonly places: BulkheadPolicy = bulkhead(IN_FLIGHT_MAX, Number.MAX_SAFE_INTEGER);
  private readonly untilDecided = retry(handleWhenResult(isUndecided), {
    maxAttempts: Number.MAX_SAFE_INTEGER,
    backoff: new ExponentialBackoff({ initialDelay: PAUSE_MS_MIN, maxDelay: PAUSE_MS_MAX }),
  });
  private readonly policy = wrap(this.places, this.untilDecided);

  constructor(
    private readonly homes: Pick<LedgerHomes, 'of'>,
    log: (line: string) => void,
  ) {
    let said_ms = 0;
    this.untilDecided.onRetry((reason) => {
      if (Date.now() - said_ms < 10_000) return;
      said_ms = Date.now();
      log(`a command has to wait: ${'value' in reason ? (reason.value as Outcome).outcome : `${reason.error}`}`);
    });
  }

  waiting(): number {
    return IN_FLIGHT_MAX - this.places.executionSlots;
  }

  /** `name`: of this command among those about its order; the same again is decided once. @throws where `signal` aborts */
  async give(ledger_id: string, name: string, command: Command, signal: AbortSignal, trace?: Trace): Promise<Decided> {
    const request_hash = hash('sha256', JSON.stringify(command), 'base64url').slice(0, 22);
    const outcome = await this.policy.execute(() => {
      signal.throwIfAborted();
      return this.homes.of(ledger_id).submit({
        command,
        envelope: {
          actor: PAYMENTS_ACTOR,
          role: 'manager',
          // Not by a clock of its own: it would bring the ledger's time forward, and holds would run out.
          now: '',
          idempotency_key: `${PAYMENTS_ACTOR}:${name}`,
          request_hash,
          ...(trace !== undefined && { trace }),
        },
      });
    }, signal);
    if (outcome.outcome === 'recorded') return { outcome: 'recorded' };
    if (outcome.outcome !== 'refused') throw new Error(`${name} is ${outcome.outcome}`);
    const { code, details } = outcome.refusal;
    return { outcome: 'refused', code, details };
  }
}

function isUndecided(outcome: unknown): boolean {
  const { outcome: word } = outcome as Outcome;
  return word !== 'recorded' && word !== 'refused';
}

/** Commands go through the rules; events look as read from the log. */
import { createHash } from 'node:crypto';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { type Command, documentsNeeded, type Role } from '../../libs/ledger/commands.js';
import { decide, decideExpiries } from '../../libs/ledger/decide.js';
import type { LedgerEvent, RecordedEvent } from '../../libs/ledger/events.js';
import type { Refusal } from '../../libs/ledger/refusals.js';
import { applyEvent, documentPositions, emptyState, type LedgerState } from '../../libs/ledger/state/state.js';

export interface Given {
  actor?: string;
  role?: Role;
}

export class LedgerHistory {
  readonly state: LedgerState = emptyState();
  readonly events: RecordedEvent[] = [];

  constructor(
    readonly ledger: string,
    public now: string,
    time_zone = 'UTC',
  ) {
    const threshold = { approval_threshold: '5000.00' };
    this.give({ type: 'open_ledger', ledger_id: ledger, currency: 'USD', digits: 2, time_zone, ...threshold });
  }

  try(command: Command, { actor = 'ann', role = 'admin' }: Given = {}): RecordedEvent[] | Refusal {
    for (const event of decideExpiries(this.state, this.now, 100)) this.record([event]);
    for (const number of documentsNeeded(command, this.state.requests)) {
      const positions = documentPositions(this.state, number);
      if (positions)
        this.state.documents.set(
          number,
          positions.map((position) => this.events[position]!),
        );
    }
    const idempotency_key = `${this.ledger}-${this.events.length}`;
    const decided = decide(this.state, command, { actor, role, now: this.now, idempotency_key });
    if (decided.outcome === 'refused') return decided.refusal;
    return decided.outcome === 'decided' ? this.record(decided.events) : [];
  }

  /** @throws where refused. @returns the last event */
  give(command: Command, given: Given = {}): RecordedEvent {
    const result = this.try(command, given);
    if (!Array.isArray(result)) throw new Error(`${command.type} was refused: ${JSON.stringify(result)}`);
    return result.at(-1)!;
  }

  private record(events: LedgerEvent[]): RecordedEvent[] {
    return events.map((event) => {
      const recorded = applyEvent(this.state, event);
      this.events.push(recorded);
      return recorded;
    });
  }
}

export function bytesOf({ data, metadata }: Pick<StoredEvent, 'data' | 'metadata'>): StoredEvent['bytes'] {
  return { data: Buffer.from(JSON.stringify(data)), metadata: Buffer.from(JSON.stringify(metadata)) };
}

export function logOf(...histories: LedgerHistory[]): StoredEvent[] {
  const all = histories.flatMap(({ ledger, events }) => events.map((event) => ({ ledger, event })));
  all.sort(
    (a, b) =>
      (a.event.metadata.recorded_at < b.event.metadata.recorded_at ? -1 : 1) *
        Number(a.event.metadata.recorded_at !== b.event.metadata.recorded_at) || a.event.position - b.event.position,
  );
  return all.map(({ ledger, event: { position, type, data, metadata } }, index) => ({
    id: uuidOf(`${ledger} ${position}`),
    stream: `ledger-${ledger}`,
    revision: position,
    log_position: { commit: BigInt(index * 100 + 7), prepare: BigInt(index * 100 + 7) },
    type,
    data: structuredClone(data),
    metadata: structuredClone(metadata),
    bytes: bytesOf({ data, metadata }),
    created_ms: Date.now(),
  }));
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** What a decision is made with, and what it is: events with their dates, or a refusal. */
import type { Envelope } from '../commands.js';
import type { EventBody } from '../events.js';
import type { Refusal } from '../refusals.js';
import type { LedgerConfig, LedgerState } from '../state/state.js';

/** `recorded_at` is the envelope's time, or the ledger's last instant where that is later. */
export interface Context {
  state: LedgerState;
  config: LedgerConfig;
  envelope: Envelope;
  recorded_at: string;
  basis: Basis;
  /** Of backdated commands: adjusts the counts of a place since then by the pieces that move (count-adjustments.ts). */
  adjustCounts?: (key: string, moved: number) => Refusal | undefined;
}

/** The approval, reservation or order that a command carries out. */
export interface Basis {
  reservation_id?: string;
  order_id?: string;
  ordered_by?: string;
  /** Pieces by place that are reserved for this very command. */
  own?: ReadonlyMap<string, number>;
}

export interface DatedEvent {
  body: EventBody;
  effective_at: string;
}

export type Decision = { events: DatedEvent[] } | { refusal: Refusal };

export function refused(refusal: Refusal): Decision {
  return { refusal };
}

export function recorded(effective_at: string, ...events: EventBody[]): Decision {
  return { events: events.map((body) => ({ body, effective_at })) };
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'code' in value && 'details' in value;
}

/** An optional field, absent where it has no value: events hold no nulls. */
export function given<K extends string, V>(name: K, value: V | undefined | null): { [key in K]?: V } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [key in K]?: V });
}

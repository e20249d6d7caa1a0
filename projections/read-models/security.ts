/**
 * Who signed in, was locked out, made or changed a user. The stream `security` is one more book in the tables `ledgers`, `events` and
 * `mentions`, under a name that no ledger can have: what keeps a ledger exactly once, halts it and rebuilds it does so with this one.
 * They happened when an instance noted them, and are known from when the log recorded them: while it was away they wait, and an answer
 * about what was known then must not change when they come.
 */
import { SECURITY_BOOK, SECURITY_STREAM } from '../../libs/audit/checkpoint.js';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { type AsOf } from '../as-of/as-of.js';
import type { Page } from '../as-of/cursor.js';
import { type Snapshot } from '../as-of/snapshot.js';
import type { Writer } from '../engine/writer.js';
import { type AuditEvent, type BookTimes, copyEvents, type EventFilter, listEvents } from './events.js';

export { SECURITY_BOOK, SECURITY_STREAM };

type Data = Record<string, unknown>;
interface FieldChange {
  field: string;
  old: unknown;
  new: unknown;
}

const changed = (field: string, before: unknown, after: unknown): FieldChange[] =>
  (before ?? null) === (after ?? null) ? [] : [{ field, old: before ?? null, new: after ?? null }];
const nothing = (): FieldChange[] => [];

/** What each type of event changed of its user. A password is a secret: that it changed is told by the type alone. */
const CHANGES = {
  SignedIn: nothing,
  SignedOut: nothing,
  SignInFailed: nothing,
  /** How often names that nobody has were tried within a minute. */
  UnknownNamesTried: nothing,
  SignInLocked: ({ until }: Data) => changed('locked_until', null, until),
  // Older events do not say until when it was.
  SignInUnlocked: ({ locked_until }: Data) => changed('locked_until', locked_until, null),
  UserCreated: ({ role }: Data) => [...changed('role', null, role), ...changed('active', null, true)],
  UserRoleChanged: ({ from, to }: Data) => changed('role', from, to),
  UserDeactivated: () => changed('active', true, false),
  UserReactivated: () => changed('active', false, true),
  PasswordChanged: nothing,
  PasswordReset: nothing,
};
export type SecurityEventType = keyof typeof CHANGES;

export function securityChanges({ type, data }: Pick<AuditEvent, 'type' | 'data'>) {
  const id = usernameIn(data);
  if (id === null) return [];
  return CHANGES[type as SecurityEventType](data).map((change) => ({ kind: 'user', id, ...change }));
}

/** Of whom the event tells; null where somebody tried a name that nobody has. */
function usernameIn(data: Data): string | null {
  return (data.username as string | null | undefined) ?? null;
}

export interface SecurityFact {
  ledger: typeof SECURITY_BOOK;
  position: number;
  type: string;
  actor: string;
  /** When the log did. */
  recorded_at: string;
  /** When it happened. */
  effective_at: string;
  data: Data;
  bytes: StoredEvent['bytes'];
}

/** @throws Error for what this program did not write. */
export function readSecurityEvent({ revision, type, data, metadata, bytes, created_ms }: StoredEvent): SecurityFact {
  if (!Object.hasOwn(CHANGES, type)) throw new Error('unknown type');
  const { actor, recorded_at: effective_at } = (metadata ?? {}) as Data;
  if (typeof data !== 'object' || data === null) throw new Error('its data is no object');
  if (typeof actor !== 'string') throw new Error('its metadata lacks actor');
  if (typeof effective_at !== 'string' || Number.isNaN(Date.parse(effective_at)))
    throw new Error('its metadata lacks recorded_at');
  if (typeof ((data as Data).username ?? '') !== 'string') throw new Error('its username is no text');
  const recorded_at = new Date(created_ms).toISOString();
  const event = { position: revision, type, actor, recorded_at, effective_at };
  return { ledger: SECURITY_BOOK, ...event, data: data as Data, bytes };
}

export function projectSecurity(writer: Writer, facts: readonly SecurityFact[]): void {
  copyEvents(
    writer,
    facts.map(({ recorded_at: recorded, effective_at: effective, ...event }) => {
      const username = usernameIn(event.data);
      const entities = username === null ? [] : [`user:${username}`];
      return { ...event, recorded, effective, entities, late_1: null };
    }),
  );
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface SecurityEvent {
  /** In the stream `security`; no position of a ledger. */
  security_position: number;
  type: string;
  actor: string;
  username: string | null;
  effective_at: string;
  recorded_at: string;
  data: Data;
}

/** By or about whom (`entity`), by whom (`actor`), of what type, when it happened. A snapshot of a ledger cuts by both of its times. */
export async function listSecurityEvents(snapshot: Snapshot, filter: EventFilter): Promise<Page<SecurityEvent>> {
  const { data, next_cursor } = await listEvents(securityBook(snapshot), { ...filter, ...securityTimes(snapshot) });
  const shape = ({ position, type, actor, effective_at, recorded_at, data }: AuditEvent): SecurityEvent => ({
    security_position: position,
    ...{ type, actor, username: usernameIn(data), effective_at, recorded_at, data },
  });
  return { data: data.map(shape), next_cursor, position: snapshot.position };
}

/** What had happened by the moment of a ledger's snapshot; by when it was recorded is for `securityTimes` to say. */
export function securityBook(snapshot: Snapshot): Snapshot {
  const { as_of } = snapshot;
  const all = Number.MAX_SAFE_INTEGER;
  const none = { currency: '', digits: 0, time_zone: 'UTC', recorded_by: undefined, late: undefined };
  return {
    ...snapshot,
    ledger: SECURITY_BOOK,
    ...none,
    as_of,
    position: all,
    as_of_position: as_of === undefined ? all : -1,
    present: false,
  };
}
export function securityTimes({ recorded_by }: AsOf): BookTimes {
  return { time: 'effective_at', recorded_by };
}

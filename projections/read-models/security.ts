/**
 * One more ledger in the tables. Effective time is the instance's, recorded time the log's, so that late events change
 * no earlier answer.
 */
import { SECURITY_BOOK, SECURITY_STREAM } from '../../libs/audit/checkpoint.js';
import type { StoredEvent } from '../../libs/event-store/event-store.js';
import type { AsOf } from '../as-of/as-of.js';
import type { Page } from '../as-of/cursor.js';
import type { Snapshot } from '../as-of/snapshot.js';
import type { TransactionWriter } from '../engine/transaction-writer.js';
import { copyEvents } from './events.js';
import { type AuditEvent, type ClockTimes, type EventFilter, listEvents } from './list-events.js';

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

/** Passwords are secret, so their events list no changes. */
const CHANGES = {
  SignedIn: nothing,
  SignedOut: nothing,
  SignInFailed: nothing,
  UnknownNamesTried: nothing,
  SignInLocked: ({ until }: Data) => changed('locked_until', null, until),
  // Older events lack `locked_until`.
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

function usernameIn(data: Data): string | null {
  return (data.username as string | null | undefined) ?? null;
}

export interface IncomingSecurityEvent {
  ledger: typeof SECURITY_BOOK;
  position: number;
  type: string;
  actor: string;
  recorded_at: string;
  effective_at: string;
  data: Data;
  bytes: StoredEvent['bytes'];
}

/** @throws Error for an event of another program */
export function readSecurityEvent({
  revision,
  type,
  data,
  metadata,
  bytes,
  created_ms,
}: StoredEvent): IncomingSecurityEvent {
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

export function projectSecurity(writer: TransactionWriter, incoming: readonly IncomingSecurityEvent[]): void {
  copyEvents(
    writer,
    incoming.map(({ recorded_at: recorded, effective_at: effective, ...event }) => {
      const username = usernameIn(event.data);
      const entities = username === null ? [] : [`user:${username}`];
      return { ...event, recorded, effective, entities, backdated_day: null };
    }),
  );
}

export interface SecurityEvent {
  security_position: number;
  type: string;
  actor: string;
  username: string | null;
  effective_at: string;
  recorded_at: string;
  data: Data;
}

/** Cut by both times of the ledger's snapshot. `entity`: by or about a user. */
export async function listSecurityEvents(snapshot: Snapshot, filter: EventFilter): Promise<Page<SecurityEvent>> {
  const { data, next_cursor } = await listEvents(securityBook(snapshot), { ...filter, ...securityTimes(snapshot) });
  const shape = ({ position, type, actor, effective_at, recorded_at, data }: AuditEvent): SecurityEvent => ({
    security_position: position,
    ...{ type, actor, username: usernameIn(data), effective_at, recorded_at, data },
  });
  return { data: data.map(shape), next_cursor, position: snapshot.position };
}

/** Goes with a ledger's; `securityTimes` has its recorded time. */
export function securityBook(snapshot: Snapshot): Snapshot {
  const { as_of } = snapshot;
  const all = Number.MAX_SAFE_INTEGER;
  const none = { currency: '', digits: 0, time_zone: 'UTC', recorded_by: undefined, backdated: undefined };
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
export function securityTimes({ recorded_by }: AsOf): ClockTimes {
  return { time: 'effective_at', recorded_by };
}

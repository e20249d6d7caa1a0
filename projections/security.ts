/**
 * Who signed in, was locked out, made or changed a user. The stream `security` is one more book in the tables `ledgers`, `events` and
 * `mentions`, under a name that no ledger can have: what keeps a ledger exactly once, halts it and rebuilds it does so with this one.
 * Its events have no effective time of their own and, other than a ledger's, may be told a little out of the order of their times.
 */
import type { StoredEvent } from '../libs/event-store/event-store.js';
import type { Page } from './cursor.js';
import { type AuditEvent, EVENT_COLUMNS, type EventFilter, listEvents } from './events.js';
import { resolveScope, type Scope, type View } from './scope.js';
import type { Db } from './tables.js';
import { copyLine, type Writer } from './writer.js';

export const SECURITY_STREAM = 'security';
export const SECURITY_BOOK = '@security';

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
  recorded_at: string;
  data: Data;
  metadata: Data;
}

/** @throws Error for what this program did not write. */
export function readSecurityEvent({ revision, type, data, metadata }: StoredEvent): SecurityFact {
  if (!Object.hasOwn(CHANGES, type)) throw new Error('unknown type');
  const { actor, recorded_at } = (metadata ?? {}) as Data;
  const known = (data ?? {}) as Data;
  if (typeof actor !== 'string') throw new Error('its metadata lacks actor');
  if (typeof recorded_at !== 'string' || Number.isNaN(Date.parse(recorded_at)))
    throw new Error('its metadata lacks recorded_at');
  if (typeof (known.username ?? '') !== 'string') throw new Error('its username is no text');
  const event = { position: revision, type, actor, recorded_at, data: known, metadata: metadata as Data };
  return { ledger: SECURITY_BOOK, ...event };
}

export function projectSecurity(writer: Writer, facts: readonly SecurityFact[]): void {
  const events = facts.map(({ ledger, position, type, actor, recorded_at, data, metadata }) =>
    copyLine([
      ...[ledger, position, type, actor, recorded_at, recorded_at],
      ...[JSON.stringify(data), JSON.stringify(metadata)],
    ]),
  );
  writer.copy('events', EVENT_COLUMNS, events);
  const mentions = facts.flatMap(({ ledger, position, data }) => {
    const username = usernameIn(data);
    return username === null ? [] : [copyLine([ledger, `user:${username}`, position])];
  });
  writer.copy('mentions', ['ledger', 'entity', 'position'], mentions);
}

// ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface SecurityEvent {
  /** In the stream `security`; no position of a ledger. */
  security_position: number;
  type: string;
  actor: string;
  username: string | null;
  recorded_at: string;
  data: Data;
}

/** By or about whom (`entity`), by whom (`actor`), of what type, when. A view of a ledger cuts by the recorded time that it stands for. */
export async function listSecurityEvents(
  db: Db,
  scope: Scope | View,
  filter: EventFilter,
): Promise<Page<SecurityEvent>> {
  const view = await resolveScope(db, scope);
  const { data, next_cursor } = await listEvents(db, securityBook(), { ...filter, to: securityUntil(view, filter.to) });
  const shape = ({ position, type, actor, recorded_at, data }: AuditEvent): SecurityEvent => ({
    security_position: position,
    ...{ type, actor, username: usernameIn(data), recorded_at, data },
  });
  return { data: data.map(shape), next_cursor, position: view.position };
}

/** Everything that is in it: what counts is said by time. */
export function securityBook(): View {
  const all = Number.MAX_SAFE_INTEGER;
  const none = { currency: '', digits: 0, time_zone: 'UTC', as_of: undefined, recorded_by: undefined };
  return { ledger: SECURITY_BOOK, ...none, position: all, settled: all, present: false, late: undefined };
}

/** The last instant that counts in a ledger's view; undefined where all do. */
export function securityUntil({ as_of, recorded_by }: View, to: string | undefined): string | undefined {
  return [as_of, recorded_by, to].filter((instant) => instant !== undefined).sort()[0];
}

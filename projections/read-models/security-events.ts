import type { StoredEvent } from '../../libs/event-store/event-store.js';
import { SECURITY_BOOK } from '../../libs/event-store/streams.js';

export type Data = Record<string, unknown>;
interface FieldChange {
  field: string;
  old: unknown;
  new: unknown;
}

const changed = (field: string, before: unknown, after: unknown): FieldChange[] =>
  (before ?? null) === (after ?? null) ? [] : [{ field, old: before ?? null, new: after ?? null }];
const nothing = (): FieldChange[] => [];

/** Without a ledger, as in all older events, a role is for all ledgers. */
const roleField = (ledger: unknown) => (ledger === undefined ? 'role' : `role in ${ledger}`);

/** What each type changes of its user. Passwords are secret, so their events list no changes. */
const CHANGES = {
  /** The password was right, and the second factor is asked for. */
  SignInBegun: nothing,
  SignedIn: nothing,
  SignedOut: nothing,
  /** By another than its user, or all others at once. */
  SessionEnded: nothing,
  SignInFailed: nothing,
  /** A minute of sign-ins with unknown user names. */
  UnknownNamesTried: nothing,
  SignInLocked: ({ until }: Data) => changed('locked_until', null, until),
  /** By an identity provider's user, of whom no group has a role here, or whom an admin has deactivated. */
  SingleSignOnRefused: nothing,
  // Older events lack `locked_until`.
  SignInUnlocked: ({ locked_until }: Data) => changed('locked_until', locked_until, null),
  UserCreated: ({ role, ledger }: Data) => [
    ...changed(roleField(ledger), null, role),
    ...changed('active', null, true),
  ],
  UserRoleChanged: ({ from, to, ledger }: Data) => changed(roleField(ledger), from, to),
  UserDeactivated: () => changed('active', true, false),
  UserReactivated: () => changed('active', false, true),
  PasswordChanged: nothing,
  PasswordReset: nothing,
  /** Password and second factor, within a session. */
  Reauthenticated: nothing,
  FactorEnrolled: nothing,
  FactorRemoved: nothing,
  /** All of a user, by another admin. */
  FactorsReset: nothing,
  SecondFactorFailed: nothing,
  /** Its counter went back: there are two of it. */
  PasskeyCopied: nothing,
  RecoveryCodesMade: nothing,
  RecoveryCodeUsed: nothing,
  /** Of the actor of the key. */
  ApiKeyCreated: nothing,
  ApiKeyRevoked: nothing,
  /** Refused authorisations of a minute, of one user or of all who are not known. */
  AccessRefused: nothing,
  /** Where events of a ledger are sent to. */
  WebhookCreated: nothing,
  WebhookChanged: nothing,
  WebhookSecretRotated: nothing,
  WebhookReplayed: nothing,
  WebhookRemoved: nothing,
  /** By the sender: its receiver is gone or has failed for days. */
  WebhookDisabled: nothing,
  LedgerExported: nothing,
  /** Whether a backup could be recovered, how long that took (RTO) and what would have been lost (RPO). */
  BackupDrilled: nothing,
  RebuildRequested: nothing,
  /** A dry run of a command that names documents of others, whose amounts it shows. */
  OthersDryRun: nothing,
};
export type SecurityEventType = keyof typeof CHANGES;
export const SECURITY_EVENT_TYPES = Object.keys(CHANGES) as SecurityEventType[];

export function securityChanges({ type, data }: { type: string; data: Data }) {
  const id = usernameIn(data);
  if (id === null) return [];
  return CHANGES[type as SecurityEventType](data).map((change) => ({ kind: 'user', id, ...change }));
}

/** null for sign-ins with unknown user names. */
export function usernameIn(data: Data): string | null {
  return (data.username as string | null | undefined) ?? null;
}

export interface IncomingSecurityEvent {
  ledger: typeof SECURITY_BOOK;
  position: number;
  type: string;
  actor: string;
  /** The log's. */
  recorded_at: string;
  /** The instance's. */
  effective_at: string;
  data: Data;
  bytes: StoredEvent['bytes'];
}

/** @throws Error for an event that this program did not write */
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
  if (!isText(data)) throw new Error('its data hold text that Postgres does not take: U+0000 or half a surrogate pair');
  const recorded_at = new Date(created_ms).toISOString();
  const event = { position: revision, type, actor, recorded_at, effective_at };
  return { ledger: SECURITY_BOOK, ...event, data: data as Data, bytes };
}

/** Whether Postgres can read all of it, which it does to find one member. */
function isText(data: object): boolean {
  let is_text = true;
  const check = (text: unknown) => typeof text !== 'string' || (text.isWellFormed() && !text.includes('\0'));
  JSON.stringify(data, (key, value: unknown) => {
    is_text &&= check(key) && check(value);
    return value;
  });
  return is_text;
}

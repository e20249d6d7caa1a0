/**
 * The tables of the schema `identity`: users and their roles, sessions, API keys, second factors, failed sign-ins, rate limits, live instances,
 * webhooks, tickets of waiting queues, security events on their way to the log, and verifications. They are the only state that the log does not
 * hold, so they are migrated (migrations.ts), never rebuilt.
 */
import {
  type ColumnType,
  type Generated,
  Kysely,
  PostgresDialect,
  type RawBuilder,
  sql,
  type Transaction,
} from 'kysely';
import pg from 'pg';
import type { Role } from '../ledger/commands.js';

type Moment = ColumnType<Date, Date | undefined, Date>;

/** In place of a ledger's id: all ledgers, those of the future too. No ledger can have this name. */
export const ALL_LEDGERS = '*';

/** Of the names of users whom an identity provider knows. The others have no tilde in theirs. */
export const OIDC_USER = 'sso~';
/** As an actor. */
export const IDENTITY_PROVIDER = 'identity-provider';

export interface IdentityTables {
  users: {
    username: string;
    /** null: of a user whom an identity provider knows, and who alone has the next three. */
    password_hash: string | null;
    issuer: Generated<string | null>;
    /** The `sub` of the issuer. */
    subject: Generated<string | null>;
    display_name: Generated<string | null>;
    active: Generated<boolean>;
    /** Of a password that was not chosen by the user: good for one change until then. */
    password_expires_at: ColumnType<
      Date | null,
      Date | RawBuilder<Date> | null | undefined,
      Date | RawBuilder<Date> | null
    >;
    /** Raised whenever what a token promises has changed: a token of another version is void. */
    token_version: Generated<number>;
    created_at: Moment;
    created_by: string;
    changed_at: Moment;
  };
  /** A role in a ledger takes precedence over the one in ALL_LEDGERS. */
  user_roles: { username: string; ledger: string; role: Role };
  /** A sign-in each. It holds until one of the times, and while its user has this version. */
  sessions: {
    session_id: string;
    username: string;
    token_version: number;
    /** What the user must do first; null where the session is whole. */
    step: 'second_factor' | 'new_password' | 'enrol_factor' | null;
    /** When password and second factor were last given in it. */
    authenticated_at: ColumnType<Date, undefined, RawBuilder<Date>>;
    /** What a passkey of its user is asked to sign; taken by the first answer. */
    challenge: ColumnType<string | null, never, string>;
    challenge_expires_at: ColumnType<Date | null, never, RawBuilder<Date>>;
    address: string;
    device: string;
    created_at: Moment;
    last_used_at: Moment;
    expires_at: ColumnType<Date, RawBuilder<Date>, never>;
    ended_at: ColumnType<Date | null, never, RawBuilder<Date>>;
    /** The identity provider's name for its own session. */
    oidc_sid: Generated<string | null>;
  };
  /** Hashes of what holds once; of logouts also whom they ended. Kept for a day. */
  oidc_used: { id: string; sid: string | null; subject: string | null; used_at: Moment };
  /** Kept for ever: what a key has done bears its name. */
  api_keys: {
    key_id: string;
    name: string;
    ledger: string;
    role: Role;
    /** SHA-256. */
    secret_hash: Buffer;
    created_at: Moment;
    created_by: string;
    expires_at: ColumnType<Date, RawBuilder<Date>, never>;
    last_used_at: ColumnType<Date | null, never, never>;
    revoked_at: ColumnType<Date | null, never, RawBuilder<Date>>;
  };
  /** One app of codes (TOTP) a user, and one that is not confirmed yet. */
  totp_factors: {
    factor_id: string;
    username: string;
    /** Encrypted: libs/identity/sealing.ts. */
    seed: Buffer;
    /** The last 30 seconds whose code was taken, counted from 1970. */
    last_step: string | null;
    created_at: Moment;
    confirmed_at: ColumnType<Date | null, never, RawBuilder<Date>>;
    last_used_at: ColumnType<Date | null, never, RawBuilder<Date>>;
  };
  passkeys: {
    /** The device's, base64url. */
    credential_id: string;
    factor_id: string;
    username: string;
    name: string;
    /** COSE. */
    public_key: Buffer;
    /** How often the device has signed; 0 where it does not count. */
    counter: string;
    created_at: Moment;
    last_used_at: ColumnType<Date | null, never, RawBuilder<Date>>;
  };
  /** SHA-256, which is enough for 120 random bits. */
  recovery_codes: { username: string; code_hash: Buffer };
  /** By name, existing or not, so that answers reveal nothing; and by address ('' for all together). */
  failed_sign_ins: {
    username: string;
    address: string;
    failures: number;
    since: Date;
    locked_until: Date | null;
    /** The name signed in from here before: failures elsewhere do not lock it here. */
    known_until: Date | null;
  };
  unknown_sign_ins: { minute: Date; failures: number };
  /** Of limits that all instances count together; written and read by rate-limiter-flexible. `expire`: Unix time in ms. */
  rate_limits: { key: string; points: number; expire: string | null };
  /** Those that live say so every few seconds. */
  api_instances: { instance_id: string; seen_at: ColumnType<Date, undefined, RawBuilder<Date>> };
  security_outbox: {
    id: Generated<string>;
    event_id: Generated<string>;
    type: string;
    data: ColumnType<Record<string, unknown>, string, never>;
    metadata: ColumnType<Record<string, unknown>, string, never>;
  };
  /** Where events of a ledger are sent to (docs/webhooks.md). */
  webhooks: {
    webhook_id: string;
    ledger: string;
    url: string;
    description: string;
    /** null: all. */
    types: string[] | null;
    /** Encrypted. */
    secret: Buffer;
    /** The one before, which signs as well until then. */
    old_secret: Buffer | null;
    old_secret_until: ColumnType<Date | null, never, RawBuilder<Date>>;
    active: Generated<boolean>;
    disabled_reason: string | null;
    /** Of the last event that was sent or not wanted, and its hash, by which another log is recognised. */
    position: ColumnType<string, number, number>;
    position_hash: string | null;
    /** Of the last event that was sent. */
    sent_position: ColumnType<string | null, number | null, number | null>;
    /** Of the event behind `position`. */
    failures: Generated<number>;
    failing_since: ColumnType<Date | null, never, RawBuilder<Date> | null>;
    next_attempt_at: ColumnType<Date, never, RawBuilder<Date>>;
    /** Raised by each change, so that who sends begins anew. */
    version: Generated<number>;
    /** Raised by each instance that takes it to send; it alone may until then. */
    lease: Generated<string>;
    lease_until: ColumnType<Date | null, never, RawBuilder<Date> | null>;
    created_at: Moment;
    created_by: string;
  };
  /** 30 days, and the last 10,000 of each. */
  webhook_attempts: {
    attempt_id: Generated<string>;
    webhook_id: string;
    message_id: string;
    /** null: a test. */
    position: ColumnType<string | null, number | null, never>;
    type: string;
    attempted_at: ColumnType<Date, RawBuilder<Date> | Date, never>;
    duration_ms: number;
    /** null: without an answer. */
    status: number | null;
    error: string | null;
  };
  /** Answers by Idempotency-Key, for two days (apps/api/http/answered-requests.ts). */
  answered_requests: { idempotency_key: string; request_hash: string; answer: Buffer | null; made_at: Moment };
  /** Of flash sales (docs/flash-sales.md). Its row is locked by whoever gives numbers or lets in. */
  waiting_queues: {
    ledger: string;
    flash_sale_id: string;
    /** Tickets that wait for the draw. */
    early: Generated<string>;
    last_number: Generated<string>;
    /** Whose turn has come: numbers up to it. */
    serving: Generated<string>;
    /** Orders that were placed with a pass. */
    used: Generated<string>;
    passes_out: Generated<string>;
    /** Pieces that could be ordered when the inlet looked. */
    remaining: string | null;
    credit: Generated<number>;
    let_in_per_minute: Generated<number>;
    /** Position of the ledger up to which orders are counted. */
    followed: ColumnType<string, number, number>;
    /** Of the draw, from the start on. */
    seed: string | null;
    seed_hash: string | null;
    is_lifted: Generated<boolean>;
    created_at: Moment;
    looked_at: Moment;
    started_at: ColumnType<Date | null, never, RawBuilder<Date>>;
    ended_at: ColumnType<Date | null, never, RawBuilder<Date>>;
  };
  /** One a customer; whose pass was used or has lapsed may take another number. */
  queue_tickets: {
    ledger: string;
    flash_sale_id: string;
    customer_id: string;
    /** null: until the draw. */
    number: string | null;
    /** By the draw; stays when another number is taken. */
    drawn_number: string | null;
    state: Generated<'waiting' | 'let_in' | 'used' | 'lapsed'>;
    pass_expires_at: Date | null;
    joined_at: Moment;
    joined_by: string;
  };
  verifications: {
    verification_id: string;
    ledger: string;
    requested_by: string;
    requested_at: Moment;
    status: 'running' | 'passed' | 'failed';
    events: ColumnType<string, number, number>;
    of_events: ColumnType<string, number, number>;
    report: ColumnType<Record<string, unknown>, string | undefined, string>;
    touched_at: ColumnType<Date, never, RawBuilder<unknown>>;
  };
}

export type IdentityDb = Kysely<IdentityTables>;
export type IdentityTransaction = Transaction<IdentityTables>;

/** In the one that `db` is, or in one of its own. */
export function inOneTransaction<T>(db: IdentityDb, work: (trx: IdentityTransaction) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db as IdentityTransaction) : db.transaction().execute(work);
}

export const SCHEMA = 'identity';

/** @param around what asks of it goes through the answer */
export function openIdentity(
  database_url: string,
  log: (line: string) => void,
  around: (pool: pg.Pool) => pg.Pool = (pool) => pool,
): IdentityDb {
  const pool = new pg.Pool({
    connectionString: database_url,
    max: 4,
    connectionTimeoutMillis: 3000,
    statement_timeout: 5000,
    query_timeout: 6000, // Our own timer: a connection may drop packets silently.
    keepAlive: true,
    onConnect: async (client) => {
      await client.query(`SET search_path = ${SCHEMA}`);
    },
  });
  pool.on('error', (error) => log(`A connection to Postgres broke: ${error.message}`));
  // Without a listener a lost connection's event would end the process; its query reports the loss.
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<IdentityTables>({ dialect: new PostgresDialect({ pool: around(pool) }) });
}

/** SQL: the roles of the user whom `username` names, a column, as an object by ledger. */
export function rolesOf(username: string): RawBuilder<Record<string, Role>> {
  return sql`(SELECT coalesce(json_object_agg(held.ledger, held.role), '{}')
    FROM user_roles held WHERE held.username = ${sql.ref(username)})`;
}

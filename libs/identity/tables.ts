/**
 * The tables of the schema `identity`: users and their roles, sessions, API keys, second factors, failed sign-ins, rate limits, live instances, webhooks, security
 * events on their way to the log, and verifications. They are the only state that the log does not hold, so they are migrated, never rebuilt.
 */
import { type ColumnType, type Generated, Kysely, PostgresDialect, type RawBuilder, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
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
  /** Answers by Idempotency-Key, for a day. */
  webhook_requests: { idempotency_key: string; request_hash: string; answer: Buffer | null; made_at: Moment };
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

const SCHEMA = 'identity';

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

/** Forward only: a migration that has run anywhere is never edited. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001_users': {
    up: async (db) => {
      await sql`
        CREATE TABLE users (
          username text PRIMARY KEY,
          password_hash text NOT NULL,
          role text NOT NULL CHECK (role IN ('admin', 'manager', 'staff', 'auditor', 'viewer')),
          active boolean NOT NULL DEFAULT true,
          token_version integer NOT NULL DEFAULT 1,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          created_by text NOT NULL,
          changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`.execute(db);
      await sql`CREATE INDEX users_changed_at ON users (changed_at)`.execute(db);
      await sql`
        CREATE TABLE revoked_tokens (
          token_id uuid PRIMARY KEY,
          revoked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          expires_at timestamptz NOT NULL
        )`.execute(db);
      await sql`CREATE INDEX revoked_tokens_revoked_at ON revoked_tokens (revoked_at)`.execute(db);
      await sql`
        CREATE TABLE failed_sign_ins (
          username text PRIMARY KEY,
          failures integer NOT NULL,
          since timestamptz NOT NULL,
          locked_until timestamptz
        )`.execute(db);
    },
  },
  '0002_security_outbox': {
    up: async (db) => {
      await sql`
        CREATE TABLE security_outbox (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          event_id uuid NOT NULL DEFAULT gen_random_uuid(),
          type text NOT NULL,
          data jsonb NOT NULL,
          metadata jsonb NOT NULL
        )`.execute(db);
    },
  },
  '0003_verifications': {
    up: async (db) => {
      await sql`
        CREATE TABLE verifications (
          verification_id uuid PRIMARY KEY,
          ledger text NOT NULL,
          requested_by text NOT NULL,
          requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          status text NOT NULL CHECK (status IN ('running', 'passed', 'failed')),
          events bigint NOT NULL,
          of_events bigint NOT NULL,
          report json NOT NULL DEFAULT '{}',
          touched_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`.execute(db);
    },
  },
  '0004_sign_ins_by_address': {
    up: async (db) => {
      await sql`
        ALTER TABLE failed_sign_ins
          ADD COLUMN address text NOT NULL DEFAULT '',
          ADD COLUMN known_until timestamptz,
          DROP CONSTRAINT failed_sign_ins_pkey,
          ADD PRIMARY KEY (username, address)`.execute(db);
      await sql`ALTER TABLE failed_sign_ins ALTER COLUMN address DROP DEFAULT`.execute(db);
      await sql`CREATE TABLE unknown_sign_ins (minute timestamptz PRIMARY KEY, failures integer NOT NULL)`.execute(db);
    },
  },
  '0005_ledger_roles': {
    up: async (db) => {
      await sql`
        CREATE TABLE user_roles (
          username text,
          ledger text,
          role text NOT NULL CHECK (role IN ('admin', 'manager', 'staff', 'auditor', 'viewer')),
          PRIMARY KEY (username, ledger)
        )`.execute(db);
      await sql`INSERT INTO user_roles SELECT username, '*', role FROM users`.execute(db);
      await sql`ALTER TABLE users DROP COLUMN role`.execute(db);
    },
  },
  '0006_temporary_passwords': {
    up: async (db) => {
      await sql`ALTER TABLE users ADD COLUMN password_expires_at timestamptz`.execute(db);
    },
  },
  '0007_sessions': {
    up: async (db) => {
      await sql`
        CREATE TABLE sessions (
          session_id uuid PRIMARY KEY,
          username text NOT NULL,
          token_version integer NOT NULL,
          step text CHECK (step IN ('new_password')),
          address text NOT NULL,
          device text NOT NULL,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          last_used_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          expires_at timestamptz NOT NULL,
          ended_at timestamptz
        )`.execute(db);
      await sql`CREATE INDEX sessions_username ON sessions (username, created_at)`.execute(db);
      await sql`CREATE INDEX sessions_ended_at ON sessions (ended_at) WHERE ended_at IS NOT NULL`.execute(db);
      // Tokens of before have no session: their users sign in again.
      await sql`DROP TABLE revoked_tokens`.execute(db);
    },
  },
  '0008_api_keys': {
    up: async (db) => {
      await sql`
        CREATE TABLE api_keys (
          key_id text PRIMARY KEY,
          name text NOT NULL,
          ledger text NOT NULL,
          role text NOT NULL CHECK (role IN ('admin', 'manager', 'staff', 'auditor', 'viewer')),
          secret_hash bytea NOT NULL,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          created_by text NOT NULL,
          expires_at timestamptz NOT NULL,
          last_used_at timestamptz,
          revoked_at timestamptz
        )`.execute(db);
    },
  },
  '0009_limits': {
    up: async (db) => {
      // Not worth a write to the disk, and lost in a crash without harm.
      await sql`
        CREATE UNLOGGED TABLE rate_limits (
          key varchar(255) PRIMARY KEY,
          points integer NOT NULL DEFAULT 0,
          expire bigint
        )`.execute(db);
      await sql`
        CREATE UNLOGGED TABLE api_instances (
          instance_id uuid PRIMARY KEY,
          seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`.execute(db);
    },
  },
  '0010_second_factors': {
    up: async (db) => {
      await sql`
        CREATE TABLE totp_factors (
          factor_id uuid PRIMARY KEY,
          username text NOT NULL,
          seed bytea NOT NULL,
          last_step bigint,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          confirmed_at timestamptz,
          last_used_at timestamptz
        )`.execute(db);
      await sql`CREATE UNIQUE INDEX totp_factors_of_user ON totp_factors (username, (confirmed_at IS NULL))`.execute(
        db,
      );
      await sql`
        CREATE TABLE recovery_codes (
          username text,
          code_hash bytea,
          PRIMARY KEY (username, code_hash)
        )`.execute(db);
      await sql`
        ALTER TABLE sessions
          ADD COLUMN authenticated_at timestamptz,
          DROP CONSTRAINT sessions_step_check,
          ADD CONSTRAINT sessions_step_check CHECK (step IN ('second_factor', 'new_password', 'enrol_factor'))`.execute(
        db,
      );
      await sql`UPDATE sessions SET authenticated_at = created_at`.execute(db);
      await sql`
        ALTER TABLE sessions
          ALTER COLUMN authenticated_at SET NOT NULL,
          ALTER COLUMN authenticated_at SET DEFAULT clock_timestamp()`.execute(db);
    },
  },
  '0011_single_sign_on': {
    up: async (db) => {
      await sql`
        ALTER TABLE users
          ALTER COLUMN password_hash DROP NOT NULL,
          ADD COLUMN issuer text,
          ADD COLUMN subject text,
          ADD COLUMN display_name text,
          ADD UNIQUE (issuer, subject),
          ADD CHECK (CASE WHEN password_hash IS NULL THEN issuer IS NOT NULL AND subject IS NOT NULL ELSE issuer IS NULL END)`.execute(
        db,
      );
      await sql`ALTER TABLE sessions ADD COLUMN oidc_sid text`.execute(db);
      await sql`CREATE INDEX sessions_oidc_sid ON sessions (oidc_sid) WHERE oidc_sid IS NOT NULL`.execute(db);
      await sql`
        CREATE TABLE oidc_used (
          id text PRIMARY KEY,
          sid text,
          subject text,
          used_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`.execute(db);
    },
  },
  '0012_passkeys': {
    up: async (db) => {
      await sql`
        CREATE TABLE passkeys (
          credential_id text PRIMARY KEY,
          factor_id uuid NOT NULL,
          username text NOT NULL,
          name text NOT NULL,
          public_key bytea NOT NULL,
          counter bigint NOT NULL,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          last_used_at timestamptz
        )`.execute(db);
      await sql`CREATE INDEX passkeys_username ON passkeys (username, created_at)`.execute(db);
      await sql`ALTER TABLE sessions ADD COLUMN challenge text, ADD COLUMN challenge_expires_at timestamptz`.execute(
        db,
      );
    },
  },
  '0013_webhooks': {
    up: async (db) => {
      // Free space in each page, for a row of them changes with each event.
      await sql`
        CREATE TABLE webhooks (
          webhook_id uuid PRIMARY KEY,
          ledger text NOT NULL,
          url text NOT NULL,
          description text NOT NULL,
          types text[],
          secret bytea NOT NULL,
          old_secret bytea,
          old_secret_until timestamptz,
          active boolean NOT NULL DEFAULT true,
          disabled_reason text,
          position bigint NOT NULL,
          position_hash text,
          sent_position bigint,
          failures integer NOT NULL DEFAULT 0,
          failing_since timestamptz,
          next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          version integer NOT NULL DEFAULT 1,
          lease bigint NOT NULL DEFAULT 0,
          lease_until timestamptz,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          created_by text NOT NULL
        ) WITH (fillfactor = 50)`.execute(db);
      await sql`CREATE INDEX webhooks_ledger ON webhooks (ledger, webhook_id)`.execute(db);
      await sql`
        CREATE TABLE webhook_attempts (
          attempt_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          webhook_id uuid NOT NULL,
          message_id text NOT NULL,
          position bigint,
          type text NOT NULL,
          attempted_at timestamptz NOT NULL,
          duration_ms integer NOT NULL,
          status smallint,
          error text
        )`.execute(db);
      await sql`CREATE INDEX webhook_attempts_webhook ON webhook_attempts (webhook_id, attempt_id)`.execute(db);
      await sql`CREATE INDEX webhook_attempts_time ON webhook_attempts (attempted_at)`.execute(db);
      await sql`
        CREATE TABLE webhook_requests (
          idempotency_key text PRIMARY KEY,
          request_hash text NOT NULL,
          answer bytea,
          made_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )`.execute(db);
    },
  },
};

/** SQL: the roles of the user whom `username` names, a column, as an object by ledger. */
export function rolesOf(username: string): RawBuilder<Record<string, Role>> {
  return sql`(SELECT coalesce(json_object_agg(held.ledger, held.role), '{}')
    FROM user_roles held WHERE held.username = ${sql.ref(username)})`;
}

export async function migrateIdentity(db: IdentityDb): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

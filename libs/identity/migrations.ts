import { sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { type IdentityDb, SCHEMA } from './tables.js';

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
  '0014_waiting_queues': {
    up: async (db) => {
      // Free space in each page, for a row of them changes with each group of tickets.
      await sql`
        CREATE TABLE waiting_queues (
          ledger text NOT NULL,
          flash_sale_id text NOT NULL,
          early bigint NOT NULL DEFAULT 0,
          last_number bigint NOT NULL DEFAULT 0,
          serving bigint NOT NULL DEFAULT 0,
          used bigint NOT NULL DEFAULT 0,
          passes_out bigint NOT NULL DEFAULT 0,
          remaining bigint,
          credit float8 NOT NULL DEFAULT 0,
          let_in_per_minute float8 NOT NULL DEFAULT 0,
          followed bigint NOT NULL,
          seed text,
          seed_hash text,
          is_lifted boolean NOT NULL DEFAULT false,
          created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          looked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          started_at timestamptz,
          ended_at timestamptz,
          PRIMARY KEY (ledger, flash_sale_id)
        ) WITH (fillfactor = 50)`.execute(db);
      // Each look-up has one index that begins with what it knows best: a planner without statistics takes any that begins as the condition does.
      await sql`
        CREATE TABLE queue_tickets (
          ledger text NOT NULL,
          flash_sale_id text NOT NULL,
          customer_id text NOT NULL,
          number bigint,
          drawn_number bigint,
          state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'let_in', 'used', 'lapsed')),
          pass_expires_at timestamptz,
          joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
          joined_by text NOT NULL,
          PRIMARY KEY (customer_id, flash_sale_id, ledger),
          UNIQUE (number, flash_sale_id, ledger)
        )`.execute(db);
      await sql`
        CREATE INDEX queue_tickets_let_in ON queue_tickets (flash_sale_id, ledger, pass_expires_at)
        WHERE state = 'let_in'`.execute(db);
      await sql`
        CREATE INDEX queue_tickets_drawn ON queue_tickets (drawn_number, flash_sale_id, ledger)
        WHERE drawn_number IS NOT NULL`.execute(db);
    },
  },
  '0015_answered_requests': {
    up: async (db) => {
      await sql`ALTER TABLE webhook_requests RENAME TO answered_requests`.execute(db);
    },
  },
};

export async function migrateIdentity(db: IdentityDb): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => MIGRATIONS },
    migrationTableSchema: SCHEMA,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

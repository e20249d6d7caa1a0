/**
 * API keys: how a machine authenticates. A key is 256 random bits, of which the table holds the SHA-256. All keys that hold are kept in
 * memory, so that a flood of invented ones costs one query at a time.
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { sql } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import { ALL_LEDGERS, type IdentityDb, inOneTransaction } from '../../../libs/identity/tables.js';
import type { Role } from '../../../libs/ledger/commands.js';
import { Problem } from '../http/problem.js';
import type { Principal } from '../http/request.js';

const PREFIX = 'flk_';
const FORM = /^flk_([0-9a-f]{16})_([\w-]{43})$/;

/** The actor of what a key does. No user can have such a name; keys of one name are one actor, so that one can replace another. */
export function actorOf(name: string): string {
  return `key/${name}`;
}

export interface NewApiKey {
  name: string;
  role: Role;
  /** Default: all. */
  ledger_id?: string;
  expires_in_days?: number;
}
export interface ApiKeyView {
  key_id: string;
  name: string;
  actor: string;
  role: Role;
  ledger_id: string | null;
  created_at: string;
  created_by: string;
  expires_at: string;
  last_used_at: string | null;
}

interface Known {
  secret_hash: Buffer;
  expires_at_ms: number;
  principal: Principal;
  /** By performance.now(). */
  used_at_ms: number;
}

const EXPIRES_IN_DAYS_DEFAULT = 90;
const COLUMNS = [
  'key_id',
  'name',
  'ledger',
  'role',
  'secret_hash',
  'created_at',
  'created_by',
  'expires_at',
  'last_used_at',
] as const;

export const keyHolds = sql<boolean>`revoked_at IS NULL AND expires_at > clock_timestamp()`;
/** Of all keys that hold; the rest of a key never changes. */
export const KEYS_DIGEST = sql<string>`encode(sha256(convert_to(coalesce(string_agg(key_id, ' ' ORDER BY key_id COLLATE "C"), ''), 'UTF8')), 'hex')`;

export class ApiKeys {
  private keys = new Map<string, Known>();
  /** By the whole key, so that it is seldom hashed. */
  private readonly verified = new Map<string, Known>();
  private reading: Promise<void> | undefined;

  constructor(private readonly db: IdentityDb) {}

  static isOne(token: string): boolean {
    return token.startsWith(PREFIX);
  }

  /** undefined for what is no key, or one that no longer holds. */
  authenticate(token: string): Principal | undefined | Promise<Principal | undefined> {
    const verified = this.verified.get(token);
    if (verified !== undefined && verified.expires_at_ms > Date.now()) return used(verified);
    const [, key_id, secret] = FORM.exec(token) ?? [];
    if (key_id === undefined || secret === undefined) return undefined;
    // Another instance may have made it just now.
    if (!this.keys.has(key_id)) return this.refresh().then(() => this.check(token, key_id, secret));
    return this.check(token, key_id, secret);
  }

  private check(token: string, key_id: string, secret: string): Principal | undefined {
    const known = this.keys.get(key_id);
    if (known === undefined || known.expires_at_ms <= Date.now()) return undefined;
    if (!timingSafeEqual(known.secret_hash, hashOf(secret))) return undefined;
    this.verified.set(token, known);
    return used(known);
  }

  /** @param digest KEYS_DIGEST as it is now */
  async refreshUnless(digest: string): Promise<void> {
    // Of what is known, and not of the last look: what was made here since may have ended elsewhere.
    const known = hash('sha256', [...this.keys.keys()].toSorted().join(' '));
    if (digest !== known) await this.readAgain();
  }

  /** Reads all keys that hold; calls that come meanwhile share the query. */
  refresh(): Promise<void> {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
    });
    return this.reading;
  }

  /** Call after a change, one's own or seen: a query that is under way may not see it. */
  async readAgain(): Promise<void> {
    await this.reading?.catch(() => {});
    await this.refresh();
  }

  private async read(): Promise<void> {
    const rows = await this.holding().execute();
    this.verified.clear();
    this.keys = new Map(
      rows.map(({ key_id, name, ledger, role, secret_hash, expires_at }) => {
        const before = this.keys.get(key_id);
        const principal = before?.principal ?? {
          username: actorOf(name),
          roles: new Map([[ledger, role]]),
          is_machine: true,
        };
        const used_at_ms = before?.used_at_ms ?? Number.NEGATIVE_INFINITY;
        return [key_id, { secret_hash, expires_at_ms: expires_at.getTime(), principal, used_at_ms }];
      }),
    );
  }

  /** @returns the key, which is shown this once */
  async create(
    actor: string,
    { name, role, ledger_id, expires_in_days }: NewApiKey,
    db: IdentityDb = this.db,
  ): Promise<ApiKeyView & { key: string }> {
    const key_id = randomBytes(8).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const row = await inOneTransaction(db, async (trx) => {
      const made = await trx
        .insertInto('api_keys')
        .values({
          key_id,
          name,
          role,
          ledger: ledger_id ?? ALL_LEDGERS,
          secret_hash: hashOf(secret),
          created_by: actor,
          expires_at: sql<Date>`date_trunc('milliseconds', clock_timestamp() + make_interval(days => ${expires_in_days ?? EXPIRES_IN_DAYS_DEFAULT}))`,
        })
        .returning(COLUMNS)
        .executeTakeFirstOrThrow();
      const where = ledger_id === undefined ? {} : { ledger: ledger_id };
      const expires_at = made.expires_at.toISOString();
      await noteSecurityEvent(trx, 'ApiKeyCreated', actor, {
        username: actorOf(name),
        key_id,
        role,
        ...where,
        expires_at,
      });
      return made;
    });
    return { ...viewOf(row), key: `${PREFIX}${key_id}_${secret}` };
  }

  /** Those that hold, the oldest first. There are few, so no pages. */
  async list(): Promise<ApiKeyView[]> {
    return (await this.holding().execute()).map(viewOf);
  }

  /** @throws Problem unknown_record where there is no such key, or it no longer holds */
  async revoke(actor: string, key_id: string): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const revoked = await trx
        .updateTable('api_keys')
        .set({ revoked_at: sql<Date>`clock_timestamp()` })
        .where('key_id', '=', key_id)
        .where(keyHolds)
        .returning('name')
        .executeTakeFirst();
      if (revoked === undefined) throw new Problem('unknown_record', { key_id });
      await noteSecurityEvent(trx, 'ApiKeyRevoked', actor, { username: actorOf(revoked.name), key_id });
    });
    await this.readAgain();
  }

  /** Writes when keys were last used that were since `since_ms`, by performance.now(). */
  async noteUse(since_ms: number): Promise<void> {
    const used = [...this.keys].filter(([, { used_at_ms }]) => used_at_ms > since_ms);
    if (used.length === 0) return;
    const now_ms = performance.now();
    const ago_s = used.map(([, { used_at_ms }]) => (now_ms - used_at_ms) / 1000);
    await sql`
      UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, clock_timestamp() - make_interval(secs => u.ago_s))
      FROM unnest(${used.map(([key_id]) => key_id)}::text[], ${ago_s}::float8[]) u (key_id, ago_s)
      WHERE k.key_id = u.key_id`.execute(this.db);
  }

  private holding() {
    return this.db.selectFrom('api_keys').select(COLUMNS).where(keyHolds).orderBy('created_at').orderBy('key_id');
  }
}

function used(known: Known): Principal {
  known.used_at_ms = performance.now();
  return known.principal;
}

function hashOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer');
}

type Row = Omit<ApiKeyView, 'actor' | 'ledger_id' | 'created_at' | 'expires_at' | 'last_used_at'> & {
  ledger: string;
  secret_hash: Buffer;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
};
function viewOf({ key_id, name, ledger, role, created_by, ...row }: Row): ApiKeyView {
  return {
    key_id,
    name,
    actor: actorOf(name),
    role,
    ledger_id: ledger === ALL_LEDGERS ? null : ledger,
    created_at: row.created_at.toISOString(),
    created_by,
    expires_at: row.expires_at.toISOString(),
    last_used_at: row.last_used_at?.toISOString() ?? null,
  };
}

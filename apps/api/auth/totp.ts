/**
 * Codes of an app (TOTP, RFC 6238). Every code is good once: the last step of time that was taken is in Postgres, so of two instances that get one code
 * at a time, one refuses it.
 */
import { randomUUID } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { renderSVG } from 'uqr';
import type { Sealing } from '../../../libs/identity/sealing.js';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';
import type { LogLine } from '../log.js';
import type { NewTotp } from './factors.schemas.js';

const ISSUER = 'factory-ledger';
/** 160 bits, the size of SHA-1's own state: RFC 4226. */
const SEED_BYTES = 20;
const STEP_S = 30;
/** How long an app that was shown a seed may take to show a code. */
const PENDING_MINUTES = 15;

const NOW = sql<Date>`clock_timestamp()`;

type Trx = Transaction<IdentityTables>;

export class Totp {
  constructor(
    private readonly seeds: Sealing,
    private readonly log: LogLine,
  ) {}

  /** A seed for an app; it counts when a code of it is confirmed. Asked again, the one before is void. */
  async begin(db: IdentityDb, username: string): Promise<NewTotp> {
    const factor_id = randomUUID();
    const secret = new Secret({ size: SEED_BYTES });
    const seed = this.seeds.seal(secret.bytes, ownerOf(factor_id, username));
    await sql`
      INSERT INTO totp_factors (factor_id, username, seed) VALUES (${factor_id}, ${username}, ${seed})
      ON CONFLICT (username, (confirmed_at IS NULL)) DO UPDATE SET
        factor_id = excluded.factor_id, seed = excluded.seed, created_at = clock_timestamp()`.execute(db);
    const uri = totpOf(secret, username).toString();
    return { factor_id, secret: secret.base32, uri, qr_svg: renderSVG(uri) };
  }

  /** The app takes the place of the one before, if any. @returns its id; undefined where the code is wrong or too late */
  async confirm(trx: Trx, username: string, code: string): Promise<string | undefined> {
    const pending = await trx
      .selectFrom('totp_factors')
      .select(['factor_id', 'seed'])
      .where('username', '=', username)
      .where('confirmed_at', 'is', null)
      .where('created_at', '>', sql<Date>`clock_timestamp() - make_interval(mins => ${PENDING_MINUTES})`)
      .forUpdate()
      .executeTakeFirst();
    const step = pending && this.stepOf(pending, username, code);
    if (pending === undefined || step === undefined) return undefined;
    const { factor_id } = pending;
    await deleteConfirmedTotp(trx, username).execute();
    await trx
      .updateTable('totp_factors')
      .set({ confirmed_at: NOW, last_step: `${step}` })
      .where('factor_id', '=', factor_id)
      .execute();
    return factor_id;
  }

  /** Takes a code, so that it is no longer good. @returns whether it was */
  async take(trx: Trx, username: string, code: string): Promise<boolean> {
    const factor = await confirmedTotp(trx, username).select(['factor_id', 'seed']).executeTakeFirst();
    const step = factor && this.stepOf(factor, username, code);
    if (factor === undefined || step === undefined) return false;
    const taken = await trx
      .updateTable('totp_factors')
      .set({ last_step: `${step}`, last_used_at: NOW })
      .where('factor_id', '=', factor.factor_id)
      .where(sql<boolean>`coalesce(last_step < ${step}, true)`)
      .executeTakeFirst();
    return taken.numUpdatedRows === 1n;
  }

  /** The step of the code, where it is the present one or the one before. */
  private stepOf({ factor_id, seed }: { factor_id: string; seed: Buffer }, username: string, code: string) {
    const opened = this.seeds.open(seed, ownerOf(factor_id, username));
    if (opened === undefined) {
      this.log('error', 'A second factor cannot be read: MFA_KEY, or JWT_SECRET without it, was changed', { username });
      return undefined;
    }
    const totp = totpOf(new Secret({ buffer: Uint8Array.from(opened).buffer }), username);
    const now_ms = Date.now();
    const is = (timestamp: number) => totp.validate({ token: code, timestamp, window: 0 }) !== null;
    return [now_ms, now_ms - STEP_S * 1000]
      .filter(is)
      .map((timestamp) => TOTP.counter({ period: STEP_S, timestamp }))[0];
  }
}

export function confirmedTotp(db: IdentityDb | Trx, username: string) {
  return db.selectFrom('totp_factors').where('username', '=', username).where('confirmed_at', 'is not', null);
}
export function deleteConfirmedTotp(db: IdentityDb | Trx, username: string) {
  return db.deleteFrom('totp_factors').where('username', '=', username).where('confirmed_at', 'is not', null);
}

const ownerOf = (factor_id: string, username: string) => `${factor_id} ${username}`;

/** The parameters that every app knows: SHA-1, six digits. */
function totpOf(secret: Secret, username: string): TOTP {
  return new TOTP({ issuer: ISSUER, label: username, secret, algorithm: 'SHA1', digits: 6, period: STEP_S });
}

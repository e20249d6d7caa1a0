/** Passkeys (WebAuthn): a signature of the session's challenge, by a key that leaves no device and answers to one origin only. */
import { randomUUID } from 'node:crypto';
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server';
import { sql, type Transaction } from 'kysely';
import { noteSecurityEvent } from '../../../libs/identity/security-outbox.js';
import type { IdentityDb, IdentityTables } from '../../../libs/identity/tables.js';
import { Problem } from '../http/problem.js';

/** Of what the API's start evaluates one twentieth, and seldom used. */
const webAuthn = () => import('@simplewebauthn/server');

const RP_NAME = 'factory-ledger';
const CHALLENGE_S = 5 * 60;
const OF_A_USER_MAX = 10;
/** Verified or not: a passkey stands beside the password. */
const USER_VERIFICATION = 'preferred';

type Trx = Transaction<IdentityTables>;
/** A session of a user. */
interface Asker {
  username: string;
  session_id?: string;
}

export class Passkeys {
  /** @param origin where pages that ask for passkeys are served, such as https://ledger.example */
  constructor(
    private readonly db: IdentityDb,
    private readonly origin: string,
  ) {}

  /** What `navigator.credentials.create()` takes. @throws Problem too_many_factors */
  async registration({ username, session_id }: Asker): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const excludeCredentials = await this.credentialsOf(username);
    if (excludeCredentials.length >= OF_A_USER_MAX) throw new Problem('too_many_factors');
    const options = await (await webAuthn()).generateRegistrationOptions({
      rpName: RP_NAME,
      rpID: this.rp_id,
      userName: username,
      userID: Uint8Array.from(Buffer.from(username)),
      excludeCredentials,
      authenticatorSelection: { residentKey: 'discouraged', userVerification: USER_VERIFICATION },
    });
    await this.keepChallenge(session_id, options.challenge);
    return options;
  }

  /** What `navigator.credentials.get()` takes. */
  async assertion({ username, session_id }: Asker): Promise<PublicKeyCredentialRequestOptionsJSON> {
    const options = await (await webAuthn()).generateAuthenticationOptions({
      rpID: this.rp_id,
      allowCredentials: await this.credentialsOf(username),
      userVerification: USER_VERIFICATION,
    });
    await this.keepChallenge(session_id, options.challenge);
    return options;
  }

  /** @returns the id of the factor; undefined where it is no answer to the challenge, which is void in either case */
  async register(
    trx: Trx,
    { username, session_id }: Asker,
    response: object,
    name: string,
  ): Promise<string | undefined> {
    const challenge = await takeChallenge(trx, session_id);
    if (challenge === undefined) return undefined;
    const verified = await (await webAuthn())
      .verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        ...this.expected(challenge),
      })
      .catch(() => undefined);
    if (!verified?.verified) return undefined;
    const { id: credential_id, publicKey, counter } = verified.registrationInfo.credential;
    const row = { credential_id, factor_id: randomUUID(), username, name, public_key: Buffer.from(publicKey) };
    const made = await trx
      .insertInto('passkeys')
      .values({ ...row, counter: `${counter}` })
      .onConflict((conflict) => conflict.doNothing())
      .returning('factor_id')
      .executeTakeFirst();
    return made?.factor_id;
  }

  /** Whether it is right; the challenge is void in either case. */
  async take(trx: Trx, { username, session_id }: Asker, response: object): Promise<boolean> {
    const challenge = await takeChallenge(trx, session_id);
    const { id } = response as Partial<AuthenticationResponseJSON>;
    if (challenge === undefined || typeof id !== 'string') return false;
    const passkey = await trx
      .selectFrom('passkeys')
      .select(['credential_id', 'public_key', 'factor_id'])
      .where('username', '=', username)
      .where('credential_id', '=', id)
      .executeTakeFirst();
    if (passkey === undefined) return false;
    const { credential_id, public_key, factor_id } = passkey;
    const verified = await (await webAuthn())
      .verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        ...this.expected(challenge),
        // The counter is compared below, where instances cannot overtake each other.
        credential: { id: credential_id, publicKey: Uint8Array.from(public_key), counter: 0 },
      })
      .catch(() => undefined);
    if (!verified?.verified) return false;
    const counter = verified.authenticationInfo.newCounter;
    const used = await trx
      .updateTable('passkeys')
      .set({ counter: `${counter}`, last_used_at: sql<Date>`clock_timestamp()` })
      .where('credential_id', '=', credential_id)
      .where(sql<boolean>`(counter < ${counter} OR (counter = 0 AND ${counter} = 0))`)
      .executeTakeFirst();
    if (used.numUpdatedRows === 1n) return true;
    await noteSecurityEvent(trx, 'PasskeyCopied', 'anonymous', { username, factor_id });
    return false;
  }

  private get rp_id(): string {
    return new URL(this.origin).hostname;
  }

  private expected(expectedChallenge: string) {
    return {
      expectedChallenge,
      expectedOrigin: this.origin,
      expectedRPID: this.rp_id,
      requireUserVerification: false,
    };
  }

  private async credentialsOf(username: string): Promise<{ id: string }[]> {
    const rows = await this.db
      .selectFrom('passkeys')
      .select('credential_id')
      .where('username', '=', username)
      .execute();
    return rows.map(({ credential_id }) => ({ id: credential_id }));
  }

  /** A session has one challenge at a time. */
  private async keepChallenge(session_id = '', challenge: string): Promise<void> {
    await this.db
      .updateTable('sessions')
      .set({ challenge, challenge_expires_at: sql<Date>`clock_timestamp() + make_interval(secs => ${CHALLENGE_S})` })
      .where('session_id', '=', session_id)
      .execute();
  }
}

async function takeChallenge(trx: Trx, session_id = ''): Promise<string | undefined> {
  const { rows } = await sql<{ challenge: string | null }>`
    UPDATE sessions s SET challenge = NULL FROM (
      SELECT session_id, challenge FROM sessions
      WHERE session_id = ${session_id} AND challenge_expires_at > clock_timestamp() FOR UPDATE) old
    WHERE s.session_id = old.session_id RETURNING old.challenge`.execute(trx);
  return rows[0]?.challenge ?? undefined;
}

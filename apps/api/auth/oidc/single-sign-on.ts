import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { IdentityDb } from '../../../../libs/identity/tables.js';
import { Problem } from '../../http/problem.js';
import type { LogLine } from '../../log.js';
import type { Origin, Session, SessionLimits } from '../sessions.js';
import { type Flow, Issuer } from './issuer.js';
import { type OidcSettings, rolesOfGroups } from './oidc-settings.js';
import { OidcUsers, useOnce } from './oidc-users.js';
import { Sealed } from './sealed.js';

const FLOW_S_MAX = 10 * 60;
const CODE_S_MAX = 60;
const COOKIE = '__Host-single-sign-on';
/** SameSite=Lax: the way back from the issuer is a navigation that another site begins. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Lax';
/** Of an answer that ends a sign-in, good or bad. */
export const NO_FLOW_COOKIE = { 'set-cookie': `${COOKIE}=; Max-Age=0; ${ATTRIBUTES}` };

/** The page that gets the session by a code (PKCE, RFC 7636): its address, and the hash of a secret that only it knows. */
export interface ReturnPage {
  return_to: string;
  code_challenge: string;
}
type Remembered = Flow & { began_at_ms: number; page?: ReturnPage };
type CodeContent = { session: Session; code_challenge: string };

export interface SingleSignOnParts {
  db: IdentityDb;
  secret: string;
  limits: SessionLimits;
  /** Whose pages may get a session, beside those of PUBLIC_URL. */
  origins: readonly string[];
  /** Called where sessions of a user may have ended. */
  changed: (username: string) => void;
  log: LogLine;
}

export class SingleSignOn {
  readonly issuer: Issuer;
  private readonly users: OidcUsers;
  private readonly flows: Sealed<Remembered>;
  private readonly codes: Sealed<CodeContent>;
  private warned_at_ms = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly settings: OidcSettings,
    private readonly parts: SingleSignOnParts,
  ) {
    const { db, secret, limits, changed } = parts;
    this.issuer = new Issuer(settings);
    this.users = new OidcUsers(db, settings.issuer.href, limits, changed);
    this.flows = new Sealed(secret, 'single sign-on flow', FLOW_S_MAX);
    this.codes = new Sealed(secret, 'single sign-on handover', CODE_S_MAX);
  }

  mayReturnTo(url: string): boolean {
    if (!URL.canParse(url)) return false;
    const { origin, username, hash } = new URL(url);
    return (
      username === '' &&
      hash === '' &&
      (origin === this.settings.redirect_uri.origin || this.parts.origins.includes(origin))
    );
  }

  /** @returns where the browser goes, and the cookie that it brings back */
  async begin(page?: ReturnPage): Promise<{ location: string; cookie: string }> {
    const began_at_ms = Date.now();
    const { url, flow } = await this.issuer.begin();
    const sealed = await this.flows.seal({ ...flow, began_at_ms, ...(page && { page }) });
    return { location: url.href, cookie: `${COOKIE}=${sealed}; Max-Age=${FLOW_S_MAX}; ${ATTRIBUTES}` };
  }

  /** @param query of the callback, from "?" on */
  async finish(
    query: string,
    headers: IncomingHttpHeaders,
    origin: Origin,
  ): Promise<{ session: Session; location?: string }> {
    const flow = await this.flows.open(cookieIn(headers.cookie) ?? '');
    if (flow === undefined)
      throw new Problem('sign_in_failed', {}, { detail: 'This browser has begun no sign-in, or too long ago.' });
    const identity = await this.issuer.finish(query, flow).catch((error: unknown) => this.logAndThrow(error));
    const roles = rolesOfGroups(this.settings.grants, identity.groups);
    const { state, began_at_ms, page } = flow;
    const session = await this.users.signIn({ identity, roles, origin, state, began_at_ms });
    if (page === undefined) return { session };
    const location = new URL(page.return_to);
    location.searchParams.set('code', await this.codes.seal({ session, code_challenge: page.code_challenge }));
    return { session, location: location.href };
  }

  /** The session for the code that the page got; once. @throws Problem sign_in_failed */
  async exchangeCode(code: string, code_verifier: string): Promise<Session> {
    const content = await this.codes.open(code);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (content === undefined || content.code_challenge !== challenge) throw new Problem('sign_in_failed');
    await useOnce(this.parts.db, `code ${content.session.session_id}`, 'sign_in_failed');
    return content.session;
  }

  async logOut(logout_token: string): Promise<void> {
    const logout = await this.issuer.readLogout(logout_token).catch((error: unknown) => this.logAndThrow(error));
    await this.users.logOut(logout);
  }

  /**
   * Logs why the issuer refused, once a second: the client's secret or the groups may be set wrong. Its texts may hold anything, so only plain codes of
   * them are logged.
   */
  private logAndThrow(error: unknown): never {
    const { cause } = error as Problem;
    const now_ms = performance.now();
    if (cause !== undefined && now_ms - this.warned_at_ms > 1000) {
      this.warned_at_ms = now_ms;
      const { code, name, error: answer } = cause as { code?: string; name?: string; error?: string };
      const reason = [name, code, answer].filter((each) => /^[\w.-]{1,60}$/.test(`${each ?? ' '}`)).join(' ');
      this.parts.log('warn', 'The identity provider and this API do not agree', { reason });
    }
    throw error;
  }
}

function cookieIn(cookies = ''): string | undefined {
  const found = cookies.split(';').find((each) => each.trimStart().startsWith(`${COOKIE}=`));
  return found?.slice(found.indexOf('=') + 1).trim();
}

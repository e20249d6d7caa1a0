import { ALL_LEDGERS } from '../../../../libs/identity/tables.js';
import { ROLES, type Role } from '../../../../libs/ledger/commands.js';
import { PREFIX } from '../../http/prefix.js';
import { LEDGER_ID } from '../../http/request.js';

export interface OidcSettings {
  issuer: URL;
  client_id: string;
  /** Absent: a public client, which PKCE alone protects. */
  client_secret: string | undefined;
  redirect_uri: URL;
  scope: string;
  groups_claim: string;
  grants: readonly Grant[];
  /** One of them must be the `acr` of the sign-in, or among its `amr`. Empty: the issuer decides alone. */
  acr: readonly string[];
}

/** The role that the members of a group have in a ledger, or in ALL_LEDGERS. */
export interface Grant {
  group: string;
  ledger: string;
  role: Role;
}

type Refuse = (sentence: string) => never;

/** undefined: no single sign-on. */
export function readOidc(env: NodeJS.ProcessEnv, refuse: Refuse): OidcSettings | undefined {
  if (!env.OIDC_ISSUER) return undefined;
  const needed = (name: string, why: string) => env[name] || refuse(`${name} is missing: ${why}.`);
  const public_url = readUrl(
    'PUBLIC_URL',
    needed('PUBLIC_URL', 'the identity provider sends users back there, as in https://ledger.example'),
    refuse,
  );
  if (public_url.pathname !== '/') refuse('PUBLIC_URL must have no path.');
  return {
    issuer: readUrl('OIDC_ISSUER', env.OIDC_ISSUER, refuse),
    client_id: needed('OIDC_CLIENT_ID', 'the identity provider knows this API by it'),
    client_secret: env.OIDC_CLIENT_SECRET || undefined,
    redirect_uri: new URL(`${PREFIX}/auth/oidc/callback`, public_url),
    scope: readScope(env.OIDC_SCOPE || 'openid profile', refuse),
    groups_claim: env.OIDC_GROUPS_CLAIM || 'groups',
    grants: readGrants(
      needed('OIDC_ROLES', 'it says which group has which role, as in accounting=main:manager'),
      refuse,
    ),
    acr: (env.OIDC_ACR ?? '').split(/[\s,]+/).filter(Boolean),
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}

function readUrl(name: string, text: string, refuse: Refuse): URL {
  if (!URL.canParse(text)) return refuse(`${name} is not a URL.`);
  const url = new URL(text);
  if (url.username || url.password || url.search || url.hash) return refuse(`${name} must be a bare URL.`);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))) return url;
  return refuse(`${name} must begin with https:// (http:// only on this machine).`);
}

function readScope(text: string, refuse: Refuse): string {
  return text.split(/\s+/).includes('openid') ? text : refuse('OIDC_SCOPE must name openid.');
}

function readGrants(text: string, refuse: Refuse): Grant[] {
  const entries = text.split(';').flatMap((each) => each.trim() || []);
  return entries.map((entry) => {
    const [, group = '', ledger = '', role = ''] = /^(.+)=([^=:]+):([^=:]+)$/u.exec(entry) ?? [];
    const is_ledger = ledger === ALL_LEDGERS || LEDGER_ID.test(ledger);
    if (group === '' || !is_ledger || !ROLES.includes(role as Role))
      return refuse(
        `OIDC_ROLES must be GROUP=LEDGER:ROLE with semicolons between several, * for all ledgers; a role is one of ${ROLES.join(', ')}.`,
      );
    return { group: group.trim(), ledger, role: role as Role };
  });
}

/** Of several roles in one ledger the one that stands first in the setting. */
export function rolesOfGroups(grants: readonly Grant[], groups: readonly string[]): Map<string, Role> {
  const roles = new Map<string, Role>();
  for (const { group, ledger, role } of grants)
    if (groups.includes(group) && !roles.has(ledger)) roles.set(ledger, role);
  return roles;
}

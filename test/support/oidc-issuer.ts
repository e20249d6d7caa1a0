/** A real OpenID provider (oidc-provider) on loopback, and a browser that signs in there without asking. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import { PREFIX } from '../../apps/api/http/prefix.js';

export const CLIENT = { client_id: 'factory-ledger', client_secret: 'kept between the two of them' };
export const OTHER_CLIENT = { client_id: 'other', client_secret: 'of somebody else' };
export const LOGOUT_EVENT = { 'http://schemas.openid.net/event/backchannel-logout': {} };

export interface OidcIssuer {
  url: string;
  /** By the name of the user, which is the `sub`, too. */
  groups: Map<string, string[]>;
  names: Map<string, string>;
  /** How it behaves to the API. */
  state: 'well' | 'failing' | 'silent';
  /** How often the API has asked for a path. */
  asked(path: string): number;
  /** Opens for business, with a new key. `api_url`: which gets its logouts. */
  serve(public_url: string, api_url: string): Promise<void>;
  /** With its present key, or another one that claims to be it. */
  sign(claims: JWTPayload, header?: object, key?: CryptoKey): Promise<string>;
  browser(username: string, acr?: string): Browser;
  stop(): Promise<void>;
}

export interface Browser {
  /** Follows from the start of a sign-in to the address of the callback, which it does not visit. */
  signIn(location: string): Promise<URL>;
  /** At the issuer. */
  signOut(): Promise<void>;
}

export async function startIssuer(): Promise<OidcIssuer> {
  let handle = (_: IncomingMessage, response: ServerResponse): unknown => response.writeHead(503).end();
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0] ?? '';
    counts.set(path, (counts.get(path) ?? 0) + 1);
    const is_browser = request.headers['x-browser'] !== undefined;
    if (issuer.state === 'silent' && !is_browser) return;
    if (issuer.state === 'failing' && !is_browser) return void response.writeHead(502).end('bad gateway');
    handle(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let key: { kid: string; private_key: CryptoKey };
  let keys_made = 0;

  const issuer: OidcIssuer = {
    url,
    groups: new Map(),
    names: new Map(),
    state: 'well',
    asked: (path) => counts.get(path) ?? 0,
    async serve(public_url, api_url) {
      const { privateKey: private_key } = await generateKeyPair('RS256', { extractable: true });
      keys_made += 1;
      key = { kid: `key-${keys_made}`, private_key };
      const jwk = { ...(await exportJWK(private_key)), kid: key.kid, alg: 'RS256', use: 'sig' };
      handle = providerAt(url, jwk, issuer, `${public_url}${PREFIX}/auth/oidc`, `${api_url}${PREFIX}/auth/oidc`);
    },
    sign: (claims, header = {}, by = key.private_key) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: key.kid, typ: 'logout+jwt', ...header }).sign(by),
    browser: (username, acr) => browserOf(url, username, acr),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return issuer;
}

function providerAt(url: string, jwk: object, { groups, names }: OidcIssuer, callback: string, back_channel: string) {
  const client = { redirect_uris: [`${callback}/callback`] };
  const provider = new Provider(url, {
    clients: [
      {
        ...{ ...CLIENT, ...client, backchannel_logout_uri: `${back_channel}/backchannel-logout` },
        backchannel_logout_session_required: true,
      },
      { ...OTHER_CLIENT, ...client },
    ],
    jwks: { keys: [jwk] },
    cookies: { keys: ['of a test'] },
    acrValues: ['gold'],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'] },
    findAccount: (_: unknown, sub: string) => ({
      accountId: sub,
      claims: () => ({ sub, preferred_username: names.get(sub) ?? sub, groups: groups.get(sub) }),
    }),
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
    fetch: (address: string, options: RequestInit) => fetch(address, options),
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 60, Session: 600 },
  });
  const serve = provider.callback();
  return (request: IncomingMessage, response: ServerResponse) =>
    request.url?.startsWith('/interaction/') ? interact(provider, request, response) : serve(request, response);
}

/** Signs in whom the browser names, and consents. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session } = await provider.interactionDetails(request, response);
  const [username = '', acr] = `${request.headers['x-browser']}`.split(' ');
  if (prompt.name === 'login') {
    const login = { accountId: username, ...(acr && { acr }) };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  const grant = new provider.Grant({ accountId: session!.accountId, clientId: params.client_id });
  grant.addOIDCScope((prompt.details.missingOIDCScope ?? []).join(' '));
  grant.addOIDCClaims(prompt.details.missingOIDCClaims ?? []);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
}

function browserOf(url: string, username: string, acr = ''): Browser {
  const cookies = new Map<string, string>();
  const visit = async (address: string, body?: URLSearchParams): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      method: body === undefined ? 'GET' : 'POST',
      redirect: 'manual',
      headers: { cookie, 'x-browser': `${username} ${acr}`.trim() },
      ...(body && { body }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  return {
    async signIn(location) {
      let next = new URL(location);
      for (let hops = 0; next.origin === url; hops += 1) {
        const response = await visit(next.href);
        const to = response.headers.get('location');
        if (to === null || hops > 10) throw new Error(`${next.pathname}: ${response.status} ${await response.text()}`);
        next = new URL(to, url);
      }
      return next;
    },
    async signOut() {
      const page = await (await visit(`${url}/session/end`)).text();
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1];
      if (xsrf === undefined) throw new Error(`The issuer asks no question: ${page.slice(0, 300)}`);
      const done = await visit(`${url}/session/end/confirm`, new URLSearchParams({ xsrf, logout: 'yes' }));
      if (done.status >= 400) throw new Error(`The issuer signs nobody out: ${done.status} ${await done.text()}`);
    },
  };
}

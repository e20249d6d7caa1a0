/** Against a real OpenID provider on loopback. */
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { generateKeyPair } from 'jose';
import { CLIENT, LOGOUT_EVENT, type OidcIssuer, startIssuer } from '../../../../test/support/oidc-issuer.js';
import { Issuer } from './issuer.js';
import { readOidc } from './oidc-settings.js';

const PUBLIC_URL = 'http://127.0.0.1:9';
let provider: OidcIssuer;
beforeAll(async () => {
  provider = await startIssuer();
  await provider.serve(PUBLIC_URL, PUBLIC_URL);
  provider.groups.set('maria', ['accounting']);
});
afterAll(() => provider?.stop());

function issuer(env: NodeJS.ProcessEnv = {}): Issuer {
  const settings = { OIDC_ISSUER: provider.url, OIDC_CLIENT_ID: CLIENT.client_id, OIDC_ROLES: 'a=*:staff', PUBLIC_URL };
  const refuse = (sentence: string): never => {
    throw new Error(sentence);
  };
  return new Issuer(readOidc({ ...settings, OIDC_CLIENT_SECRET: CLIENT.client_secret, ...env }, refuse)!);
}
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'well',
    (error) => error.code,
  );

async function signIn(to: Issuer, { acr, change = () => {} }: { acr?: string; change?: (url: URL) => void } = {}) {
  const { url, flow } = await to.begin();
  change(url);
  const back = await provider.browser('maria', acr).signIn(url.href);
  return { flow, back, finish: (query = back.search) => to.finish(query, flow) };
}

test('says who has signed in, with the groups that only its userinfo names', async () => {
  const { finish } = await signIn(issuer());
  expect(await finish()).toEqual({
    subject: 'maria',
    sid: expect.stringMatching(/.{10,}/),
    display_name: 'maria',
    groups: ['accounting'],
  });
});

describe('a demanded strength', () => {
  test('must be what the issuer says it has reached', async () => {
    const to = issuer({ OIDC_ACR: 'gold' });
    expect(await codeOf((await signIn(to, { acr: 'gold' })).finish())).toBe('well');
    expect(await codeOf((await signIn(to, { acr: 'silver' })).finish())).toBe('sign_in_too_weak');
    expect(await codeOf((await signIn(to)).finish())).toBe('sign_in_too_weak');
  });
});

describe('a way back is refused', () => {
  test.each<[string, (url: URL) => void]>([
    ['with another state', (url) => url.searchParams.set('state', 'x')],
    ['without a state', (url) => url.searchParams.delete('state')],
    ['with two states', (url) => url.searchParams.append('state', 'x')],
    ['of another issuer', (url) => url.searchParams.set('iss', 'https://evil.example')],
    ['without an issuer, where this one names itself', (url) => url.searchParams.delete('iss')],
    ['with another code', (url) => url.searchParams.set('code', 'x')],
    ['with an error', (url) => url.searchParams.set('error', 'access_denied')],
    ['with nothing', (url) => Object.assign(url, { search: '' })],
  ])('%s', async (_, change) => {
    const to = issuer();
    const { back, finish } = await signIn(to);
    const changed = new URL(back);
    change(changed);
    expect(await codeOf(finish(changed.search))).toBe('sign_in_failed');
  });

  test.each<[string, (url: URL) => void]>([
    ['with an ID token for another nonce', (url) => url.searchParams.set('nonce', 'x')],
    ['with a code for another client', (url) => url.searchParams.set('client_id', 'other')],
    ['with a code for another verifier', (url) => url.searchParams.set('code_challenge', 'x'.repeat(43))],
  ])('%s', async (_, change) => {
    const { finish } = await signIn(issuer(), { change });
    expect(await codeOf(finish())).toBe('sign_in_failed');
  });

  test('a second time', async () => {
    const { finish } = await signIn(issuer());
    expect(await codeOf(finish())).toBe('well');
    expect(await codeOf(finish())).toBe('sign_in_failed');
  });
});

describe('a logout token', () => {
  const now_s = Math.floor(Date.now() / 1000);
  const claims = () => ({
    ...{ iss: provider.url, aud: CLIENT.client_id, iat: now_s, exp: now_s + 120, jti: 'j', sub: 'maria', sid: 's' },
    events: LOGOUT_EVENT as object,
  });

  test('of the issuer holds', async () => {
    expect(await issuer().readLogout(await provider.sign(claims()))).toEqual({ jti: 'j', subject: 'maria', sid: 's' });
  });

  test.each<[string, object]>([
    ['of another issuer', { iss: 'https://evil.example' }],
    ['for another client', { aud: 'other' }],
    ['that is old', { iat: now_s - 3600 }],
    ['that is of the future', { iat: now_s + 3600 }],
    ['that has expired', { exp: now_s - 600 }],
    ['without an id', { jti: undefined }],
    ['without a time', { iat: undefined }],
    ['with a nonce, as ID tokens have', { nonce: 'n' }],
    ['without the event', { events: undefined }],
    ['of another event', { events: { 'https://evil.example': {} } }],
    [
      'whose event is no object',
      { events: { ...LOGOUT_EVENT, 'http://schemas.openid.net/event/backchannel-logout': 1 } },
    ],
    ['that names nobody', { sub: undefined, sid: undefined }],
    ['with a sid of another kind', { sid: 7 }],
  ])('%s is refused', async (_, change) => {
    expect(await codeOf(issuer().readLogout(await provider.sign({ ...claims(), ...change })))).toBe(
      'invalid_logout_token',
    );
  });

  test('that the issuer did not sign is refused, however it names its key', async () => {
    const to = issuer();
    const { privateKey } = await generateKeyPair('RS256');
    const of_us = await provider.sign(claims());
    const [, payload] = of_us.split('.');
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`;
    const hmac = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${payload}.${'A'.repeat(43)}`;
    const tokens = [
      await provider.sign(claims(), {}, privateKey),
      await provider.sign(claims(), { kid: 'unknown' }, privateKey),
      await provider.sign(claims(), { typ: 'at+jwt' }),
      ...[none, hmac, `${of_us}x`, 'x', '', 'a.b.c'],
    ];
    for (const token of tokens)
      expect([token, await codeOf(to.readLogout(token))]).toEqual([token, 'invalid_logout_token']);
  });

  test('of unknown keys has the keys fetched once a minute at most', async () => {
    const to = issuer();
    const before = provider.asked('/jwks');
    for (let n = 0; n < 20; n += 1) await codeOf(to.readLogout(await provider.sign(claims(), { kid: `unknown-${n}` })));
    expect(provider.asked('/jwks') - before).toBe(1);
  });
});

describe('the issuer', () => {
  test('is asked what it is once, by all who wait', async () => {
    const to = issuer();
    const path = '/.well-known/openid-configuration';
    const before = provider.asked(path);
    await Promise.all(Array.from({ length: 20 }, () => to.begin()));
    await to.begin();
    expect(provider.asked(path) - before).toBe(1);
  });

  test('that fails is left alone after three tries, and asked again later', async () => {
    const to = issuer();
    const path = '/.well-known/openid-configuration';
    const before = provider.asked(path);
    provider.state = 'failing';
    for (let n = 0; n < 10; n += 1) expect(await codeOf(to.begin())).toBe('issuer_unavailable');
    expect(provider.asked(path) - before).toBe(3);
    provider.state = 'well';
    expect(await codeOf(to.begin())).toBe('issuer_unavailable');
    await new Promise((resolve) => setTimeout(resolve, 5100));
    expect(await codeOf(to.begin())).toBe('well');
  }, 15_000);

  test('that does not answer is given up in time', async () => {
    const to = issuer();
    const { finish } = await signIn(to);
    provider.state = 'silent';
    const since_ms = performance.now();
    expect(await codeOf(finish())).toBe('issuer_unavailable');
    expect(performance.now() - since_ms).toBeLessThan(4500);
    provider.state = 'well';
  }, 15_000);

  test('that changes its key is understood', async () => {
    const to = issuer();
    expect(await codeOf((await signIn(to)).finish())).toBe('well');
    await provider.serve(PUBLIC_URL, PUBLIC_URL);
    // Its keys were fetched a moment ago.
    expect(await codeOf((await signIn(to)).finish())).toBe('sign_in_failed');
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + 61_000);
    expect(await codeOf((await signIn(to)).finish())).toBe('well');
    jest.restoreAllMocks();
  });
});

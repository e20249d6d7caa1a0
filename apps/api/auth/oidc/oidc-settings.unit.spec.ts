import { describe, expect, test } from '@jest/globals';
import { readOidc, rolesOfGroups } from './oidc-settings.js';

const refuse = (sentence: string): never => {
  throw new Error(sentence);
};
const ENV = {
  OIDC_ISSUER: 'https://login.example/realms/factory',
  OIDC_CLIENT_ID: 'factory-ledger',
  OIDC_ROLES: 'accounting=main:manager; CN=a,OU=b=*:staff ;accounting=plant-2:viewer',
  PUBLIC_URL: 'https://ledger.example',
};
const read = (env: NodeJS.ProcessEnv) => readOidc({ ...ENV, ...env }, refuse);

test('without an issuer there is no single sign-on, whatever else is set', () =>
  expect(readOidc({ ...ENV, OIDC_ISSUER: '' }, refuse)).toBeUndefined());

test('groups may hold any sign, as distinguished names do', () => {
  expect(read({})).toMatchObject({
    redirect_uri: new URL('https://ledger.example/api/v1/auth/oidc/callback'),
    scope: 'openid profile',
    groups_claim: 'groups',
    acr: [],
    client_secret: undefined,
    grants: [
      { group: 'accounting', ledger: 'main', role: 'manager' },
      { group: 'CN=a,OU=b', ledger: '*', role: 'staff' },
      { group: 'accounting', ledger: 'plant-2', role: 'viewer' },
    ],
  });
  expect(read({ OIDC_ACR: 'gold, mfa' })?.acr).toEqual(['gold', 'mfa']);
});

test.each<[string, NodeJS.ProcessEnv, string]>([
  ['plain HTTP to another machine', { OIDC_ISSUER: 'http://login.example' }, 'OIDC_ISSUER must begin with https://'],
  ['a name that only looks like this machine', { OIDC_ISSUER: 'http://127.0.0.1.example' }, 'OIDC_ISSUER must begin'],
  [
    'an address for users in plain HTTP',
    { PUBLIC_URL: 'http://ledger.example' },
    'PUBLIC_URL must begin with https://',
  ],
  ['no address for users', { PUBLIC_URL: '' }, 'PUBLIC_URL is missing'],
  ['an address with a path', { PUBLIC_URL: 'https://ledger.example/app' }, 'PUBLIC_URL must have no path'],
  ['an issuer with a password', { OIDC_ISSUER: 'https://a:b@login.example' }, 'OIDC_ISSUER must be a bare URL'],
  ['no roles', { OIDC_ROLES: '' }, 'OIDC_ROLES is missing'],
  ['an unknown role', { OIDC_ROLES: 'a=main:owner' }, 'OIDC_ROLES must be'],
  ['no ledger', { OIDC_ROLES: 'a=staff' }, 'OIDC_ROLES must be'],
  ['a ledger that cannot be', { OIDC_ROLES: 'a=Main:staff' }, 'OIDC_ROLES must be'],
  ['a scope without openid', { OIDC_SCOPE: 'profile' }, 'OIDC_SCOPE must name openid'],
])('%s is refused', (_, env, sentence) => expect(() => read(env)).toThrow(sentence));

test.each(['http://localhost:8080', 'http://127.0.0.1:8080', 'http://[::1]:8080'])('%s is this machine', (url) =>
  expect(read({ OIDC_ISSUER: url, PUBLIC_URL: url })?.issuer.href).toBe(`${url}/`),
);

describe('the roles of groups', () => {
  const { grants } = read({ OIDC_ROLES: 'a=main:manager;b=main:staff;b=*:viewer' })!;
  test('add up by ledger, the first of the setting before others', () =>
    expect([...rolesOfGroups(grants, ['b', 'a', 'c'])]).toEqual([
      ['main', 'manager'],
      ['*', 'viewer'],
    ]));
  test('are none for unknown groups, in another spelling too', () => {
    for (const groups of [[], ['A'], ['a '], ['main'], ['__proto__']])
      expect(rolesOfGroups(grants, groups).size).toBe(0);
  });
});

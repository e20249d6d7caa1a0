import 'reflect-metadata';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unconnectedApp } from '../../../../test/support/unconnected-app.js';

let app: Awaited<ReturnType<typeof unconnectedApp>>['app'];
beforeAll(async () => {
  ({ app } = await unconnectedApp());
});
afterAll(() => app.close());

test.each<['GET' | 'POST', string]>([
  ['GET', 'start'],
  ['GET', 'start?return_to=x'],
  ['GET', 'callback?code=x&state=y'],
  ['POST', 'token'],
  ['POST', 'backchannel-logout'],
])('without an identity provider %s %s is no route', async (method, path) => {
  const answer = await app.inject({ method, url: `/api/v1/auth/oidc/${path}` });
  expect([answer.statusCode, answer.json().code]).toEqual([404, 'unknown_route']);
  expect(answer.headers['set-cookie']).toBeUndefined();
});

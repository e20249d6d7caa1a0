import { JwtService } from '@nestjs/jwt';
import { DeviceTokens, deviceCookie } from './device-tokens.js';

const SECRET = 'a secret of at least thirty-two characters';
const devices = new DeviceTokens(SECRET);

it('knows the device by its header or its cookie, among others', () => {
  const token = devices.issue('maria', 'phone');
  expect(devices.deviceOf({ 'device-token': token }, 'maria')).toBe('phone');
  expect(devices.deviceOf({ cookie: `a=b; ${deviceCookie(token)}` }, 'maria')).toBe('phone');
  expect(devices.deviceOf({ cookie: `xdevice=${token}; devices=1` }, 'maria')).toBeUndefined();
});

it('draws an id for a new device', () => {
  const idIn = (token: string) => devices.deviceOf({ 'device-token': token }, 'maria');
  const ids = [devices.issue('maria'), devices.issue('maria')].map(idIn);
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(undefined);
});

const options = { algorithm: 'HS256', issuer: 'factory-ledger', subject: 'maria', jwtid: 'phone' } as const;
const signed = (change: object, secret = SECRET) => new JwtService({ secret }).sign({}, { ...options, ...change });

it.each<[string, string]>([
  ['of another name', devices.issue('ann', 'phone')],
  ['signed by another', signed({ audience: 'factory-ledger-device' }, `${SECRET}!`)],
  ['that has expired', signed({ audience: 'factory-ledger-device', expiresIn: -1 })],
  ['that gives access', signed({ audience: 'factory-ledger-api' })],
  [
    'without a signature',
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${devices.issue('maria').split('.')[1]}.`,
  ],
  ['that is none', 'x'],
  ['that is empty', ''],
])('does not know one by a token %s', (_, token) => {
  expect(devices.deviceOf({ 'device-token': token }, 'maria')).toBeUndefined();
  expect(devices.deviceOf({ cookie: `device=${token}` }, 'maria')).toBeUndefined();
});

it('shows the cookie to no script, sends it nowhere else, and not in the clear', () => {
  expect(deviceCookie('t')).toMatch(/^device=t; Path=\/api\/v1\/auth; Max-Age=\d+; HttpOnly; Secure; SameSite=Strict$/);
});

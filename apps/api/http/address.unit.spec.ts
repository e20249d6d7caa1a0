import type { IncomingMessage } from 'node:http';
import { expect, test } from '@jest/globals';
import { Addresses, networksIn } from './address.js';

const addressOf = (proxies: string, remoteAddress: string, forwarded?: string) =>
  new Addresses(networksIn(proxies)).of({
    socket: { remoteAddress },
    headers: { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);

test('without a proxy of ours it is the one that the connection has', () => {
  expect(addressOf('', '10.0.0.7', '1.2.3.4')).toBe('10.0.0.7');
  expect(addressOf('10.0.0.8', '10.0.0.7', '1.2.3.4')).toBe('10.0.0.7');
  expect(addressOf('', '::ffff:10.0.0.7')).toBe('10.0.0.7');
});

test('behind proxies of ours it is the last that is none, whatever a client wrote before it', () => {
  expect(addressOf('127.0.0.1', '127.0.0.1', '1.2.3.4')).toBe('1.2.3.4');
  expect(addressOf('127.0.0.1, 10.0.0.0/8', '::ffff:127.0.0.1', '6.6.6.6, 1.2.3.4, 10.1.2.3')).toBe('1.2.3.4');
  expect(addressOf('127.0.0.1', '127.0.0.1')).toBe('127.0.0.1');
  expect(addressOf('127.0.0.1', '127.0.0.1', 'unknown, <script>')).toBe('127.0.0.1');
});

test('of IPv6 the network counts', () => {
  expect(addressOf('', '2001:db8:0:1:aaaa::1')).toBe('2001:db8:0:1::/64');
  expect(addressOf('', '2001:0db8::1:0:0:1')).toBe('2001:db8:0:0::/64');
  expect(addressOf('', '::1')).toBe('0:0:0:0::/64');
  expect(addressOf('fd00::/8', 'fd00::1', '2001:db8:0:1::2')).toBe('2001:db8:0:1::/64');
});

test('a program on the same machine is one that no proxy speaks for', () => {
  const isLocal = (remoteAddress: string, forwarded?: string) =>
    new Addresses().isLocal({
      socket: { remoteAddress },
      headers: { 'x-forwarded-for': forwarded },
    } as unknown as IncomingMessage);
  expect(['127.0.0.1', '::ffff:127.0.0.1', '::1'].map((address) => isLocal(address))).toEqual([true, true, true]);
  expect([isLocal('10.0.0.7'), isLocal('127.0.0.1', '127.0.0.1'), isLocal('2001:db8::1')]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each(['10.0.0.0/33', 'proxy', '10.0.0.1/', '10.0.0.1/8/8', '10.0.0', '::1/129', '10.0.0.1/-1'])(
  '%s is no list of proxies',
  (text) => expect(networksIn(text)).toBeUndefined(),
);

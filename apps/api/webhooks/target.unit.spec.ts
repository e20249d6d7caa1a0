import { BlockList } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { addressesOf, isPublic, type LookUp, TargetRefused, targetOf } from './target.js';

const NOBODY = new BlockList();
const nowhere: LookUp = async () => [];
const leadsTo =
  (...addresses: string[]): LookUp =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

async function isTaken(url: string, { allowed = NOBODY, lookUp = nowhere } = {}): Promise<boolean> {
  const target = targetOf(url);
  if (target === undefined) return false;
  try {
    return (await addressesOf(target, allowed, lookUp)).length > 0;
  } catch (error) {
    if (!(error instanceof TargetRefused)) throw error;
    return false;
  }
}

describe('what is no URL for a webhook', () => {
  test.each([
    '',
    'receiver.example',
    '//receiver.example',
    'ftp://receiver.example',
    'file:///etc/passwd',
    'gopher://receiver.example',
    'javascript:alert(1)',
    'https://',
    'https://user@receiver.example',
    'https://user:password@receiver.example',
    'https://receiver.example@10.0.0.1',
    'https://receiver.example#part',
    'https://receiver.example:0',
    'https://receiver.example:99999',
    'https://receiver.example:22:33',
    ' https://receiver.example',
    'https://a b.example',
    'https://1.2.3.4.5',
    'https://256.256.256.256',
    'https://[::1',
    'https://[fe80::1%25eth0]',
    `https://receiver.example/${'x'.repeat(2000)}`,
  ])('%s', (url) => expect(targetOf(url)).toBeUndefined());
});

describe('an address inside is refused', () => {
  test.each([
    ['this machine', 'https://127.0.0.1'],
    ['this machine by another of its addresses', 'https://127.1.2.3'],
    ['this machine in IPv6', 'https://[::1]'],
    ['any address of this machine', 'https://0.0.0.0'],
    ['any address of this machine in IPv6', 'https://[::]'],
    ['10/8', 'https://10.0.0.5/hook'],
    ['172.16/12', 'https://172.31.255.1'],
    ['192.168/16', 'https://192.168.1.1'],
    ['the metadata service of a cloud', 'https://169.254.169.254/latest/meta-data'],
    ['the metadata service in IPv6', 'https://[fd00:ec2::254]'],
    ['the metadata service of another cloud', 'https://100.100.100.200'],
    ['a carrier’s NAT', 'https://100.64.0.1'],
    ['benchmarks', 'https://198.18.0.1'],
    ['documentation', 'https://203.0.113.7'],
    ['multicast', 'https://224.0.0.1'],
    ['broadcast', 'https://255.255.255.255'],
    ['reserved', 'https://240.0.0.1'],
    ['protocol assignments', 'https://192.0.0.192'],
    ['link-local IPv6', 'https://[fe80::1]'],
    ['site-local IPv6', 'https://[fec0::1]'],
    ['unique local IPv6', 'https://[fc00::1]'],
    ['IPv4 in IPv6', 'https://[::ffff:127.0.0.1]'],
    ['IPv4 in IPv6, in hexadecimal', 'https://[::ffff:7f00:1]'],
    ['IPv4 in IPv6, compatible', 'https://[::127.0.0.1]'],
    ['IPv4 in IPv6, translated', 'https://[::ffff:0:127.0.0.1]'],
    ['NAT64', 'https://[64:ff9b::7f00:1]'],
    ['NAT64 of one’s own', 'https://[64:ff9b:1::a00:1]'],
    ['6to4', 'https://[2002:7f00:1::]'],
    ['Teredo', 'https://[2001:0:7f00:1::]'],
    ['documentation in IPv6', 'https://[2001:db8::1]'],
    ['more documentation in IPv6', 'https://[3fff::1]'],
    ['discard-only', 'https://[100::1]'],
    ['multicast IPv6', 'https://[ff02::1]'],
    ['one number', 'https://2130706433'],
    ['octal', 'https://0177.0.0.1'],
    ['octal in full', 'https://017700000001'],
    ['hexadecimal', 'https://0x7f000001'],
    ['hexadecimal in parts', 'https://0x7f.0.0x0.1'],
    ['fewer parts', 'https://127.1'],
    ['fewer parts of another', 'https://10.1'],
    ['a dot behind it', 'https://127.0.0.1.'],
    ['wide digits', 'https://１２７.０.０.１'],
    ['circled digits', 'https://①②⑦.⓪.⓪.①'],
    ['escaped digits', 'https://%31%32%37.0.0.1'],
    ['ideographic dots', 'https://127。0。0。1'],
  ])('%s: %s', async (_what, url) => expect(await isTaken(url)).toBe(false));
});

describe('a name', () => {
  test.each([
    ['that leads inside', ['10.0.0.1']],
    ['that leads to this machine', ['127.0.0.1']],
    ['that leads inside in IPv6', ['fd12::1']],
    ['one of whose addresses lies inside', ['93.184.216.34', '192.168.0.1']],
    ['that leads to an IPv4 in IPv6', ['::ffff:10.0.0.1']],
    ['that leads to a public IPv4 in IPv6', ['::ffff:93.184.216.34']],
    ['that leads to an address with a scope', ['fe80::1%eth0']],
    ['that leads to a public address with a scope', ['2606:2800:220:1::1%1']],
    ['that leads to no address at all', ['no address']],
    ['that leads nowhere', []],
  ])('%s is refused', async (_what, addresses) =>
    expect(await isTaken('https://receiver.example', { lookUp: leadsTo(...addresses) })).toBe(false),
  );

  test('that cannot be looked up is refused in the same way', async () => {
    const lookUp: LookUp = () => Promise.reject(new Error('EAI_AGAIN'));
    expect(await isTaken('https://receiver.example', { lookUp })).toBe(false);
  });

  test('that leads out is taken, over TLS alone, and the connection goes to the address that was checked', async () => {
    const lookUp = leadsTo('93.184.216.34', '2606:2800:220:1::1');
    expect(await addressesOf(targetOf('https://receiver.example:8443/hook?a=b')!, NOBODY, lookUp)).toEqual([
      { address: '93.184.216.34', family: 4 },
      { address: '2606:2800:220:1::1', family: 6 },
    ]);
    expect(await isTaken('http://receiver.example', { lookUp })).toBe(false);
  });

  test('is looked up for each attempt: one that leads inside by then is refused', async () => {
    const answers = [['93.184.216.34'], ['127.0.0.1']];
    const lookUp: LookUp = async () => leadsTo(...answers.shift()!)('');
    const attempts = [
      await isTaken('https://rebinds.example', { lookUp }),
      await isTaken('https://rebinds.example', { lookUp }),
    ];
    expect(attempts).toEqual([true, false]);
  });
});

describe('the operator’s networks', () => {
  const allowed = new BlockList();
  allowed.addSubnet('10.1.0.0', 16, 'ipv4');
  allowed.addSubnet('fd00:1::', 32, 'ipv6');

  test.each([
    ['http://10.1.2.3/hook', true],
    ['https://10.1.2.3/hook', true],
    ['https://[fd00:1::7]', true],
    ['https://10.2.0.1', false],
    ['https://127.0.0.1', false],
    ['http://93.184.216.34', false],
    ['https://93.184.216.34', true],
    ['https://[fd00:2::7]', false],
  ])('%s: %s', async (url, is_taken) => expect(await isTaken(url, { allowed })).toBe(is_taken));

  test('a name must lead into them with all its addresses', async () => {
    const taken = (...addresses: string[]) =>
      isTaken('http://hall.example', { allowed, lookUp: leadsTo(...addresses) });
    expect(await taken('10.1.0.1', 'fd00:1::1')).toBe(true);
    expect(await taken('10.1.0.1', '10.2.0.1')).toBe(false);
  });
});

test.each([
  '1.1.1.1',
  '8.8.8.8',
  '93.184.216.34',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '2606:4700::1111',
  '2a00::1',
])('%s is public', (address) => expect(isPublic(address)).toBe(true));

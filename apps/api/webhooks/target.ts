/**
 * Where a webhook may lead: to public addresses over TLS, and to the networks that the operator names. Who may name a URL must not reach by
 * it what only this machine reaches, so each name is resolved here, all its addresses are checked, and the connection is made to these.
 */
import { BlockList, isIP } from 'node:net';

/** IANA's special-purpose addresses, and what leads to other addresses inside: NAT64, 6to4, Teredo, IPv4 in IPv6. */
const NOT_PUBLIC = networks(
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.31.196.0/24', '192.52.193.0/24', '192.88.99.0/24', '192.168.0.0/16', '192.175.48.0/24'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ...['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'],
);
/** All that is public of IPv6. */
const GLOBAL_UNICAST = networks('2000::/3');
const URL_LENGTH_MAX = 2000;

export interface Target {
  url: URL;
  /** Without the brackets of IPv6. */
  host: string;
}
export interface Resolved {
  address: string;
  family: number;
}
export type LookUp = (host: string) => Promise<Resolved[]>;

/** Neither says more, so that nobody learns by it what is inside. */
export class TargetRefused extends Error {}

function networks(...subnets: string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', bits] = subnet.split('/');
    list.addSubnet(address, Number(bits), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** undefined for what is no URL that a webhook can have. A number such as 2130706433 or 0177.1 becomes the address that it means. */
export function targetOf(text: string): Target | undefined {
  if (text.length > URL_LENGTH_MAX || !/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '' || url.hash !== '' || url.port === '0') return undefined;
  return { url, host: url.hostname.replace(/^\[(.*)\]$/, '$1') };
}

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !isIn(NOT_PUBLIC, address);
    case 6:
      return !address.includes('%') && isIn(GLOBAL_UNICAST, address) && !isIn(NOT_PUBLIC, address);
    default:
      return false;
  }
}

/**
 * The addresses to connect to, checked; ask for each attempt, since a name may lead elsewhere by then.
 * @param allowed networks of the operator's own, to which plain HTTP may lead, too @throws TargetRefused
 */
export async function addressesOf({ url, host }: Target, allowed: BlockList, lookUp: LookUp): Promise<Resolved[]> {
  const literal = isIP(host);
  const found = literal === 0 ? await lookUp(host).catch(() => []) : [{ address: host, family: literal }];
  const is_plain = url.protocol === 'http:';
  const isFine = ({ address }: Resolved) =>
    isIP(address) !== 0 && !address.includes('%') && (isIn(allowed, address) || (!is_plain && isPublic(address)));
  if (found.length === 0 || !found.every(isFine)) throw new TargetRefused();
  return found;
}

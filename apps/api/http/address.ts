import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Addresses and networks, with commas between them. */
export function networksIn(text: string): BlockList | undefined {
  const networks = new BlockList();
  for (const entry of text.split(',').map((each) => each.trim())) {
    if (entry === '') continue;
    const [address = '', bits, ...more] = entry.split('/');
    const family = isIP(address);
    const bits_max = family === 6 ? 128 : 32;
    const prefix = bits === undefined ? bits_max : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
    if (family === 0 || more.length > 0 || !(prefix <= bits_max)) return undefined;
    networks.addSubnet(address, prefix, family === 6 ? 'ipv6' : 'ipv4');
  }
  return networks;
}

export class Addresses {
  constructor(private readonly proxies = new BlockList()) {}

  /** The last hop that is no trusted proxy: a client can forge what stands before it. Of IPv6 the /64: one customer. */
  of({ socket, headers }: IncomingMessage): string {
    let address = plain(socket.remoteAddress ?? '');
    const forwarded = headers['x-forwarded-for'];
    const hops = typeof forwarded === 'string' ? forwarded.split(',') : [];
    while (this.isProxy(address)) {
      const hop = plain(hops.pop()?.trim() ?? '');
      if (isIP(hop) === 0) break;
      address = hop;
    }
    return isIP(address) === 6 ? networkOf(address) : address;
  }

  /** Whether a program on this machine asks, and no proxy for somebody else. */
  isLocal({ socket, headers }: IncomingMessage): boolean {
    const address = plain(socket.remoteAddress ?? '');
    return (address === '::1' || address.startsWith('127.')) && headers['x-forwarded-for'] === undefined;
  }

  private isProxy(address: string): boolean {
    const family = isIP(address);
    return family !== 0 && this.proxies.check(address, family === 6 ? 'ipv6' : 'ipv4');
  }
}

function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function networkOf(address: string): string {
  const [head = '', tail] = (address.split('%')[0] ?? '').split('::').map((half) => half.split(':').filter(Boolean));
  const groups =
    tail === undefined ? head : [...head, ...Array(Math.max(0, 8 - head.length - tail.length)).fill('0'), ...tail];
  const network = [...groups].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

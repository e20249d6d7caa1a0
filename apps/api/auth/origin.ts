import type { Addresses } from '../http/address.js';
import type { ApiRequest } from '../http/request.js';
import type { Origin } from './sessions.js';

const DEVICE_LENGTH_MAX = 200;

/** Headers are Latin-1; Postgres takes no U+0000. */
export function originOf({ raw }: ApiRequest, addresses: Addresses): Origin {
  const device = (raw.headers['user-agent'] ?? '').replace(/\p{Cc}/gu, '').slice(0, DEVICE_LENGTH_MAX);
  return { address: addresses.of(raw), device };
}

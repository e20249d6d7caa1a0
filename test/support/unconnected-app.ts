import { BlockList } from 'node:net';
import { createApp, type Transport } from '../../apps/api/app.js';
import { Addresses } from '../../apps/api/http/address.js';
import { LIMITS } from '../../apps/api/http/limit-table.js';
import { Limits } from '../../apps/api/http/limits.js';
import { Operators } from '../../apps/api/http/operators.js';
import { Metrics } from '../../apps/api/metrics.js';
import type { Services } from '../../apps/api/services.js';

export function unconnectedApp(transport: Transport = {}) {
  const nothing = {};
  const notes = { note: async () => {}, countRefusal: () => {} };
  const store = { query: () => Promise.reject(new Error('there is no Postgres')) };
  const parts = {
    addresses: new Addresses(new BlockList()),
    limits: new Limits({ table: LIMITS, store, instances: () => 1, addresses: new Addresses(), notes }),
    notes,
    operators: new Operators(new Addresses()),
    tokens: { sessions: nothing, keys: nothing },
    metrics: new Metrics(nothing as Services['models'], nothing as Services['homes']),
    ...Object.fromEntries(
      [
        'homes',
        'models',
        'users',
        'sign_in',
        'factors',
        'passkeys',
        'devices',
        'readiness',
        'audit',
        'streams',
        'webhooks',
      ].map((part) => [part, nothing]),
    ),
  };
  return createApp(parts as unknown as Services, () => {}, transport);
}

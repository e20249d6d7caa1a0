import { BlockList } from 'node:net';
import { createApp, type Transport } from '../../apps/api/app.js';
import { Addresses } from '../../apps/api/http/address.js';
import { Operators } from '../../apps/api/http/operators.js';
import { Metrics } from '../../apps/api/metrics.js';
import type { Services } from '../../apps/api/services.js';

export function unconnectedApp(transport: Transport = {}) {
  const nothing = {};
  const parts = {
    addresses: new Addresses(new BlockList()),
    operators: new Operators(new Addresses()),
    tokens: { sessions: nothing, keys: nothing },
    metrics: new Metrics(nothing as Services['models'], nothing as Services['homes']),
    ...Object.fromEntries(
      ['homes', 'models', 'users', 'sign_in', 'devices', 'readiness', 'audit', 'notes'].map((part) => [part, nothing]),
    ),
  };
  return createApp(parts as Services, () => {}, transport);
}

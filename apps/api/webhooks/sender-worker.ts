import { parentPort, workerData } from 'node:worker_threads';
import { Sealing } from '../../../libs/identity/sealing.js';
import { openIdentity } from '../../../libs/identity/tables.js';
import { startTracing, stopTracing } from '../../../libs/tracing/tracing.js';
import { openDatabase } from '../../../projections/database/database.js';
import { eventsBehind } from '../../../projections/read-models/list-events.js';
import { networksIn } from '../http/address.js';
import { ReadModels } from '../read-models.js';
import { Poster } from './post.js';
import { WebhookSender } from './sender.js';
import type { SenderMessage, SenderSettings } from './sender-thread.js';

const STATEMENT_MS_MAX = 5000;

const { database_url, key, networks } = workerData as SenderSettings;
const port = parentPort!;
const say = (message: SenderMessage) => port.postMessage(message);
const log = (line: string) => say({ line: ['warn', line] });

// A thread has modules of its own.
await startTracing('factory-ledger-webhooks', log);
const db = openIdentity(database_url, log);
const database = openDatabase(database_url, { connections_max: 2, statement_timeout_ms: STATEMENT_MS_MAX, log });
const models = new ReadModels(database);
const poster = new Poster({ allowed: networksIn(networks)! });
const sender = new WebhookSender({
  db,
  heads: async () => new Map([...(await models.positions())].map(([ledger, { position }]) => [ledger, position])),
  read: (ledger, position, count) => models.read({ ledger }, (snapshot) => eventsBehind(snapshot, position, count)),
  sealing: new Sealing(key, 'webhooks'),
  poster,
  log: (...line) => say({ line }),
  attempted: (...attempted) => say({ attempted }),
  disabled: (disabled) => say({ disabled }),
});

const stopping = new AbortController();
port.once('message', () => stopping.abort());
await sender.run(stopping.signal);
poster.close();
await Promise.all([db.destroy(), database.destroy()]);
await stopTracing();
port.close();

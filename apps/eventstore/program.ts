import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { isRecord } from '../../libs/event-store/streams.js';
import { default_queue_limits } from '../../libs/event-store-server/append-queue.js';
import { damageReport } from '../../libs/event-store-server/log-file.js';
import { backUpFolder, verifyFolder } from '../../libs/event-store-server/maintenance.js';
import { DamagedLog } from '../../libs/event-store-server/record.js';
import { startEventStore } from '../../libs/event-store-server/server.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { logLine } from '../../libs/process/log.js';
import { openMetricsEndpoint } from '../../libs/process/metrics-endpoint.js';
import { eventStoreMetrics } from './metrics.js';

const USAGE = `Usage: npm run eventstore -- --port N (--data-dir DIR | --memory) [--open] [--allow-delete] [--host 127.0.0.1]
       npm run eventstore -- backup --data-dir DIR --to FILE     (also while the store runs)
       npm run eventstore -- verify --data-dir DIR               (also while the store runs)

  --port 0        takes a free port
  --open          lets every caller in; else calls must show DIR/secret, as the password of the user "ledger"
  --allow-delete  the ledgers' own streams can be deleted, too`;

const LOOPBACK = /^(127(\.\d+){3}|::1|localhost)$/;

async function main(): Promise<void> {
  setLogVerbosity(logVerbosity.NONE);
  const { values, positionals } = parseCommandLine();
  const data_dir = values['data-dir'] === undefined ? undefined : resolve(values['data-dir']);
  switch (positionals.join(' ')) {
    case '':
      return serve(values, data_dir);
    case 'backup': {
      if (!data_dir || !values.to) throw new Error(USAGE);
      const { events, streams, end } = await backUpFolder(data_dir, resolve(values.to));
      return console.log(`${events} events of ${streams} streams up to position ${end} copied and verified.`);
    }
    case 'verify': {
      if (!data_dir) throw new Error(USAGE);
      const { events, streams, end } = verifyFolder(data_dir);
      return console.log(`${events} events of ${streams} streams up to position ${end} are whole.`);
    }
    default:
      throw new Error(USAGE);
  }
}

type Values = ReturnType<typeof parseCommandLine>['values'];

async function serve(values: Values, data_dir: string | undefined): Promise<void> {
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is not a port.\n${USAGE}`);
  if (values.memory === (data_dir !== undefined)) throw new Error(`Name either --data-dir or --memory.\n${USAGE}`);
  if (!LOOPBACK.test(values.host))
    throw new Error(`${values.host} is not an address of this machine alone, and what is sent is not encrypted.`);
  const data = data_dir === undefined ? 'memory' : { data_dir };
  const transaction_appends_max = Number(values['appends-per-transaction']);
  const queue_limits = { ...default_queue_limits, transaction_appends_max };
  const access = values.open ? 'open' : 'secret';
  const keeps = values['allow-delete'] ? undefined : isRecord;
  const { registry, observeCommit: onCommit } = eventStoreMetrics(data_dir);
  await openMetricsEndpoint(registry, 'EVENTSTORE_METRICS_LISTEN', process.env);
  const store = await startEventStore({ host: values.host, port, data, access, keeps, queue_limits, onCommit });
  onStop(() => store.stop());
  store.broken.then(refuse, refuse);
  logLine('info', 'The event store is ready', { address: store.address, data: data_dir ?? 'memory' });
  announceReady({ url: store.url });
}

function parseCommandLine() {
  return parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '2113' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
      memory: { type: 'boolean', default: false },
      open: { type: 'boolean', default: false },
      'allow-delete': { type: 'boolean', default: false },
      to: { type: 'string' },
      'appends-per-transaction': { type: 'string', default: '10000' },
    },
  });
}

function refuse(error: Error): Promise<never> {
  const data_dir = parseCommandLine().values['data-dir'];
  const damaged = error instanceof DamagedLog && data_dir !== undefined;
  return fail(damaged ? damageReport(resolve(data_dir), error) : error.message);
}

main().catch(refuse);

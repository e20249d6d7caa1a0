import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { startEventStore } from '../../libs/event-store-server/server.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';

const usage =
  'Usage: npm run eventstore -- --port N (--data-dir DIR | --memory) [--host 127.0.0.1]   (--port 0 takes a free port)';

async function main(): Promise<void> {
  // Every error is told in a sentence of our own.
  setLogVerbosity(logVerbosity.NONE);
  const { host, port, data } = parseCommandLine();
  const store = await startEventStore({ host, port, data });
  onStop(() => store.stop());
  store.broken.then(refuse, refuse);
  console.log(`event store ready ${store.url} data ${data === 'memory' ? 'memory' : data.data_dir}`);
  announceReady({ url: store.url });
}

function parseCommandLine() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '2113' },
      host: { type: 'string', default: '127.0.0.1' },
      'data-dir': { type: 'string' },
      memory: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error(`--port ${values.port} is not a port. ${usage}`);
  const data_dir = values['data-dir'];
  if (values.memory === (data_dir !== undefined)) throw new Error(`Name either --data-dir or --memory. ${usage}`);
  return {
    host: values.host,
    port,
    data: data_dir === undefined ? ('memory' as const) : { data_dir: resolve(data_dir) },
  };
}

/** Each error here is a sentence: a folder in use, a damaged file, a port taken. */
const refuse = (error: Error) => fail(error.message);

main().catch(refuse);

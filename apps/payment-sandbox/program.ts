/** A payment gateway to try with: by the same contract as a real one, but no money moves. */
import { StartRefused } from '../../libs/process/child.js';
import { announceReady, fail, onStop } from '../../libs/process/lifecycle.js';
import { logLine } from '../../libs/process/log.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { createServer } from './server.js';

const stopping = new AbortController();

async function main(): Promise<void> {
  readSecretFiles(process.env);
  const { PAYMENT_GATEWAY_KEY, PAYMENT_CALLBACK_SECRET, PAYMENT_CALLBACK_URL, SANDBOX_FILE, SANDBOX_LISTEN } =
    process.env;
  if (!PAYMENT_GATEWAY_KEY || !PAYMENT_CALLBACK_SECRET)
    throw new StartRefused('PAYMENT_GATEWAY_KEY and PAYMENT_CALLBACK_SECRET must be those of the payments.');
  const [, host, port] = /^(\S+):(\d{1,5})$/.exec(SANDBOX_LISTEN || '127.0.0.1:0') ?? [];
  if (host === undefined || Number(port) > 65_535)
    throw new StartRefused('SANDBOX_LISTEN must be host:port, such as 127.0.0.1:3300.');
  const server = createServer({
    api_key: PAYMENT_GATEWAY_KEY,
    callback_url: PAYMENT_CALLBACK_URL || undefined,
    callback_secret: PAYMENT_CALLBACK_SECRET,
    file: SANDBOX_FILE || undefined,
    signal: stopping.signal,
  });
  onStop(async () => {
    stopping.abort();
    server.server.closeAllConnections();
    await server.close();
  });
  const url = await server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) });
  logLine('info', 'The sandbox of a payment gateway listens', { url });
  announceReady({ url });
}

main().catch((error: Error) => fail(error.message));

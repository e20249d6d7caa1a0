import { createServer } from 'node:net';

/** The first of two in a row. */
export async function freePortPair(): Promise<number> {
  const port = await freePort();
  return (await freePort(port + 1)) === port + 1 ? port : freePortPair();
}

export async function freePort(wanted = 0): Promise<number> {
  const server = createServer();
  const listening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(wanted, '127.0.0.1', () => resolve(true));
  });
  if (!listening) return freePort();
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  return typeof address === 'object' && address ? address.port : freePort();
}

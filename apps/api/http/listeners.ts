/**
 * libuv takes one connection a turn of the event loop from each socket that listens: while the thread is busy, new clients would wait for seconds.
 * So many sockets listen on one port, and the kernel shares the connections out among them (SO_REUSEPORT).
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { promisify } from 'node:util';

/** Elsewhere there is no such option, or connections are not shared out. */
export const SHARES_PORTS = process.platform === 'linux';
const MORE_LISTENERS = 31;

export interface Address {
  port: number;
  host: string;
}

/** For several that will share it: the port, or a free one for 0. @throws where it is in use, be it by a program that would share it, too */
export async function reservePort({ port, host }: Address): Promise<number> {
  const alone = createServer().listen(port, host);
  await once(alone, 'listening');
  const { port: found } = alone.address() as AddressInfo;
  await promisify(alone.close.bind(alone))();
  return found;
}

/** Beside `server`, which listens with `reusePort`. @returns stops listening; resolves when the connections that came so have ended */
export async function listenBeside(server: Server, address: Address, backlog: number): Promise<() => Promise<void>> {
  const listeners = Array.from({ length: MORE_LISTENERS }, () =>
    createServer({ allowHalfOpen: true, noDelay: true }, (socket) => server.emit('connection', socket)),
  );
  await Promise.all(listeners.map((each) => once(each.listen({ ...address, backlog, reusePort: true }), 'listening')));
  return async () => {
    await Promise.all(listeners.map((each) => promisify(each.close.bind(each))()));
  };
}

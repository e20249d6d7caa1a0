/** Takes the commands that other instances forward, and sends them this one's status. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { linesOf } from '../ndjson/lines.js';
import {
  type ForwardedAnswer,
  type ForwardedGroup,
  type FromPeer,
  LINE_BYTES_MAX,
  PEER_IDENTITY,
  PEER_TLS,
  type PeerStatus,
  peerKey,
  STATUS_MS,
  type ToPeer,
} from './messages.js';

export interface PeerServer {
  port: number;
  /** Now, instead of within STATUS_MS. */
  sendStatus(): void;
  close(): Promise<void>;
}
export interface PeerServerOptions {
  host: string;
  port: number;
  secret: string;
  status(): PeerStatus;
  decide(group: ForwardedGroup): Promise<ForwardedAnswer['answer']>;
  log(line: string): void;
}

/** Of answers that a peer does not read; it is then cut off and settles its commands elsewhere. */
const UNREAD_BYTES_MAX = 64 * 1024 * 1024;

/** @throws where the port is in use */
export async function listenForPeers({
  host,
  port,
  secret,
  status,
  decide,
  log,
}: PeerServerOptions): Promise<PeerServer> {
  const key = peerKey(secret);
  const sockets = new Set<TLSSocket>();
  const server = createServer({
    ...PEER_TLS,
    pskCallback: (_socket, identity) => (identity === PEER_IDENTITY ? key : null),
  });
  server.on('tlsClientError', (error) => log(`an instance was not let in: ${error.message}`));
  server.on('secureConnection', (socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    send(socket, { status: status() });
    serve(socket).catch((error: Error) => {
      log(`an instance sent what cannot be read: ${error.message}`);
      socket.destroy();
    });
  });
  server.listen(port, host);
  await once(server, 'listening');
  const status_timer = setInterval(sendStatus, STATUS_MS);

  function send(socket: TLSSocket, message: FromPeer): void {
    if (socket.destroyed) return;
    socket.write(`${JSON.stringify(message)}\n`);
    if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
  }
  function sendStatus(): void {
    const message = { status: status() };
    for (const socket of sockets) send(socket, message);
  }
  async function serve(socket: TLSSocket): Promise<void> {
    let answers: ForwardedAnswer[] = [];
    const answer = (id: number, outcome: ForwardedAnswer['answer']) => {
      // Those of one append are answered in one turn, and go in one line.
      if (answers.length === 0)
        setImmediate(() => {
          send(socket, { answers });
          answers = [];
        });
      answers.push({ id, answer: outcome });
    };
    for await (const { bytes } of linesOf(socket, LINE_BYTES_MAX)) {
      if (bytes === undefined) throw new Error('a line is too long');
      const { groups } = JSON.parse(bytes.toString()) as ToPeer;
      for (const group of groups)
        decide(group).then(
          (outcome) => answer(group.id, outcome),
          (error: Error) => answer(group.id, { outcome: 'unknown', reason: error.message }),
        );
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    sendStatus: sendStatus,
    async close() {
      clearInterval(status_timer);
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

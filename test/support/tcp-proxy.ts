import { once } from 'node:events';
import net from 'node:net';

/** What is set holds for present and future connections. pass() resets those that have lost bytes. */
export interface TcpProxy {
  readonly port: number;
  readonly accepted: number;
  readonly open: number;
  readonly answered_bytes: number;
  pass(): void;
  delay(ms: number): void;
  /** Resets present connections only. */
  cut(): void;
  /** As a server that stops writing but still reads. */
  halfClose(): void;
  /** Connections stay and are accepted; nothing is read or written. */
  blackHole(): void;
  /** Nothing is carried or lost: a sleeping process. */
  freeze(): void;
  thaw(): void;
  refuse(): Promise<void>;
  welcome(): Promise<void>;
  /** Present connections are black holes for ever, as when a router forgets them. */
  forget(): void;
  /** Requests arrive, answers are lost. */
  swallowAnswers(): void;
  close(): Promise<void>;
}

type Mode = 'pass' | 'black hole' | 'swallow answers' | 'frozen';
type Link = { client: net.Socket; server: net.Socket; damaged: boolean; forgotten: boolean };

export async function startTcpProxy(target_port: number): Promise<TcpProxy> {
  const links = new Set<Link>();
  let mode: Mode = 'pass';
  let delay_ms = 0;
  let accepted = 0;
  let answered_bytes = 0;

  const listener = net.createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    accepted++;
    const server = net.connect({ port: target_port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    const link: Link = { client, server, damaged: false, forgotten: false };
    links.add(link);
    const keeps = () => {
      if (mode !== 'swallow answers') return true;
      link.damaged = true;
      return false;
    };
    server.on('data', (chunk) => {
      answered_bytes += chunk.length;
    });
    const frozen = () => mode === 'frozen';
    carry(
      client,
      server,
      () => true,
      () => delay_ms,
      frozen,
    );
    carry(server, client, keeps, () => delay_ms, frozen);
    for (const socket of [client, server]) {
      socket.on('error', () => {});
      socket.on('close', () => reset(link));
    }
    if (mode === 'black hole') deafen(link);
    if (mode === 'frozen') pause(link);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as net.AddressInfo;

  function reset(link: Link): void {
    links.delete(link);
    for (const socket of [link.client, link.server]) {
      // Node loses a socket that is reset before its end is sent, and never exits.
      if (socket.writableEnded && !socket.writableFinished) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  async function shut(): Promise<void> {
    const closed = once(listener, 'close');
    listener.close();
    for (const link of links) reset(link);
    await closed;
  }

  return {
    port,
    get accepted() {
      return accepted;
    },
    get answered_bytes() {
      return answered_bytes;
    },
    get open() {
      return links.size;
    },
    pass() {
      mode = 'pass';
      delay_ms = 0;
      for (const link of links) if (link.damaged && !link.forgotten) reset(link);
    },
    delay(ms) {
      delay_ms = ms;
    },
    cut() {
      for (const link of links) reset(link);
    },
    halfClose() {
      for (const { client } of links) client.end();
    },
    blackHole() {
      mode = 'black hole';
      for (const link of links) deafen(link);
    },
    freeze() {
      mode = 'frozen';
      for (const link of links) pause(link);
    },
    thaw() {
      mode = 'pass';
      for (const { client, server } of links) {
        client.resume();
        server.resume();
      }
    },
    refuse: shut,
    async welcome() {
      mode = 'pass';
      listener.listen(port, '127.0.0.1');
      await once(listener, 'listening');
    },
    forget() {
      for (const link of links) {
        link.forgotten = true;
        deafen(link);
      }
    },
    swallowAnswers() {
      mode = 'swallow answers';
    },
    async close() {
      if (listener.listening) await shut();
    },
  };
}

function pause({ client, server }: Link): void {
  client.pause();
  server.pause();
}

function deafen(link: Link): void {
  link.damaged = true;
  link.client.removeAllListeners('data').pause();
  link.server.removeAllListeners('data').pause();
}

/** At the receiver's pace, each after its moment's delay and never before an earlier one. */
function carry(
  from: net.Socket,
  to: net.Socket,
  keeps: () => boolean,
  delay_ms: () => number,
  frozen: () => boolean,
): void {
  const queue: { due: number; act: () => void }[] = [];
  const flush = () => {
    while (queue[0] && queue[0].due <= Date.now()) queue.shift()?.act();
    if (queue[0]) setTimeout(flush, queue[0].due - Date.now());
  };
  const later = (act: () => void) => {
    if (!keeps()) return;
    queue.push({ due: Date.now() + delay_ms(), act });
    if (queue.length === 1) flush();
  };
  from.on('data', (chunk: Buffer) =>
    later(() => {
      if (to.writable && !to.write(chunk)) {
        from.pause();
        to.once('drain', () => frozen() || from.resume());
      }
    }),
  );
  from.on('end', () => later(() => to.end()));
}

import { once } from 'node:events';
import net from 'node:net';

/**
 * A TCP proxy on the loopback that breaks as networks do. What is set holds for the connections of that moment and for
 * those to come, until pass(). Lost bytes stay lost, so pass() resets the connections that lost some.
 */
export interface TcpProxy {
  readonly port: number;
  /** Connections accepted since the start, and connections open now. */
  readonly accepted: number;
  readonly open: number;
  /** Bytes that came from the server since the start. */
  readonly answered_bytes: number;
  /** Carries everything again, at once. */
  pass(): void;
  /** Whatever comes from now on is carried this much later, in both directions, in order. */
  delay(ms: number): void;
  /** Resets every connection of this moment; new ones are welcome. */
  cut(): void;
  /** Says the end to every client, as a server does that stops writing but still reads. */
  halfClose(): void;
  /** Connections stay open and are still accepted, but nothing is read or written any more: no reset, no end. */
  blackHole(): void;
  /** Nothing is carried, and nothing lost: a process that sleeps. Connections are still accepted. */
  freeze(): void;
  /** Carries on with what came meanwhile. */
  thaw(): void;
  /** Resets every connection and takes no new one: a process that has ended. */
  refuse(): Promise<void>;
  welcome(): Promise<void>;
  /** The connections of this moment are black holes for ever, as when a router forgets them; new ones are welcome. */
  forget(): void;
  /** What clients send arrives; what the server answers is lost. */
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
      // One side's end or reset is the other's.
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
      // Node loses a socket that is reset while its end is still to be sent, and then never exits.
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

/** Carries bytes and the end one way, at the receiver's pace, each after the delay of its moment and never before an earlier one. */
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

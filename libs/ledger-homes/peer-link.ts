/** One instance as another one sees it: a connection that is made again whenever it ends. */
import { connect, type TLSSocket } from 'node:tls';
import { linesOf } from '../ndjson/lines.js';
import {
  type ForwardedAnswer,
  type ForwardedGroup,
  type FromPeer,
  GROUPS_MAX,
  LINE_BYTES_MAX,
  PEER_IDENTITY,
  PEER_TLS,
  type PeerStatus,
  peerKey,
  SILENT_MS_MAX,
} from './messages.js';

export interface PeerLink {
  /** Undefined while it does not answer. */
  status(): PeerStatus | undefined;
  pending(): number;
  /** `lost`: the peer went before it answered, and may have decided or not; `unsent`: certainly not. */
  forward(group: Omit<ForwardedGroup, 'id'>): Promise<Answer>;
  close(): void;
}
type Answer = ForwardedAnswer['answer'] | 'lost' | 'unsent';

export interface PeerLinkOptions {
  host: string;
  port: number;
  secret: string;
  onChange(): void;
}

const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 1000;

export function linkToPeer({ host, port, secret, onChange }: PeerLinkOptions): PeerLink {
  const key = peerKey(secret);
  const pending = new Map<number, (answer: Answer) => void>();
  let socket: TLSSocket | undefined;
  let status: PeerStatus | undefined;
  let unsent: ForwardedGroup[] = [];
  let is_flushing = false;
  let next_id = 1;
  let failures = 0;
  let heard_ms = 0;
  let is_closed = false;
  let redialing: NodeJS.Timeout | undefined;
  dial();
  const watching = setInterval(() => {
    if (socket === undefined || performance.now() - heard_ms < SILENT_MS_MAX) return;
    // What has arrived while this process was busy counts.
    setImmediate(() => performance.now() - heard_ms < SILENT_MS_MAX || socket?.destroy());
  }, SILENT_MS_MAX / 4);

  function dial(): void {
    heard_ms = performance.now();
    const dialed = connect({
      ...PEER_TLS,
      host,
      port,
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ psk: key, identity: PEER_IDENTITY }),
    });
    socket = dialed;
    dialed.setNoDelay(true);
    dialed.on('error', () => dialed.destroy());
    dialed.on('close', lost);
    dialed.on('drain', flush);
    dialed.on('secureConnect', () => listen(dialed).catch(() => dialed.destroy()));
  }
  function lost(): void {
    socket = undefined;
    setStatus(undefined);
    const never_sent = new Set(unsent.map(({ id }) => id));
    unsent = [];
    const lost_groups = [...pending];
    pending.clear();
    for (const [id, answer] of lost_groups) answer(never_sent.has(id) ? 'unsent' : 'lost');
    if (is_closed) return;
    redialing = setTimeout(dial, Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** failures++));
  }
  async function listen(dialed: TLSSocket): Promise<void> {
    for await (const { bytes } of linesOf(dialed, LINE_BYTES_MAX)) {
      if (bytes === undefined) throw new Error('a line is too long');
      heard_ms = performance.now();
      const message = JSON.parse(bytes.toString()) as FromPeer;
      if ('status' in message) setStatus(message.status);
      else
        for (const { id, answer } of message.answers) {
          pending.get(id)?.(answer);
          pending.delete(id);
        }
    }
  }
  function setStatus(next: PeerStatus | undefined): void {
    const was = status;
    status = next;
    if (next !== undefined) failures = 0;
    if (was?.name !== next?.name || was?.is_candidate !== next?.is_candidate) onChange();
  }
  /** While the peer does not read, commands wait here; how many is bounded by the caller. */
  function flush(): void {
    is_flushing = false;
    while (socket !== undefined && unsent.length > 0 && !socket.writableNeedDrain)
      socket.write(`${JSON.stringify({ groups: unsent.splice(0, GROUPS_MAX) })}\n`);
  }

  return {
    status: () => status,
    pending: () => pending.size,
    forward(group) {
      if (socket === undefined || status === undefined) return Promise.resolve('unsent');
      const id = next_id++;
      unsent.push({ id, ...group });
      if (!is_flushing) {
        is_flushing = true;
        setImmediate(flush);
      }
      return new Promise((resolve) => pending.set(id, resolve));
    },
    close() {
      is_closed = true;
      clearInterval(watching);
      clearTimeout(redialing);
      socket?.destroy();
    },
  };
}

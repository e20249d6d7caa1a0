/**
 * How each process of the system is born and dies, the same for API, projector and event store.
 *
 * A process may stand alone (a container, a terminal) or be the child of the start script or of a test. A child has
 * an IPC channel: by it the child says that it is ready or why it never will be, and by its closing the child learns
 * that the parent is gone, even by kill -9, which no signal handler sees.
 *
 *     onStop(async () => { await server.close(); });   // first: a signal may come while we still start
 *     …
 *     announceReady({ url });
 */

export type Ready = { ready: true; url?: string; first_admin?: { username: string; password: string } };
export type Failed = { failed: string };

const stop_ms_max = 10_000;
const npm_watch_ms = 500;
const npm_scripts = ['start', 'eventstore'];

/**
 * Tells the parent, once everything works: `{ready: true, ...payload}`. Without a parent nothing happens.
 * A secret (the first admin's password) may go here, since the channel is no log.
 */
export function announceReady(payload: Omit<Ready, 'ready'> = {}): void {
  tell({ ready: true, ...payload });
}

/**
 * Runs `stop` once, at the first of SIGTERM, SIGINT, a closed standard output and the going away of the parent or of npm, then exits with 0.
 * Where `stop` throws or takes longer than `deadline_ms` (10 s by default), one sentence goes to stderr and the exit
 * code is 1: a process that hangs would keep its port and its data folder from its successor.
 * Call it once, and early: before it is called a signal ends the process at once, as is Node's way.
 */
export function onStop(stop: () => Promise<void>, deadline_ms = stop_ms_max): void {
  let stopping = false;
  const begin = (why: string) => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => end(1, `Stopping after ${why} took longer than ${deadline_ms} ms; exiting.`), deadline_ms);
    stop().then(
      () => end(0),
      (error: unknown) => end(1, `Stopping after ${why} failed: ${describe(error)}`),
    );
  };
  process.on('SIGTERM', () => begin('SIGTERM'));
  process.on('SIGINT', () => begin('SIGINT'));
  process.on('disconnect', () => begin('the end of the parent'));
  watchNpm(() => begin('the end of npm'));
  // What nobody reads is no reason to run on: `npm start | head` ends everything, in order.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => begin('the closing of the standard output'));
  // The parent may be gone before we listened: then no event comes any more.
  if (process.connected === false) begin('the end of the parent');
}

/**
 * A script of npm runs below a shell. npm hands SIGTERM to that shell, which dies of it and tells nobody; and of npm's
 * own kill -9 nobody is told either. What we do see is that somebody else is our parent now.
 */
function watchNpm(gone: () => void): void {
  if (!npm_scripts.includes(process.env.npm_lifecycle_event ?? '')) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && gone(), npm_watch_ms).unref();
}

/**
 * Ends the process with exit code 1 because of something that trying again cannot help: a port in use, a folder that
 * may not be written, a secret too short. The sentence goes to the parent, which ends the whole system with it, or to
 * stderr where there is no parent. An outage that may pass (a server not yet there) is not for `fail`: wait for it,
 * or exit by throwing, and the parent starts the process again.
 *
 * @param sentence one sentence for a person: what is wrong, and what to do.
 */
export async function fail(sentence: string): Promise<never> {
  if (process.connected) await new Promise((sent) => tell({ failed: sentence }, sent));
  else process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function tell(message: Ready | Failed, sent: (error: unknown) => void = () => {}): void {
  // A parent that died meanwhile is no error here: 'disconnect' is on its way and ends us.
  if (process.connected) process.send?.(message, sent);
}

function end(code: number, sentence?: string): never {
  if (sentence) process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

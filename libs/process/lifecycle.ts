/**
 * How API, projector and event store start and end. A process may stand alone or be the child of the start script or of
 * a test. A child has an IPC channel: through it the child reports that it is ready or why it never will be, and from
 * its end the child learns that the parent is gone, even by kill -9.
 *
 *     onStop(async () => { await server.close(); });   // first: a signal may come during the start
 *     …
 *     announceReady({ url });
 */

export type Ready = { ready: true; url?: string; first_admin?: { username: string; password: string } };
export type Failed = { failed: string };

const stop_ms_max = 10_000;
const npm_watch_ms = 500;
const npm_scripts = ['start', 'eventstore'];

/**
 * Sends the parent `{ready: true, ...payload}`; does nothing without a parent. The payload may hold a secret, since the
 * channel is no log.
 */
export function announceReady(payload: Omit<Ready, 'ready'> = {}): void {
  tell({ ready: true, ...payload });
}

/**
 * Runs `stop` once, at the first of SIGTERM, SIGINT, a closed standard output and the end of the parent or of npm, then
 * exits with 0. Where `stop` throws or takes longer than `deadline_ms`, one sentence goes to stderr and the exit code
 * is 1: a process that hangs would keep its port and its data folder. Call it early: until then a signal ends the
 * process at once.
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
  // `npm start | head` ends everything, in order.
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', () => begin('the closing of the standard output'));
  // If the parent is gone already, no event comes any more.
  if (process.connected === false) begin('the end of the parent');
}

/**
 * npm passes SIGTERM to the shell below it, which dies without passing it on, and kill -9 of npm reaches no other
 * process. What shows is that our parent's number changes.
 */
function watchNpm(gone: () => void): void {
  if (!npm_scripts.includes(process.env.npm_lifecycle_event ?? '')) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && gone(), npm_watch_ms).unref();
}

/**
 * Ends the process with exit code 1 for a reason that a retry cannot help: a port in use, a secret too short. The
 * sentence goes to the parent, which ends the whole system with it, or to stderr. For an outage that may pass, wait, or
 * throw: then the parent starts the process again.
 *
 * @param sentence for the operator: what is wrong, and what to do.
 */
export async function fail(sentence: string): Promise<never> {
  if (process.connected) await new Promise((sent) => tell({ failed: sentence }, sent));
  else process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function tell(message: Ready | Failed, sent: (error: unknown) => void = () => {}): void {
  // If the parent died meanwhile, 'disconnect' follows and ends this process.
  if (process.connected) process.send?.(message, sent);
}

function end(code: number, sentence?: string): never {
  if (sentence) process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** A child says through its IPC channel that it is ready or never will be, and learns there that its parent is gone. */

export type Ready = { ready: true; url?: string; first_admin?: { username: string; password: string } };
export type Failed = { failed: string };

const STOP_MS_MAX = 10_000;
const NPM_WATCH_MS = 500;
const npm_scripts = ['start', 'eventstore'];
/** Of a log's disk: its lines are lost, and that is all. */
const NO_ROOM = ['ENOSPC', 'EDQUOT'];

/** May hold a secret: the channel is no log. Nothing without a parent. */
export function announceReady(payload: Omit<Ready, 'ready'> = {}): void {
  tell({ ready: true, ...payload });
}

/** Once, at a signal, a closed output or the parent's end; exits with 0, or 1 after `deadline_ms`. Call early. */
export function onStop(stop: () => Promise<void>, deadline_ms = STOP_MS_MAX): void {
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
    stream.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
      if (!NO_ROOM.includes(code)) begin('the closing of the standard output');
    });
  // No event comes any more.
  if (process.connected === false) begin('the end of the parent');
}

/** npm's SIGTERM dies in the shell below it, and kill -9 of npm reaches no one: our parent's number changes. */
function watchNpm(gone: () => void): void {
  if (!npm_scripts.includes(process.env.npm_lifecycle_event ?? '')) return;
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && gone(), NPM_WATCH_MS).unref();
}

/** `sentence`: what is wrong and what to do; ends the whole system. For an outage wait, or throw to be restarted. */
export async function fail(sentence: string): Promise<never> {
  if (process.connected) await new Promise((sent) => tell({ failed: sentence }, sent));
  else process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function tell(message: Ready | Failed, sent: (error: unknown) => void = () => {}): void {
  if (process.connected) process.send?.(message, sent);
}

function end(code: number, sentence?: string): never {
  if (sentence) process.stderr.write(`${sentence}\n`);
  process.exit(code);
}

const describe = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

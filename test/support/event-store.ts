import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface EventStoreProcess {
  readonly port: number;
  readonly url: string;
  /** kill -9. The data stays. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** SIGSTOP: connections stay open. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
}

const program = resolve('dist/apps/eventstore/main.js');
const READY_MS_MAX = 20_000;

/** On a free port, in its own folder or memory. Open by default: the official client sends no secret without TLS. */
export async function startEventStoreProcess({
  memory = false,
  flags = ['--open', '--allow-delete'],
} = {}): Promise<EventStoreProcess> {
  const data_dir = memory ? undefined : await mkdtemp(join(tmpdir(), 'event-store-'));
  let child: ChildProcess;
  let url: string;
  const start = async (port: number) => {
    const where = [...(data_dir === undefined ? ['--memory'] : ['--data-dir', data_dir]), ...flags];
    child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, '--port', `${port}`, ...where], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    url = await readyUrl(child);
  };
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start(0);
  const port = Number(new URL(url!).port);
  return {
    port,
    url: url!,
    kill,
    restart: () => start(port),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      await kill();
      if (data_dir !== undefined) await rm(data_dir, { recursive: true, force: true });
    },
  };
}

async function readyUrl(child: ChildProcess): Promise<string> {
  const ended = new AbortController();
  child.once('exit', (code, signal) =>
    ended.abort(new Error(`the event store ended (${code ?? signal}) before it was ready`)),
  );
  child.once('error', (error) => ended.abort(error));
  const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(READY_MS_MAX)]);
  const [message] = await once(child, 'message', { signal }).catch(() => {
    child.kill('SIGKILL');
    throw signal.reason;
  });
  if (message?.ready !== true || typeof message.url !== 'string') {
    child.kill('SIGKILL');
    throw new Error(`the event store said ${JSON.stringify(message)} instead of being ready`);
  }
  return message.url;
}

/**
 * Several processes behind one port (API_PROCESSES): some serve HTTP, one decides. Each is started again where it ends. SIGHUP replaces them
 * one by one, which no client notices.
 */
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { AggregatorRegistry } from 'prom-client';
import { freePort } from '../../libs/process/free-port.js';
import { announceReady, type Failed, fail, onStop, type Ready } from '../../libs/process/lifecycle.js';
import { readSecretFiles } from '../../libs/process/secret-files.js';
import { BadSetting, type Config, readConfig } from './config.js';
import { logLine } from './log.js';

type Message = Ready | Failed | { metrics_wanted: number };

const PAUSE_MS_MIN = 250;
const PAUSE_MS_MAX = 8000;
const STOP_MS_MAX = 15_000;

async function main({ processes, peers, peer_listen }: Config): Promise<void> {
  // Two, so that a writer can be replaced by one that is loaded already.
  const ports =
    peer_listen === undefined ? [await freePort(), await freePort()] : [peer_listen.port, peer_listen.port + 1];
  const host = peer_listen?.host ?? '127.0.0.1';
  const API_PEERS = [...new Set([...peers, ...ports.map((port) => `${host}:${port}`)])].join();
  let writers = 0;
  const writer = () => {
    const port = ports[writers++ % 2];
    return {
      API_PROCESS: 'writer',
      PEER_LISTEN: `${host}:${port}`,
      INSTANCE_NAME: process.env.INSTANCE_NAME && `${process.env.INSTANCE_NAME}:${port}`,
      API_PEERS,
    };
  };
  const server = (name: string) => () => ({ API_PROCESS: name, PEER_LISTEN: '', INSTANCE_NAME: '', API_PEERS });
  const metrics = new AggregatorRegistry();
  const members: Member[] = [];
  let is_stopping = false;

  cluster.on('message', (worker: Worker, message: Message) => {
    if (!('metrics_wanted' in message)) return;
    const answer = (text: string) => worker.isConnected() && worker.send({ metrics: message.metrics_wanted, text });
    metrics.clusterMetrics().then(answer, () => answer(''));
  });
  onStop(async () => {
    is_stopping = true;
    // Those that serve first: what they have accepted needs the writer.
    await Promise.all(members.slice(1).map((member) => member.stop()));
    await members[0]?.stop();
  }, 2 * STOP_MS_MAX);
  process.on('SIGHUP', () => {
    replaceAll().catch((error: Error) =>
      logLine('error', `Not all processes are replaced; the others go on as they are: ${error.message}`),
    );
  });

  async function replaceAll(): Promise<void> {
    for (const member of members) await member.replace();
    logLine('info', 'All processes are replaced');
  }
  const start = async (name: string, env: () => NodeJS.ProcessEnv) => {
    const member = keepRunning(name, env, () => is_stopping);
    members.push(member);
    return member.ready;
  };
  const first = await start('writer', writer);
  const names = Array.from({ length: processes }, (_, n) => `http-${n + 1}`);
  const [ready] = await Promise.all(names.map((name) => start(name, server(name))));
  if (is_stopping) return;
  logLine('info', `The API is ready, in ${processes} processes and one that decides`, { url: ready?.url });
  announceReady({ url: ready?.url, first_admin: first.first_admin });
}

interface Member {
  ready: Promise<Ready>;
  replace(): Promise<void>;
  stop(): Promise<void>;
}

function keepRunning(name: string, env: () => NodeJS.ProcessEnv, isStopping: () => boolean): Member {
  let current: Worker | undefined;
  let failures = 0;
  let is_replacing = false;
  const first = Promise.withResolvers<Ready>();

  async function launch(): Promise<Worker> {
    const worker = cluster.fork(env());
    const ready = Promise.withResolvers<Ready>();
    worker.on('message', (message: Message) => {
      if ('ready' in message) ready.resolve(message);
      if ('failed' in message) ready.reject(new BadSetting(message.failed));
    });
    worker.once('exit', (code, signal) => {
      ready.reject(new Error(`${name} ended (${signal ?? `exit code ${code}`})`));
      if (worker === current && !is_replacing) void again();
    });
    first.resolve(await ready.promise);
    failures = 0;
    return worker;
  }
  async function again(): Promise<void> {
    while (!isStopping()) {
      try {
        current = await launch();
        return;
      } catch (error) {
        if (isStopping()) return;
        if (error instanceof BadSetting) await fail(error.message);
        logLine('error', `${(error as Error).message}. Starting it again.`);
        await sleep(Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** failures++));
      }
    }
  }
  async function end(worker: Worker | undefined): Promise<void> {
    if (worker === undefined || worker.isDead()) return;
    const exited = once(worker, 'exit');
    const timer = setTimeout(() => worker.process.kill('SIGKILL'), STOP_MS_MAX);
    worker.process.kill('SIGTERM');
    await exited;
    clearTimeout(timer);
  }
  void again();
  return {
    ready: first.promise,
    async replace() {
      const before = current;
      is_replacing = true;
      try {
        current = await launch();
      } finally {
        is_replacing = false;
        if (current?.isDead()) void again();
      }
      await end(before);
    },
    async stop() {
      const last = current;
      current = undefined;
      await end(last);
    },
  };
}

try {
  readSecretFiles(process.env);
  await main(readConfig(process.env));
} catch (error) {
  await fail((error as Error).message);
}

/** Debian's Prometheus with the shipped rules. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../libs/process/free-port.js';

export const RULES_FOLDER = resolve('deploy/prometheus');

export function isPrometheusThere(): boolean {
  return ['prometheus', 'promtool'].every((program) => spawnSync(program, ['--version']).status === 0);
}

export interface Prometheus {
  get<T>(path: string): Promise<T>;
  /** `$__rate_interval` is Grafana's. */
  ask(query: string): Promise<unknown[]>;
  alerts(): Promise<Alert[]>;
  stop(): Promise<void>;
}
export interface Alert {
  labels: Record<string, string>;
  state: 'pending' | 'firing';
}

interface Options {
  /** Job → addresses. */
  targets: Record<string, string[]>;
  /** Between scrapes, and between looks at the rules. */
  every_s?: number;
  /** In the text format of OpenMetrics, with times: what it shall know from before. */
  history?: string;
}

export async function startPrometheus({ targets, every_s = 1, history }: Options): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  const port = await freePort();
  const jobs = Object.entries(targets).map(
    ([job, addresses]) => `  - { job_name: ${job}, static_configs: [{ targets: ${JSON.stringify(addresses)} }] }`,
  );
  const [config, data, past] = ['prometheus.yml', 'data', 'history.txt'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(
    config,
    `global: { scrape_interval: ${every_s}s, evaluation_interval: ${every_s}s }\nrule_files: [${join(RULES_FOLDER, 'rules.yml')}]\nscrape_configs:\n${jobs.join('\n')}\n`,
  );
  if (history !== undefined) {
    await writeFile(past, history);
    await promisify(execFile)('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', past, data]);
  }
  const child = spawn(
    'prometheus',
    [`--config.file=${config}`, `--storage.tsdb.path=${data}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: 'ignore' },
  );
  const get = async <T>(path: string): Promise<T> => {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`);
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`${path}: ${error}`);
    return data;
  };
  const answers = () =>
    get('rules').then(
      () => true,
      () => false,
    );
  for (let tries = 0; tries < 300 && !(await answers()); tries += 1) {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with code ${child.exitCode}`);
    await sleep(100);
  }
  return {
    get,
    async ask(query) {
      const asked = encodeURIComponent(query.replaceAll('$__rate_interval', '10s'));
      return (await get<{ result: unknown[] }>(`query?query=${asked}`)).result;
    },
    alerts: async () => (await get<{ alerts: Alert[] }>('alerts')).alerts,
    async stop() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

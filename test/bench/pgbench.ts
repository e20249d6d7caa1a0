/** C: A2's SQL function called by pgbench, without HTTP, JSON or a token. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, percentiles } from './load.js';

export interface PgbenchOptions {
  database_url: string;
  clients: number;
  commands: number;
  seed: number;
  /** pgbench's SQL for the item's id; may use :n, 0 … items−1 drawn evenly. */
  item: string;
  items: number;
}

export function hasPgbench(): boolean {
  return spawnSync('pgbench', ['--version'], { stdio: 'ignore' }).status === 0;
}

export async function runPgbench(options: PgbenchOptions): Promise<Pick<LoadResult, 'seconds' | 'latency_ms'>> {
  const dir = await mkdtemp(join(tmpdir(), 'pgbench-'));
  try {
    const { database_url, clients, commands, seed, item, items } = options;
    const lines = `jsonb_build_array(jsonb_build_object('item_id', ${item}, 'quantity', 1, 'unit_price', 4))`;
    const script = `\\set n random(0, ${items - 1})\nSELECT record_sale('CUST', ${lines});\n`;
    await writeFile(join(dir, 'sale.sql'), script);
    const each = Math.ceil(commands / clients);
    const flags = ['-n', '-M', 'prepared', '-c', clients, '-j', 2, '-t', each, '-f', 'sale.sql', '-l'];
    const args = [...flags, '--log-prefix=calls', `--random-seed=${seed}`, database_url].map(String);
    const child = spawn('pgbench', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`pgbench ended with ${code}: ${said}`);
    const per_second = Number(/tps = ([\d.]+)/.exec(said)?.[1]);
    return { seconds: (each * clients) / per_second, latency_ms: percentiles(await latencies(dir)) };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function latencies(dir: string): Promise<number[]> {
  const files = (await readdir(dir)).filter((file) => file.startsWith('calls'));
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')));
  const lines = texts.flatMap((text) => text.trim().split('\n'));
  return lines.map((line) => Number(line.split(' ')[2]) / 1000);
}

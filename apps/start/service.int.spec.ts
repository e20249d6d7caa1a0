import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Child, startChild } from '../../libs/process/child.js';
import type { Ready } from '../../libs/process/lifecycle.js';
import { keepRunning } from './service.js';

const lives = {
  'dies before it is ready': 'console.error("no such thing"); process.exit(3);',
  'cannot work here': 'process.send({ failed: "The thing is not there." }); setInterval(() => {}, 1000);',
  'dies as soon as it is ready': 'process.send({ ready: true }, () => process.exit(4));',
  'is well':
    'process.send({ ready: true }); process.on("disconnect", () => process.exit(0)); setInterval(() => {}, 1000);',
};

describe('a service that is kept running', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'factory-ledger-service-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const keep = async (life: keyof typeof lives) => {
    const module = join(folder, 'child.mjs');
    await writeFile(module, lives[life]);
    const children: Child[] = [];
    const lines: string[] = [];
    let giveUp: (sentence: string) => void = () => {};
    const given_up = new Promise<string>((resolve) => {
      giveUp = resolve;
    });
    const service = keepRunning<Ready>({
      name: 'The child',
      log_dir: folder,
      log: (line) => lines.push(line),
      giveUp,
      launch: (adopt) => {
        const log_file = join(folder, 'child.log');
        const child = startChild({ name: 'The child', module: pathToFileURL(module), env: {}, log_file });
        children.push(child);
        adopt(child);
        return child.ready;
      },
    });
    return { service, children, lines, given_up };
  };

  it('is given up after five failed starts, in one line that says how it ended and where to look', async () => {
    const { service, children, lines, given_up } = await keep('dies before it is ready');
    const sentence = await given_up;
    expect(sentence).toContain('The child ended before it was ready (exit code 3).');
    expect(sentence).toContain(folder);
    expect(sentence).not.toContain('\n');
    expect(children).toHaveLength(5);
    expect(lines).toHaveLength(4);
    await service.stop();
  });

  it('is given up at once when it says that it cannot work', async () => {
    const { service, children, given_up } = await keep('cannot work here');
    expect(await given_up).toBe('The thing is not there.');
    await service.stop();
    expect(children).toHaveLength(1);
    expect(isAlive(children[0]!.pid)).toBe(false);
  });

  it('is given up when it is ready and dies, again and again', async () => {
    const { service, children, given_up } = await keep('dies as soon as it is ready');
    expect(await given_up).toContain('exit code 4');
    expect(children).toHaveLength(5);
    await service.stop();
  });

  it('is started again when it is killed, and is gone after a stop', async () => {
    const { service, children, lines } = await keep('is well');
    await service.ready;
    await children[0]!.kill();
    while (children.length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    await children[1]!.ready;
    await service.stop();
    expect(lines).toEqual(['The child ended (SIGKILL). Starting it again.']);
    expect(children.filter(({ pid }) => isAlive(pid))).toEqual([]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
